"""A rebase looks for landings that it passes only where a revert takes back a line of a stage."""

from __future__ import annotations

import pytest

from stacker.landed.passing import _edits

MAIL = (
    b"From 0 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] A\n\n-not a line\n---\n"
    b"diff --git a/a.c b/a.c\nindex 1..2 100644\n--- a/a.c\n+++ b/a.c\n"
    b"@@ -1,3 +1,4 @@\n one\n-two\n+zwei\n+\n three\n-- \n"
)
BINARY = b"diff --git a/b.png b/b.png\nindex 1..2 100644\nGIT binary patch\ndelta 1\nz\n\n"


def diff(*lines, path=b"a.c"):
    head = b"diff --git a/%s b/%s\n--- a/%s\n+++ b/%s\n@@ -2 +2 @@\n" % ((path,) * 4)
    return head + b"".join(line + b"\n" for line in lines)


@pytest.mark.parametrize(
    ("revert", "patch", "wanted"),
    [
        (diff(b"-zwei", b"+two"), MAIL, True),
        (diff(b"-zwei"), MAIL, True),
        (diff(b"+two"), MAIL, True),
        (diff(b"-two", b"+zwei"), MAIL, False),  # that is the landing, not its revert
        (diff(b"-one"), MAIL, False),
        (diff(b"-", b"+"), MAIL, False),  # an empty line is anybody's
        (diff(b"-zwei", path=b"b.c"), MAIL, False),
        (diff(b"+not a line"), MAIL, False),
        (BINARY, BINARY, True),
        (BINARY, MAIL, False),
        (b"", MAIL, False),
    ],
)
def test_what_takes_back_a_line(revert, patch, wanted):
    assert _edits(revert).take_back(_edits(patch)) is wanted
