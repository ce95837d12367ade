from __future__ import annotations

import io
import json

import pytest

from stacker.errors import StackerError
from stacker.render.terminal import Answer, Terminal, writable


@pytest.mark.parametrize(
    ("text", "encoding", "written"),
    [
        ("3 · 4 …", "utf-8", "3 · 4 …"),
        ("3 · 4 …", "cp1252", "3 · 4 …"),
        ("3 · 4 …", "ascii", "3 - 4 ..."),
        ("a → b", "cp1252", "a -> b"),
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
