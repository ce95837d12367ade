"""Golden cases 8 to 25: messages, authors and contents, carried by mail and by patch files.

`lab.by_git` is `git format-patch` and `git am`, `lab.by_us` is a patch file that is read again;
each gives the commit that comes out, or `None` where git refuses.
"""

from __future__ import annotations

import shutil

import pytest
from mail_lab import AUTHOR, Lab, by, same

from stacker.errors import PatchError
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.patches.committing import commits_of

FROM_LINE = b"From 8a1657b93469580ef345c7c91738587f3d76e87d Mon Sep 17 00:00:00 2001"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    made = Lab(tmp_path_factory.mktemp("lab"))
    yield made
    made.store.close()


def message(commit):
    return commit and commit.message


def test_08_a_from_line_with_a_date_in_the_body(lab):
    """git's mailsplit cuts the mail there and am refuses; mboxrd on both sides is exact.

    Ours: exact, and git am takes our file, with that line indented.
    """
    oid = lab.commit(b"s\n\nbody\n" + FROM_LINE + b"\nmore\n")
    assert lab.by_git(oid) is None
    rd = lab.am(lab.mail(oid, "--pretty=mboxrd"), "--patch-format=mboxrd")
    assert same(lab.store.commit(oid), rd)
    assert lab.is_exact(oid)
    assert message(lab.am(lab.file(oid))) == b"s\n\nbody\n " + FROM_LINE + b"\nmore\n"


def test_09_from_here_on_in_the_body(lab):
    """git keeps a line that only begins with From.

    Ours: exact, and git am reads our file exactly too.
    """
    oid = lab.commit(b"s\n\nFrom here on it works\n")
    assert same(lab.store.commit(oid), lab.by_git(oid))
    assert lab.is_exact(oid)
    assert same(lab.store.commit(oid), lab.am(lab.file(oid)))


def test_10_three_dashes_in_the_message(lab):
    """git am drops everything below `---` without a word.

    Ours: exact, and git am takes our file with all lines, that one indented.
    """
    oid = lab.commit(b"s\n\nabove\n---\nbelow\n")
    assert message(lab.by_git(oid)) == b"s\n\nabove\n"
    assert lab.is_exact(oid)
    assert message(lab.am(lab.file(oid))) == b"s\n\nabove\n ---\nbelow\n"


def test_11_a_diff_in_the_message(lab):
    """git am takes `diff --git` for the patch and refuses, drops all below `Index:` without a
    word, and keeps an indented diff.

    Ours: exact, and git am takes our file.
    """
    diff = lab.commit(b"s\n\nbefore\ndiff --git a/z b/z\nafter\n")
    index = lab.commit(b"s\n\nbefore\nIndex: foo\nafter\n")
    indented = lab.commit(b"s\n\nbefore\n    diff --git a/z b/z\nafter\n")
    assert lab.by_git(diff) is None
    assert message(lab.by_git(index)) == b"s\n\nbefore\n"
    assert same(lab.store.commit(indented), lab.by_git(indented))
    for oid in (diff, index, indented):
        assert lab.is_exact(oid)
        taken = lab.am(lab.file(oid))
        assert taken.tree == lab.store.commit(oid).tree
        assert taken.message.endswith(b"\nafter\n")


def test_12_another_author_in_the_body(lab):
    """git am lets a `From:` line at the top of the body replace the author, and `Subject:` and
    `Date:` likewise; `--force-in-body-from` prevents that.

    Ours: exact, and git am reads the right author from our file.
    """
    oid = lab.commit(b"subj\n\nFrom: M <m@evil.example>\n\nbody\n")
    assert lab.by_git(oid).author.email == b"m@evil.example"
    safe = lab.mail(oid, "--force-in-body-from", "--from=Z <z@example.org>")
    assert same(lab.store.commit(oid), lab.am(safe))
    date = lab.commit(b"subj\n\nSubject: other\nDate: Thu, 1 Jan 2015 00:00:00 +0000\n\nbody\n")
    assert lab.by_git(date).author.when == b"1420070400 +0000"
    assert message(lab.by_git(date)).startswith(b"other\n")
    for one in (oid, date):
        assert lab.is_exact(one)
        taken = lab.am(lab.file(one))
        assert taken.author == AUTHOR
        assert taken.message.startswith(b"subj\n\n")


@pytest.mark.parametrize("subject", [b"[ARM32] gh-1: do it\n", b"Re: do it\n"])
def test_13_a_tag_before_the_subject(lab, subject):
    """git am strips `[…]` and `Re:`; `--keep-non-patch` keeps the tag.

    Ours: exact.
    """
    oid = lab.commit(subject)
    assert message(lab.by_git(oid)) == subject.rpartition(b"] ")[2].removeprefix(b"Re: ")
    if subject.startswith(b"["):
        assert same(lab.store.commit(oid), lab.by_git(oid, "--keep-non-patch"))
    assert lab.is_exact(oid)


def test_14_a_subject_of_two_lines(lab):
    """git joins them by a blank; `-k` on both sides keeps them.

    Ours: exact.
    """
    oid = lab.commit(b"line one\nline two\n\nbody\n")
    assert message(lab.by_git(oid)) == b"line one line two\n\nbody\n"
    assert same(lab.store.commit(oid), lab.am(lab.mail(oid, "-k"), "-k"))
    assert lab.is_exact(oid)


def test_15_blanks_and_line_ends_in_the_message(lab):
    """git am takes blanks and CR off the ends of lines, joins empty lines, and makes `--` of
    `-- `; lines with `#` stay.

    Ours: exact.
    """
    oid = lab.commit(b"s\n\n# kept\ntrail   \nline\r\n\n\n\ttab\n-- \nend\n\n")
    assert message(lab.by_git(oid)) == b"s\n\n# kept\ntrail\nline\n\n\ttab\n--\nend\n"
    assert lab.is_exact(oid)


def test_16_an_empty_message(lab):
    """git am makes an empty message of an empty one, and loses empty lines at the beginning.

    Ours: exact.
    """
    empty, leading = lab.commit(b""), lab.commit(b"\n\nsubject after blanks\n")
    assert message(lab.by_git(empty)).strip() == b""
    assert message(lab.by_git(leading)) == b"subject after blanks\n"
    assert lab.is_exact(empty)
    assert lab.is_exact(leading)


def test_17_scissors(lab):
    """git am with mailinfo.scissors loses what is above a scissors line.

    Ours: exact; that setting is somebody's own, and git am without it reads our file exactly.
    """
    oid = lab.commit(b"s\n\nintro\n-- >8 --\nkept\n")
    cut = lab.am(lab.mail(oid), config=[("mailinfo.scissors", "true")])
    assert message(cut) == b"s\n\nkept\n"
    assert same(lab.store.commit(oid), lab.by_git(oid))
    assert lab.is_exact(oid)
    assert same(lab.store.commit(oid), lab.am(lab.file(oid)))


def test_18_a_long_subject_of_emoji(lab):
    """git encodes and folds it, and reads it exactly.

    Ours: exact, and git am reads our file exactly too.
    """
    oid = lab.commit(("gh-1: " + "é漢\U0001f680 " * 80 + "end\n\nbody ü\n").encode())
    assert same(lab.store.commit(oid), lab.by_git(oid))
    assert lab.is_exact(oid)
    assert same(lab.store.commit(oid), lab.am(lab.file(oid)))


NAMES = [b"Doe, John", b'J. R. "Bob" Dobbs', b"Foo (Bar) Baz", b"O'Brien", "Łukasz Żółć".encode()]


@pytest.mark.parametrize("name", NAMES)
def test_19_a_name_with_signs(lab, name):
    """git quotes or encodes it, and reads it exactly.

    Ours: exact, and git am reads our file exactly too.
    """
    oid = lab.commit(author=by(name))
    assert same(lab.store.commit(oid), lab.by_git(oid))
    assert lab.is_exact(oid)
    assert same(lab.store.commit(oid), lab.am(lab.file(oid)))


@pytest.mark.parametrize("name", [b"x@y in name", b"A" * 120])
def test_19_a_name_that_git_takes_for_an_address(lab, name):
    """git am puts an address in the name's place: a name with `@`, or one so long that it folds.

    Ours: exact, and the file says that mail cannot carry its author for certain.
    """
    oid = lab.commit(author=by(name))
    assert b"@" in lab.by_git(oid).author.name
    assert lab.by_git(oid).author.name != name
    assert lab.is_exact(oid)
    assert b"headers have the author of this patch exactly" in lab.file(oid)


EXACT_AUTHORS = [by(email=b""), by(email=b"al at x.org"), by(when=b"1700000000 +0545"),
                 by(when=b"0 +0000")]  # fmt: skip


@pytest.mark.parametrize("author", EXACT_AUTHORS, ids=repr)
def test_20_an_odd_address_or_date(lab, author):
    """git carries an empty address, one with blanks, odd zones and the second 0 exactly.

    Ours: exact, and git am reads our file exactly too.
    """
    oid = lab.commit(author=author)
    assert same(lab.store.commit(oid), lab.by_git(oid))
    assert lab.is_exact(oid)
    assert same(lab.store.commit(oid), lab.am(lab.file(oid)))


def test_20_a_date_that_git_refuses(lab):
    """git am refuses a date after the year 2105 and a mail without an author, and takes the
    present where there is no date.

    Ours: any date is exact, and the file says that git may stop; a mail without an author or a
    date is refused, for a made-up one would be another each time.
    """
    oid = lab.commit(author=by(when=b"5000000000 +0000"))
    assert lab.by_git(oid) is None
    assert lab.is_exact(oid)
    assert b"headers have the date of this patch exactly" in lab.file(oid)
    mail = lab.mail(lab.commit(), "--full-index")
    undated = mail.replace(b"\nDate:", b"\nX-Date:")
    nobody = mail.replace(b"\nFrom:", b"\nX-From:")
    assert lab.am(undated).author.seconds > AUTHOR.seconds
    assert lab.am(nobody) is None
    for one, lacks in ((undated, "no readable Date line"), (nobody, "no From line")):
        with pytest.raises(PatchError, match=lacks):
            commits_of(lab.store, [("m", one)], lab.base)


@pytest.mark.parametrize("encoding", [None, b"ISO-8859-1"])
def test_21_an_author_in_latin_1(lab, encoding):
    """git recodes to UTF-8, by guess where the commit names no encoding, and drops its header.

    Ours: the bytes and the header stay; git am of our file makes what git makes.
    """
    oid = lab.commit(b"subject\n", by(b"J\xf6rg"), encoding)
    theirs = lab.by_git(oid)
    assert (theirs.author.name, theirs.encoding) == ("Jörg".encode(), None)
    assert lab.is_exact(oid)
    assert same(theirs, lab.am(lab.file(oid)))


@pytest.mark.parametrize("encoding", [None, b"ISO-8859-1"])
def test_22_a_message_that_is_no_utf_8(lab, encoding):
    """git recodes it likewise.

    Ours: the bytes and the header stay; git am of our file makes what git makes.
    """
    oid = lab.commit(b"Gr\xfc\xdfe\n\nb\xe4\n", AUTHOR, encoding)
    theirs = lab.by_git(oid)
    assert theirs.message == "Grüße\n\nbä\n".encode()
    assert lab.is_exact(oid)
    assert same(theirs, lab.am(lab.file(oid)))


BINARY = bytes(range(256)) * 8


def test_23_a_binary_file(lab):
    """git's format-patch embeds it; am cannot apply what `--no-binary` writes.

    Ours: embedded; a mail without the content is refused with that reason.
    """
    oid = lab.commit(content=BINARY)
    assert same(lab.store.commit(oid), lab.by_git(oid))
    assert lab.is_exact(oid)
    assert same(lab.store.commit(oid), lab.am(lab.file(oid)))
    bare = lab.mail(oid, "--no-binary")
    assert lab.am(bare) is None
    with pytest.raises(PatchError, match="does not say how a") as caught:
        commits_of(lab.store, [("m", bare)], lab.base)
    assert "--binary" in caught.value.hint


def test_24_a_binary_change_of_another_file(case):
    """git am fails where the file is not the one that the delta was made from; -3 stops with a
    conflict of binary files.

    Ours: as a patch, refused for its base; on drift, the same conflict.
    """
    it = case(base={"i.bin": BINARY}, ours={"i.bin": BINARY[:500] + b"XX" + BINARY[500:]},
              upstream={"i.bin": BINARY + b"\0up"})  # fmt: skip
    assert it.am("--no-3way").code != 0
    assert "Cannot merge binary files" in it.am("-3").said
    error = it.imported(it.mail("--full-index"), onto="master", code=1)
    assert "was made on another i.bin" in error["message"]
    [conflict] = it.stacker(code=3)["ours"]["conflicts"]
    assert (conflict["path"], conflict["kind"]) == ("i.bin", "binary")


CONTENTS = {
    "no line end at the end": b"one\ntwo",
    "a removed line that looks like a signature": b"",
    "lines that look like a patch": b"-- \n--- a/x\n+++ b/x\n@@ -1 +1 @@\ndiff --git a/x b/x\n",
    "a line of 3 MB": b"x" * 3_000_000 + b"\n",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_25_contents_that_look_like_something_else(lab, name):
    """git carries them exactly.

    Ours: exact, and git am reads our file exactly too.
    """
    oid = lab.commit(content=CONTENTS[name])
    assert same(lab.store.commit(oid), lab.by_git(oid))
    assert lab.is_exact(oid)
    assert same(lab.store.commit(oid), lab.am(lab.file(oid)))


def test_08_to_22_through_the_command_line(lab, tmp_path, run_stacker, history):
    """git keeps none of these five exactly by mail.

    Ours: import, patch files, and a rebase by somebody who has only these, give the same ids.
    """
    upstream = history.draw(tmp_path / "up", {"master": [("base", {"a.txt": "one\n"})]})
    commits = [
        lab.commit(b"s\n\nabove\n---\nbelow\n" + FROM_LINE + b"\nX: y\n"),
        lab.commit(b"[ARM32] x  \n\n\n\nFrom: M <m@x>\r\n", by(b'M, "Q" (x)', b"", b"0 +0545")),
        lab.commit(b"\n\nlate\n"), lab.commit(b"\xff\xfe \x01\n", by(b"J\xf6rg", b"a b")),
        lab.commit(b"Gr\xfc\xdfe\n", by(b"J\xf6rg", when=b"5000000000 -0330"), b"ISO-8859-1"),
    ]  # fmt: skip
    assert not any(same(lab.store.commit(oid), lab.by_git(oid)) for oid in commits)
    here = upstream["base"]
    with ObjectStore(Git(upstream.path)) as store:
        for number, one in enumerate(map(lab.store.commit, commits)):
            blob = store.write("blob", b"%d" % number)
            tree = store.write("tree", b"100644 a.txt\0" + bytes.fromhex(blob))
            here = store.write_commit(one.moved(tree, (here,)))
    upstream.git("branch", "port", here)
    home = tmp_path / "home"
    assert run_stacker("init", home, "--upstream", upstream.path).code == 0
    ran = run_stacker("--json", "import", f"{upstream['base']}..port", "--stage", "all", cwd=home)
    assert ran.code == 0, ran.out
    fresh = tmp_path / "fresh"
    shutil.copytree(home, fresh, ignore=shutil.ignore_patterns(".stacker", ".git"))
    ran = run_stacker("--json", "rebase", "--onto", upstream["base"], cwd=fresh)
    assert ran.code == 0, ran.out
    assert ran.document["stages"][0]["commit"] == here


def test_a_file_that_mail_cannot_carry_says_so_and_others_do_not(lab):
    plain, odd = lab.file(lab.commit()), lab.file(lab.commit(b"[x] y\n"))
    assert b"\n---\n\ndiff --git" in plain
    note = odd.partition(b"\n---\n")[2].partition(b"\ndiff --git")[0].decode("ascii")
    assert note.startswith("The X-Stacker headers have the message of this patch exactly;")
    assert "`git am` may change it, or stop." in note
    assert lab.am(odd).tree == lab.am(plain).tree
