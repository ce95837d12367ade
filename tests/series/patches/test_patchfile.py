"""Patch files keep every byte of a commit, and what mail can carry git reads as we do."""

from __future__ import annotations

import time

import mail_strategies as strategies
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from mail_lab import AUTHOR, Lab, by, same
from mail_strategies import DIFF
from searching import examples

from stacker.errors import PatchError
from stacker.series.patches.patchfile import Patch, parse, serialise, slug, split_mbox


def patch(message=b"subject\n", author=AUTHOR, encoding=None, diff=DIFF):
    return Patch(author, message, encoding, diff)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    made = Lab(tmp_path_factory.mktemp("lab"))
    yield made
    made.store.close()


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
    read = parse(lab.mail(lab.commit(one.message, one.author)))
    assert (read.author, read.message) == (one.author, one.message)


def test_a_mail_with_a_from_of_the_sender_names_the_author(lab):
    mail = lab.mail(lab.commit(), "--from=Sender <s@example.org>")
    assert b"From: Sender" in mail
    assert parse(mail).author == AUTHOR


def test_an_mbox_is_split_where_git_splits_it(lab):
    first, second = (lab.mail(lab.commit(subject)) for subject in (b"first\n", b"second\n"))
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
        (b"From: A <a@b>\nDate: yesterday\n\n---\n", "Date"),
        (b"From: A <a@b>\nDate: Thu, 99 Foo 2019 00:00:00 +0000\n\n---\n", "Date"),
        (b"From: A <a@b>\nDate: Thu, 31 Feb 2019 00:00:00 +0000\n\n---\n", "date"),
        (b"From: A <a@b>\nDate: Thu, 1 Feb 2019 00:00:00 +999999\n\n---\n", "date"),
        (b"Subject: x\nDate: Thu, 1 Feb 2019 00:00:00 +0000\n\n---\n", "no From"),
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


# Any commit ------------------------------------------------------------------------------------


@given(strategies.patches)
def test_every_patch_is_read_as_it_was_written(one):
    raw = serialise(one)
    assert parse(raw) == one
    assert serialise(parse(raw)) == raw
    assert split_mbox(raw) == [raw]


@given(strategies.messages, strategies.authors, strategies.encodings)
@examples(40)
def test_a_patch_file_makes_the_commit_again(lab, message, author, encoding):
    assert lab.is_exact(lab.commit(message, author, encoding))


@given(strategies.messages, strategies.authors, strategies.encodings)
@examples(30)
def test_git_am_reads_our_file_as_well_as_its_own_mail(lab, message, author, encoding):
    """What git carries exactly it reads exactly from our file; what it takes it takes."""
    oid = lab.commit(message, author, encoding)
    own = lab.by_git(oid)
    if own is not None:
        ours = lab.am(lab.file(oid))
        assert ours is not None
        assert ours.tree == own.tree
        assert not same(lab.store.commit(oid), own) or same(own, ours)


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
@examples(60)
@example(b"word " * 40 + b"\n", "A B", b"1 +0000")
def test_git_am_reads_a_plain_mail_as_we_do(lab, message, name, when):
    one = patch(message, by(name.encode(), when=when))
    raw = serialise(one)
    if b"X-Stacker-Message: " in raw:
        return
    taken = lab.am(raw)
    assert (taken.author, taken.message) == (one.author, one.message)
    assert lab.store.blob(lab.store.entry_at(taken.tree, b"a.txt").oid) == b"one\ntwo\n"


def test_a_long_hostile_mail_takes_no_time():
    body = b"From " * 20_000 + b"\n" + b"-" * 100_000 + b"\n" + b"<<>>" * 20_000 + b"\n---\n"
    raw = b"From: " + b'"\\' * 20_000 + b" <a@b>\nDate: 1 Jan 2019 0:0:0\nSubject: "
    assert parse(raw + b"=?" * 20_000 + b"\n\n" + body).diff == b""
    assert len(split_mbox(body * 5)) == 1


HEAD = b"From: A <a@b>\nDate: Thu, 1 Feb 2019 00:00:00 +0000\nSubject: "
LONG = {
    "a tag without an end": HEAD + b"[" + b"PATCH" * 100_000 + b"\n\n---\n",
    "words without an end": HEAD + b"=?a?q? " * 100_000 + b"\n\n---\n",
    "many words": HEAD + b"=?utf-8?q?a?= " * 100_000 + b"\n\n---\n",
    "a folded field": HEAD + b"\n " * 500_000 + b"\n\n---\n",
    "nearly an author": HEAD + b"x\n\nFrom: " + b"<" * 200_000 + b">" * 200_000 + b"x\n---\n",
    "nearly a first line": b"From " + b"1:11-1111-" * 20_000 + b"\n" + HEAD + b"x\n\n---\n",
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_mail_takes_time_in_proportion(name):
    started = time.monotonic()
    assert split_mbox(LONG[name]) == [LONG[name]]
    parse(LONG[name])
    assert time.monotonic() - started < 5  # what is quadratic here takes minutes


def test_attachments_that_are_nested_too_deeply():
    head = HEAD + b"x\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
    with pytest.raises(PatchError, match="attachments cannot be read"):
        parse(head + b"Content-Type: message/rfc822\n\n" * 5000)


ENCODED = [
    (b"=?utf-8?q?a_b=2Ec?= d", "a b.c d"),
    (b"one =?UTF-8?B?dHdv?= three =?latin1?Q?f=FCnf?=", "one two three fünf"),
    (b"=?utf-8?B?dHdv?= =?utf-8?q?_and?=\n =?latin1?q?_more?=", "two and more"),
    (b"=?utf-8?q?=C3?= =?utf-8?q?=BC?=", "ü"),  # no mailer should cut a character
    (b"=?utf-8?q?a=?b?=", "a=?b"),
    (b"=?utf-8?B?dHdv", "=?utf-8?B?dHdv"),
    (b"=?utf-8?B?a?= x", "=?utf-8?B?a?= x"),
    (b"=?none?q?=C3=BC?=", "ü"),
]


@pytest.mark.parametrize(("raw", "said"), ENCODED)
def test_encoded_words_are_decoded(raw, said):
    assert parse(HEAD + raw + b"\n\n---\n").message == f"{said}\n".encode()


def test_of_two_fields_of_one_name_the_first_one_counts():
    raw = HEAD + b"one\n two\nX: x\n y\nSubject: three\n four\n\n---\n"
    assert parse(raw).message == b"one two\n"


@given(st.text(max_size=80))
def test_a_slug_is_a_file_name_everywhere(subject):
    name = slug(subject)
    assert name
    assert len(name) <= 52
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert not name.startswith("-")
    assert not name.endswith("-")
