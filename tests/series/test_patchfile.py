"""Patch files keep every byte of a commit, and what mail can carry git reads as we do."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import example, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from stacker.errors import PatchError, StackerError
from stacker.git.objects import Commit, Oid, Signature
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.patchfile import Patch, parse, serialise, slug, split_mbox
from stacker.series.preimage import diff_between

AUTHOR = Signature(b"Paul Monson", b"paulmon@example.org", b"1556200000 -0700")
DIFF = b"""\
diff --git a/a.txt b/a.txt
index 5626abf0f72e58d7a153368ba57db4c673c0e171..814f4a422927b82f5f8a43f8fab6d3839e3983f1 100644
--- a/a.txt
+++ b/a.txt
@@ -1 +1,2 @@
 one
+two
"""
FROM_LINE = b"From 8a1657b93469580ef345c7c91738587f3d76e87d Mon Sep 17 00:00:00 2001"


def patch(message=b"subject\n", author=AUTHOR, encoding=None, diff=DIFF):
    return Patch(author, message, encoding, diff)


def by(name=b"Paul Monson", email=b"p@example.org", when=b"1556200000 +0200"):
    return Signature(name, email, when)


class Lab:
    """A repository whose commit `base` has a.txt; `am` and `format_patch` are git's own."""

    def __init__(self, folder):
        self.git = Git(folder)
        self.git.run("init", "-q", "-b", "work", ".")
        self.store = ObjectStore(Git(folder / ".git"))
        (folder / "a.txt").write_bytes(b"one\n")
        self.folder = folder
        self.git.run("add", "-A")
        who = (("user.name", "C"), ("user.email", "c@example.org"))
        self.git.run("commit", "-q", "-m", "base", config=who)
        self.base = Oid(self.git.text("rev-parse", "HEAD"))

    def commit(self, one, content=b"one\ntwo\n"):
        self.git.run("reset", "-q", "--hard", self.base)
        (self.folder / "a.txt").write_bytes(content)
        self.git.run("add", "-A")
        tree = Oid(self.git.text("write-tree"))
        who = Commit(tree, (self.base,), one.author, AUTHOR, one.message, one.encoding)
        return self.store.write_commit(who)

    def format_patch(self, oid, *options):
        return self.git.run("format-patch", "--stdout", "--full-index", "--binary", *options,
                            f"{oid}^..{oid}")  # fmt: skip

    def am(self, mail):
        """The commit that `git am` makes of a mail, or None when it refuses."""
        self.git.attempt("am", "--abort")
        self.git.run("checkout", "-q", "-f", "-B", "work", self.base)
        who = (("user.name", "C"), ("user.email", "c@example.org"))
        done = self.git.attempt("am", "-q", stdin=mail, config=who)
        return self.store.commit(self.store.resolve("work")) if done.code == 0 else None


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    made = Lab(tmp_path_factory.mktemp("am"))
    yield made
    made.store.close()


# Golden cases ----------------------------------------------------------------------------------

GOLDEN = {
    "08 a From line with a date in the body": patch(b"s\n\n" + FROM_LINE + b"\nX: y\n\nrest\n"),
    "09 From here on in the body": patch(b"s\n\nFrom here on it works\n"),
    "10 three dashes in the message": patch(b"s\n\nabove\n---\nbelow\n"),
    "11 diff and Index lines in the message": patch(
        b"s\n\ndiff --git a/x b/x\nIndex: foo\n\n  diff --git a/i b/i\n"
    ),
    "12 another author in the body": patch(
        b"s\n\nFrom: M <m@evil.example>\nSubject: other\nDate: never\n\nrest\n"
    ),
    "13 a subject in brackets": patch(b"[ARM32] gh-1: build\n"),
    "13 a subject that answers": patch(b"Re: build\n"),
    "13 a subject with PATCH in it": patch(b"[PATCH 2/3] build\n"),
    "14 a subject of two lines": patch(b"one\ntwo\n\nbody\n"),
    "15 blanks, CR, empty lines": patch(b"s  \n\n\n\nb \t\r\n# c\n-- \nend\n\n\n"),
    "16 no message": patch(b""),
    "16 only line ends": patch(b"\n\n\n"),
    "17 scissors": patch(b"s\n\nabove\n-- >8 --\nbelow\n"),
    "18 a long subject of emoji": patch(("\U0001f40d long " * 40).encode() + b"\n"),
    "19 a name with signs": patch(author=by(b'M, "Q" (x) O\'Neil; \\ [b]')),
    "19 a name in UTF-8": patch(author=by("Łukasz Langa".encode())),
    "19 a mail as name": patch(author=by(b"x@y in name")),
    "19 a long name": patch(author=by(b"n" * 120)),
    "20 no mail, no name, odd zones": patch(author=by(b"", b"", b"0 +0545")),
    "20 blanks in the mail": patch(author=by(email=b"a b@ c ")),
    "20 after the year 2105": patch(author=by(when=b"5000000000 +0000")),
    "20 a zone that is none": patch(author=by(when=b"1556200000 -0000")),
    "21 Latin-1 without a header": patch(b"Gr\xfc\xdfe\n", by(b"J\xf6rg")),
    "21 Latin-1 with a header": patch(b"Gr\xfc\xdfe\n\nb\xe4\n", by(b"J\xf6rg"), b"ISO-8859-1"),
    "22 bytes that are no text": patch(b"\xff\xfe\0x\n\nbody \x01\n"),
    "22 an encoding that nobody knows": patch(b"s\n", encoding=b"x-nonsense"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_cases_survive_a_patch_file(name):
    raw = serialise(GOLDEN[name])
    assert parse(raw) == GOLDEN[name]
    assert serialise(parse(raw)) == raw
    assert split_mbox(raw) == [raw]
    assert b"\r" not in raw.partition(b"\n---\n")[0].partition(b"\n\n")[0]


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_cases_are_either_plain_for_git_or_carried_twice(lab, name):
    one = GOLDEN[name]
    raw = serialise(one)
    if b"X-Stacker-Message: " not in raw:
        taken = lab.am(raw)
        assert (taken.author, taken.message) == (one.author, one.message)


CONTENTS = {
    "07 Latin-1 in a file": b"Gr\xfc\xdfe\n",
    "01 a file with CR LF": b"one\r\ntwo\r\n",
    "23 binary": bytes(range(256)) * 9,
    "25 no line end at the end": b"one\ntwo",
    "25 lines that look like a patch": b"-- \n--- a/x\n+++ b/x\n@@ -1 +1 @@\n",
    "25 a removed line that looks like a signature": b"",
    "25 a long line": b"x" * 300_000 + b"\n",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_golden_contents_are_read_from_gits_mail_and_from_ours(lab, name):
    oid = lab.commit(patch(), CONTENTS[name])
    commit = lab.store.commit(oid)
    diff = diff_between(lab.store, lab.store.commit(lab.base).tree, commit.tree)
    ours = Patch(commit.author, commit.message, None, diff)
    assert parse(serialise(ours)) == ours
    theirs = parse(lab.format_patch(oid))
    assert (theirs.author, theirs.message) == (ours.author, ours.message)
    assert theirs.diff.strip(b"\n") == diff.strip(b"\n")
    if b"\r" not in CONTENTS[name]:  # git am itself needs --keep-cr for these
        assert lab.am(serialise(ours)).tree == commit.tree


MAILS = {
    "plain": patch(b"subject\n\nbody\n\n  more\n"),
    "long subject": patch(b"word " * 30 + b"end\n"),
    "emoji": patch(("\U0001f40d long " * 30).encode().rstrip() + b"\n\nb\n"),
    "signs": patch(author=by(b'M, "Q" (x) O\'Neil')),
    "a dot": patch(author=by(b"Paul M. Porter")),
    "UTF-8": patch(author=by("Łukasz Langa".encode())),
    "a long UTF-8 name": patch(author=by(("Ł" * 55).encode())),
    "zone": patch(author=by(when=b"0 +0545")),
    "west": patch(author=by(when=b"1556200000 -0330")),
    "brackets": patch(b"[3.8] bpo-1: x\n"),
}


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_of_format_patch_is_read_as_the_commit(lab, name):
    one = MAILS[name]
    read = parse(lab.format_patch(lab.commit(one)))
    assert (read.author, read.message) == (one.author, one.message)


def test_a_mail_with_a_from_of_the_sender_names_the_author(lab):
    mail = lab.format_patch(lab.commit(patch()), "--from=Sender <s@example.org>")
    assert b"From: Sender" in mail
    assert parse(mail).author == AUTHOR


def test_an_mbox_is_split_where_git_splits_it(lab):
    first = lab.format_patch(lab.commit(patch(b"first\n")))
    second = lab.format_patch(lab.commit(patch(b"second\n")))
    assert [parse(m).message for m in split_mbox(first + second)] == [b"first\n", b"second\n"]
    assert split_mbox(b"") == split_mbox(b"\n") == []
    assert split_mbox(second[second.index(b"From:") :])[0].startswith(b"From: ")


ARCHIVED = [
    b"From mboxrd@z Thu Jan  1 00:00:00 1970",
    b"From joe@example.org Thu Apr 25 09:01:02 +0200 2019",
]


@pytest.mark.parametrize("line", ARCHIVED)
def test_an_mbox_of_a_mail_archive_is_split_too(line):
    raw = serialise(patch())
    raw = line + raw[raw.index(b"\n") :]
    assert split_mbox(raw + raw) == [raw, raw]


def test_an_mbox_with_cr_lf_everywhere_is_read_and_a_file_with_cr_lf_keeps_them():
    diff = DIFF.replace(b" one\n+two\n", b" one\r\n+two\r\n")
    raw = serialise(patch(diff=diff))
    assert split_mbox(raw) == [raw]
    [converted] = split_mbox(raw.replace(b"\n", b"\r\n"))
    assert parse(converted) == patch(diff=diff)


@pytest.mark.parametrize("option", ["base64", "quoted-printable"])
def test_encoded_mails_are_decoded(option):
    import base64  # noqa: PLC0415
    import quopri  # noqa: PLC0415

    raw = serialise(patch(b"s\n\nb = 1\n"))
    head, _, body = raw.partition(b"\n\n")
    head = head.replace(b"8bit", option.encode())
    code = base64.encodebytes if option == "base64" else quopri.encodestring
    assert parse(head + b"\n\n" + code(body)) == patch(b"s\n\nb = 1\n")
    assert parse(head + b"\n\n" + code(body.replace(b"\n", b"\r\n"))) == patch(b"s\n\nb = 1\n")


def test_a_signature_below_the_diff_is_no_part_of_it():
    raw = serialise(patch())
    assert parse(raw + b"-- \n2.39.5\n\n").diff == DIFF
    gone = DIFF + b"-- \n"  # a removed line that is a dash and a blank
    assert parse(serialise(patch(diff=gone))).diff == gone


# Damage ----------------------------------------------------------------------------------------

RAW = serialise(patch(b"[x] y\n"))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no end of the mail's head"),
        (RAW.replace(b"\n", b"\r\n"), "CR LF"),
        (RAW[:60], "no end of the mail's head"),
        (RAW.replace(b"X-Stacker-Message: ", b"X-Stacker-Message: !"), "damaged X-Stacker"),
        (b"From: A <a@b>\nDate: yesterday\n\n", "Date"),
        (b"From: A <a@b>\nDate: Thu, 99 Foo 2019 00:00:00 +0000\n\n", "Date"),
        (b"From: A <a@b>\nDate: Thu, 31 Feb 2019 00:00:00 +0000\n\n", "date"),
        (b"From: A <a@b>\nDate: Thu, 1 Feb 2019 00:00:00 +999999\n\n", "date"),
        (b"Subject: x\nDate: Thu, 1 Feb 2019 00:00:00 +0000\n\n", "no From"),
        (b"no header at all\n\n", "not a mail header"),
        (b"From: A <a@b>\nDate: Thu, 1 Feb 2019 0:0:0\nContent-Transfer-Encoding: base64\n\na",
         "base64"),
    ],
)  # fmt: skip
def test_damage_is_named(raw, said):
    with pytest.raises(PatchError, match=said) as caught:
        parse(raw, "patches/a/0001.patch")
    assert "patches/a/0001.patch" in caught.value.message


def test_an_exact_message_without_its_author_is_read_as_a_plain_mail():
    raw = b"\n".join(line for line in RAW.split(b"\n") if not line.startswith(b"X-Stacker-Author"))
    assert parse(raw).author == AUTHOR


# hypothesis ------------------------------------------------------------------------------------

odd_lines = st.sampled_from(
    [b"---", b"--- ", b"diff --git a/x b/x", b"Index: x", b"From: M <m@x.org>", b"Subject: s",
     FROM_LINE, b"From x", b"-- ", b"-- >8 --", b"", b"[PATCH] x", b"Re: x", b" indented",
     b"X-Stacker-Message: eA==", b"=?UTF-8?B?eA==?=", "Grüße".encode(), b"\xe4", b"a\r", b"# c",
     b"Signed-off-by: A <a@b.org>", b"word", b"two words"]
)  # fmt: skip
messages = st.one_of(
    st.binary(max_size=80), st.lists(odd_lines, max_size=6).map(b"\n".join),
    st.lists(odd_lines, max_size=6).map(lambda lines: b"word\n\n" + b"\n".join(lines) + b"\n"),
)  # fmt: skip
one_line = st.binary(max_size=70).map(lambda b: b.translate(None, b"\n\0<>"))
texts = st.text(max_size=30).map(lambda t: t.encode("utf-8", "replace").translate(None, b"\n\0<>"))
moments = st.one_of(
    st.builds(
        lambda s, z, h, m: f"{s} {z}{h:02d}{m:02d}".encode(),
        st.integers(0, 2**34), st.sampled_from("+-"), st.integers(0, 14), st.integers(0, 59),
    ),
    st.binary(max_size=10).map(lambda b: b.translate(None, b"\n\0<>")),
)  # fmt: skip
authors = st.builds(
    Signature,
    st.one_of(one_line, texts, st.sampled_from([b"A B", b"", b"x@y", b" lead", b"tail "])),
    st.one_of(one_line, st.sampled_from([b"a@example.org", b"", b"a b"])),
    moments,
)
patches = st.builds(
    Patch, authors, messages,
    st.one_of(st.none(), st.sampled_from([b"latin1", b"utf-7", b"idna", b"rot13", b"\xff", b""])),
    st.sampled_from([b"", DIFF, DIFF + b"-- \n", DIFF.replace(b"two\n", b"two\r\n"),
                     DIFF + b"\\ No newline at end of file\n"]),
)  # fmt: skip


@given(patches)
def test_every_patch_is_read_as_it_was_written(one):
    raw = serialise(one)
    assert parse(raw) == one
    assert split_mbox(raw) == [raw]


tame_words = st.sampled_from(
    ["build", "Grüße", "ARM32:", "[x]", "#12", "(GH-1)", "a=b", "\U0001f40d"]
)
tame = st.builds(
    lambda words, body: (" ".join(words) + "\n" + (f"\n{body}\n" if body else "")).encode(),
    st.lists(tame_words, min_size=1, max_size=30),
    st.sampled_from(
        ["", "body", "one\n\ntwo", "- list\n- of", "    code", "Co-authored-by: A <a@b.c>"]
    ),
)


@given(tame, st.sampled_from(["A B", "Łukasz Langa", "O'Neil, J. (x)", "[b] x", "A. B", "abc",
                              "Ł" * 31, "ab", "A \"Q\" B", "x\\y z"]),
       st.sampled_from([b"0 +0545", b"1556200000 -0330", b"4000000000 +0000"]))  # fmt: skip
@given_settings(max_examples=60)
@example(b"word " * 40 + b"\n", "A B", b"1 +0000")
def test_git_am_reads_a_plain_mail_as_we_do(lab, message, name, when):
    one = patch(message, by(name.encode(), when=when))
    raw = serialise(one)
    if b"X-Stacker-Message: " in raw:
        return
    taken = lab.am(raw)
    assert (taken.author, taken.message) == (one.author, one.message)
    assert lab.store.blob(lab.store.entry_at(taken.tree, b"a.txt").oid) == b"one\ntwo\n"


header = st.one_of(
    st.sampled_from([b"From", b"Date", b"Subject", b"X-Stacker-Message", b"X-Stacker-Author",
                     b"X-Stacker-Encoding", b"Content-Transfer-Encoding"]),
    st.binary(max_size=5),
)  # fmt: skip
values = st.one_of(
    st.binary(max_size=30),
    st.sampled_from([b"A <a@b>", b"Thu, 1 Feb 2019 00:00:00 +0000", b"=?utf-7?B?2AA=?=", b"base64",
                     b"=?idna?Q?xn--?=", b"=?unicode_escape?Q?=5Cud800?=", b"=?x?B?a?=", b"eA==",
                     b"Thu, 1 Feb 2019 00:00:00 -99999999999", b"quoted-printable", b"=?a\0?Q?x?=",
                     b"1 1 1 1", b"0", b":::", b"\"", b"<", b">", b"Thu, 1 Feb 99999 0:0:0 +0"]),
)  # fmt: skip
mails = st.builds(
    lambda fields, body: b"".join(k + b": " + v + b"\n" for k, v in fields) + b"\n" + body,
    st.lists(st.tuples(header, values), max_size=7), st.one_of(st.binary(max_size=60), messages),
)  # fmt: skip


@given(st.one_of(mails, st.binary(max_size=100)))
@given_settings(max_examples=400)
def test_hostile_mails_are_refused_with_words_or_read(raw):
    for mail in split_mbox(raw):
        try:
            one = parse(mail)
        except StackerError:
            continue
        assert parse(serialise(one)) == one


def test_a_long_hostile_mail_takes_no_time():
    body = b"From " * 20_000 + b"\n" + b"-" * 100_000 + b"\n" + b"<<>>" * 20_000
    raw = b"From: " + b'"\\' * 20_000 + b" <a@b>\nDate: 1 Jan 2019 0:0:0\nSubject: "
    assert parse(raw + b"=?" * 20_000 + b"\n\n" + body).diff == b""
    assert len(split_mbox(body * 5)) == 1


@given(st.text(max_size=80))
def test_a_slug_is_a_file_name_everywhere(subject):
    name = slug(subject)
    assert name
    assert len(name) <= 52
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not name.startswith("-")
    assert not name.endswith("-")


def test_git_takes_a_whole_series_of_patch_files(lab, tmp_path):
    """`git am patches/*/*.patch` is the way out for who stops to use stacker."""
    file = tmp_path / "0001-x.patch"
    file.write_bytes(serialise(patch(b"bpo-1: x\n\nbody\n")))
    lab.git.run("checkout", "-q", "-f", "-B", "work", lab.base)
    env = {"GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.org"}
    lab.git.run("am", "-q", str(file), env=env)
    assert lab.git.text("log", "-1", "--format=%s|%an|%ad", "--date=raw") == (
        "bpo-1: x|Paul Monson|1556200000 -0700"
    )
    assert subprocess.run(["git", "status", "-s"], cwd=lab.folder, capture_output=True,
                          check=True).stdout == b""  # fmt: skip
