"""docs/api.md shows the API at work; what it shows is what happens."""

from __future__ import annotations

import dataclasses
import doctest
import inspect
import re
from contextlib import chdir
from pathlib import Path

import pytest
from world import begin

from stacker import api
from stacker.errors import BusyError, SeriesError
from stacker.series.directory import SeriesDirectory

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture
def port(tmp_path, run_stacker, history):
    """Two stages, on an upstream that then changes what the second one changes."""
    text = "one\ntwo\nthree\n"
    upstream = history.draw(
        tmp_path / "up",
        {
            "master": [("start", {"a.c": text, "b.c": text})],
            "port": [
                "start",
                ("Teach a", {"a.c": text.replace("two", "2")}),
                ("Teach b", {"b.c": text.replace("two", "2")}),
            ],
        },
    )
    world = begin(
        run_stacker, tmp_path, upstream, (f"{upstream['start']}..port", "--stage-per-commit")
    )
    upstream.add("master", ("Rename two", {"b.c": text.replace("two", "zwei")}))
    world.home.rename(tmp_path / "port")
    return dataclasses.replace(world, home=tmp_path / "port")


def test_the_page_shows_what_happens(port):
    shown = "\n".join(re.findall(r"```pycon\n(.*?)```", PAGE, re.DOTALL))
    test = doctest.DocTestParser().get_doctest(shown, {}, "docs/api.md", "docs/api.md", 0)
    assert len(test.examples) > 10
    told: list[str] = []
    with chdir(port.home.parent):
        ran = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append)
    assert ran.failed == 0, "".join(told)


def test_the_page_names_all_that_is_promised():
    assert [name for name in api.__all__ if f"`{name}" not in PAGE] == []
    for name in api.__all__:
        promised = getattr(api, name)
        if dataclasses.is_dataclass(promised):
            assert promised.__dataclass_params__.frozen
            for field in dataclasses.fields(promised):
                assert re.search(rf"`{field.name}`", PAGE), (name, field.name)
        assert inspect.getdoc(promised)


def test_a_rebase_that_goes_through_moves_the_series(port):
    series = api.open_series(port.home)
    before = series.versions()[0].number
    done = series.rebase("refs/heads/master~1")
    assert not done.stopped
    assert {stage.status for stage in done.stages} == {api.Status.UNCHANGED}
    port.upstream.add("master", ("Elsewhere", {"b.c": "one\ntwo\nthree\n", "z.c": "z\n"}))
    done = series.rebase()
    assert [stage.status for stage in done.stages] == ["rebased", "rebased"]
    assert done.version == series.versions()[0].number == before + 1
    assert series.status()["version"] == done.version


def test_what_another_command_holds_is_busy(port, monkeypatch):
    series = api.open_series(port.home)
    with SeriesDirectory(port.home).exclusive():
        exclusive = SeriesDirectory.exclusive
        monkeypatch.setattr(SeriesDirectory, "exclusive", lambda self: exclusive(self, wait=0.0))
        with pytest.raises(BusyError):
            series.rebase()


def test_where_there_is_no_series_it_says_so(tmp_path):
    with pytest.raises(SeriesError, match=r"no series\.toml"):
        api.open_series(tmp_path)
