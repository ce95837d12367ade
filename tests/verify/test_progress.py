"""What a person sees while builds run."""

from __future__ import annotations

import io

from rich.console import Console
from verify_world import cells, plan

from stacker.render.building import running_lines, watched
from stacker.verify.flow import verify
from stacker.verify.request import Started


def test_a_line_says_what_runs_where_how_long_and_how_long_it_usually_takes():
    first, second = cells()[:2]
    running = ((Started(first, 1, 9, 130.0), 10.0), (Started(second, 2, 9, None), 50.0))
    assert running_lines(running, 55.0) == [
        "1/9  tests: build for win32  45 s, usually 2 min",
        "2/9  tests: build for amd64  5 s",
    ]


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
