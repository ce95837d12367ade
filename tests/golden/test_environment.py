"""Golden cases 59 to 70: damaged patches, interrupted commands, and what lies around.

In 60 git itself loses a patch without a word.
"""

from __future__ import annotations

import os
import re
import shutil

import pytest
from beside import GIT, LINES, edited, git

DAMAGE = {
    "a context line without its blank": (
        lambda d: d.replace(b"\n line 9\n", b"\nline 9\n"), "it ends at 'line 9'"),
    "a wrapped line": (lambda d: d.replace(b" line 11\n", b" line\n11\n"), "it ends at '11'"),
    "a cut file": (lambda d: d[: d.rindex(b" line 13")], "there it ends"),
    "wrong counts": (
        lambda d: d.replace(b"@@ -8,7 +8,7 @@", b"@@ -8,9 +8,9 @@"),
        "it says it has 9 lines before and 9 after, it has 7 and 7"),
    "blanks doubled by format=flowed": (
        lambda d: d.replace(b"\n line", b"\n  line"), "only blanks differ"),
    "a line that nobody counted": (
        lambda d: d.replace(b" line 13\n", b" line 13\n+one more\n"),
        "it goes on with '+one more'"),
    "tabs for blanks": (lambda d: d.replace(b" line ", b" line\t"), "only blanks differ"),
    "another context": (
        lambda d: d.replace(b" line 9\n", b" line nine\n"),
        "line 10 should be 'line nine' and is 'line 9'"),
    "another place": (
        lambda d: d.replace(b"@@ -8,7 +8,7 @@", b"@@ -9,7 +9,7 @@"),
        "its lines are there from line 8, not 9"),
}  # fmt: skip
# git apply looks for the lines elsewhere, and ends a hunk where its counts say.
TAKEN_BY_GIT = ("another place", "a line that nobody counted")


@pytest.fixture
def edit(case):
    """Our edit of a line, with nothing from upstream."""
    return case(base={"x": LINES}, ours={"x": edited((10, "ours"))})


def test_59_damaged_patches(edit):
    """git am refuses most of it; lines beyond the counts it drops without a word, and it looks for
    a hunk elsewhere.

    Ours: all refused, and each time the hunk and what is wrong with it are named.
    """
    file, mail = edit.series.patch("ours"), edit.mail()
    whole = file.read_bytes()
    named = re.compile(
        r"patches/ours/0001-ours.patch does not apply to x: hunk 1 \(@@ -\d+,\d \+\d+,\d @@\): "
    )
    for what, (damage, said) in DAMAGE.items():
        assert damage(mail) != mail, what
        assert (edit.am(mail=damage(mail)).code == 0) == (what in TAKEN_BY_GIT), what
        file.write_bytes(damage(whole))
        error = edit.series.stacker("rebase", code=1)["error"]
        assert named.match(error["message"]), what
        assert said in error["message"], what
        assert error["hint"], what


def test_59_what_is_no_mail_of_a_patch(edit):
    """git am refuses a mail in HTML, and one without a diff.

    Ours: refused with these words; an attached patch is read, as git does.
    """
    head = b"From: A <a@x.org>\nSubject: [PATCH] s\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n"
    mail = edit.mail("--full-index")
    html = b"<pre>" + mail[mail.index(b"diff --git") :].replace(b"+", b"&#43;") + b"</pre>\n"
    html = head + b"Content-Type: text/html\n\n" + html
    assert edit.am(mail=html).code != 0
    assert edit.imported(html, code=1)["message"] == "mail: a mail in HTML"
    letter = mail[: mail.index(b"---\n")] + b"Just words.\n"
    assert "Patch is empty" in edit.am(mail=letter).said
    assert edit.imported(letter, code=1)["message"] == "mail has no diff"


def test_59_an_attached_patch(edit):
    """git am reads what `format-patch --attach` writes.

    Ours: the same.
    """
    for how in ("--attach", "--inline"):
        mail = edit.mail(how, "--full-index")
        assert edit.am(mail=mail, onto="base").code == 0
        assert edit.imported(mail)["tree"] == edit.id("HEAD^{tree}") == edit.id("port^{tree}")


def test_59_an_emptied_blank_line(case):
    """git takes a context line that lost its only blank.

    Ours: too, for it can mean nothing else.
    """
    it = case(base={"x": "a\n\nb\n\nc\n"}, ours={"x": "a\n\nB\n\nc\n"})
    mail = it.mail("--full-index").replace(b"\n \n", b"\n\n")
    assert it.am(mail=mail).code == 0
    assert it.imported(mail)["tree"] == it.id("HEAD^{tree}") == it.id("port^{tree}")


def test_59_tabs_that_became_blanks(case):
    """git am refuses; with --ignore-whitespace it takes the tabs from the file.

    Ours: refused, and blanks are named as the only difference.
    """
    it = case(base={"x": "a\n\tt\nb\n"}, ours={"x": "a\n\tt\nB\n"})
    mail = it.mail("--full-index").replace(b" \tt", b"         t")
    assert it.am(mail=mail).code != 0
    assert it.am("--ignore-whitespace", mail=mail).code == 0
    assert it.has("x") == b"a\n\tt\nB\n"
    error = it.imported(mail, code=1)
    assert r"only blanks differ; line 2 should be '        t' and is '\tt'" in error["message"]
    assert "get the patch as a file" in error["hint"]


@pytest.fixture
def three(case):
    """Three patches to one file."""
    texts = [edited((3, "p3")), edited((3, "p3"), (12, "p12")),
             edited((3, "p3"), (12, "p12"), (20, "p20"))]  # fmt: skip
    names = ("p3", "p12", "p20")
    return case(base={"x": LINES, "y": "y\n"},
                ours=[(name, {"x": text}) for name, text in zip(names, texts, strict=True)],
                upstream={"y": "up\n"})  # fmt: skip


def hook(it, name, body):
    """A hook of the user's repository."""
    file = it.upstream.path / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8", newline="\n")
    file.chmod(0o755)
    return file


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a fork of this process")
def test_60_killed_at_the_second_of_three(three):
    """git am, killed at the second patch: `--skip` finishes without that patch, exit code 0, and
    `--continue` knows of no changes; from 2.46 on `--retry` is right.

    Ours: run again, it ends as if it had never been killed, whenever that was.
    """
    from faults import KILLED, run  # noqa: PLC0415 - where there is no fork it is not needed

    kill = hook(three, "applypatch-msg", 'if grep -q p12 "$1"; then kill -9 $PPID; fi')
    assert three.am().code != 0
    kill.unlink()
    assert "No changes" in three.git("am", "--continue").said
    assert three.git("am", "--skip").code == 0
    assert git(three.tree, "log", "--format=%s", "master..").text.split() == ["p20", "p3"]
    kill = hook(three, "applypatch-msg", 'if grep -q p12 "$1"; then kill -9 $PPID; fi')
    assert three.am().code != 0
    kill.unlink()
    assert (three.git("am", "--retry").code == 0) == (GIT >= (2, 46))
    home = three.series.home
    saved = home.with_name("saved")
    home.rename(saved)
    shutil.copytree(saved, home)
    steps = run(home, ["rebase"]).steps
    wanted = three.series.files()
    assert wanted != {}
    for at in (1, len(steps) // 2, len(steps) - 1):
        shutil.rmtree(home)
        shutil.copytree(saved, home)
        assert run(home, ["rebase"], at=at).code == KILLED
        stages = three.stacker()
        assert three.series.files() == wanted
        assert three.ours(stages["p20"], "x") == three.has("x", "port")


def test_60_a_lock_that_somebody_left(three):
    """git am dies at an index.lock, and leaves its state behind.

    Ours: no index is used, neither the clone's nor one of our own.
    """
    lock, left = (
        three.tree / three.git("rev-parse", "--git-path", name).text
        for name in ("index.lock", "rebase-apply")
    )
    mail = three.mail()
    three.at("master")
    lock.write_bytes(b"")
    assert three.git("am", stdin=mail).code != 0
    assert left.is_dir()
    assert three.stacker()["p20"]["status"] == "rebased"


def test_61_a_worktree_with_changes(three):
    """git am goes on over a change of another file, and refuses one of the same file and a dirty
    index.

    Ours: nothing of the user's worktree is read or written.
    """
    three.at("base")
    (three.tree / "y").write_bytes(b"dirty\n")
    mail = three.mail()
    assert three.git("am", stdin=mail).code == 0
    three.at("base")
    for change in ("x", "y"):
        (three.tree / change).write_bytes(b"dirty\n")
        if change == "y":
            three.git("add", "y")
        assert three.git("am", stdin=mail).code != 0
        three.git("am", "--abort")
        assert (three.tree / change).read_bytes() == b"dirty\n"
    (three.tree / "new").write_bytes(b"untracked\n")
    before = three.git("status", "--porcelain").text
    home = three.folder / "home"
    assert three.run("init", home, "--upstream", three.upstream.path).code == 0
    words = ("import", "base..port", "--from", three.tree, "--stage-per-commit")
    assert three.run(*words, cwd=home).code == 0
    assert three.run("rebase", cwd=home).code == 0
    assert three.git("status", "--porcelain").text == before


def test_62_a_commit_while_something_is_stopped(case):
    """git am --abort does not rewind when the user has committed meanwhile, and warns.

    Ours: what is imported while a rebase is stopped stays when the rebase is given up.
    """
    it = case(base={"x": LINES}, ours={"x": edited((10, "o"))}, upstream={"x": edited((10, "u"))})
    assert it.am().code != 0
    (it.tree / "z").write_bytes(b"z\n")
    it.git("add", "z")
    it.git("commit", "-qm", "mine")
    done = it.git("am", "--abort")
    assert "You seem to have moved HEAD" in done.said
    assert it.has("z") == b"z\n"
    it.stacker(code=3)
    it.upstream.add("more", ("beside", {"n": "n\n"}), start="base")
    assert it.series.stacker("import", "base..more", "--stage", "beside")["stages"] == ["beside"]
    assert it.series.stacker("rebase", "--abort") == {"aborted": True}
    assert (it.series.home / "patches" / "beside").is_dir()


def test_63_another_one_while_one_is_stopped(case):
    """git refuses a second am; rebase ends with 1 where it stops and where it never began.

    Ours: the target is remembered and answered again; exit code 3 is a conflict, 1 an error.
    """
    it = case(base={"x": LINES}, ours={"x": edited((10, "o"))}, upstream={"x": edited((10, "u"))})
    mail = it.mail()
    assert it.am().code != 0
    assert "still exists" in it.git("am", stdin=mail).said
    assert it.rebase().code == 1
    it.at("port")
    (it.tree / "x").write_bytes(b"dirty\n")
    assert it.git("rebase", "master").code == 1
    assert it.stacker(code=3) == it.stacker(code=3)
    it.series.stacker("rebase", "--onto", "nothing-of-that-name", code=1)


def test_64_the_same_ids_every_time(three, monkeypatch):
    """git am gives other ids each time, unless told --committer-date-is-author-date.

    Ours: the committer repeats the author, so everybody gets the same ids at any time.
    """
    ids = set()
    for moment in ("1700000000 +0000", "1700000001 +0000"):
        monkeypatch.setenv("GIT_COMMITTER_DATE", moment)
        three.am()
        plain = three.id("HEAD")
        three.am("--committer-date-is-author-date")
        ids |= {("plain", plain), ("fixed", three.id("HEAD"))}
    assert sorted(kind for kind, _ in ids) == ["fixed", "plain", "plain"]
    stages = three.stacker()
    monkeypatch.setenv("GIT_COMMITTER_DATE", "1800000000 +0100")
    monkeypatch.setenv("GIT_COMMITTER_NAME", "Somebody Else")
    clone = three.folder / "clone"
    shutil.copytree(three.series.home, clone, ignore=shutil.ignore_patterns(".stacker"))
    ran = three.run("--json", "rebase", cwd=clone)
    assert ran.document["stages"][-1]["commit"] == stages["p20"]["commit"]


SETTINGS = """\
[diff]
    noprefix = true
    mnemonicPrefix = true
    algorithm = histogram
    context = 1
    interHunkContext = 5
    renames = false
    suppressBlankEmpty = true
    ignoreSubmodules = all
    external = false
    submodule = log
    srcPrefix = Q/
[format]
    noprefix = true
    attach = true
    signOff = true
    subjectPrefix = FOO
    signature = X
    headers = "X-A: b"
    numbered = true
    from = true
    encodeEmailHeaders = false
[core]
    abbrev = 20
    quotePath = false
    autocrlf = true
[color]
    ui = always
[i18n]
    logOutputEncoding = ISO-8859-1
    commitEncoding = ISO-8859-1
"""


def test_65_settings_of_the_user(case, home):
    """git's format-patch obeys all of them: with diff.noprefix am of 2.39 cannot apply it (from
    2.41 format.noprefix counts instead), and diff.ignoreSubmodules loses a submodule's move.

    Ours: the same bytes under any settings, of the person and of the clone.
    """
    old, new = ("160000", "1" * 40), ("160000", "2" * 40)
    it = case(base={"d/x y": "a\n\nb\n\nc\n", "z": LINES, "s": old},
              ours=[("für", {"d/x y": "a\n\nB\n\nc\n", "z": None, "zz": LINES, "s": new})],
              upstream={"up": "\n"})  # fmt: skip
    plain = it.mail()
    unprefixed = it.mail(config=["diff.noprefix=true"])
    assert (unprefixed == plain) == (GIT >= (2, 41))
    assert it.am(mail=it.mail(config=["diff.noprefix=true", "format.noprefix=true"])).code != 0
    assert b"Subproject" not in it.mail(config=["diff.ignoreSubmodules=all"])
    before = it.series.files()
    files = {"f-r": it.series.patch("f-r").read_bytes()}
    (home / ".gitconfig").write_text(SETTINGS, encoding="utf-8")
    for line in re.findall(r"^    (\w+) = (.*)$", SETTINGS.partition("[format]")[0], re.MULTILINE):
        it.upstream.git("config", f"diff.{line[0]}", line[1])
    again = it.folder / "again"
    assert it.run("init", again, "--upstream", it.upstream.path).code == 0
    words = ("import", "base..port", "--stage-per-commit")
    assert it.run(*words, cwd=again).code == 0
    [file] = (again / "patches" / "f-r").iterdir()
    assert file.read_bytes() == files["f-r"] == before["patches/f-r/0001-f-r.patch"]
    assert b"Subproject commit " + b"2" * 40 in files["f-r"]
    assert b"rename from z\n" in files["f-r"]


HOOKS = ("applypatch-msg", "pre-applypatch", "post-applypatch", "commit-msg", "pre-commit",
         "prepare-commit-msg", "post-commit", "post-checkout", "post-rewrite", "pre-rebase",
         "post-merge", "reference-transaction", "post-index-change")  # fmt: skip


@pytest.mark.skipif(os.name != "posix", reason="the hooks are shell scripts")
def test_66_hooks(three, home):
    """git am and rebase run many hooks of the user; `am -n`, since 2.40, leaves out some.

    Ours: none, of the clone or of the person, though the import reads that clone.
    """
    log, folder = home / "hooks.log", home / "hooks"
    folder.mkdir()
    for name in HOOKS:
        script = f"#!/bin/sh\necho {name} >> '{log}'\n"
        (folder / name).write_text(script, encoding="utf-8")
        (folder / name).chmod(0o755)
    (home / ".gitconfig").write_text(f"[core]\n hooksPath = {folder}\n", encoding="utf-8")
    assert three.am().code == 0
    ran = set(log.read_text(encoding="utf-8").split())
    assert ran >= {"applypatch-msg", "pre-applypatch", "post-applypatch", "reference-transaction"}
    log.unlink()
    assert (three.am("-n").code == 0) == (GIT >= (2, 40))
    if GIT >= (2, 40):
        left = set(log.read_text(encoding="utf-8").split())
        assert {"applypatch-msg", "post-applypatch"} & left == {"post-applypatch"}
    assert three.rebase().code == 0
    assert "pre-rebase" in log.read_text(encoding="utf-8")
    shutil.copytree(folder, three.upstream.path / "hooks", dirs_exist_ok=True)
    log.unlink()
    assert three.stacker()["p20"]["status"] == "rebased"
    assert not log.exists()


def test_67_a_signed_commit(case):
    """git drops the signature in am and in rebase.

    Ours: too: what is signed is another commit; author and message stay.
    """
    it = case(base={"x": "x\n"}, ours={"x": "y\n"}, upstream={"u": "u\n"})
    raw = it.git("cat-file", "commit", "port").out
    head, _, message = raw.partition(b"\n\n")
    signed = head + b"\ngpgsig -----BEGIN SSH SIGNATURE-----\n x\n\n" + message
    oid = it.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=signed).text
    it.git("update-ref", "refs/heads/port", oid)
    assert it.am().code == 0
    assert b"gpgsig" not in it.git("cat-file", "commit", "HEAD").out
    assert it.rebase().code == 0
    assert b"gpgsig" not in it.git("cat-file", "commit", "HEAD").out
    stage = it.stacker()["ours"]
    made = git(it.series.home / ".stacker/store.git", "cat-file", "commit", stage["commit"]).out
    assert b"gpgsig" not in made
    assert made.partition(b"\nauthor ")[2].partition(b"\n")[0] in raw
    assert made.endswith(b"\n\nours\n")


def test_68_a_branch_that_is_checked_out(three):
    """git refuses a second worktree and `branch -f` of it, and `update-ref` moves it under the
    user's feet.

    Ours: no branch of the user is moved; the import reads it and leaves it.
    """
    three.at("base")
    three.git("checkout", "-q", "port")
    other = str(three.folder / "other")
    assert three.git("worktree", "add", other, "port").code != 0
    assert git(three.upstream.path, "branch", "-f", "port", "base").code != 0
    old = three.id("port")
    assert git(three.upstream.path, "update-ref", "refs/heads/port", three.id("base")).code == 0
    assert three.git("status", "--porcelain").text != ""
    three.git("update-ref", "refs/heads/port", old)
    refs = three.git("for-each-ref").text
    assert three.stacker()["p20"]["status"] == "rebased"
    assert three.git("for-each-ref").text == refs
    assert three.git("status", "--porcelain").text == ""


def test_69_trailers(case):
    """git keeps them, and `am -s` does not sign off twice.

    Ours: exact, and nothing is added.
    """
    signed = "Signed-off-by: Paul Porter <paul@example.org>"
    message = f"ours\n\nbody\n\nCo-authored-by: Bob <b@example.org>\n{signed}\n"
    it = case(base={"x": "x\n"}, ours=[(message, {"x": "y\n"})], upstream={"u": "u\n"})
    assert it.am("-s").code == 0
    assert it.git("log", "-1", "--format=%B").text == message.strip()
    stage = it.stacker()["ours"]
    store = it.series.home / ".stacker/store.git"
    assert git(store, "log", "-1", "--format=%B", stage["commit"]).text == message.strip()


def test_70_notes(case, home):
    """git notes do not travel with am, though format.notes writes them into the mail.

    Ours: neither, and they are not in the patch file.
    """
    it = case(base={"x": "x\n"}, ours={"x": "y\n"}, upstream={"u": "u\n"})
    assert it.git("notes", "add", "-m", "a private note", "port").code == 0
    assert b"a private note" in it.mail(config=["format.notes=true"])
    assert it.am(mail=it.mail(config=["format.notes=true"])).code == 0
    assert it.git("notes", "show", "HEAD").code != 0
    (home / ".gitconfig").write_text("[format]\n notes = true\n", encoding="utf-8")
    assert it.stacker()["ours"]["status"] == "rebased"
    assert b"note" not in it.series.patch("ours").read_bytes()
    assert git(it.series.home / ".stacker/store.git", "for-each-ref", "refs/notes").text == ""
