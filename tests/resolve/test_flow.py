"""`stacker resolve`: a conflict in a folder of its own, solved once for the whole team."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from world import begin, stages, statuses

LINES = "".join(f"line {n}\n" for n in range(9))
MINE = LINES.replace("line 3", "mine")
AGAIN = LINES.replace("line 3", "mine again")
THEIRS = LINES.replace("line 3", "theirs")
OPEN = {"a.c": LINES, "old.c": LINES, ".gitignore": "*.o\n", ".gitattributes": "*.bat text\n",
        "run.bat": "one\r\ntwo\r\n"}  # fmt: skip


def make(tmp_path, run_stacker, history, *, mine, theirs):
    """Stages `first` and `second`; upstream's `drift` conflicts with both."""
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", OPEN)],
        "port": ["start", ("First", mine), ("Second", {"b.c": LINES, "a.c": AGAIN})],
    })  # fmt: skip
    world = begin(run_stacker, tmp_path, upstream,
                  (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip
    upstream.add("master", ("drift", theirs))
    return world


@pytest.fixture
def stopped(once, run_stacker, history):
    def begun(folder):
        world = make(folder, run_stacker, history, mine={"a.c": MINE, "kept.o": "object\n"},
                     theirs={"a.c": THEIRS})  # fmt: skip
        world.stacker("rebase", code=3)
        return world

    return once("stopped at a conflict", begun)


def show(world, document, stage, path):
    return world.git("show", f"{stages(document)[stage]['commit']}:{path}") + "\n"


def test_the_folder_has_markers_and_all_sides(stopped):
    opened = stopped.stacker("resolve")
    folder = Path(opened["folder"])
    assert {k: opened[k] for k in ("stage", "in", "paths")} == {
        "stage": "first", "in": "first", "paths": ["a.c"]
    }  # fmt: skip
    text = (folder / "a.c").read_text(encoding="utf-8")
    assert "<<<<<<< upstream\ntheirs\n||||||| before\nline 3\n=======\nmine\n>>>>>>> mine\n" in text
    assert (folder / "run.bat").read_bytes() == b"one\r\ntwo\r\n"
    listed = stopped.git("ls-files", "-u", where=folder).splitlines()
    assert [line.split()[2] for line in listed] == ["1", "2", "3"]
    assert stopped.git("show", ":3:a.c", where=folder) == MINE.strip()
    assert stopped.stacker("resolve")["folder"] == opened["folder"]


def test_done_refuses_markers_then_takes_what_was_edited_and_nothing_else(stopped):
    folder = Path(stopped.stacker("resolve", "first")["folder"])
    said = stopped.stacker("resolve", "--done", code=1)["error"]
    assert "markers are left in a.c" in said["message"]
    (folder / "a.c").write_text(LINES.replace("line 3", "both"), encoding="utf-8")
    (folder / "old.c").write_text("beside\n", encoding="utf-8")
    (folder / "new.c").write_text("new beside\n", encoding="utf-8")
    (folder / "built.o").write_text("a product\n", encoding="utf-8")
    stopped.stacker("resolve", "--done", code=3)  # the second patch conflicts as well
    done = stopped.stacker("resolve", "--take", "mine")
    assert statuses(done) == {"first": "rebased", "second": "rebased"}
    assert not folder.exists()
    assert show(stopped, done, "first", "a.c") == LINES.replace("line 3", "both")
    assert show(stopped, done, "second", "a.c") == AGAIN
    [of_first] = stages(done)["first"]["resolutions"][:1]
    assert of_first["path"] == "a.c"
    assert of_first["from_version"] == 1
    changed = stopped.git("diff-tree", "-r", "--name-status", stages(done)["first"]["commit"])
    # kept.o is ignored by the project but part of the patch; run.bat is not as git would store it
    assert changed.splitlines()[1:] == ["M\ta.c", "A\tkept.o", "A\tnew.c", "M\told.c"]


def test_a_fresh_clone_knows_the_solutions(stopped, tmp_path, run_stacker):
    folder = Path(stopped.stacker("resolve")["folder"])
    (folder / "a.c").write_text(THEIRS, encoding="utf-8")
    (folder / "old.c").unlink()
    stopped.stacker("resolve", "--done", code=3)
    done = stopped.stacker("resolve", "second", "--take", "upstream")
    clone = tmp_path / "clone"
    shutil.copytree(stopped.home, clone, ignore=shutil.ignore_patterns(".stacker"))
    again = run_stacker("--json", "rebase", cwd=clone)
    assert again.code == 0, again.out
    assert [s["commit"] for s in again.document["stages"]] == [s["commit"] for s in done["stages"]]
    stopped.stacker("undo")
    replayed = stopped.stacker("rebase")
    assert [s["tree"] for s in replayed["stages"]] == [s["tree"] for s in done["stages"]]
    assert [r["path"] for r in stages(replayed)["first"]["resolutions"]] == ["a.c", "old.c"]


def test_a_solution_holds_for_its_very_conflict_only(stopped):
    stopped.stacker("resolve", "--take", "mine")
    stopped.stacker("undo")
    stopped.upstream.add("master", ("other", {"a.c": LINES.replace("line 3", "other")}))
    assert statuses(stopped.stacker("rebase", code=3))["first"] == "conflict"


def test_drop_leaves_the_patch_out(stopped):
    done = stopped.stacker("resolve", "first", "--drop", code=3)
    assert statuses(done)["second"] == "conflict"
    done = stopped.stacker("resolve", "--take", "upstream")
    assert statuses(done)["first"] == "dropped"
    assert stopped.home.joinpath("patches", "first").exists() is False
    stopped.stacker("undo")
    assert stopped.patch("first").is_file()


def test_drop_works_on_a_restack_too(stopped):
    stopped.stacker("rebase", "--abort")
    patch = stopped.patch("first")
    patch.write_bytes(patch.read_bytes().replace(b"+mine", b"+edited"))
    assert statuses(stopped.stacker("rebase", "--no-fetch", "--onto", stopped.upstream["start"],
                                    code=3))["second"] == "conflict"  # fmt: skip
    done = stopped.stacker("--no-fetch", "resolve", "second", "--drop", code=3)
    assert statuses(done) == {"first": "conflict", "second": "blocked"}  # by upstream now
    assert not stopped.home.joinpath("patches", "second").exists()


def test_one_conflict_leads_to_the_next(stopped):
    folder = Path(stopped.stacker("resolve")["folder"])
    (folder / "a.c").write_text(LINES.replace("line 3", "both"), encoding="utf-8")
    done = stopped.stacker("resolve", "--done", code=3)
    assert statuses(done) == {"first": "rebased", "second": "conflict"}
    opened = done["opened"]
    assert (opened["stage"], opened["paths"]) == ("second", ["a.c"])
    assert not folder.exists()
    assert "mine again" in Path(opened["folder"], "a.c").read_text(encoding="utf-8")
    assert stopped.stacker("resolve", "--json")["folder"] == opened["folder"]
    Path(opened["folder"], "a.c").write_text(AGAIN, encoding="utf-8")
    assert stopped.stacker("rebase", "--continue")["version"] == 2
    assert list((stopped.home / ".stacker" / "resolve").iterdir()) == []
    said = stopped.stacker("rebase", "--continue", code=2)["error"]
    assert "no conflict is open" in said["message"]


def test_a_side_taken_without_a_folder_opens_none(stopped):
    done = stopped.stacker("resolve", "--take", "upstream", code=3)
    assert "opened" not in done
    assert not (stopped.home / ".stacker" / "resolve").exists()


def test_abort_closes_the_folder_and_the_conflict_stays(stopped):
    folder = Path(stopped.stacker("resolve")["folder"])
    stopped.stacker("resolve", "--abort")
    assert not folder.exists()
    assert (
        "no conflict is open" in stopped.stacker("resolve", "--abort", code=2)["error"]["message"]
    )
    assert statuses(stopped.stacker("rebase", code=3))["first"] == "conflict"


def test_show_opens_nothing(stopped):
    [one] = stopped.stacker("resolve", "--show")["conflicts"]
    assert one["kind"] == "content"
    assert one["upstream"]["mode"] == "100644"
    assert not (stopped.home / ".stacker" / "resolve").exists()
    said = stopped.run("resolve", "--show", cwd=stopped.home).out
    assert "<<<<<<< upstream\ntheirs\n||||||| before\n" in said
    assert ">>>>>>> mine\n" in said


def test_a_folder_that_somebody_removed_is_made_again(stopped):
    folder = Path(stopped.stacker("resolve")["folder"])
    shutil.rmtree(folder)
    assert Path(stopped.stacker("resolve")["folder"]).joinpath("a.c").is_file()


@pytest.mark.parametrize("arguments", [("second",), ("nothing",), ("../first", "--done"),
                                       ("--done", "--abort")])  # fmt: skip
def test_what_is_not_there_is_said(stopped, arguments):
    assert stopped.stacker("resolve", *arguments, code=2)["error"]["message"]


def test_without_a_stopped_rebase_there_is_nothing_to_resolve(tmp_path, run_stacker, history):
    world = make(tmp_path, run_stacker, history, mine={"z.c": "z\n"}, theirs={"y.c": "y\n"})
    assert "no rebase has stopped" in world.stacker("resolve", code=2)["error"]["message"]


STRUCTURES = {
    "modify/delete": ({"old.c": MINE}, {"old.c": None}),
    "delete/modify": ({"old.c": None}, {"old.c": THEIRS}),
    "add/add": ({"n.c": MINE}, {"n.c": THEIRS}),
    "file/directory": ({"d": MINE}, {"d/x": THEIRS}),
    "directory/file": ({"d/x": MINE}, {"d": THEIRS}),
    "rename/delete": ({"old.c": None, "moved.c": LINES.replace("line 8", "x")}, {"old.c": None}),
}


@pytest.mark.parametrize("side", ["mine", "upstream"])
@pytest.mark.parametrize("name", STRUCTURES)
def test_structures_are_taken_whole(tmp_path, run_stacker, history, name, side):
    mine, theirs = STRUCTURES[name]
    base = {"old.c": LINES, "z": "z\n"}
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", base)], "port": ["start", ("First", mine)],
    })  # fmt: skip
    world = begin(run_stacker, tmp_path, upstream,
                  (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip
    upstream.add("master", ("drift", theirs))
    world.stacker("rebase", code=3)
    done = world.stacker("resolve", "--take", side)
    tree = stages(done)["first"]["tree"]
    world.git("fsck", "--full", tree)
    names = world.git("ls-tree", "-r", "--name-only", tree).splitlines()
    assert len(names) == len(set(names))
    assert world.stacker("rebase")["version"] == done["version"]
