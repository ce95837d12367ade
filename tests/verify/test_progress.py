"""What a person sees while builds run."""

from __future__ import annotations

import io

from rich.console import Console
from verify_world import cells, plan

from stacker.render.building import running_lines, watched
from stacker.verify.flow import verify
from stacker.verify.request import Started, Underway


def test_a_line_says_what_runs_where_how_long_and_how_long_it_usually_takes():
    first, second = cells()[:2]
    running = ((Started(first, 1, 9, 130.0), 10.0), (Started(second, 2, 9, None), 50.0))
    assert running_lines(running, 55.0) == [
        "1/9  tests: build for win32  45 s, usually 2 min",
        "2/9  tests: build for amd64  5 s",
    ]


def test_a_build_elsewhere_waits_in_a_queue_and_then_is_at_a_step():
    there = next(cell for cell in cells() if cell.runner)
    running = ((Started(there, 1, 9, None), 10.0),)
    at = {there.where: Underway(there, "compile", "https://bots.example/1", first=True)}
    assert running_lines(running, 55.0) == ["1/9  tests: arm for arm  45 s  queued"]
    assert running_lines(running, 55.0, at) == ["1/9  tests: arm for arm  45 s  compile"]


def test_the_address_of_a_build_elsewhere_is_shown_whole_and_once():
    drawn = io.StringIO()
    console = Console(file=drawn, force_terminal=True, width=60, height=20, legacy_windows=False)
    there, url = cells()[0], "https://bots.example.org/long/#/builders/12345/builds/67890"
    with watched(console) as tell:
        tell(Started(there, 1, 9, None))
        tell(Underway(there, "git", url, first=True))
        tell(Underway(there, "check", url, first=False))
    assert drawn.getvalue().count(url) == 1


def test_a_terminal_shows_what_runs_and_the_end_of_a_log_that_failed(lab):
    drawn = io.StringIO()
    console = Console(file=drawn, force_terminal=True, width=60, height=20, legacy_windows=False)
    code = "print('\\x1b]0;evil'); print('[bold]boom'); exit(1)"
    with watched(console) as tell:
        verify(lab.request(plan(code), lab.stage("one", {"a": ""})), tell)
        shown = drawn.getvalue()
    assert "1 build to run; first: one" in shown
    assert "  one: test for local failed" in shown
    assert "    [bold]boom" in shown
    assert "\x1b]0;" not in shown


def test_what_runs_is_drawn_while_it_runs():
    drawn = io.StringIO()
    console = Console(file=drawn, force_terminal=True, width=60, height=20, legacy_windows=False)
    with watched(console) as tell:
        tell(Started(cells()[0], 1, 9, None))
        assert "1/9  tests: build for win32" in drawn.getvalue()
