"""Patches from elsewhere: quilt directories, plain diffs, folders; each on its exact preimage."""

from __future__ import annotations

import pytest
from world import begin, stages

LINES = "".join(f"line {n}\n" for n in range(20))
DEP3 = """\
Description: Build for ARM
 The toolchain knows it by now.
 .
 And so do we.
Author: Nina <nina@example.org>
Origin: vendor
Last-Update: 2019-04-02

"""


def edited(*numbers):
    return "".join(f"{'port' if n in numbers else 'line'} {n}\n" for n in range(20))


@pytest.fixture
def world(once, run_stacker, history):
    return once("a series to import files into", lambda folder: drawn(folder, run_stacker, history))


def drawn(folder, run_stacker, history):
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES, "sub/b.c": LINES, "gone.c": "x\n"})],
        "port": ["start", ("One", {"a.c": edited(1)}), ("Two", {"a.c": edited(1, 8)})],
    })  # fmt: skip
    return begin(run_stacker, folder, upstream)


def diff(world, old="start", new="One", *options):
    """A diff without blob ids, as `diff -u` makes it."""
    up = world.upstream
    said = up.git("diff", *options, up[old], up[new]) + "\n"
    return "".join(
        line for line in said.splitlines(keepends=True) if not line.startswith(("diff ", "index "))
    )


def quilt(folder, order, **patches):
    folder.mkdir()
    (folder / "series").write_text(order, encoding="utf-8", newline="\n")
    for name, text in patches.items():
        (folder / f"{name}.patch").write_text(text, encoding="utf-8", newline="\n")
    return str(folder)


def log(world, stage, form="%an <%ae> %ad%n%B"):
    tip = stages(world.stacker("rebase"))[stage]["commit"]
    return world.git("log", "-1", "--date=short", f"--format={form}", tip)


def tree(world, commit):
    return world.upstream.git("rev-parse", f"{world.upstream[commit]}^{{tree}}")


def test_a_quilt_directory_in_its_own_order(world, tmp_path):
    folder = quilt(
        tmp_path / "q", "# of ours\nb.patch   # first\n\na.patch -p1\n",
        b=DEP3 + diff(world), a="Two\n\nIt follows.\n---\n a.c | 2\n\n" + diff(world, "One", "Two"),
        unlisted="nonsense",
    )  # fmt: skip
    made = world.stacker("import", folder, "--stage-per-commit")
    assert made["stages"] == ["build-for-arm", "two"]
    assert made["notes"] == [
        "no author in a.patch: Paul Porter <paul@example.org> was written in",
    ]  # fmt: skip
    found = stages(world.stacker("rebase"))
    assert [found[s]["tree"] for s in made["stages"]] == [tree(world, "One"), tree(world, "Two")]
    assert log(world, "build-for-arm") == (
        "Nina <nina@example.org> 2019-04-02\nBuild for ARM\n\nThe toolchain knows it by now.\n\n"
        "And so do we.\n\nOrigin: vendor\nLast-Update: 2019-04-02"
    )
    # Who says no date has that of the commit below, so that a killed import is run again.
    assert log(world, "two") == "Paul Porter <paul@example.org> 2019-04-23\nTwo\n\nIt follows."
    before = world.files()
    assert world.stacker("import", folder, "--stage-per-commit")["stages"] == made["stages"]
    assert world.files() == before


def test_patches_may_lie_below_and_strip_otherwise_and_be_reversed(world, tmp_path):
    (tmp_path / "q").mkdir()
    turned = "From: R <r@x.org>\nSubject: [PATCH 2/2] Turned\n\n" + diff(world, "Two", "One")
    quilt(
        tmp_path / "q" / "patches", "flat.patch -p0\nturned.patch -R\n",
        flat="flat\n\n" + diff(world, "start", "One", "--no-prefix"), turned=turned,
    )  # fmt: skip
    world.stacker("import", str(tmp_path / "q"), "--stage", "all")
    assert stages(world.stacker("rebase"))["all"]["tree"] == tree(world, "Two")
    assert log(world, "all", "%an %s") == "R Turned"


def test_files_come_and_go_as_diff_has_it(world, tmp_path):
    text = (
        "Index: x/new.c\n=====\n--- x.orig/new.c\t1970-01-01 00:00:00.000000000 +0000\n"
        "+++ x/new.c\t2019-04-01 10:00:00.000000000 +0000\n@@ -0,0 +1 @@\n+new\n"
        "diff -ruN x.orig/gone.c x/gone.c\n--- x.orig/gone.c\t2019-04-01 10:00:00.0 +0000\n"
        "+++ x/gone.c\t1970-01-01 01:00:00.000000000 +0100\n@@ -1 +0,0 @@\n-x\n"
    )
    (tmp_path / "x.diff").write_text(text, encoding="utf-8")
    world.stacker("import", str(tmp_path / "x.diff"), "--stage", "s")
    tip = stages(world.stacker("rebase"))["s"]["commit"]
    assert world.git("ls-tree", "-r", "--name-only", tip).split() == ["a.c", "new.c", "sub/b.c"]
    assert world.git("log", "-1", "--format=%s", tip) == "x"


def test_a_folder_goes_by_number_and_takes_diffs(world, tmp_path):
    folder = tmp_path / "d"
    folder.mkdir()
    mail = "From: N <n@x.org>\nDate: Mon, 1 Apr 2019 10:00:00 +0000\nSubject: {}\n\n---\n{}"
    two = world.upstream.git("diff", "--full-index", world.upstream["One"], world.upstream["Two"])
    (folder / "10-two.patch").write_text(mail.format("Two", f"{two}\n"), "utf-8", newline="\n")
    (folder / "9-one.diff").write_text("One\n\n" + diff(world), "utf-8", newline="\n")
    (folder / "notes.txt").write_text("not a patch", encoding="utf-8")
    assert world.stacker("import", str(folder), "--stage-per-commit")["stages"] == ["one", "two"]
    assert log(world, "two", "%an %ad") == "N 2019-04-01"


def test_a_mail_must_name_its_blobs_unless_quilt_says_where_it_goes(world, tmp_path):
    mail = "From: N <n@x.org>\nDate: Mon, 1 Apr 2019 10:00:00 +0000\nSubject: One\n\n---\n"
    (tmp_path / "one.patch").write_text(mail + diff(world), "utf-8", newline="\n")
    error = world.stacker("import", str(tmp_path / "one.patch"), "--stage", "s", code=1)["error"]
    assert "does not tell which a.c it was made on" in error["message"]
    folder = quilt(tmp_path / "q", "x.patch\n", x=mail + diff(world))
    assert world.stacker("import", folder, "--stage", "s")["stages"] == ["s"]


HUNK = "--- a/a.c\n+++ b/a.c\n@@ -{at},3 +{at},3 @@\n line 4\n-line 5\n+port 5\n line 6\n"
REFUSED = {
    "lines elsewhere": (HUNK.format(at=4), "its lines are there from line 5, not 4"),
    "which hunk": (HUNK.format(at=4), "x.patch does not apply to a.c: hunk 1 (@@ -4,3 +4,3 @@): "),
    "other lines": (HUNK.format(at=5).replace(" line 4", " other"), "line 5 should be 'other'"),
    "nothing around": ("--- a/a.c\n+++ b/a.c\n@@ -5,0 +6 @@\n+port\n", "nothing proves its place"),
    "there already": ("--- /dev/null\n+++ b/a.c\n@@ -0,0 +1 @@\n+x\n", "which is there already"),
    "not there": (HUNK.format(at=5).replace("a.c", "z.c"), "changes z.c, which is not there"),
    "two names": (HUNK.format(at=5).replace("+++ b/a.c", "+++ b/z.c"), "goes from a.c to z.c"),
    "not all gone": ("--- a/a.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-line 0\n", "leaves lines of it"),
    "more than lines": (HUNK.format(at=5) + "Only in b: x.c\n", "'Only in b: x.c'"),
    "a rename": ("diff --git a/a.c b/c.c\nrename from a.c\nrename to c.c\n" + HUNK.format(at=5),
                 "renames a.c"),
    "damage": (HUNK.format(at=5).replace(",3 +", ",4 +"), "it says it has 4 lines"),
    "below a file": ("--- /dev/null\n+++ b/a.c/x\n@@ -0,0 +1 @@\n+x\n", "below a file"),
    "out of the tree": ("--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n", "../x"),
    "no diff": ("Some text\n---\n", "no diff"),
    "another file by its id": ("diff --git a/a.c b/a.c\nindex 1234567..7654321 100644\n"
                               + HUNK.format(at=5), "on 1234567"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_proved_is_refused_with_the_place(world, tmp_path, name):
    text, said = REFUSED[name]
    folder = quilt(tmp_path / "q", "x.patch\n", x=f"Why\n\n{text}")
    before = world.files()
    error = world.stacker("import", folder, "--stage", "s", code=1)["error"]
    assert said in error["message"]
    assert error["hint"]
    assert "x.patch" in error["message"] or "commit" in error["message"]
    assert world.files() == before


ORDERS = {
    "#+guard\n": None,
    "+old x.patch\n": "is a guard",
    "x.patch #+arm\n": "is a guard",
    "x.patch -E\n": "is not understood",
    "../x.patch\n": "outside of its folder",
    "y.patch\n": "there is no such file",
    "x.patch.gz\n": "is packed",
}


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_that_cannot_be_followed(world, tmp_path, order):
    folder = quilt(tmp_path / "q", order, x="x\n\n" + diff(world))
    error = world.stacker("import", folder, "--stage", "s", code=2)["error"]
    assert (ORDERS[order] or "is a guard") in error["message"]


def test_another_base_is_named(world, tmp_path):
    (tmp_path / "x.diff").write_text("x\n\n" + diff(world, "One", "start"), encoding="utf-8")
    error = world.stacker("import", str(tmp_path / "x.diff"), "--stage", "s", code=1)["error"]
    assert "--onto REV" in error["hint"]
    done = world.stacker("import", str(tmp_path / "x.diff"), "--stage", "s",
                         "--onto", world.upstream["One"])  # fmt: skip
    assert done["base"] == world.upstream["One"]


def test_several_authors_are_credited(world, tmp_path):
    text = "Author: A <a@x.org>\nAuthor: B <b@x.org>, C <A@x.org>\nSubject: S\n\n" + diff(world)
    folder = quilt(tmp_path / "q", "x.patch\n", x=text)
    assert world.stacker("import", folder, "--stage", "s")["notes"] == []
    said = log(world, "s", "%an%n%B")
    assert said == "A\nS\n\nCo-authored-by: B <b@x.org>"
