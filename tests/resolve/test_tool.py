"""`resolve --tool`: the user's own merge tool, then on as if they had said `--done`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from world import begin, stages, statuses

LINES = "".join(f"line {n}\n" for n in range(9))
MINE = LINES.replace("line 3", "mine")
THEIRS = LINES.replace("line 3", "theirs")

# A tool that joins both sides of a line; it takes what git gives to such tools.
TOOL = """\
import sys
from pathlib import Path
base, local, remote, merged = map(Path, sys.argv[1:])
assert base.read_text() and "mine" in remote.read_text()
merged.write_text(local.read_text().replace("theirs", "both by tool"))
print("tool says hello")
"""


@pytest.fixture
def world(once, run_stacker, history):
    def make(folder):
        upstream = history.draw(folder / "upstream", {
            "master": [("start", {"a.c": LINES, "b.c": LINES})],
            "port": ["start", ("First", {"a.c": MINE}), ("Second", {"b.c": MINE})],
        })  # fmt: skip
        made = begin(run_stacker, folder, upstream,
                     (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip
        upstream.add("master", ("drift", {"a.c": THEIRS, "b.c": THEIRS}))
        made.stacker("rebase", code=3)
        return made

    return once("two conflicts for a tool", make)


@pytest.fixture
def tools(tmp_path, home):
    """The user's configuration: `joins` solves all, `fails` nothing; `vimdiff` is as git has it."""
    script = tmp_path / "tool.py"
    script.write_text(TOOL, encoding="utf-8")
    python, script = (Path(x).as_posix() for x in (sys.executable, script))
    (home / ".gitconfig").write_text(
        "[merge]\n\ttool = joins\n[mergetool]\n\tkeepBackup = true\n"
        '[mergetool "joins"]\n'
        f'\tcmd = \\"{python}\\" \\"{script}\\" \\"$BASE\\" \\"$LOCAL\\" \\"$REMOTE\\" '
        '\\"$MERGED\\"\n\ttrustExitCode = true\n'
        '[mergetool "fails"]\n\tcmd = false\n\ttrustExitCode = true\n',
        encoding="utf-8",
    )


def test_it_goes_from_conflict_to_conflict(world, tools, capfd):
    done = world.stacker("resolve", "--tool", code=3)
    assert "tool says hello" in capfd.readouterr().err  # standard output is for the document
    assert statuses(done) == {"first": "rebased", "second": "conflict"}
    assert done["opened"]["stage"] == "second"
    done = world.stacker("resolve", "--tool", "joins")
    for stage, name in (("first", "a.c"), ("second", "b.c")):
        tree = stages(done)[stage]["tree"]
        assert "both by tool" in world.git("show", f"{tree}:{name}")
    assert world.git("ls-tree", "--name-only", tree).split() == ["a.c", "b.c"]  # no backups


def test_a_persons_settings_name_the_tool_before_git_does(world, tools):
    (world.home / ".stacker" / "config.toml").write_text("merge_tool = 'fails'\n", "utf-8")
    assert world.stacker("resolve", "--tool", code=3)["left"]
    done = world.stacker("resolve", "first", "--tool", "joins", code=3)  # the word goes first
    assert statuses(done)["first"] == "rebased"


def test_what_a_tool_leaves_is_said(world, tools, run_stacker):
    left = world.stacker("resolve", "first", "--tool", "fails", code=3)
    assert left["stage"] == "first"
    assert left["left"] == ["conflict markers are left in a.c:4"]
    ran = run_stacker("resolve", "first", "--tool", "fails", cwd=world.home)
    assert ran.out.splitlines()[-1] == "Next: stacker resolve first --done"
    assert Path(left["folder"], "a.c").is_file()


def test_without_a_terminal_a_tool_that_needs_one_is_refused(world, tools):
    said = world.stacker("resolve", "--tool", "vimdiff", code=2)["error"]
    assert said["message"] == "vimdiff needs a terminal"


def test_without_a_tool_it_says_how_to_name_one(world):
    said = world.stacker("resolve", "--tool", code=2)["error"]
    assert "git config --global merge.tool" in said["hint"]


def test_nothing_of_the_series_chooses_the_tool(world, tools):
    """A configuration that came with the series' files is not read."""
    (world.home / ".gitconfig").write_text("[merge]\n\ttool = fails\n", encoding="utf-8")
    world.git("config", "merge.tool", "fails", where=world.home)
    assert world.stacker("resolve", "--tool", code=3)["opened"]["stage"] == "second"


@pytest.mark.parametrize("arguments", [
    ("nothing", "more", "--tool"), ("first", "second"), ("--tool", "--done"),
    ("--full", "--abort"), ("--forget", "--drop"),
])  # fmt: skip
def test_words_that_mean_nothing(world, arguments):
    assert world.stacker("resolve", *arguments, code=2)["error"]["message"]
