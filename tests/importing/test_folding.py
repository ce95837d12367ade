"""Several commits as one patch: its author and message, and whom it credits."""

from __future__ import annotations

import subprocess

import pytest
from world import begin, stages

from stacker.git.credits import parted, people_of, with_credits
from stacker.git.objects import Commit, Oid, Signature
from stacker.importing.folding import fold

ANN, BOB, CAT = ("Ann <ann@x.org>", "Bob <bob@x.org>", "Cat <cat@x.org>")


def commit(message, who=ANN, encoding=None):
    name, _, mail = who.rstrip(">").partition(" <")
    codec = encoding or "utf-8"
    author = Signature(name.encode(codec), mail.encode(codec), b"1 +0000")
    return Commit(Oid("t"), (), author, author, message.encode(codec),
                  encoding.encode() if encoding else None)  # fmt: skip


FOLDED = {
    "one alone": ([commit("A\n\ntext\n")], "A\n\ntext\n"),
    "others": ([commit("A\n"), commit("B\n", BOB), commit("C\n", BOB)],
               f"A\n\nCo-authored-by: {BOB}\n"),
    "himself by another case": ([commit("A\n"), commit("B\n", "Ann K <ANN@X.org>")], "A\n"),
    "trailers join": ([commit("A\n\nSigned-off-by: X <x@y>\n"), commit("B\n", BOB)],
                      f"A\n\nSigned-off-by: X <x@y>\nCo-authored-by: {BOB}\n"),
    "theirs too, once": (
        [commit(f"A\n\nCo-authored-by: {CAT}\n"),
         commit(f"fixup! A\n\ndropped\n\nco-authored-by: {CAT}\nCo-Authored-By: {ANN}\n", BOB)],
        f"A\n\nCo-authored-by: {CAT}\nCo-authored-by: {BOB}\n",
    ),
    "squash adds its text": (
        [commit("A\n\none\n\nAcked-by: X <x@y>\n"), commit("squash! A\n\ntwo\n", BOB)],
        f"A\n\none\n\ntwo\n\nAcked-by: X <x@y>\nCo-authored-by: {BOB}\n",
    ),
    "amend replaces": (
        [commit(f"A\n\none\n\nCo-authored-by: {CAT}\n"), commit("squash! A\n\ntwo\n"),
         commit("amend! fixup! A\n\nNew\n\nthree\n"), commit("squash! A\n\nfour\n")],
        f"New\n\nthree\n\nfour\n\nCo-authored-by: {CAT}\n",
    ),
    "amend of another": ([commit("A\n"), commit("B\n"), commit("amend! B\n\nNew\n")], "A\n"),
    "a fix-up comes first": ([commit("fixup! Z\n", BOB), commit("A\n")],
                             f"A\n\nCo-authored-by: {BOB}\n"),
    "only fix-ups": ([commit("fixup! Z\n", BOB)], "fixup! Z\n"),
    "names are made plain": ([commit("A\n"), commit("B\n", "B\tb\r <b@x>")],
                             "A\n\nCo-authored-by: Bb <b@x>\n"),
    "two encodings": ([commit("Größe\n", "Zoë <z@x>", "latin-1"), commit("B\n", "Ł <l@x>")],
                      "Größe\n\nCo-authored-by: Ł <l@x>\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOLDED)
def test_a_fold(name):
    commits, message = FOLDED[name]
    done = fold(commits)
    assert done.message.decode() == message
    first = next((c for c in commits if b"! " not in c.message), commits[0])
    if done.encoding == first.encoding:
        assert done.author == first.author
    else:
        assert (done.author.name.decode(), done.encoding) == ("Zoë", None)


def test_an_indented_last_paragraph_is_no_trailer():
    assert parted(b"A\n\n    code: x\n") == (b"A\n\n    code: x", b"")
    assert (
        with_credits(b"A: b\n", [commit("x").author])
        == b"A: b\n\nCo-authored-by: Ann <ann@x.org>\n"
    )
    assert [p.text() for p in people_of(commit(f"x\n\nCo-authored-by:{BOB}", ANN))] == [ANN, BOB]


@pytest.fixture
def world(tmp_path, run_stacker, history):
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": "1\n"})],
        "port": ["start", ("One\n\nWhy.", {"a.c": "2\n"}, ANN), ("Two", {"b.c": "b\n"}, BOB),
                 ("fixup! One", {"a.c": "3\n"}, CAT)],
    })  # fmt: skip
    return begin(run_stacker, tmp_path, upstream)


def test_a_range_becomes_one_patch_of_one_stage(world):
    made = world.stacker("import", "master..port", "--stage", "all", "--fold")
    assert made["stages"] == ["all"]
    tip = stages(world.stacker("rebase"))["all"]["commit"]
    assert world.git("log", "-1", "--format=%an%n%B", tip) == (
        f"Ann\nOne\n\nWhy.\n\nCo-authored-by: {BOB}\nCo-authored-by: {CAT}"
    )
    assert world.git("rev-parse", f"{tip}^{{tree}}") == world.upstream.git(
        "rev-parse", "port^{tree}"
    )
    before = world.files()
    assert world.stacker("import", "master..port", "--squash", "all") == {**made, "version": 1}
    assert world.files() == before


@pytest.mark.parametrize("more", [[], ["--stage-per-commit"]])
def test_fold_says_of_which_stage(world, more):
    error = world.stacker("import", "master..port", "--fold", *more, code=2)["error"]
    assert error["hint"] == "Say which: `--stage ID --fold`."


def test_merges_of_upstream_are_folded_to_what_upstream_has_not(world, tmp_path):
    world.upstream.add("master", ("Drift", {"d.c": "d\n"}, "Dan <dan@x.org>"))
    clone = tmp_path / "clone"
    git = lambda *args: subprocess.run(["git", *args], cwd=clone, check=True)  # noqa: E731
    subprocess.run(["git", "clone", "-q", "-b", "port", world.upstream.path, clone], check=True)
    git("merge", "-q", "--no-ff", "-m", "Update branch", "origin/master")
    arguments = ("import", "port", "--from", str(clone), "--stage", "s")
    said = world.stacker(*arguments, "--first-parent", code=1)
    assert "upstream was merged into these commits" in said["error"]["message"]
    assert "--fold" in said["error"]["hint"]
    made = world.stacker(*arguments, "--fold")
    assert made["base"] == world.upstream["Drift"]
    text = world.patch("s").read_text(encoding="utf-8")
    assert "d.c" not in text
    assert "Dan" not in text
    assert f"Co-authored-by: {CAT}" in text
