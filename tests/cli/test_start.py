"""What is run most starts at once: it loads next to nothing, and starts few processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from world import begin

import stacker

# Each takes longer to load than all that a rebase with nothing to do needs.
HEAVY = {
    "asyncio", "click", "concurrent", "email", "filelock", "git", "gitdb", "github", "graphql",
    "http", "jinja2", "logging", "pydantic", "pygments", "requests", "rich", "sqlite3", "ssl",
    "tomlkit", "typer", "unidiff", "werkzeug", "xml",
}  # fmt: skip

# What only a rebase needs that finds something to do.
WORK = {
    "stacker.git.replay", "stacker.git.store", "stacker.rebase", "stacker.resolve",
    "stacker.series.compose", "stacker.series.plan.model", "stacker.series.workspace",
    "stacker.wiring", "tempfile", "tomllib",
}  # fmt: skip

# What only a rebase needs that meets a conflict, or patches that the store lacks or that change.
SELDOM = {
    "base64", "difflib", "git", "quopri", "stacker.forecast.culprit",
    "stacker.resolve", "stacker.series.patches.committing", "stacker.series.patches.filediff",
    "stacker.series.patches.mail", "stacker.series.patches.patchfile",
    "stacker.series.patches.preimage", "stacker.series.plan.toml_places",
    "stacker.series.resolutions.markers", "stacker.series.resolutions.resolution",
    "stacker.series.resolutions.solving",
}  # fmt: skip

RUN = """
import sys
started = []
sys.addaudithook(lambda event, given: event == "subprocess.Popen" and started.append(given[1]))
from stacker.__main__ import main
try:
    main()
except SystemExit as end:
    seen = [end.code, sorted(sys.modules), started]
    import json
    json.dump(seen, sys.stderr)
"""


class Seen:
    """A command that ran in a Python of its own: what it loaded, started and said."""

    def __init__(self, folder, *arguments):
        env = {**os.environ, "PYTHONPATH": str(Path(stacker.__file__).parents[1])}
        done = subprocess.run([sys.executable, "-c", RUN, *arguments], cwd=folder, env=env,
                              capture_output=True, text=True, check=False)  # fmt: skip
        self.code, self.modules, self.processes = json.loads(done.stderr)
        self.out = done.stdout

    def loaded(self, names):
        return sorted(names & {*self.modules, *(name.partition(".")[0] for name in self.modules)})


def series(folder, run, history, stages=2):
    """A series that stands on the tip of an upstream on this disk."""
    upstream = history.draw(
        folder / "upstream",
        {
            "master": [("start", {"a.c": "a\n"}), ("drift", {"z.c": "z\n"})],
            "port": ["start", *((f"Step {n}", {f"b{n}.c": "b\n"}) for n in range(stages))],
        },
    )
    world = begin(run, folder, upstream, (f"{upstream['start']}..port", "--stage-per-commit"))
    world.stacker("rebase")
    return world


@pytest.fixture
def world(tmp_path, run_stacker, history):
    return series(tmp_path, run_stacker, history)


def test_the_version_loads_nothing(tmp_path):
    seen = Seen(tmp_path, "--version")
    assert seen.code in (None, 0)
    assert seen.out.startswith("stacker ")
    assert seen.loaded(HEAVY | WORK | {"json", "subprocess"}) == []
    assert seen.processes == []


def test_a_rebase_with_nothing_to_do_loads_nothing_heavy(world):
    seen = Seen(world.home, "rebase")
    assert seen.code == 0
    assert "unchanged" in seen.out
    assert seen.loaded(HEAVY) == []


def test_the_next_one_loads_next_to_nothing(world):
    first, second = Seen(world.home, "rebase"), Seen(world.home, "rebase")
    assert second.out == first.out
    assert second.loaded(HEAVY | WORK | SELDOM | {"dataclasses", "inspect"}) == []
    assert first.loaded(WORK - {"stacker.resolve", "tempfile"}) == sorted(
        WORK - {"stacker.resolve", "tempfile"}
    )


def test_a_rebase_that_moves_loads_git_with_progress_and_no_more(world):
    world.upstream.add("master", ("later", {"z.c": "later\n"}))
    seen = Seen(world.home, "rebase")
    assert "rebased" in seen.out
    assert seen.loaded(HEAVY - {"git", "gitdb", "logging"}) == []
    assert seen.loaded({"git"}) == ["git"]


def test_a_rebase_without_a_conflict_loads_nothing_for_one(world):
    seen = Seen(world.home, "--no-fetch", "rebase", "--onto", world.upstream["start"])
    assert "rebased" in seen.out
    assert seen.loaded(HEAVY | SELDOM) == []


def test_a_conflict_is_told_with_what_broke_it(world):
    world.upstream.add("master", ("break", {"b0.c": "another\n"}))
    seen = Seen(world.home, "rebase")
    assert seen.code == 3
    wanted = {"stacker.forecast.culprit", "stacker.series.resolutions.solving"}
    assert seen.loaded(wanted) == sorted(wanted)


def test_help_loads_the_parser(world):
    assert Seen(world.home, "rebase", "--help").loaded(HEAVY) != []


def test_few_processes_are_started_however_many_stages_there_are(tmp_path, run_stacker, history):
    processes = []
    for stages in (1, 12):
        folder = tmp_path / str(stages)
        folder.mkdir()
        home = series(folder, run_stacker, history, stages).home
        runs = [Seen(home, "rebase", *more).processes for more in ((), (), ["--fetch"])]
        processes.append([[os.fspath(one[1]) for one in run] for run in runs])
    few, many = processes
    assert few == many
    assert few == [
        ["cat-file", "show-ref", "for-each-ref"],
        ["show-ref", "for-each-ref"],
        ["cat-file", "show-ref"],
    ]


def test_the_tab_key_loads_neither_the_parser_nor_a_series(world):
    seen = Seen(world.home, "complete", "zsh", "--", "edit", "")
    assert seen.code == 0
    assert [line.partition("\t")[0] for line in seen.out.splitlines()] == ["step-0", "step-1"]
    assert seen.loaded(HEAVY | (WORK - {"tomllib"}) | {"stacker.cli.parser"}) == []
    assert seen.processes == []
