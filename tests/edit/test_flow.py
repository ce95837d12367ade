"""`stacker edit` through the command line: a stage worked on in a folder, and taken back."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from world import stages, statuses

LINES = "".join(f"line {n}\n" for n in range(30))


def edited(*pairs):
    text = LINES
    for number, word in pairs:
        text = text.replace(f"line {number}\n", f"{word}\n")
    return text


def test_a_stage_is_opened_with_all_it_needs(desk):
    document = desk.stacker("edit", "second")
    assert set(document) == {"stage", "folder", "base"}
    assert document["base"] == desk.upstream["start"]
    folder = desk.open("second")
    assert folder.parent == desk.home / ".stacker" / "edit"
    assert {p.name for p in folder.iterdir()} == {".git", ".gitignore", "a.c", "b.c"}
    assert desk.subjects(desk.inside("rev-parse", "HEAD")) == ["Second", "Again", "First"]
    (folder / "a.c").write_text("mine\n", encoding="utf-8")
    assert desk.open("second") == folder
    assert (folder / "a.c").read_text(encoding="utf-8") == "mine\n"


def test_what_was_changed_goes_into_the_last_patch(desk):
    before = desk.files()
    folder = desk.open()
    desk.write("a.c", edited((3, "one"), (9, "two"), (12, "three")))
    desk.write("new/file.c", "new\n")
    desk.write("object.o", "built\n")
    desk.write("tool.sh", "#!/bin/sh\n")
    (folder / "tool.sh").chmod(0o755)
    (folder / "b.c").unlink()
    desk.commit("this message goes")
    desk.write("b.c", LINES)
    document = desk.done()
    assert document["stage"] == "first"
    assert document["patches"] == ["0002-again.patch"]
    assert document["version"] == 3
    assert statuses(document) == {"first": "rebased", "second": "rebased"}
    tip = stages(document)["first"]["commit"]
    assert desk.git("diff-tree", "-r", "--name-status", f"{tip}^", tip).splitlines() == [
        "M\ta.c", "A\tnew/file.c", "A\ttool.sh"
    ]  # fmt: skip
    assert desk.git("ls-tree", tip, "tool.sh").startswith("100755")
    assert desk.git("log", "-1", "--format=%an %s", tip) == "Eve Again"
    above = stages(document)["second"]["commit"]
    assert desk.file(above, "a.c") == edited((3, "one"), (9, "two"), (12, "three"), (20, "far"))
    assert desk.head() == "edit: why it was edited"
    assert not folder.exists()
    after = desk.files()
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {"series.lock", "patches/first/0002-again.patch",
                       "patches/second/0001-second.patch"}  # fmt: skip
    assert desk.stacker("rebase")["version"] == 3


def test_each_commit_becomes_a_patch_of_its_own(desk):
    desk.open()
    desk.write("a.c", edited((3, "one"), (9, "two"), (12, "three")))
    desk.commit("Three", "-m", "Because.", "--author", "Ada <ada@example.org>")
    desk.write("c.c", "c\n")
    desk.commit("A file: c")
    desk.write("c.c", "cc\n")
    document = desk.done("--new")
    assert document["patches"] == [
        "0003-three.patch", "0004-a-file-c.patch", "0005-why-it-was-edited.patch"
    ]  # fmt: skip
    tip = stages(document)["first"]["commit"]
    assert desk.subjects(tip) == ["why it was edited", "A file: c", "Three", "Again", "First"]
    assert desk.git("log", "-1", "--format=%an %B", f"{tip}~2") == "Ada Three\n\nBecause."
    assert desk.git("log", "-1", "--format=%an %ae", tip) == "Paul Porter paul@example.org"
    assert desk.patches("first")[:2] == ["0001-first.patch", "0002-again.patch"]


def test_new_changes_need_a_message(desk):
    folder = desk.open()
    desk.write("c.c", "c\n")
    assert "needs a message" in desk.stacker("edit", "--done", "--new", code=2)["error"]["message"]
    assert folder.is_dir()
    assert desk.stacker("refresh", "--new", "-m", "c")["patches"] == ["0003-c.patch"]


def test_refresh_is_another_name(desk):
    desk.open()
    desk.write("c.c", "c\n")
    assert desk.stacker("refresh", "first", "-m", "c")["patches"] == ["0002-again.patch"]
    assert desk.head() == "edit: c"


def test_nothing_changed_is_no_version(desk):
    folder = desk.open()
    desk.write("object.o", "built\n")
    before, head = desk.files(), desk.git("rev-parse", "refs/stacker/head")
    assert desk.done() == {"stage": "first", "patches": [], "version": 2, "stages": []}
    assert (desk.files(), desk.git("rev-parse", "refs/stacker/head")) == (before, head)
    assert not folder.exists()
    assert "no stage is open" in desk.done(code=2)["error"]["message"]


def test_an_amended_patch_takes_its_new_message(desk):
    desk.open()
    desk.write("a.c", edited((3, "one"), (9, "zwei")))
    desk.inside("commit", "-q", "-a", "--amend", "-m", "Once more")
    document = desk.done()
    assert document["patches"] == ["0002-again.patch"]
    tip = stages(document)["first"]["commit"]
    assert desk.subjects(tip) == ["Once more", "First"]
    assert desk.git("log", "-1", "--format=%an", tip) == "Eve"
    assert desk.file(tip, "a.c") == edited((3, "one"), (9, "zwei"))


def test_the_last_patch_split_in_two(desk):
    desk.open()
    desk.inside("reset", "-q", "HEAD~")
    desk.write("a.c", edited((3, "one"), (9, "two"), (10, "half")))
    desk.commit("Half")
    desk.write("a.c", edited((3, "one"), (9, "two")))
    desk.commit("Half again")
    document = desk.done("--new")
    assert document["patches"] == ["0002-again.patch", "0003-half-again.patch"]
    assert desk.subjects(stages(document)["first"]["commit"]) == ["Half again", "Half", "First"]


def test_what_git_reset_left_behind_is_taken(desk):
    desk.open()
    desk.inside("reset", "-q", "HEAD~2")
    desk.write("c.c", "c\n")
    tip = stages(desk.done())["first"]["commit"]
    assert desk.subjects(tip) == ["Again", "First"]
    assert desk.git("diff-tree", "-r", "--name-only", tip).splitlines()[1:] == ["a.c", "c.c"]


def test_an_older_commit_looked_at_is_no_work(desk):
    desk.open()
    tip = desk.inside("rev-parse", "HEAD")
    desk.inside("checkout", "-q", "HEAD~2")
    said = desk.done(code=1)["error"]
    assert "was not made on first" in said["message"]
    assert f"git checkout {tip[:12]}" in said["hint"]
    desk.inside("checkout", "-q", tip)
    assert desk.done()["patches"] == []


def test_a_conflict_above_waits_for_resolve(desk):
    before = desk.files()
    folder = desk.open()
    desk.write("a.c", edited((3, "one"), (9, "two"), (20, "near")))
    document = desk.done(code=3)
    assert document["patches"] == ["0002-again.patch"]
    assert statuses(document) == {"first": "rebased", "second": "conflict"}
    assert document["version"] == 2
    assert not folder.exists()
    status = desk.stacker("status")
    assert status["stopped"]["edit"] == "first"
    assert status["next"] == {
        "command": "stacker resolve second", "because": "the edit of first stopped there",
    }  # fmt: skip
    desk.upstream.add("master", ("later", {"z.c": "z\n"}))
    opened = desk.home.joinpath(".stacker", "resolve", "second")
    assert desk.stacker("resolve")["folder"] == str(opened)
    (opened / "a.c").write_text(edited((3, "one"), (9, "two"), (20, "both")), encoding="utf-8")
    done = desk.stacker("resolve", "--done")
    assert statuses(done) == {"first": "rebased", "second": "rebased"}
    assert done["base"] == desk.upstream["start"]  # an edit goes nowhere
    assert desk.head() == "edit: why it was edited"
    assert desk.file(stages(done)["second"]["commit"], "a.c") == edited(
        (3, "one"), (9, "two"), (20, "both")
    )
    after = desk.files()
    desk.stacker("undo")
    assert desk.files() == before
    desk.stacker("undo")
    assert desk.files() == after
    desk.stacker("undo", "--to", "v2")
    assert desk.files() == before


def stopped_on_the_way(desk):
    """A rebase stopped at `first`; the commit that it is to go to, which upstream has left."""
    target = desk.upstream.add("master", ("drift", {"a.c": edited((3, "theirs"))}))
    assert statuses(desk.stacker("rebase", code=3))["first"] == "conflict"
    desk.upstream.add("master", ("later", {"z.c": "z\n"}))
    return target


def solve(desk, stage, text):
    folder = Path(desk.stacker("resolve", stage)["folder"])
    (folder / "a.c").write_text(text, encoding="utf-8")
    return desk.stacker("resolve", stage, "--done", code=None)


def test_an_edit_that_stops_too_goes_before_the_rebase_that_had_stopped(desk):
    target = stopped_on_the_way(desk)
    desk.open()
    desk.write("a.c", edited((3, "one"), (9, "two"), (20, "near")))
    assert statuses(desk.done(code=3))["second"] == "conflict"
    done = solve(desk, "second", edited((3, "one"), (9, "two"), (20, "both")))
    assert (done["base"], set(statuses(done).values())) == (desk.upstream["start"], {"rebased"})
    assert statuses(desk.stacker("rebase", code=3))["first"] == "conflict"
    assert desk.stacker("resolve", "--take", "mine")["base"] == target
    assert desk.stacker("rebase")["base"] == desk.upstream["later"]


def test_patches_edited_by_hand_that_stop_too_go_before_it_as_well(desk):
    desk.open()
    desk.write("a.c", edited((3, "one"), (9, "two"), (20, "near")))
    desk.done(code=3)
    patch = desk.home / "patches" / "first" / "0002-again.patch"
    by_hand = patch.read_bytes()
    desk.stacker("undo")
    target = stopped_on_the_way(desk)
    patch.write_bytes(by_hand)
    assert statuses(desk.stacker("rebase", code=3))["second"] == "conflict"
    done = solve(desk, "second", edited((3, "one"), (9, "two"), (20, "both")))
    assert statuses(done)["first"] == "conflict"  # it goes on by itself
    done = desk.stacker("resolve", "--take", "mine")
    assert done["base"] == target


def test_a_conflict_above_can_be_undone(desk):
    before = desk.files()
    desk.open()
    desk.write("a.c", edited((3, "one"), (9, "two"), (20, "near")))
    desk.done(code=3)
    desk.stacker("undo")
    assert desk.files() == before
    assert set(statuses(desk.stacker("rebase")).values()) == {"unchanged"}
    desk.stacker("undo")
    assert statuses(desk.stacker("rebase", code=3))["second"] == "conflict"


def test_a_stage_that_moved_is_merged_with(desk):
    desk.open()
    desk.write("a.c", edited((3, "one"), (9, "two"), (15, "mine")))
    desk.upstream.add("master", ("drift", {"a.c": edited((27, "drift"))}))
    desk.stacker("rebase")
    document = desk.done()
    assert document["base"] == desk.upstream["drift"]
    assert desk.file(stages(document)["second"]["commit"], "a.c") == edited(
        (3, "one"), (9, "two"), (15, "mine"), (20, "far"), (27, "drift")
    )


def test_a_stage_that_moved_in_the_way_is_told_and_nothing_is_lost(desk):
    folder = desk.open()
    desk.write("a.c", edited((3, "one"), (9, "two"), (15, "mine")))
    desk.upstream.add("master", ("drift", {"a.c": edited((15, "theirs"))}))
    desk.stacker("rebase")
    files = desk.files()
    said = desk.done(code=3)["error"]
    assert "moved while it was edited (it is v3 now)" in said["message"]
    assert said["message"].endswith("in a.c")
    assert desk.files() == files
    command = said["hint"].partition("`git ")[2].partition("`")[0].split()
    assert command[:2] == ["rebase", "--onto"]
    desk.commit("mine")
    done = desk.run("edit", "--done", cwd=folder)
    assert done.code == 3
    with pytest.raises(AssertionError):
        desk.inside(*command)
    assert "a conflict is not solved in a.c" in desk.done(code=1)["error"]["message"]
    desk.write("a.c", edited((3, "one"), (9, "two"), (15, "both")))
    desk.inside("add", "a.c")
    assert "in the middle of a rebase" in desk.done(code=1)["error"]["message"]
    desk.inside("-c", "core.editor=true", "rebase", "--continue")
    document = desk.done()
    tip = stages(document)["first"]["commit"]
    assert desk.file(tip, "a.c") == edited((3, "one"), (9, "two"), (15, "both"))
    assert desk.git("log", "--format=%s", f"{desk.upstream['drift']}..{tip}") == "Again\nFirst"


def test_commits_are_carried_to_a_stage_that_moved(desk):
    desk.open()
    desk.write("a.c", edited((3, "one"), (9, "two"), (15, "mine")))
    desk.commit("Mine")
    desk.write("c.c", "c\n")
    desk.upstream.add("master", ("drift", {"a.c": edited((27, "drift"))}))
    desk.stacker("rebase")
    document = desk.done("--new")
    assert document["patches"] == ["0003-mine.patch", "0004-why-it-was-edited.patch"]


def test_an_undo_meanwhile_is_not_undone(desk):
    """Work made on a later version brings nothing else of that version along."""
    desk.open()
    desk.write("c.c", "c\n")
    desk.done("--new")
    desk.open()
    desk.write("d.c", "d\n")
    desk.stacker("undo")
    document = desk.done()
    tip = stages(document)["first"]["commit"]
    assert desk.git("diff-tree", "-r", "--name-only", tip).splitlines()[1:] == ["a.c", "d.c"]


@pytest.mark.parametrize("place", ["a.c", "new.c"])
def test_conflict_markers_are_refused(desk, place):
    folder = desk.open()
    desk.write(place, f"{LINES}<<<<<<< HEAD\nx\n=======\ny\n>>>>>>> other\n")
    said = desk.done(code=1)["error"]
    assert said["message"] == f"conflict markers are left in {place}:31"
    assert str(folder) in said["hint"]
    desk.write(place, f"{LINES}=======\nTitle\n=======\n")
    assert desk.done()["patches"]


def test_a_repository_inside_is_refused(desk):
    folder = desk.open()
    desk.git("init", "-q", "externals", where=folder)
    desk.write("externals/x", "x\n")
    desk.git("add", "x", where=folder / "externals")
    desk.git("commit", "-q", "-m", "x", where=folder / "externals")
    assert "a git repository of its own" in desk.done(code=1)["error"]["message"]
    desk.write(".git-info", "")
    desk.write(".gitignore", "*.o\nexternals/\n.git-info\n")
    tip = stages(desk.done())["first"]["commit"]
    assert "externals" not in desk.git("ls-tree", "--name-only", tip).split()


def test_a_path_that_no_patch_may_add_is_refused(desk):
    folder = desk.open()
    desk.write("A.C", "a twin\n")
    if sum(p.name.lower() == "a.c" for p in folder.iterdir()) < 2:
        pytest.skip("this disk knows no case")
    assert "A.C beside a.c" in desk.done(code=1)["error"]["message"]
    assert folder.is_dir()


def test_a_file_that_git_would_store_otherwise_stays_as_it_is(desk):
    """Also where the person's own git has committed it otherwise, beside what was meant."""
    desk.upstream.add("master", ("bat", {"run.bat": "one\r\n", ".gitattributes": "*.bat text\n"}))
    desk.stacker("rebase")
    folder = desk.open()
    assert (folder / "run.bat").read_bytes() == b"one\r\n"
    desk.write("c.c", "c\n")
    desk.inside("add", "--renormalize", "run.bat")
    desk.commit("C")
    tip = stages(desk.done())["first"]["commit"]
    assert desk.git("diff-tree", "-r", "--name-only", tip).splitlines()[1:] == ["a.c", "c.c"]


def test_merges_fold_but_are_no_patches(desk):
    desk.open()
    tip = desk.inside("rev-parse", "HEAD")
    desk.write("c.c", "c\n")
    desk.commit("C")
    one = desk.inside("rev-parse", "HEAD")
    desk.inside("checkout", "-q", tip)
    desk.write("d.c", "d\n")
    desk.commit("D")
    desk.inside("merge", "-q", "-m", "both", one)
    assert "there are merges" in desk.done("--new", code=2)["error"]["message"]
    new = stages(desk.done())["first"]["commit"]
    assert desk.git("diff-tree", "-r", "--name-only", new).splitlines()[1:] == ["a.c", "c.c", "d.c"]


def test_abort_keeps_the_work_as_a_version(desk):
    folder = desk.open()
    before = desk.files()
    desk.write("c.c", "c\n")
    desk.commit("A file: c")
    desk.write("a.c", "<<<<<<< HEAD\n>>>>>>> x\n")
    assert desk.stacker("edit", "--abort") == {"stage": "first", "folder": None, "kept": 3}
    assert not folder.exists()
    assert desk.files() == before
    assert set(statuses(desk.stacker("rebase")).values()) == {"unchanged"}
    assert desk.stacker("undo") == {"before": 2, "version": 3, "edits_kept": False}
    assert desk.patches("first") == [
        "0001-first.patch", "0002-again.patch", "0003-a-file-c.patch",
        "0004-work-on-first-that-was-put-aside.patch",
    ]  # fmt: skip
    assert desk.stacker("undo")["version"] == 2
    assert desk.files() == before
    assert desk.stacker("undo", "--to", "v3")["version"] == 3
    again = desk.stacker("rebase", code=3)
    assert statuses(again) == {"first": "rebased", "second": "conflict"}


def test_work_put_aside_is_there_also_after_a_rebase(desk):
    desk.open()
    desk.write("c.c", "c\n")
    desk.upstream.add("master", ("drift", {"a.c": edited((27, "drift"))}))
    desk.stacker("rebase")
    assert desk.stacker("edit", "--abort")["kept"] == 4
    desk.stacker("undo", "--to", "v4")
    document = desk.stacker("rebase")
    assert document["base"] == desk.upstream["drift"]
    assert document["edits"] == ["first has 0003-work-on-first-that-was-put-aside.patch now"]
    tip = stages(document)["first"]["commit"]
    assert desk.file(tip, "c.c") == "c\n"
    assert desk.file(tip, "a.c") == edited((3, "one"), (9, "two"), (27, "drift"))


def test_abort_of_nothing_keeps_nothing(desk):
    desk.open()
    head = desk.git("rev-parse", "refs/stacker/head")
    assert desk.stacker("edit", "first", "--abort")["kept"] is None
    assert desk.git("rev-parse", "refs/stacker/head") == head


def test_edits_by_hand_stay_while_work_is_put_aside(desk):
    desk.open()
    desk.write("c.c", "c\n")
    patch = desk.patch("second")
    patch.write_bytes(patch.read_bytes().replace(b"+far", b"+edited"))
    before = desk.files()
    assert desk.stacker("edit", "--abort")["kept"] == 3
    assert desk.files() == before
    assert desk.stacker("rebase")["edits"] == ["patches of second were edited"]


def test_from_inside_nothing_needs_to_be_said(desk, run_stacker):
    folder = desk.open()
    desk.open("second")
    assert "which stage?" in desk.done(code=2)["error"]["message"]
    (folder / "deep").mkdir()
    ran = run_stacker("--json", "edit", cwd=folder / "deep")
    assert ran.document["folder"] == str(folder)
    (folder / "deep" / "c.c").write_text("c\n", encoding="utf-8")
    ran = run_stacker("--json", "edit", "--done", "-m", "c", cwd=folder / "deep")
    assert (ran.code, ran.document["stage"]) == (0, "first")
    assert folder.joinpath("deep").is_dir()  # somebody stands there
    assert list(folder.joinpath("deep").iterdir()) == []


def test_what_a_person_reads(desk):
    said = desk.run("edit", "first", cwd=desk.home).out
    assert said.splitlines()[0].startswith("first is open in ")
    assert said.endswith("Next: stacker edit first --done -m WHY\n")
    desk.open()
    desk.write("c.c", "c\n")
    said = desk.run("edit", "--done", "-m", "c", cwd=desk.home).out
    assert said.splitlines()[:2] == [
        "The work on first is in 0002-again.patch.",
        f"The series stands on master {desk.upstream['start'][:10]} as v3.",
    ]
    desk.open()
    assert "nothing to take" in desk.run("edit", "--done", cwd=desk.home).out
    desk.open()
    desk.write("c.c", "cc\n")
    assert "stacker undo --to v4" in desk.run("edit", "--abort", cwd=desk.home).out


@pytest.mark.parametrize("arguments", [
    ("--done", "--abort"), ("first", "--new"), ("-m", "why"), ("nothing",), ("../first",), (),
    ("second", "--done"), ("second", "--abort"),
])  # fmt: skip
def test_what_makes_no_sense_is_said(desk, arguments):
    before = desk.files()
    assert desk.stacker("edit", *arguments, code=2)["error"]["message"]
    assert desk.files() == before
    assert not (desk.home / ".stacker" / "edit").exists()


def test_a_folder_that_somebody_removed_is_made_again(desk):
    shutil.rmtree(desk.open())
    assert "no stage is open" in desk.done(code=2)["error"]["message"]
    assert (desk.open() / "a.c").is_file()


def test_a_series_directory_that_was_moved(desk, tmp_path):
    desk.open()
    desk.write("c.c", "c\n")
    desk.world.home = desk.home.rename(tmp_path / "elsewhere")
    plan = desk.home / "series.toml"
    assert desk.done("--new")["patches"] == ["0003-why-it-was-edited.patch"], plan


def test_a_stage_renamed_while_it_is_open(desk):
    desk.open()
    desk.write("c.c", "c\n")
    desk.plan('[[stages]]\nid = "eerste"\nwas = "first"\nneeds = []\n\n[[stages]]\nid = "second"\n')
    assert stages(desk.done())["eerste"]["status"] == "rebased"


def test_a_stage_without_patches_gets_its_first(desk):
    desk.plan('[[stages]]\nid = "first"\nneeds = []\n\n[[stages]]\nid = "second"\n\n'
              '[[stages]]\nid = "third"\n')  # fmt: skip
    desk.open("third")
    desk.write("c.c", "c\n")
    document = desk.done()
    assert document["patches"] == ["0001-why-it-was-edited.patch"]
    assert desk.subjects(stages(document)["third"]["commit"])[0] == "why it was edited"


def test_an_edit_may_be_what_a_rebase_waits_for(desk):
    desk.upstream.add("master", ("break", {"a.c": edited((9, "theirs"))}))
    desk.stacker("rebase", code=3)
    desk.open()
    desk.write("a.c", edited((3, "one"), (12, "two")))
    assert desk.done()["base"] == desk.upstream["start"]
    desk.upstream.add("master", ("later", {"z.c": "z\n"}))
    assert desk.stacker("rebase")["base"] == desk.upstream["break"]  # its target was remembered
