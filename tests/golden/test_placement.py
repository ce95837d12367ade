"""Golden cases 40 to 58: where a change goes on an upstream that has moved, and when it has landed.

In 40, 44 to 47, 50, 53 and 55 git itself loses or misplaces work without a word.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from beside import LINES, edited


def conflict_of(it, stage="ours"):
    """(path, kind) of the only conflict that a rebase by stacker stops at."""
    [conflict] = it.stacker(code=3)[stage]["conflicts"]
    return conflict["path"], conflict["kind"]


def function(name, work="work"):
    lines = ("{", "    int rc;", "    rc = prepare();", "    check(rc);", f"    {work}();",
             "    check(rc);", "    finish();", "    return rc;", "}")  # fmt: skip
    return "\n".join((f"int {name}(void)", *lines, ""))


def changed_function(content):
    """The function that calls `work_fast`."""
    before = content.decode().partition("work_fast")[0]
    return re.findall(r"int (\w+)\(void\)", before)[-1]


def test_40_a_look_alike_before_ours(case):
    """git am, am -3 and rebase --apply put our edit into the wrong function, exit code 0, and so
    does apply -3 where blobs are missing; rebase by merging, and a patch with wide context, are
    right.

    Ours: right by git's merge; a patch is never put on another base than its own.
    """
    it = case(
        base={"x.c": function("alpha") + function("beta") + function("gamma")},
        ours={"x.c": function("alpha") + function("beta") + function("gamma", "work_fast")},
        upstream={"x.c": "".join(map(function, ("alpha", "beta", "inserted", "gamma")))},
    )
    wrong = {"am": it.am, "am -3": lambda: it.am("-3"),
             "rebase --apply": lambda: it.rebase("--apply")}  # fmt: skip
    for how, run in wrong.items():
        assert run().code == 0, how
        assert changed_function(it.has("x.c")) == "inserted", how
    unknown = re.sub(rb"index \w+\.\.\w+", b"index 1234567..89abcde", it.mail())
    it.at("master")
    assert it.git("apply", "-3", stdin=unknown).code == 0
    assert changed_function((it.tree / "x.c").read_bytes()) == "inserted"
    assert it.am(mail=it.mail("-U12")).code == 0
    assert changed_function(it.has("x.c")) == "gamma"
    assert it.rebase().code == 0
    assert changed_function(it.has("x.c")) == "gamma"
    stage = it.stacker()["ours"]
    assert changed_function(it.ours(stage, "x.c")) == "gamma"
    assert stage["tree"] == it.id("HEAD^{tree}")
    error = it.imported(it.mail("--full-index"), onto="master", code=1)
    assert "made on another x.c" in error["message"]  # though its hunk would fit there
    assert "its hunks fit, but the file differs elsewhere" in error["message"]


def test_41_the_first_commit_that_conflicts(case):
    """git merge-tree on each upstream commit says 0 0 1 1.

    Ours: the commit that is named stops the stage, and the one before it does not.
    """
    it = case(base={"x": LINES}, ours={"x": edited((10, "ours"))}, upstream=[
        ("two", {"x": edited((2, "u"))}), ("twenty", {"x": edited((2, "u"), (20, "u"))}),
        ("ten", {"x": edited((2, "u"), (20, "u"), (10, "u"))}), ("last", {"y": "y\n"}),
    ])  # fmt: skip
    answers = [it.git("merge-tree", it.upstream[s], "port").code
               for s in ("two", "twenty", "ten", "last")]  # fmt: skip
    assert answers == [0, 0, 1, 1]
    [conflict] = it.stacker(code=3)["ours"]["conflicts"]
    assert conflict["culprit"]["commit"] == it.upstream["ten"]


def test_41_conflicts_that_come_and_go(case):
    """git merge-tree says 1 0 1 after an edit, its revert and an edit again.

    Ours: the commit that is named stops the stage, and the one before it does not.
    """
    it = case(base={"x": LINES}, ours={"x": edited((10, "ours"))}, upstream=[
        ("edit", {"x": edited((10, "A"))}), ("revert", {"x": LINES}),
        ("again", {"x": edited((10, "B"))}),
    ])  # fmt: skip
    commits = [it.upstream[s] for s in ("edit", "revert", "again")]
    answers = [it.git("merge-tree", commit, "port").code for commit in commits]
    assert answers == [1, 0, 1]
    [conflict] = it.stacker(code=3)["ours"]["conflicts"]
    at = commits.index(conflict["culprit"]["commit"])
    assert (answers[at], ([0, *answers])[at]) == (1, 0)


def test_42_landed_as_it_is(case):
    """git am fails; am -3 says `already applied` and rebase skips it with a warning.

    Ours: landed, with the upstream commit named.
    """
    new = {"x": edited((10, "fix"))}
    it = case(base={"x": LINES}, ours=new, upstream=[("landing", new), ("more", {"y": "y\n"})])
    assert it.am().code != 0
    assert "Patch already applied" in it.am("-3").said
    assert it.git("cherry", "master", "port").text.startswith("-")
    assert "skipped previously applied commit" in it.rebase().said
    stage = it.stacker()["ours"]
    assert (stage["status"], stage["commit"]) == ("landed", it.upstream["landing"])


def test_43_landed_squashed_with_other_edits(case):
    """git cherry does not see it, rebase drops it silently, rebase --exec keeps an empty commit.

    Ours: it stays in the series, empty, and that no commit proves its landing is said; `landed`
    tells what came with it.
    """
    new = edited((10, "fix"))
    it = case(base={"x": LINES}, ours={"x": new}, upstream={"x": edited((20, "other"), text=new)})
    assert it.git("cherry", "master", "port").text.startswith("+")
    assert "already applied" in it.am("-3").said
    assert it.rebase().code == 0
    assert it.id("HEAD") == it.id("master")
    assert it.rebase("--exec", "true").code == 0
    assert it.git("rev-list", "--count", "master..HEAD").text == "1"
    told = it.stacker("landed")["ours"]
    assert (told["state"], told["hunks"][-1]["state"]) == ("changed", "upstream-only")
    stage = it.stacker()["ours"]
    assert stage["status"] == "rebased"
    assert "no commit proves that it landed" in stage["because"]


def test_44_landed_and_reverted(case):
    """git rebase drops our patch, for a commit with its patch-id is there, and the content is gone.

    Ours: it stays, for the landing is no longer in force; both commits are named.
    """
    new = {"x": edited((10, "fix"))}
    it = case(base={"x": LINES}, ours=new, upstream=[("land", new), ("revert", {"x": LINES})])
    assert it.git("cherry", "master", "port").text.startswith("-")
    assert it.rebase().code == 0
    assert it.has("x") == LINES.encode()
    assert it.rebase("--reapply-cherry-picks").code == 0
    assert it.has("x") == new["x"].encode()
    told = it.stacker("landed")["ours"]
    assert (told["state"], told["commit"]["subject"], told["reverted_by"]["subject"]) == (
        "reverted", "land", "revert",
    )  # fmt: skip
    stage = it.stacker()["ours"]
    assert (stage["status"], it.ours(stage, "x")) == ("rebased", new["x"].encode())


def test_45_the_same_line_at_another_indent(case):
    """git's patch-ids leave blanks out, so rebase drops our line of Python for another one.

    Ours: a conflict, as git's own merge has it.
    """
    begin = "def f(x):\n    if x:\n        a()\n"
    it = case(
        base={"m.py": begin + "    b()\n"},
        ours={"m.py": begin + "        return 1\n    b()\n"},
        upstream={"m.py": begin + "    return 1\n    b()\n"},
    )
    assert it.git("cherry", "master", "port").text.startswith("-")
    assert it.rebase().code == 0
    assert b"        return 1" not in it.has("m.py")
    assert it.rebase("--reapply-cherry-picks").code != 0
    assert conflict_of(it) == ("m.py", "content")


def test_46_taken_back_and_made_again(case):
    """Upstream took what the series makes, reverts and makes again: git rebase drops both and keeps
    the revert, which undoes upstream's change.

    Ours: whatever is left of each, the end is as the series has it.
    """
    new = {"x": edited((10, "fix"))}
    it = case(base={"x": LINES}, upstream={"x": new["x"], "y": "y\n"},
              ours=[("first", new), ("undo", {"x": LINES}), ("again", new)])  # fmt: skip
    it.upstream.add("taken", ("taken alone", new), start="base")
    it.upstream.git("update-ref", "refs/heads/master", "refs/heads/taken")
    assert it.rebase().code == 0
    assert it.has("x") == LINES.encode()
    stages = it.stacker()
    assert it.ours(stages["again"], "x") == new["x"].encode()


def test_47_one_of_two_hunks_landed(case):
    """git am fails; am -3 and rebase shrink the patch without a word.

    Ours: git's merge shrinks it as well, it does not count as landed, and the file shows it;
    `landed` says which hunk, and by which commit.
    """
    half = edited((3, "first"))
    both = edited((20, "second"), text=half)
    it = case(base={"x": LINES}, ours={"x": both}, upstream={"x": half})
    assert it.am().code != 0
    done = it.rebase()
    assert (done.code, "first" in done.said) == (0, False)
    told = it.stacker("landed")["ours"]
    assert (told["state"], [h["state"] for h in told["hunks"]]) == (
        "partly", ["landed", "not-landed"],
    )  # fmt: skip
    stage = it.stacker()["ours"]
    assert (stage["status"], stage["tree"]) == ("rebased", it.id("HEAD^{tree}"))
    text = it.series.patch("ours").read_bytes()
    assert (b"+first" in text, b"+second" in text) == (False, True)


def test_48_landed_with_tweaks(case):
    """git cherry does not see it, range-diff pairs it as changed, rebase conflicts.

    Ours: a conflict that names the landing as what broke it, and says how much of it is there.
    """
    it = case(
        base={"x": LINES, "y": LINES},
        ours=[("gh-1: do it", {"x": edited((10, "o")), "y": edited((4, "o"))})],
        upstream=[("gh-1: do it (#123)", {"x": edited((10, "o")), "y": edited((4, "tweaked"))})],
    )
    assert it.git("cherry", "master", "port").text.startswith("+")
    assert " ! " in it.git("range-diff", "base..port", "base..master").text
    assert it.rebase().code != 0
    assert it.stacker("landed")["do-it"]["state"] == "changed"
    stage = it.stacker(code=3)["do-it"]
    [conflict] = stage["conflicts"]
    assert (conflict["path"], conflict["culprit"]["pull"]) == ("y", 123)
    assert "upstream has 1 of its 2 hunks: see `stacker landed do-it`" in stage["because"]


def test_49_a_file_that_upstream_renamed(case):
    """git am fails; am -3 and rebase follow; two renames are a conflict.

    Ours: follows.
    """
    new = edited((10, "ours"))
    it = case(base={"old.c": LINES, "b.c": "b\n"}, ours={"old.c": new},
              upstream={"old.c": None, "new.c": LINES})  # fmt: skip
    assert it.am().code != 0
    assert it.am("-3").code == 0
    assert (it.has("new.c"), it.has("old.c")) == (new.encode(), None)
    stage = it.stacker()["ours"]
    assert stage["tree"] == it.id("HEAD^{tree}")


def test_49_two_renames_of_one_file(case):
    """git stops with three stages of a conflict rename/rename.

    Ours: the same conflict.
    """
    it = case(base={"old.c": LINES}, ours={"old.c": None, "ours.c": edited((10, "ours"))},
              upstream={"old.c": None, "theirs.c": LINES})  # fmt: skip
    assert "CONFLICT (rename/rename)" in it.am("-3").said
    assert "CONFLICT (rename/rename)" in it.rebase().said
    conflicts = it.stacker(code=3)["ours"]["conflicts"]
    assert {one["kind"] for one in conflicts} == {"rename/rename"}


def test_50_a_folder_that_upstream_renamed(case):
    """git am adds our file to the old folder, exit code 0; rebase stops at `file location`.

    Ours: stops too, for only a person knows where the file belongs.
    """
    inside = {f"{name}.c": LINES + name for name in "abc"}
    it = case(base={f"lib/{name}": text for name, text in inside.items()},
              ours={"lib/new.c": "new\n"},
              upstream={f"lib/{name}": None for name in inside}
              | {f"src/{name}": text for name, text in inside.items()})  # fmt: skip
    assert it.am().code == 0
    assert it.has("lib/new.c") == b"new\n"
    assert "CONFLICT (file location)" in it.rebase().said
    assert conflict_of(it)[1] == "file location"


KINDS = {
    "file and folder": ({"x": edited((5, "o"))}, {"x": None, "x/inner": "i\n"}, None),
    "modify/delete": ({"x": edited((5, "o"))}, {"x": None}, "modify/delete"),
    "delete/modify": ({"x": None}, {"x": edited((5, "u"))}, "modify/delete"),
}


@pytest.mark.parametrize("name", KINDS)
def test_51_what_is_gone_on_one_side(case, name):
    """git am fails, am -3 and rebase stop with a conflict of that kind.

    Ours: the same kind.
    """
    ours, theirs, kind = KINDS[name]
    it = case(base={"x": LINES, "k": "k\n"}, ours=ours, upstream=theirs)
    assert it.am().code != 0
    assert "CONFLICT (" in it.am("-3").said
    said = it.rebase().said
    kinds = {one["kind"] for one in it.stacker(code=3)["ours"]["conflicts"]}
    assert kinds <= set(re.findall(r"CONFLICT \(([^)]*)\)", said))
    assert kind is None or kinds == {kind}


def test_52_a_file_that_both_add(case):
    """git am fails where it is alike; am -3 says `already applied`.

    Ours: landed, with the commit named.
    """
    it = case(base={"x": "x\n"}, ours={"n": "same\n"}, upstream={"n": "same\n"})
    assert it.am().code != 0
    assert "already applied" in it.am("-3").said
    stage = it.stacker()["ours"]
    assert (stage["status"], stage["commit"]) == ("landed", it.upstream["upstream"])


def test_52_a_file_that_both_add_differently(case):
    """git stops at a conflict add/add.

    Ours: the same.
    """
    it = case(base={"x": "x\n"}, ours={"n": "ours\n"}, upstream={"n": "theirs\n"})
    assert "CONFLICT (add/add)" in it.am("-3").said
    assert conflict_of(it) == ("n", "add/add")


def test_53_lines_that_upstream_indented(case):
    """git stops; told to ignore blanks, am puts our line in with the old indent, and rebase
    -Xignore-space-change gives the whole block its old indent back.

    Ours: a conflict; blanks are never ignored.
    """
    old = "".join(f"    {c}();\n" for c in "abcd")
    it = case(base={"x": old}, ours={"x": old.replace("b()", "B()")},
              upstream={"x": old.replace("    ", "  ")})  # fmt: skip
    assert it.am().code != 0
    assert it.am("--ignore-whitespace").code == 0
    assert it.has("x") == b"  a();\n    B();\n  c();\n  d();\n"
    assert it.rebase().code != 0
    assert it.rebase("-Xignore-space-change").code == 0
    assert it.has("x") == old.replace("b()", "B()").encode()
    assert conflict_of(it) == ("x", "content")


def solve(it, stage, path, content, code=0):
    """Open the conflict of a stage, write what it should be, and finish."""
    folder = Path(it.series.stacker("resolve", stage)["folder"])
    (folder / path).write_bytes(content)
    return it.stacker("resolve", "--done", code=code)


RERERE = ("rerere.enabled=true", "rerere.autoupdate=true")


def test_54_a_conflict_that_was_solved_before(case):
    """git rerere puts the solution in and stages it, and am and rebase stop all the same.

    Ours: goes on, and lists what was applied.
    """
    it = case(base={"x": "a\nb\nc\n"}, ours={"x": "a\nours\nc\n"}, upstream={"x": "a\nup\nc\n"})
    assert it.rebase(config=RERERE).code != 0
    (it.tree / "x").write_bytes(b"a\nboth\nc\n")
    it.git("add", "x")
    assert it.git("-c", "core.editor=true", "rebase", "--continue", config=RERERE).code == 0
    assert it.rebase(config=RERERE).code != 0
    assert (it.tree / "x").read_bytes() == b"a\nboth\nc\n"
    it.stacker(code=3)
    solve(it, "ours", "x", b"a\nboth\nc\n")
    it.series.stacker("undo")
    stage = it.stacker()["ours"]
    assert it.ours(stage, "x") == b"a\nboth\nc\n"
    assert [one["path"] for one in stage["resolutions"]] == ["x"]


def test_55_the_same_hunk_in_another_file(case):
    """git rerere knows hunks by their text alone, and puts the solution of x into y.

    Ours: a solution belongs to its patch and path; the second conflict is shown.
    """
    old, new, up = "a\nb\nc\n", "a\nours\nc\n", "a\nup\nc\n"
    it = case(base={"x": old, "y": old}, ours=[("one", {"x": new}), ("two", {"y": new})],
              upstream={"x": up, "y": up})  # fmt: skip
    assert it.rebase(config=RERERE).code != 0
    (it.tree / "x").write_bytes(b"a\nonly for x\nc\n")
    it.git("add", "x")
    done = it.git("rebase", "--continue", config=[*RERERE, "core.editor=true"])
    assert done.code != 0
    assert (it.tree / "y").read_bytes() == b"a\nonly for x\nc\n"
    it.stacker(code=3)
    stages = solve(it, "one", "x", b"a\nonly for x\nc\n", code=3)
    [conflict] = stages["two"]["conflicts"]
    assert (conflict["path"], stages["two"]["resolutions"]) == ("y", [])


def test_56_a_solved_deletion(case):
    """git rerere records nothing of modify/delete.

    Ours: remembered like any other.
    """
    it = case(base={"x": LINES, "k": "k\n"}, ours={"x": edited((5, "o"))}, upstream={"x": None})
    assert it.rebase(config=RERERE).code != 0
    cache = it.upstream.path / "rr-cache"
    assert not cache.exists() or not list(cache.iterdir())
    assert conflict_of(it) == ("x", "modify/delete")
    it.stacker("resolve", "--take", "mine")
    it.series.stacker("undo")
    stage = it.stacker()["ours"]
    assert it.ours(stage, "x") == edited((5, "o")).encode()
    assert [one["path"] for one in stage["resolutions"]] == ["x"]


def test_57_a_clean_merge_that_does_not_work(case):
    """git rebases cleanly, and the program fails.

    Ours: the same trees; `verify` runs the check at every stage and says which one fails.
    """
    it = case(
        base={"lib.py": "def foo():\n    return 1\n", "check.py": ""},
        ours={"check.py": "import lib\nlib.foo()\n"},
        upstream={"lib.py": "def bar():\n    return 1\n"},
    )
    assert it.rebase().code == 0
    done = subprocess.run([sys.executable, "check.py"], cwd=it.tree, capture_output=True,
                          check=False)  # fmt: skip
    assert b"AttributeError" in done.stderr
    assert it.stacker()["ours"]["tree"] == it.id("HEAD^{tree}")
    plan = it.series.home / "series.toml"
    run = json.dumps([["{python}", "check.py"]])
    text = plan.read_text(encoding="utf-8") + f'\n[[checks]]\nname = "works"\nrun = {run}\n'
    plan.write_text(text, encoding="utf-8", newline="\n")
    [result] = it.series.stacker("verify", "--trust", code=4)["results"]
    assert (result["stage"], result["verdict"]) == ("ours", "failed")


def test_58_blobs_that_are_unknown_or_not_named(case):
    """git am -3 says that the ids are lacking or useless.

    Ours: refused with what it was made on, or that it does not say so.
    """
    it = case(base={"x": LINES}, ours={"x": edited((10, "ours"))},
              upstream={"x": edited((9, "conflict"))})  # fmt: skip
    unknown = re.sub(rb"index \w+\.\.\w+", b"index 1234567..89abcde", it.mail())
    unnamed = re.sub(rb"index [^\n]*\n", b"", it.mail())
    for mail, said in (
        (unknown, "made on another x: on 1234567"),
        (unnamed, "does not tell which x it was made on"),
    ):
        assert "sha1 information is lacking or useless" in it.am("-3", mail=mail).said
        assert said in it.imported(mail, code=1)["message"]
