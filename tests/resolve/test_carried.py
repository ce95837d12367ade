"""A solution is carried to a file that changed elsewhere, and to nothing else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from world import begin, stages, statuses

LINES = [f"line {n}\n" for n in range(40)]


def text(**words):
    """The file with other words on some lines: `_20="mine"`."""
    return "".join(f"{words[f'_{n}']}\n" if f"_{n}" in words else line
                   for n, line in enumerate(LINES))  # fmt: skip


class Story:
    """Stage `one` changes line 20 of a.c (and of b.c); upstream did as well, and goes on."""

    def __init__(self, run, folder, history, mine=None):
        base = {"a.c": text(), "b.c": text(), "c.c": text()}
        self.upstream = history.draw(folder / "upstream", {
            "master": [("start", base)],
            "port": ["start", ("First", mine or {"a.c": text(_20="mine")})],
        })  # fmt: skip
        span = f"{self.upstream['start']}..port"
        self.world = begin(run, folder, self.upstream, (span, "--stage", "one"))
        self.run = run

    def drift(self, subject, **files):
        """Upstream goes on; a rebase that stops there."""
        self.upstream.add("master", (subject, {f"{n}.c": t for n, t in files.items()}))

    def solve(self, **files):
        """Solve the conflict in the folder, and go back to before it."""
        self.world.stacker("rebase", code=3)
        folder = Path(self.world.stacker("resolve")["folder"])
        for name, content in files.items():
            (folder / f"{name}.c").write_text(content, encoding="utf-8")
        done = self.world.stacker("resolve", "--done")
        self.world.stacker("undo")
        return done

    def rebase(self, code=0):
        return stages(self.world.stacker("rebase", code=code))["one"]

    def file(self, stage, name="a.c"):
        return self.world.git("show", f"{stage['tree']}:{name}") + "\n"

    def resolutions(self):
        return sorted((self.world.home / "resolutions" / "one").iterdir())


@pytest.fixture
def story(once, run_stacker, history):
    def make(folder):
        made = Story(run_stacker, folder, history)
        made.drift("theirs", a=text(_20="theirs"))
        made.solve(a=text(_20="both"))
        return made

    return once("a story of carrying", make)


def test_a_file_that_changed_elsewhere(story):
    story.drift("more", a=text(_3="new", _20="theirs", _37="new too"))
    one = story.rebase()
    assert story.file(one) == text(_3="new", _20="both", _37="new too")
    assert [(r["path"], r["from_version"], r["carried"]) for r in one["resolutions"]] == [
        ("a.c", 1, True)
    ]  # fmt: skip


def test_it_is_told_so(story):
    story.drift("more", a=text(_3="new", _20="theirs"))
    said = story.run("rebase", cwd=story.world.home).out
    assert re.search(r"a\.c carried from v1 \(you, \d+ [A-Z][a-z]+\)", said)
    story.world.stacker("undo")
    story.upstream.git("update-ref", "refs/heads/master", story.upstream["theirs"])
    said = story.run("rebase", cwd=story.world.home).out
    assert re.search(r"a\.c solved as in v1 \(you, \d+ [A-Z][a-z]+\)", said)


@pytest.mark.parametrize("words", [
    {"_20": "theirs again"},
    {"_19": "theirs", "_20": "theirs"},
    {"_20": "theirs", "_21": "theirs"},
])  # fmt: skip
def test_other_hunks_are_another_conflict(story, words):
    story.drift("more", a=text(_3="new", **words))
    assert story.rebase(code=3)["status"] == "conflict"


def test_the_patch_itself_may_have_changed_elsewhere(story):
    patch = story.world.patch("one")
    edited = patch.read_bytes().replace(b"-line 20\n+mine\n", b"-line 20\n+mine\n+mine too\n")
    patch.write_bytes(edited.replace(b"@@ -18,7 +18,7 @@", b"@@ -18,7 +18,8 @@"))
    assert story.rebase(code=3)["status"] == "conflict"


def test_two_hunks_each_in_its_place(tmp_path, run_stacker, history):
    story = Story(run_stacker, tmp_path, history, {"a.c": text(_10="mine", _30="mine")})
    story.drift("theirs", a=text(_10="theirs", _30="theirs"))
    story.solve(a=text(_10="first", _30="second"))
    story.drift("more", a=text(_10="theirs", _20="new", _30="theirs"))
    assert story.file(story.rebase()) == text(_10="first", _20="new", _30="second")
    story.world.stacker("undo")
    story.drift("less", a=text(_20="new", _30="theirs"))
    assert story.rebase(code=3)["status"] == "conflict"


def test_a_solution_that_changed_more_of_the_file_is_merged(tmp_path, run_stacker, history):
    story = Story(run_stacker, tmp_path, history)
    story.drift("theirs", a=text(_20="theirs"))
    story.solve(a=text(_2="an include", _20="both"))
    story.drift("more", a=text(_20="theirs", _30="new"))
    assert story.file(story.rebase()) == text(_2="an include", _20="both", _30="new")
    story.world.stacker("undo")
    story.drift("there", a=text(_2="their include", _20="theirs", _30="new"))
    assert story.rebase(code=3)["status"] == "conflict"


def test_a_solution_without_a_file_is_not_carried(tmp_path, run_stacker, history):
    story = Story(run_stacker, tmp_path, history)
    story.drift("theirs", a=text(_20="theirs"))
    story.world.stacker("rebase", code=3)
    Path(story.world.stacker("resolve")["folder"], "a.c").unlink()
    story.world.stacker("resolve", "--done")
    story.world.stacker("undo")
    story.drift("more", a=text(_3="new", _20="theirs"))
    assert story.rebase(code=3)["status"] == "conflict"


def test_never_to_another_path_or_patch(tmp_path, run_stacker, history):
    both = {"a.c": text(_20="mine"), "b.c": text(_20="mine")}
    story = Story(run_stacker, tmp_path, history, both)
    story.upstream.add("port", ("Second", {"c.c": text(_20="mine")}))
    story.world.stacker("import", f"{story.upstream['First']}..port", "--stage", "two")
    story.drift("theirs", a=text(_20="theirs"))
    story.solve(a=text(_20="both"))
    story.drift("b too", b=text(_20="theirs"), c=text(_20="theirs"))
    one = story.rebase(code=3)
    assert [c["path"] for c in one["conflicts"]] == ["b.c"]
    story.world.stacker("resolve", "--take", "upstream", code=3)
    found = stages(story.world.stacker("rebase", code=3))["two"]
    assert [c["path"] for c in found["conflicts"]] == ["c.c"]


def test_what_is_left_of_a_conflict_is_all_that_is_asked(tmp_path, run_stacker, history):
    both = {"a.c": text(_20="mine"), "b.c": text(_20="mine")}
    story = Story(run_stacker, tmp_path, history, both)
    story.drift("theirs", a=text(_20="theirs"), b=text(_20="theirs"))
    story.solve(a=text(_20="both"), b=text(_20="both"), c=text(_5="beside"))
    story.drift("more", a=text(_20="theirs", _3="new"), b=text(_20="theirs again"))
    one = story.rebase(code=3)
    assert [c["path"] for c in one["conflicts"]] == ["b.c"]
    assert [(r["path"], r["carried"]) for r in one["resolutions"]] == [("a.c", True), ("c.c", True)]
    said = story.run("rebase", cwd=story.world.home).out
    assert "    b.c   content; first broken by" in said
    assert "    a.c   carried from v1 (you, " in said
    opened = story.world.stacker("resolve")
    assert (opened["paths"], opened["solved"]) == (["b.c"], ["a.c", "c.c"])
    folder = Path(opened["folder"])
    assert (folder / "a.c").read_text(encoding="utf-8") == text(_20="both", _3="new")
    assert story.world.git("ls-files", "-u", where=folder).count("b.c") == 3
    (folder / "b.c").write_text(text(_20="all"), encoding="utf-8")
    tree = stages(story.world.stacker("resolve", "--done"))["one"]
    assert [story.file(tree, f"{n}.c") for n in "abc"] == [
        text(_20="both", _3="new"), text(_20="all"), text(_5="beside"),
    ]  # fmt: skip
    story.world.stacker("undo")
    assert story.rebase()["tree"] == tree["tree"]
    # and where the first one is met again, it is solved as it was
    story.world.stacker("undo")
    story.upstream.git("update-ref", "refs/heads/master", story.upstream["theirs"])
    again = story.rebase()
    assert [r["carried"] for r in again["resolutions"]] == [False, False, False]
    assert story.file(again, "b.c") == text(_20="both")


def test_without_its_change_elsewhere_a_solution_is_none(tmp_path, run_stacker, history):
    story = Story(run_stacker, tmp_path, history)
    story.drift("theirs", a=text(_20="theirs"))
    story.solve(a=text(_20="both"), c=text(_5="beside"))
    story.drift("c", c=text(_30="new"))
    one = story.rebase(code=3)
    assert [c["path"] for c in one["conflicts"]] == ["a.c"]
    assert one["resolutions"] == []


def test_a_fresh_clone_needs_no_blobs_of_then(story, tmp_path):
    """Upstream's history was rewritten since, and this store never saw the file as it was."""
    story.upstream.git("update-ref", "refs/heads/master", story.upstream["start"])
    story.drift("rewritten", a=text(_3="new", _20="theirs"))
    clone = tmp_path / "clone"
    shutil.copytree(story.world.home, clone, ignore=shutil.ignore_patterns(".stacker"))
    ran = story.run("--json", "rebase", cwd=clone)
    assert ran.code == 0, ran.out
    [one] = ran.document["stages"]
    assert one["resolutions"][0]["carried"] is True
    assert one["commit"] == story.rebase()["commit"]


def test_a_file_from_before_fits_exactly_or_not_at_all(story):
    """Resolutions that were written without the conflicted file."""
    [file] = story.resolutions()
    head, _, body = file.read_bytes().partition(b"\n\n")
    size = int(re.search(rb'then: "(\d+)"', head)[1])
    new = (b"kind", b"conflicts", b"then", b"when")
    old = b"\n".join(line for line in head.split(b"\n") if not line.startswith(new))
    file.write_bytes(old + b"\n\n" + body[:-size])
    assert [r["carried"] for r in story.rebase()["resolutions"]] == [False]
    story.world.stacker("undo")
    story.drift("more", a=text(_3="new", _20="theirs"))
    assert story.rebase(code=3)["status"] == "conflict"


def test_the_latest_solution_counts(story):
    story.drift("more", a=text(_3="new", _20="theirs"))
    story.rebase()
    story.world.stacker("undo")
    story.world.stacker("resolve", "one", "--forget")
    story.solve(a=text(_3="new", _20="otherwise"))
    story.drift("even more", a=text(_3="new", _20="theirs", _30="new"))
    assert story.file(story.rebase()) == text(_3="new", _20="otherwise", _30="new")


def test_forgotten_the_rebase_stops_again(story):
    assert story.rebase()["status"] == "rebased"
    story.world.stacker("undo")
    [file] = story.resolutions()
    done = story.world.stacker("resolve", "one", "--forget", "a.c")
    assert [(g["path"], g["from_version"]) for g in done["forgotten"]] == [("a.c", 1)]
    assert not file.exists()
    assert story.rebase(code=3)["status"] == "conflict"
    said = story.world.stacker("resolve", "--forget", code=2)["error"]
    assert "which stage" in said["message"]
    said = story.world.stacker("resolve", "one", "--forget", "a.c", code=2)["error"]
    assert "no solution is remembered for a.c" in said["message"]


def test_what_is_forgotten_is_in_the_operations(story):
    story.rebase()
    [file] = story.resolutions()
    name, content = file.relative_to(story.world.home).as_posix(), file.read_bytes()
    story.run("resolve", "--forget", cwd=story.world.home)
    assert not file.exists()
    before = story.world.git("show", f"refs/stacker/head^:{name}")
    assert before == content.decode().strip()
    assert name not in story.world.git("ls-tree", "-r", "--name-only", "refs/stacker/head")
    story.world.stacker("undo")
    assert file.read_bytes() == content


def test_one_path_of_two_is_forgotten_from_inside_the_folder(tmp_path, run_stacker, history):
    both = {"a.c": text(_20="mine"), "b.c": text(_20="mine")}
    story = Story(run_stacker, tmp_path, history, both)
    story.drift("theirs", a=text(_20="theirs"), b=text(_20="theirs"))
    story.solve(a=text(_20="both"), b=text(_20="both"), c=text(_5="beside"))
    story.drift("more", b=text(_20="theirs again"))
    story.rebase(code=3)
    folder = Path(story.world.stacker("resolve")["folder"])
    ran = story.run("resolve", "--forget", "a.c", cwd=folder)
    assert ran.code == 0
    assert "one/0001-first.patch: a.c, solved in v1 by" in ran.out
    assert "c.c" in ran.out  # what was changed beside it goes with it
    one = story.rebase(code=3)
    assert [c["path"] for c in one["conflicts"]] == ["a.c", "b.c"]
    assert statuses(story.world.stacker("resolve", "--take", "mine")) == {"one": "rebased"}
