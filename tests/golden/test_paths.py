"""Golden cases 26 to 39: paths, modes, types, and what is no plain change of a file."""

from __future__ import annotations

import os
import re

import pytest
from beside import GIT, LINES, edited, git

from stacker.errors import PatchError
from stacker.git.pack import object_id
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.patches.patchfile import slug
from stacker.series.patches.preimage import Preimage

PATCH = """\
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: A <a@example.org>
Date: Mon, 1 Jan 2024 00:00:00 +0000
Subject: [PATCH] s

---
"""


def adding(path, *, mode="100644", content="text\n"):
    """The diff that adds a file of one line."""
    old, new = "0" * 40, object_id("sha1", "blob", content.encode())
    end = "" if content.endswith("\n") else "\n\\ No newline at end of file\n"
    return (
        f"diff --git a/{path} b/{path}\nnew file mode {mode}\nindex {old}..{new}\n"
        f"--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+{content}{end}"
    ).encode()


def refused(it, diff):
    """What is said when a diff is put on the base."""
    with (
        ObjectStore(Git(it.upstream.path)) as store,
        Preimage(store, store.commit(store.resolve("base")).tree) as preimage,
    ):
        before = preimage.tree
        with pytest.raises(PatchError) as caught:
            preimage.apply(diff, "p")
        assert preimage.tree == before
    return caught.value.message


def equal_everywhere(it, stage="ours"):
    """git am, a rebase by stacker and its patch files in other hands give the tree of `port`."""
    done = it.am(onto="base")
    assert done.code == 0, done.said
    made = it.stacker()[stage]
    assert it.fresh()[stage]["commit"] == made["commit"]
    return {it.id("HEAD^{tree}"), made["tree"]} == {it.id("port^{tree}")}


def test_26_a_mode_alone_and_one_that_upstream_has_already(case):
    """git carries a mode alone; where upstream has it already, am warns and is right.

    Ours: the same, and the mode that is there already is not named in the patch any more.
    """
    it = case(
        base={"s": "x\n", "t": LINES},
        ours=[("ours", {"s": ("100755", "x\n")}), ("t too", {"t": ("100755", edited((3, "o")))})],
        upstream={"t": ("100755", LINES)},
    )
    done = it.am()
    assert (done.code, "warning: t has type 100755, expected 100644" in done.said) == (0, True)
    stages = it.stacker()
    assert stages["t-too"]["tree"] == it.id("HEAD^{tree}")
    assert b"old mode" in it.series.patch("ours").read_bytes()
    assert b"old mode" not in it.series.patch("t-too").read_bytes()
    assert it.fresh()["t-too"]["commit"] == stages["t-too"]["commit"]


ODD = [b"with space.c", b"tab\there", b'q"uote', b"new\nline", "é.c".encode(), b"a b/c d",
       b"b/ b/x", b" lead", b"-dash", b"@{x}", b"~t", b"*glob*", b"\xff\xfe",
       b"a/in a"]  # fmt: skip


def test_27_odd_names(case):
    """git quotes them and is right, for a change, a mode, a rename and a new file.

    Ours: the same.
    """
    it = case(
        base={**dict.fromkeys(ODD, LINES), "moved from": edited((0, "m")), "x b/x": "1\n"},
        ours=[
            ("ours", {name: ("100755", edited((5, "port"))) for name in ODD}),
            ("mode", {"x b/x": ("100755", "1\n")}),
            ("new", {b"new " + name: b"new " + name for name in ODD}
             | {"moved from": None, 'moved "to"\n': edited((0, "m"))}),
        ],
    )  # fmt: skip
    assert equal_everywhere(it, "new")
    assert b"rename from" in it.series.patch("new").read_bytes()


OUTSIDE = ["../../.git/hooks/x", ".git/hooks/post-checkout", ".GIT/hooks/x", "sub/.git/config",
           "git~1/x", ".git ./x", ".git::$INDEX_ALLOCATION/x", "/etc/evil", "a/../b", "./a",
           "a//b"]  # fmt: skip


def test_28_paths_that_lead_out_of_the_tree(case):
    """git am and apply refuse them.

    Ours: refused with a warning, in a patch as in a commit, and nothing is written.
    """
    it = case(base={"x": "x\n"}, ours={"x": "y\n"})
    for path in OUTSIDE:
        # No test may write there: `git apply --check` answers as am does.
        it.at("base")
        config = ["core.protectNTFS=true"]
        done = it.git("apply", "--check", "--index", "-", stdin=adding(path), config=config)
        assert done.code != 0, path
        assert refused(it, adding(path)), path
    before = it.series.files()
    file = it.series.home / "patches" / "ours" / "0002-evil.patch"
    file.write_bytes(PATCH.encode() + adding("../../.git/hooks/x"))
    error = it.series.stacker("rebase", code=1)["error"]
    assert "invalid path" in error["message"]
    assert "Do not trust" in error["hint"]
    file.unlink()
    assert it.series.files() == before
    assert not (it.folder / ".git").exists()


def test_28_a_commit_that_leads_into_git(case):
    """git takes such a commit by fetch (fsck is off), and refuses it at the checkout.

    Ours: an import refuses it.
    """
    it = case(base={"x": "x\n"}, ours={"x": "y\n"})
    with ObjectStore(Git(it.upstream.path)) as store:
        tree = store.write("tree", b"100644 config\0" + bytes.fromhex(store.write("blob", b"e")))
        root = store.write("tree", b"40000 .git\0" + bytes.fromhex(tree))
        commit = store.commit(store.resolve("port"))
        evil = store.write_commit(commit.moved(root, (store.resolve("base"),)))
    assert it.git("checkout", "-q", evil).code != 0
    error = it.series.stacker("import", f"base..{evil}", "--stage", "evil", code=1)["error"]
    assert error["message"].endswith("adds .git/config, which git refuses")


MISREAD = {
    "aux.c": "a device", "con": "a device", "sub/nul.txt": "a device", "COM1 .x": "a device",
    "a:b": "a stream", "a\\b": "a file in a folder", "trail. ": "drops the ' '", "dot.": "drops",
}  # fmt: skip


def test_29_paths_that_windows_misreads(case):
    """git on Linux accepts all of these, and two names that differ in case alone.

    Ours: refused, for a port to Windows cannot hold them; in a patch as in a commit.
    """
    it = case(base={"README": "r\n"}, ours={"x": "y\n"})
    for path, said in MISREAD.items():
        assert it.am(mail=PATCH.encode() + adding(path), onto="base").code == 0, path
        message = refused(it, adding(path))
        assert message.startswith(f"p adds {path}, which ")
        assert said in message
    for path, beside in (("readme", "README"), ("Readme/x", "README")):
        assert it.am(mail=PATCH.encode() + adding(path), onto="base").code == 0
        assert refused(it, adding(path)) == f"p adds {path} beside {beside}"
    file = it.series.home / "patches" / "ours" / "0002-new.patch"
    file.write_bytes(PATCH.encode() + adding("aux.c"))
    error = it.series.stacker("rebase", code=1)["error"]
    assert error["message"].startswith("patches/ours/0002-new.patch adds aux.c, which ")
    assert "another name" in error["hint"]
    file.unlink()
    it.upstream.add("bad", ("bad", {"aux.c": "x"}), start="base")
    error = it.series.stacker("import", "base..bad", "--stage", "bad", code=1)["error"]
    assert "'bad' adds aux.c, which is no file on Windows" in error["message"]


def test_29_what_hides_as_git_on_a_mac(case):
    """git on Linux accepts `.g<zero width non-joiner>it`; macOS takes it for `.git`.

    Ours: refused by git itself, whose protection for other systems is always on here.
    """
    it = case(base={"x": "x\n"}, ours={"x": "y\n"})
    mail = PATCH.encode() + adding(".g\u200cit/config")
    assert it.am(mail=mail, onto="base").code == (0 if os.name == "posix" else 128)
    assert "invalid path" in it.imported(mail, code=1)["message"]


def test_29_an_upstream_that_has_such_names_itself(case):
    """git accepts them.

    Ours: too, where upstream has some already: nothing is made worse, and the work must go on.
    """
    it = case(
        base={"aux.c": LINES, "Makefile": "all:\n", "makefile": "all:\n"},
        ours=[("ours", {"aux.c": edited((3, "port"))}),
              ("more", {"arm/aux.c": "new\n", "MAKEFILE": "all:\n"})],
    )  # fmt: skip
    assert equal_everywhere(it, "more")


@pytest.mark.parametrize("made", ["there", "in the same patch"])
def test_30_a_path_through_a_symbolic_link(case, made):
    """git refuses a file beyond a symbolic link, one that the same patch makes too.

    Ours: refused.
    """
    it = case(base={"ln": ("120000", "/etc"), "x": "x\n"}, ours={"x": "y\n"})
    through = adding("ln/evil")
    if made == "in the same patch":
        through = adding("new", mode="120000", content="/etc") + adding("new/evil")
    mail = PATCH.encode() + through
    assert it.am(mail=mail, onto="base").code != 0
    error = it.imported(mail, code=1)
    assert "symbolic link" in error["message"]
    assert "Do not trust" in error["hint"]
    assert refused(it, adding("fine") + through)  # and nothing is made of half a patch


def test_31_symbolic_links(case):
    """git makes one, and writes a file that becomes one as two diffs; both are exact.

    Ours: the same.
    """
    it = case(
        base={"x": "x\n", "y": "y\n"},
        ours={"ln": ("120000", "x"), "x": ("120000", "/etc/passwd"), "y": "Y\n"},
    )
    assert it.mail().count(b"diff --git") == 4
    assert equal_everywhere(it)


def test_32_a_submodule_that_moves(case):
    """git carries it without having the submodule; two moves are a conflict.

    Ours: the same, and the conflict's kind is named.
    """
    old, new, other = ("160000", "1" * 40), ("160000", "2" * 40), ("160000", "3" * 40)
    modules = '[submodule "mod"]\n\tpath = mod\n\turl = ../x\n'
    it = case(base={".gitmodules": modules, "mod": old, "x": "x\n"}, ours={"mod": new})
    assert equal_everywhere(it)
    it.upstream.add("master", ("their move", {"mod": other}))
    assert "Failed to merge submodule mod" in it.am("-3").said
    [conflict] = it.stacker(code=3)["ours"]["conflicts"]
    assert (conflict["path"], conflict["kind"]) == ("mod", "submodule")


def test_33_a_filtered_file(case):
    """git's patch holds the pointer that the clean filter makes, and am smudges it.

    Ours: the same trees; no filter is run, so none need be installed.
    """
    it = case(base={".gitattributes": "*.dat filter=lfs -text\n", "f.dat": "ptr 1\n"},
              ours={"f.dat": "ptr 2\n"})  # fmt: skip
    filters = [
        ("filter.lfs.smudge", "sed s/ptr/REAL/"), ("filter.lfs.clean", "sed s/REAL/ptr/"),
        ("filter.lfs.required", "true"),
    ]  # fmt: skip
    for name, command in filters:
        it.upstream.git("config", name, command)
    assert b"+ptr 2" in it.mail()
    assert equal_everywhere(it)
    assert (it.tree / "f.dat").read_bytes() == b"REAL 2\n"


def test_34_an_empty_file_and_an_empty_commit(case):
    """git makes the file; of an empty commit format-patch writes a mail without a diff (nothing
    before 2.41), where am stops unless told `--empty=keep`; rebase keeps it.

    Ours: both stay.
    """
    it = case(base={"x": "x\n"}, ours=[("ours", {"e": ""}), ("empty", {})], upstream={"u": "u\n"})
    alone = it.mail(commits="port^..port")
    assert (alone == b"") == (GIT < (2, 41))
    mail = it.mail("--always")
    assert it.am(mail=mail).code != 0
    assert it.am("--empty=keep", mail=mail).code == 0
    assert it.has("e") == b""
    it.rebase()
    assert git(it.tree, "log", "--format=%s", "master..").text.split() == ["empty", "ours"]
    stages = it.stacker()
    assert [stages[s]["status"] for s in ("ours", "empty")] == ["rebased", "rebased"]
    assert stages["empty"]["tree"] == stages["ours"]["tree"] == it.id("HEAD^{tree}")
    assert it.fresh()["empty"]["commit"] == stages["empty"]["commit"]


def test_35_a_patch_from_nothing(case):
    """git writes a root commit with `--root`, and am takes it where there is no commit yet.

    Ours: such a patch is read on an empty tree; a series stands on a commit of upstream, so a
    history without one is refused.
    """
    it = case(base={"x": "x\n"}, ours={"x": "y\n"})
    mail = it.git("format-patch", "--stdout", "--root", "--full-index", "base").out
    it.git("checkout", "-q", "--orphan", "unborn")
    it.git("rm", "-rfq", ".")
    assert it.git("am", stdin=mail).code == 0
    assert it.id("HEAD^{tree}") == it.id("base^{tree}")
    with ObjectStore(Git(it.upstream.path)) as store:
        nothing = store.write("tree", b"")
        with Preimage(store, nothing) as preimage:
            diff = mail[mail.index(b"diff --git") : mail.rindex(b"-- \n")]
            assert preimage.apply(diff, "p") == it.id("base^{tree}")
    alone = it.git("commit-tree", "-m", "alone", "base^{tree}").text
    error = it.series.stacker("import", f"base..{alone}", "--stage", "s", code=1)["error"]
    assert "no common history" in error["message"]


def test_36_a_merge_with_a_change_of_its_own(case):
    """git's format-patch and rebase drop a merge, and what was changed in it, without a word.

    Ours: refused with the ways out named; `--first-parent` keeps the change.
    """
    it = case(base={"x": "x\n"}, ours=[("t1", {"y": "y\n"})], upstream={"u": "u\n"})
    it.upstream.add("side", ("s1", {"z": "z\n"}), start="base")
    it.at("port")
    it.git("merge", "-q", "--no-commit", "--no-ff", "side")
    (it.tree / "x").write_bytes(b"evil merge\n")
    it.git("commit", "-qam", "evil merge")
    it.git("branch", "-f", "port")
    assert b"evil" not in it.mail()
    assert it.rebase().code == 0
    assert it.has("x") == b"x\n"
    home = it.folder / "home"
    assert it.run("init", home, "--upstream", it.upstream.path).code == 0
    words = ("--json", "import", "base..port", "--stage-per-commit")
    error = it.run(*words, cwd=home)
    assert (error.code, "--first-parent" in error.document["error"]["hint"]) == (1, True)
    assert it.run(*words, "--first-parent", cwd=home).code == 0
    last = it.run("--json", "rebase", cwd=home).document["stages"][-1]
    assert git(home / ".stacker/store.git", "show", f"{last['commit']}:x").out == b"evil merge\n"


def test_37_a_deletion_without_its_content(case):
    """`format-patch -D` leaves the content of what goes out, and am cannot apply that.

    Ours: never written so, and refused.
    """
    it = case(base={"x": LINES, "k": "k\n"}, ours={"x": None})
    short = it.mail("-D", "--full-index")
    assert it.am(mail=short).code != 0
    assert it.imported(short, code=1)["message"] == "mail does not say how x changes"
    assert equal_everywhere(it)


SUBJECTS = ["é 漢", "..", "CON", "x" * 200, "trailing.", 'quote"s <>|?*', "-dash"]


def test_38_file_names_from_subjects(case):
    """git makes them unique by number alone, and keeps Windows' devices and dots.

    Ours: a number and a few plain letters, never empty; what orders stages is the plan alone.
    """
    it = case(base={"x": "x\n"}, ours=[("ours", {"x": "y\n"})])
    out = it.folder / "out"
    it.git("config", "user.name", "x")
    made = []
    for subject in SUBJECTS:
        commit = it.git("commit-tree", "-p", "base", "-m", subject, "port^{tree}").text
        it.git("format-patch", "-q", "-o", str(out), f"base..{commit}")
        [file] = out.iterdir()
        made.append(file.name)
        file.unlink()
    assert made[:3] == ["0001-.patch", "0001-.patch", "0001-CON.patch"]
    for subject in SUBJECTS:
        assert re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?", slug(subject))
    assert it.series.patch("ours").name == "0001-ours.patch"


def test_39_a_base_that_is_not_to_be_found(case):
    """git rebase ends with `invalid upstream`, or puts the whole history on top.

    Ours: an error in words, before anything is written.
    """
    it = case(base={"x": "x\n"}, ours={"x": "y\n"})
    it.at("port")
    assert "invalid upstream" in it.git("rebase", "--onto", "master", "1" * 40).said
    alone = it.git("commit-tree", "-m", "alone", "base^{tree}").text
    before = it.series.files()
    for start, said in (("1" * 40, "has no commit"), (alone, "no common history")):
        error = it.series.stacker("import", f"{start}..port", "--stage", "s", code=1)["error"]
        assert said in error["message"]
    assert it.series.files() == before
