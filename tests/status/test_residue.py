"""`status --residue`: that nothing of a branch is forgotten is proved, or what is, is listed."""

from __future__ import annotations

import subprocess

import pytest
from world import begin

LINES = "".join(f"line {n}\n" for n in range(20))


def edited(*numbers):
    return "".join(f"{'port' if n in numbers else 'line'} {n}\n" for n in range(20))


@pytest.fixture
def world(once, run_stacker, history):
    """The branch `poc` touches five files; stage `one` has a part of it."""
    return once("a branch and a part of it", lambda folder: drawn(folder, run_stacker, history))


def drawn(folder, run_stacker, history):
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES, "run.sh": "x\n", "old": "o\n"})],
        "poc": ["start", ("All", {
            "a.c": edited(1, 8), "b.c": edited(3), "Tools/notes.txt": "n\n", "data": "\0\1",
            "run.sh": ("100755", "x\n"), "old": None,
        })],
        "one": ["start", ("One", {"a.c": edited(1), "own.c": "o\n"})],
    })  # fmt: skip
    return begin(run_stacker, folder, upstream, ("one", "--stage", "one"))


def reasons(world, text):
    file = world.home / "series.toml"
    plan = file.read_text(encoding="utf-8").replace("[series]\n", f"[series]\nresidue = {text}\n")
    file.write_text(plan, encoding="utf-8", newline="\n")


def by_path(found):
    return {one["path"]: one for one in found}


def test_what_is_in_no_stage_is_listed_place_by_place(world):
    before = world.files(), world.git("count-objects", "-v"), world.git("for-each-ref")
    found = world.stacker("status", "--residue", "poc")
    assert before == (world.files(), world.git("count-objects", "-v"), world.git("for-each-ref"))
    assert (found["complete"], found["version"]) == (False, 1)
    assert found["commit"] == world.upstream["All"]
    rest = by_path(found["residue"])
    assert {path: (one["added"], one["removed"]) for path, one in rest.items()} == {
        "a.c": (1, 1), "b.c": (1, 1), "Tools/notes.txt": (1, 0), "data": (0, 0), "run.sh": (0, 0),
        "old": (0, 1),
    }  # fmt: skip
    assert rest["a.c"]["hunks"] == [{"line": 9, "added": 1, "removed": 1, "what": None}]
    assert [one["what"] for one in rest["run.sh"]["hunks"]] == ["new mode 100755"]
    assert rest["data"]["hunks"][0]["what"] == "new file mode 100644"
    assert [one["what"] for one in rest["old"]["hunks"]] == ["deleted file mode 100644", None]
    assert list(by_path(found["extra"])) == ["own.c"]


def test_reasons_complete_it(world):
    reasons(world, '{ "Tools" = "only my notes", "[a-z]*" = "no class", "*" = "later" }')
    found = world.stacker("status", "--residue", "poc")
    assert found["complete"] is True
    rest = by_path(found["residue"])
    assert rest["Tools/notes.txt"]["reason"] == "only my notes"
    assert rest["a.c"]["reason"] == "later"


def test_a_branch_that_is_all_in_stages(world):
    world.upstream.add("rest", ("Rest", {
        "a.c": edited(1, 8), "b.c": edited(3), "Tools/notes.txt": "n\n", "data": "\0\1",
        "run.sh": ("100755", "x\n"), "old": None,
    }), start="One")  # fmt: skip
    world.stacker("import", f"{world.upstream['One']}..rest", "--stage", "rest")
    found = world.stacker("status", "--residue", "poc")
    assert (found["residue"], found["complete"]) == ([], True)
    assert list(by_path(found["extra"])) == ["own.c"]
    ran = world.run("status", "--residue", "poc", cwd=world.home)
    assert ran.out.splitlines() == [
        f"Nothing of poc {world.upstream['All'][:10]} is forgotten: all is in a stage of v2.",
        "1 file is in the series, and not in poc:",
        "  own.c  +1 -0  new file",
        "Next: stacker status",
    ]


def test_other_binary_content_is_not_the_same(world):
    world.upstream.add("bin", ("Bin", {"data": "\0\2"}), start="start")
    world.stacker("import", "bin", "--stage", "bin")
    found = world.stacker("status", "--residue", "poc")
    [piece] = by_path(found["residue"])["data"]["hunks"]
    assert piece["what"].startswith("content ")
    assert by_path(found["extra"])["data"]["hunks"] != [piece]


def test_the_series_moved_on_since_the_branch_was_made(world):
    world.upstream.add("master", ("drift", {"a.c": edited(15).replace("port", "up")}))
    world.stacker("rebase")
    found = world.stacker("status", "--residue", "poc")
    assert (found["branch_base"], found["base"]) == (
        world.upstream["start"],
        world.upstream["drift"],
    )
    assert by_path(found["residue"])["a.c"]["hunks"] == [
        {"line": 9, "added": 1, "removed": 1, "what": None}
    ]
    world.upstream.add("master", ("clash", {"b.c": edited(3).replace("port", "up")}))
    world.stacker("rebase")
    error = world.stacker("status", "--residue", "poc", code=3)["error"]
    assert error["message"].endswith("of the series in b.c")
    assert "export" in error["hint"]


def test_stages_that_conflict_with_each_other_are_said(world):
    world.upstream.add(
        "other", ("Other", {"a.c": edited(1).replace("port", "else")}), start="start"
    )
    world.stacker("import", "other", "--stage", "other")
    error = world.stacker("status", "--residue", "poc", code=3)["error"]
    assert "the stages do not go together" in error["message"]
    assert "series.toml" in error["hint"]


def test_a_branch_of_a_clone_with_merges(world, tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "-b", "poc", world.upstream.path, clone], check=True)
    subprocess.run(["git", "merge", "-q", "--no-ff", "-m", "M", "origin/one", "-s", "ours"],
                   cwd=clone, check=True)  # fmt: skip
    found = world.stacker("status", "--residue", "poc", "--from", str(clone))
    assert len(found["residue"]) == 6


def test_the_page_says_what_to_do(world):
    reasons(world, '{ "Tools/**" = "only my notes" }')
    ran = world.run("status", "--residue", "poc", cwd=world.home)
    assert ran.out.splitlines() == [
        f"5 files of poc {world.upstream['All'][:10]} are in no stage of v1:",
        "  a.c     +1 -1  line 9",
        "  b.c     +1 -1  line 4",
        "  data    +0 -0  new file, binary",
        "  old     +0 -1  gone",
        "  run.sh  +0 -0  another mode",
        "Left out for a reason:",
        "  Tools/notes.txt  +1 -0  only my notes",
        "1 file is in the series, and not in poc:",
        "  own.c  +1 -0  new file",
        "Bring it in with `stacker edit STAGE`, or say why not: residue of [series].",
        "Next: stacker edit STAGE",
    ]


@pytest.mark.parametrize("arguments", [["--residue", "x", "--plan"], ["--from", "x"],
                                       ["--residue", "nowhere"]])  # fmt: skip
def test_what_makes_no_sense(world, arguments):
    ran = world.run("--json", "status", *arguments, cwd=world.home)
    assert ran.code in (1, 2)
    assert ran.document["error"]["message"]
