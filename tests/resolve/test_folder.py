"""The folder of a conflict holds what is needed, and gives back all that was done in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from world import begin, stages

LINES = "".join(f"line {n}\n" for n in range(9))
MINE = LINES.replace("line 3", "mine")
THEIRS = LINES.replace("line 3", "theirs")
BOTH = LINES.replace("line 3", "both")
BASE = {
    ".gitattributes": "*.bat text\n",
    "README": "read me\n",
    "src/a/a.c": LINES,
    "src/a/b.c": LINES,
    "src/a/deep/x.c": "x\n",
    "src/.gitignore": "*.o\n",
    "src/s.c": "s\n",
    "doc/guide": "words\n",
}
LAID_OUT = {".gitattributes", "src/.gitignore", "src/a/a.c", "src/a/b.c"}


@pytest.fixture
def world(once, run_stacker, history):
    """Stage `one`, of two patches; upstream conflicts with both of them in src/a/a.c."""
    again = {"src/a/a.c": LINES.replace("line 3", "mine again"), "tool/t": "t\n"}

    def make(folder):
        upstream = history.draw(folder / "upstream", {
            "master": [("start", BASE)],
            "port": ["start", ("First", {"src/a/a.c": MINE}), ("Second", again)],
        })  # fmt: skip
        span = f"{upstream['start']}..port"
        made = begin(run_stacker, folder, upstream, (span, "--stage", "one"))
        upstream.add("master", ("drift", {"src/a/a.c": THEIRS}))
        made.stacker("rebase", code=3)
        return made

    return once("a folder of conflicts", make)


@pytest.fixture
def folder(world):
    return Path(world.stacker("resolve")["folder"])


def files(folder):
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return {name for name in found if name != ".git"}


def changed(world, rev):
    said = world.git("diff-tree", "-r", "--no-renames", "--name-status", f"{rev}^", rev)
    return said.splitlines()


def finish(world, folder):
    """Solve the second patch too; the commits of both, the first one first."""
    (folder / "src/a/a.c").write_text(LINES.replace("line 3", "both again"), encoding="utf-8")
    tip = stages(world.stacker("resolve", "--done"))["one"]["commit"]
    return f"{tip}^", tip


def test_it_holds_the_conflicted_files_and_their_folders(world, folder):
    assert files(folder) == LAID_OUT
    status = world.git("status", "--porcelain", where=folder)
    assert status == "UU src/a/a.c"
    combined = world.git("diff", where=folder)
    assert combined.startswith("diff --cc src/a/a.c")
    assert "++<<<<<<< upstream" in combined


def test_all_of_it_when_asked_for_also_later(world, folder):
    (folder / "src/a/b.c").write_text("edited\n", encoding="utf-8")
    assert world.stacker("resolve", "--full")["folder"] == str(folder)
    assert files(folder) == set(BASE)
    assert (folder / "src/a/b.c").read_text(encoding="utf-8") == "edited\n"
    assert world.git("ls-files", "-u", where=folder)
    (folder / "README").unlink()
    (folder / "src/a/a.c").write_text(BOTH, encoding="utf-8")
    opened = world.stacker("resolve", "--done", code=3)["opened"]
    first, second = finish(world, Path(opened["folder"]))
    assert changed(world, first) == ["D\tREADME", "M\tsrc/a/a.c", "M\tsrc/a/b.c"]
    assert changed(world, second) == ["M\tsrc/a/a.c", "A\ttool/t"]


def test_opened_whole_at_once(world):
    folder = Path(world.stacker("resolve", "--full")["folder"])
    assert files(folder) == set(BASE)
    assert world.git("status", "--porcelain", where=folder) == "UU src/a/a.c"


def test_it_gives_back_whatever_was_done_and_nothing_else(world, folder):
    (folder / "src/a/a.c").write_text(BOTH, encoding="utf-8")
    (folder / "src/a/b.c").rename(folder / "src/a/c.c")
    (folder / "src/a/new.c").write_text("new\n", encoding="utf-8")
    (folder / "src/a/product.o").write_text("an object\n", encoding="utf-8")
    (folder / "lib").mkdir()
    (folder / "lib" / "l.c").write_text("l\n", encoding="utf-8")
    (folder / "src" / "s.c").write_text("written over\n", encoding="utf-8")  # not laid out
    opened = world.stacker("resolve", "--done", code=3)["opened"]
    first, _ = finish(world, Path(opened["folder"]))
    assert changed(world, first) == [
        "A\tlib/l.c", "M\tsrc/a/a.c", "D\tsrc/a/b.c", "A\tsrc/a/c.c", "A\tsrc/a/new.c",
        "M\tsrc/s.c",
    ]  # fmt: skip


def test_what_was_never_laid_out_is_not_deleted(world, folder):
    (folder / "src/a/a.c").unlink()
    (folder / ".gitattributes").unlink()
    opened = world.stacker("resolve", "--done", code=3)["opened"]
    assert files(Path(opened["folder"])) == LAID_OUT - {".gitattributes"}
    world.stacker("resolve", "--take", "upstream")
    world.stacker("undo")
    tree = stages(world.stacker("rebase"))["one"]["tree"]
    names = set(world.git("ls-tree", "-r", "--name-only", tree).splitlines())
    assert names == set(BASE) - {"src/a/a.c", ".gitattributes"} | {"tool/t"}


def test_git_in_the_folder_may_be_used(world, folder):
    """Whoever adds, removes or commits there has done it for good."""
    (folder / "src/a/a.c").write_text(BOTH, encoding="utf-8")
    world.git("add", "src/a/a.c", where=folder)
    world.git("rm", "-q", "src/a/b.c", where=folder)
    world.git("sparse-checkout", "add", "/README", where=folder)
    (folder / "README").write_text("read this\n", encoding="utf-8")
    world.git("commit", "-q", "-m", "mine", where=folder)
    opened = world.stacker("resolve", "--done", code=3)["opened"]
    first, _ = finish(world, Path(opened["folder"]))
    assert changed(world, first) == ["M\tREADME", "M\tsrc/a/a.c", "D\tsrc/a/b.c"]


@pytest.mark.parametrize("left", [
    ">>>>>>> mine\n", "=======\n", "||||||| before\n", "<<<<<<< HEAD\n", "<<<<<<<\n",
])  # fmt: skip
def test_a_single_marker_is_refused(world, folder, left):
    (folder / "src/a/a.c").write_text(BOTH + left, encoding="utf-8")
    said = world.stacker("resolve", "--done", code=1)["error"]
    assert said["message"] == "conflict markers are left in src/a/a.c:10"
    assert str(folder) in said["hint"]
    world.stacker("resolve", "--done", code=1)


def test_markers_carried_to_another_file_are_refused_too(world, folder):
    (folder / "src/a/a.c").rename(folder / "src/a/moved.c")
    said = world.stacker("resolve", "--done", code=1)["error"]["message"]
    assert said == "conflict markers are left in src/a/moved.c:4"


def test_lines_that_were_always_there_are_no_markers(tmp_path, run_stacker, history):
    heading = "Title\n=======\n\n<<<<<<< drawn\n"
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.rst": heading + LINES})],
        "port": ["start", ("First", {"a.rst": heading + MINE})],
    })  # fmt: skip
    world = begin(run_stacker, tmp_path, upstream, (f"{upstream['start']}..port", "--stage", "one"))
    upstream.add("master", ("drift", {"a.rst": heading + THEIRS}))
    world.stacker("rebase", code=3)
    folder = Path(world.stacker("resolve")["folder"])
    (folder / "a.rst").write_text(heading + BOTH, encoding="utf-8")
    world.stacker("resolve", "--done")


def test_from_inside_nothing_needs_to_be_said(world, folder, run_stacker):
    inside = folder / "src" / "a"

    def stacker(*arguments, code, where=inside):
        ran = run_stacker("--json", *arguments, cwd=where)
        assert ran.code == code, (ran.out, ran.err)
        return ran.document

    assert [c["path"] for c in stacker("resolve", "--show", code=0)["conflicts"]] == ["src/a/a.c"]
    (inside / "a.c").write_text(BOTH, encoding="utf-8")
    here = inside.stat()
    opened = stacker("resolve", "--done", code=3)["opened"]
    # whoever stands there still does, at the next conflict
    assert opened["folder"] == str(folder)
    assert inside.stat().st_ino == here.st_ino
    assert "mine again" in (inside / "a.c").read_text(encoding="utf-8")
    assert world.git("status", "--porcelain", where=folder).splitlines() == [
        "UU src/a/a.c", "A  tool/t"
    ]  # fmt: skip
    stacker("resolve", "--take", "mine", code=0)
    assert files(folder) == set()
    assert run_stacker("--json", "resolve", "--abort", cwd=inside).code == 2


def test_the_stage_is_where_one_stands_or_where_it_is_told(tmp_path, run_stacker, history):
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a": LINES, "b": LINES})],
        "port": ["start", ("First", {"a": MINE}), ("Second", {"b": MINE})],
    })  # fmt: skip
    world = begin(run_stacker, tmp_path, upstream,
                  (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip
    world.plan("".join(f'[[stages]]\nid = "{s}"\nneeds = []\n' for s in ("first", "second")))
    upstream.add("master", ("drift", {"a": THEIRS, "b": THEIRS}))
    world.stacker("rebase", code=3)
    one, other = (Path(world.stacker("resolve", s)["folder"]) for s in ("first", "second"))
    for at, say in ((other, ()), (world.home, ("-C", str(other)))):
        ran = run_stacker("--json", *say, "resolve", "--show", cwd=at)
        assert [c["in"] for c in ran.document["conflicts"]] == ["second"]
    assert run_stacker("resolve", "--abort", cwd=other).code == 0
    assert one.is_dir()
    assert [p.name for p in other.parent.iterdir() if p.is_dir() and any(p.iterdir())] == ["first"]


def test_upstream_may_be_a_series_itself(tmp_path, run_stacker, history):
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"series.toml": "not ours\n", "a": LINES})],
        "port": ["start", ("First", {"a": MINE})],
    })  # fmt: skip
    world = begin(run_stacker, tmp_path, upstream, (f"{upstream['start']}..port", "--stage", "one"))
    upstream.add("master", ("drift", {"a": THEIRS}))
    world.stacker("rebase", code=3)
    folder = Path(world.stacker("resolve")["folder"])
    assert (folder / "series.toml").is_file()
    assert run_stacker("resolve", "--abort", cwd=folder).code == 0


def test_odd_names_are_laid_out(tmp_path, run_stacker, history):
    odd = "dir [x]/!#*? \\é"
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {f"{odd}/a b*": LINES, f"{odd}/deep/c": "c\n"})],
        "port": ["start", ("First", {f"{odd}/a b*": MINE})],
    })  # fmt: skip
    world = begin(run_stacker, tmp_path, upstream, (f"{upstream['start']}..port", "--stage", "one"))
    upstream.add("master", ("drift", {f"{odd}/a b*": THEIRS}))
    world.stacker("rebase", code=3)
    assert files(Path(world.stacker("resolve")["folder"])) == {f"{odd}/a b*"}


def test_a_file_that_git_would_store_otherwise_stays_as_it_is(tmp_path, run_stacker, history):
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a": LINES, "b.bat": "one\r\ntwo\r\n", "c.bat": "one\ntwo\n",
                              ".gitattributes": "*.bat text eol=crlf\n"})],
        "port": ["start", ("First", {"a": MINE})],
    })  # fmt: skip
    world = begin(run_stacker, tmp_path, upstream, (f"{upstream['start']}..port", "--stage", "one"))
    upstream.add("master", ("drift", {"a": THEIRS}))
    world.stacker("rebase", code=3)
    folder = Path(world.stacker("resolve")["folder"])
    assert (folder / "c.bat").read_bytes() == b"one\r\ntwo\r\n"
    (folder / "a").write_text(BOTH, encoding="utf-8")
    for name in ("b.bat", "c.bat"):
        (folder / name).write_bytes(b"one\r\ntwo\r\n")
    tip = stages(world.stacker("resolve", "--done"))["one"]["commit"]
    assert changed(world, tip) == ["M\ta"]


def test_a_note_that_cannot_be_read_is_said(world, folder):
    (folder.parent / "one.conflict.json").write_text("{}", encoding="utf-8")
    assert "is damaged" in world.stacker("resolve", code=1)["error"]["message"]


def test_the_users_own_git_sees_the_same(world, folder, home):
    """With the user's configuration, not ours."""
    (home / ".gitconfig").write_text("[core]\n\tautocrlf = true\n", encoding="utf-8")
    done = subprocess.run(["git", "status", "--porcelain"], cwd=folder, capture_output=True,
                          check=True)  # fmt: skip
    assert done.stdout == b"UU src/a/a.c\n"
