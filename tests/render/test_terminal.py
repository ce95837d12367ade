from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

import stacker
from stacker.cli.context import Options
from stacker.errors import StackerError
from stacker.render.terminal import Answer, Terminal, visible, writable


@pytest.mark.parametrize(
    ("text", "encoding", "written"),
    [
        ("3 · 4 …", "utf-8", "3 · 4 …"),
        ("3 · 4 …", "cp1252", "3 · 4 …"),
        ("3 · 4 …", "ascii", "3 - 4 ..."),
        ("a → b", "cp1252", "a -> b"),
        ("3 · 4 … → é —", "cp437", "3 - 4 ... -> é -"),
        ("Łukasz · é", "cp1252", "\\u0141ukasz - é"),
    ],
)
def test_what_an_encoding_lacks_is_written_with_what_it_has(text, encoding, written):
    assert writable(text, encoding) == written


def console(monkeypatch, encoding):
    """The bytes that standard output gets, standard error is as old."""
    for name in ("stderr", "stdout"):
        wrapper = io.TextIOWrapper(io.BytesIO(), encoding, newline="\n", write_through=True)
        monkeypatch.setattr(f"sys.{name}", wrapper)
    return wrapper.buffer


def test_an_old_console_gets_every_answer(monkeypatch):
    raw = console(monkeypatch, "ascii")
    terminal = Terminal(json_only=False, quiet=False)
    terminal.answer(Answer({}, "v1 · Łukasz"))
    terminal.say("… Łukasz")
    terminal.told("… Łukasz", 1, 2)
    terminal.failed(StackerError("Łukasz", hint="…"), {})
    assert raw.getvalue() == b"v1 - \\u0141ukasz\n"


def test_ready_is_one_line_at_once(monkeypatch):
    raw = console(monkeypatch, "utf-8")
    Terminal(json_only=True, quiet=False).ready({"url": "http://x"}, "Serving")
    assert raw.getvalue().count(b"\n") == 1
    assert json.loads(raw.getvalue()) == {"url": "http://x"}


def test_without_a_person_nobody_is_asked(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert not Terminal(json_only=False, quiet=False).can_ask


@pytest.mark.parametrize(("typed", "agreed"), [("y\n", True), ("Yes\n", True), ("\n", False)])
def test_an_empty_answer_is_a_no(monkeypatch, typed, agreed):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert Terminal(json_only=False, quiet=False).ask("Run?") is agreed


UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
TEXTS = st.text(st.sampled_from("ab \n\t\r[]:·…é語\u202e\x1b\u2028/1")) | st.text(max_size=20)


def printed(act, encoding, environment):
    """The bytes that standard output gets."""
    raw = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.delenv("NO_COLOR", raising=False)
        patch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding, newline="\n"))
        act()
        sys.stdout.flush()
        return raw.getvalue()


@given(TEXTS, st.sampled_from(["utf-8", "ascii", "cp1252"]), st.booleans())
def test_plain_text_is_what_rich_would_print(text, encoding, on_a_terminal):
    colours = {"FORCE_COLOR": "1", "TERM": "xterm-256color"} if on_a_terminal else {}

    def rich():
        console = Console(highlight=False, markup=False, soft_wrap=True)
        console.print(Text(writable(visible(text.rstrip("\n")), encoding)))

    def ours():
        Terminal(json_only=False, quiet=False).answer(Answer({}, text))

    if text:
        assert printed(ours, encoding, colours) == printed(rich, encoding, colours)


@given(TEXTS)
def test_what_is_visible_stays(text):
    shown = visible(text)
    assert visible(shown) == shown
    assert all(char in "\n\t" or unicodedata.category(char) not in UNSEEN for char in shown)
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        assert shown == text


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is another error there")
@pytest.mark.parametrize("json_only", [False, True])
def test_a_reader_who_has_heard_enough_is_no_bug(json_only):
    script = (
        "from stacker.render.terminal import Answer, Terminal\n"
        f"Terminal(json_only={json_only}, quiet=False).answer(Answer({{}}, 'text'))\n"
    )
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        root = Path(stacker.__file__).parents[1]
        done = subprocess.run([sys.executable, "-c", script], stdout=closed, cwd=root,
                              stderr=subprocess.PIPE, check=False)  # fmt: skip
    assert (done.returncode, done.stderr) == (1, b"")


def test_what_it_waits_for_is_gone_before_the_result_comes(monkeypatch):
    seen = io.StringIO()
    seen.isatty = lambda: True
    for name in ("stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", seen)
    options = Options()
    options.terminal.told("the forge: read pull requests", 0, 0)
    options.terminal.answer(Answer({}, "done"))
    shown = f"\r{'the forge: read pull requests':<72}"
    assert seen.getvalue() == f"{shown}\r{' ' * 72}\rdone\n"


def test_only_a_person_has_a_pager(monkeypatch):
    raw = console(monkeypatch, "utf-8")
    Terminal(json_only=False, quiet=False).answer(Answer({}, "line\n" * 99, to_read=True))
    assert raw.getvalue() == b"line\n" * 99
