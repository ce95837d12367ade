"""How a forecast reads: 80 columns, what is most is not all, and names cannot break a line."""

from __future__ import annotations

from stacker.forecast.culprit import Culprit
from stacker.forecast.neighbours import Kind, Nearby
from stacker.forecast.outcome import Clash, Fate, Forecast, StageForecast
from stacker.git.merge import Conflict
from stacker.render.forecast import forecast_document, forecast_text
from stacker.upstream.commit import UpstreamCommit

TIP = "e" * 40


def commit(letter, subject="Do it", pull=None):
    return UpstreamCommit(letter * 40, subject, "Eve", "2019-04-23T06:18:20+00:00", pull)


def text(*stages, command="stacker rebase", edits=()):
    said = forecast_text(Forecast({"up": TIP}, stages, 2, edits), "up", "master", command)
    assert all(len(line) <= 80 for line in said.splitlines())
    return said


def conflict(path):
    return Conflict(path, "content", None, None, None)


def test_a_conflict_inside_a_merge_in_a_patch_of_another_stage():
    culprit = Culprit(commit("a", "x" * 90, 7), commit("b", "y" * 90), (), ())
    clash = Clash("one", "0001-one.patch", (conflict(b"a\nb.c"),), culprit)
    assert text(StageForecast("two", Fate.CONFLICT, clash)) == (
        "0 of 1 stages fit master eeeeeeeeee (2 new commits). 1 conflict.\n"
        "  two  one/0001-one.patch\n"
        "    a\\nb.c   content\n"
        "    first broken by aaaaaaaaaa (GH-7, Eve, 2019-04-23)\n"
        f"      {'x' * 73}…\n"
        f"      inside it bbbbbbbbbb (Eve) {'y' * 46}…\n"
        "Next: stacker rebase     (moves nothing before all is solved)"
    )


def test_nobody_can_be_named():
    clash = Clash("one", "0001-one.patch", (conflict(b"a.c"),), None)
    said = text(StageForecast("one", Fate.CONFLICT, clash), command="stacker rebase --onto " + TIP)
    assert "broken" not in said
    assert said.endswith(f"    a.c   content\nNext: stacker rebase --onto {TIP}")


def test_of_much_nearby_the_newest_of_each_kind_and_not_all():
    near = [(Nearby(c * 40, Kind.BUILD, b"Makefile"), commit(c)) for c in "abc"]
    near += [(Nearby("d" * 40, Kind.PIN, b"p%d" % n), commit("d")) for n in range(6)]
    said = text(StageForecast("one", Fate.CLEAN, nearby=tuple(near)))
    assert "    Makefile   cccccccccc (Eve) and 2 more\n      build file\n" in said
    assert "    p3   dddddddddd (Eve)\n      toolchain\n    and 2 more, see --json\n" in said
    assert "p4" not in said
    found = Forecast({"up": TIP}, (StageForecast("one", Fate.CLEAN, nearby=tuple(near)),), 2, ())
    assert len(forecast_document(found, "up")["stages"][0]["nearby"]) == 9


def test_who_waits_for_whom():
    stages = [StageForecast(s, Fate.BLOCKED, waits_for=on) for s, on in
              (("b", "a"), ("c", "a"), ("z", "y"))]  # fmt: skip
    said = text(*stages, StageForecast("n", Fate.BLOCKED), StageForecast("l", Fate.LANDED))
    assert "  b, c  wait for a\n  z  waits for y\n" in said
    assert "  n  nothing was imported for its repository yet\n  l  landed\n" in said


def test_edits_are_told_first():
    assert text(edits=("patches of one were edited",)).startswith(
        "patches of one were edited: counted in\n0 of 0 stages fit master"
    )
