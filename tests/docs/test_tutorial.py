"""The tutorial, typed word for word; `--update` writes into it what really comes."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from told import Ids, steps

from stacker.cli import app

PAGE = Path(__file__).parents[2] / "docs" / "tutorial.md"
PORT = "8123"  # in the page; here a free one takes its place


@pytest.mark.skipif(os.name == "nt", reason="the page is typed into a POSIX shell")
@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed; the page uses it")
def test_what_the_tutorial_shows_is_what_comes(tmp_path, monkeypatch, request):
    page = PAGE.read_text(encoding="utf-8")
    update, came = request.config.getoption("update"), []
    with typing(tmp_path, monkeypatch) as reader:
        ids = Ids()
        for step in steps(page):
            said = reader(step.command)
            came.append((step, said))
            differs = ids.differ(step.shown, said)
            assert update or not differs, f"{step.command}{differs}"
    if update:
        for step, said in reversed(came):
            page = page[: step.span[0]] + said + page[step.span[1] :]
        PAGE.write_text(page, encoding="utf-8", newline="\n")
    commands = {shlex.split(step.command)[1] for step, _ in came if "stacker " in step.command}
    assert {"init", "import", "status", "verify", "submit", "forecast", "rebase", "resolve",
            "gate", "land", "sync"} <= commands  # fmt: skip


@contextmanager
def typing(folder, patch):
    """A shell in which a command can be typed; returns all that it prints."""
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        patch.delenv(name)  # a reader's clock runs
    patch.chdir(folder)
    port, served = free_port(), []

    def typed(command):
        words = shlex.split(command)
        match words:
            case ["cd", where]:
                patch.chdir(where)
                return ""
            case ["export", setting]:
                name, _, value = setting.partition("=")
                patch.setenv(name, value.replace(PORT, port))
                return ""
            case ["stacker", "hub", "serve", *_]:
                served.append(serve(port if word == PORT else word for word in words[1:]))
                said = served[-1].stdout.readline()
            case ["stacker", *arguments]:
                said = stacker(arguments)
            case _:
                done = subprocess.run(
                    ["sh", "-c", command], capture_output=True, text=True, check=False
                )
                said = done.stdout + done.stderr
        return said.replace(port, PORT).replace(f"{folder}/tutorial", "…")

    try:
        yield typed
    finally:
        for one in served:
            one.terminate()
            one.communicate()


def serve(arguments):
    """The forge, as in the reader's second terminal."""
    command = [sys.executable, "-m", "stacker", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def stacker(arguments):
    """A command in this process, its two streams as a terminal shows them: as one."""
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        app.run(arguments)
    return said.getvalue()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return str(one.getsockname()[1])
