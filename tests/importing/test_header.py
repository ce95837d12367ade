"""What stands above a diff, and the order of a quilt directory: read, or refused with words."""

from __future__ import annotations

import contextlib

import pytest
import words
from hypothesis import given
from mutations import damaged
from searching import examples

from stacker.errors import StackerError
from stacker.git.objects import Commit, Oid, Signature
from stacker.importing.header import names_author, read_patch
from stacker.importing.quilt import read_order
from stacker.series.patches.lines import Lines

DIFF = b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
ME = Signature(b"Me", b"me@x.org", b"1 +0000")


def read(head, name="0001-a_name.patch"):
    one = read_patch(head.encode() + DIFF, name, b"7 +0000", lambda: ME)
    assert one.diff == DIFF
    return one.author.raw.decode(), one.message.decode()


READ = {
    "nothing": ("", ("Me <me@x.org> 7 +0000", "a_name\n")),
    "free text": ("One\n\nMore: of it\n", ("Me <me@x.org> 7 +0000", "One\n\nMore: of it\n")),
    "a subject that looks like a field": ("lib: mend it\n\ntext\n",
                                          ("Me <me@x.org> 7 +0000", "lib: mend it\n\ntext\n")),
    "a text that begins as an mbox": ("From now on: 1\n\n",
                                      ("Me <me@x.org> 7 +0000", "From now on: 1\n")),
    "a mail without a date": ("From: A <a@x>\nSubject: [PATCH 3/4] S\n T\n\nText\n---\n x | 2\n\n",
                              ("A <a@x> 7 +0000", "S\n\nT\n\nText\n")),
    "words of mail": ("From: =?utf-8?q?Zo=C3=AB?= <z@x>\nSubject: =?utf-8?q?=C3=89?=\n\n",
                      ("Zoë <z@x> 7 +0000", "É\n")),
    "a mail": ("From: A <a@x>\nDate: Thu, 1 Jan 1970 00:00:09 +0000\nSubject: S\n\n",
               ("A <a@x> 9 +0000", "S\n")),
    "a date": ("Author: A <a@x>\nDate: Thu, 1 Jan 1970 00:00:09 +0100\n\nS\n",
               ("A <a@x> -3591 +0100", "S\n")),
    "a day": ("Description: S\nLast-Update: 1970-01-02\n",
              ("Me <me@x.org> 86400 +0000", "S\n\nLast-Update: 1970-01-02\n")),
    "no day": ("Description: S\nLast-Update: soon\n",
               ("Me <me@x.org> 7 +0000", "S\n\nLast-Update: soon\n")),
    "long fields": ("Origin: vendor,\n there\nForwarded: no\nAuthor: a@x\nSubject: S\n\nText\n",
                    ("a@x <a@x> 7 +0000", "S\n\nText\n\nOrigin: vendor,\n there\nForwarded: no\n")),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_head_is_read(name):
    head, wanted = READ[name]
    assert read(head) == wanted
    said = names_author(head.encode() + DIFF, "x")
    assert said is not wanted[0].startswith("Me <me@x.org>")


def test_nobody_is_asked_who_he_is_where_the_patch_says_it():
    one = read_patch(b"Author: A <a@x>\n\nS\n" + DIFF, "x", b"7 +0000", lambda: 1 / 0)
    assert one.author.raw == b"A <a@x> 7 +0000"


def test_a_day_that_there_is_not():
    with pytest.raises(StackerError, match="no such day"):
        read("Description: S\nLast-Update: 2019-02-31\n")


HEADS = [head.encode() + DIFF for head, _ in READ.values()]


@given(damaged(HEADS, [*words.MAIL, b"Author: ", b"Last-Update: 9999-99-99\n", b" ."]))
@examples(200)
def test_damaged_heads(raw):
    with contextlib.suppress(StackerError):
        one = read_patch(raw, "x.patch", b"7 +0000", lambda: ME)
        commit = Commit(Oid("1" * 40), (), one.author, one.author, one.message)
        assert Commit.parse(commit.raw) == commit


def test_a_long_head_takes_no_time():
    for piece in ("a" * 300_000, "A: <" * 100_000, "A: b\n" * 100_000, "[PATCH" * 100_000):
        read(f"Subject: {piece}\n\n")


def test_an_order():
    text = "# all\n\n  a.patch\t-p0 # why\nb#1.patch -R -p 2\r\nsub/c.diff\t# x\nd.patch -pab\n"
    assert [(one.name, one.how) for one in read_order(text)] == [
        ("a.patch", Lines(0)), ("b#1.patch", Lines(2, reverse=True)), ("sub/c.diff", Lines()),
        ("d.patch", Lines()),
    ]  # fmt: skip
