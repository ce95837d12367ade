"""`hub serve` as a process of its own, with real clients."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stacker.errors import ForgeError
from stacker.forge.api import Identity
from stacker.forge.github import GitHub
from stacker.forge.pace import Pace
from stacker.git.process import Git

TOKENS = ["--user", "up:up-token", "--user", "me:me-token"]
ROOT = Path(__file__).parents[2]
WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "A"), ("EMAIL", "a@example.org"))
}
WINDOWS = os.name == "nt"


@pytest.fixture
def serve(tmp_path):
    started = []

    def run(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-m", "stacker", "hub", "serve", *arguments],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def ready(process):
    return json.loads(process.stdout.readline())


def test_people_push_and_ask_the_api(serve, history, tmp_path):
    upstream = history.draw(tmp_path / "hub/up/proj.git", {"main": [("start", {"a": "1\n"})]})
    process = serve("--json", "--root", "hub", "--port", "0", *TOKENS)
    there = ready(process)
    assert there["root"] == str((tmp_path / "hub").resolve())
    assert there["api"] == f"{there['url']}/api/v3"
    with GitHub(there["api"], "me-token", pace=Pace(here=True)) as me:
        assert me.whoami() == "me"
        fork = me.create_fork("up/proj")
    Git(tmp_path).run("clone", "-q", str(upstream.path), "work")
    work = Git(tmp_path / "work")
    work.run("commit", "-q", "--allow-empty", "-m", "more", env=WHO)
    host = there["url"].removeprefix("http://")
    target = f"http://me:me-token@{host}/{fork.full_name}.git"
    work.run("push", "-q", target, "HEAD:refs/heads/topic")
    with GitHub(there["api"], "me-token", pace=Pace(here=True)) as me:
        made = me.open_pull(
            "up/proj", head="me:topic", base="main", title="t", body="b", draft=False
        )
    assert made.head == work.text("rev-parse", "HEAD")


@pytest.mark.skipif(WINDOWS, reason="Windows ends a process without asking it")
@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_ends_when_told(serve, how, code):
    process = serve("--json", "--root", "hub")
    ready(process)
    process.send_signal(how)
    out, err = process.communicate(timeout=20)
    assert out == b""
    assert process.returncode == code
    assert err == (b"Stopped; the repositories stay as they are.\n" if code else b"")


def test_people_from_a_file(serve, tmp_path):
    file = tmp_path / "people"
    lines = "# who may come\n\nann:ann-secret\nann:fine-secret ann/proj ann/other\n"
    file.write_text(lines, encoding="utf-8")
    there = ready(serve("--json", "--root", "hub", "--users", "people"))
    for token, scopes in (("ann-secret", {"repo", "workflow"}), ("fine-secret", None)):
        with GitHub(there["api"], token, pace=Pace(here=True)) as ann:
            assert ann.identity() == Identity("ann", scopes, "")


FAULTS = """
[[fault]]
do = "instead"
method = "GET"
path = "/user"
status = 403
body = { message = "Not today." }
"""


def test_what_is_to_go_wrong_goes_wrong(serve, tmp_path):
    (tmp_path / "faults.toml").write_text(FAULTS, encoding="utf-8")
    there = ready(serve("--json", "--root", "hub", *TOKENS, "--faults", "faults.toml"))
    with GitHub(there["api"], "me-token", pace=Pace(here=True)) as me:
        with pytest.raises(ForgeError, match=r"Not today\."):
            me.whoami()
        assert me.whoami() == "me"


def test_a_file_of_faults_that_is_none_is_refused(run_stacker, tmp_path):
    (tmp_path / "faults.toml").write_text("[[fault]]\ndo = 'x'\nnth = 0\n", encoding="utf-8")
    done = run_stacker("hub", "serve", "--root", "hub", "--faults", "faults.toml")
    assert done.code == 2
    assert "faults.toml:1:1  fault 1: `do` has to be one of" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--user", "ann:secret-word", "--host", "0.0.0.0"],
        ["--user", "secret-word"],
        ["--user", "ann:secret-word", "--user", "bob:secret-word"],
        ["--users", "missing"],
    ],
)
def test_what_cannot_be_served_is_refused_without_repeating_a_token(run_stacker, arguments):
    done = run_stacker("hub", "serve", "--root", "hub", *arguments)
    assert done.code == 2
    assert "secret-word" not in done.out + done.err


def test_outside_a_series_it_needs_a_root(run_stacker):
    done = run_stacker("hub", "serve")
    assert done.code == 2
    assert "--root" in done.err
