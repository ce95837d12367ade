"""What is decided of a review without git and without a forge."""

from __future__ import annotations

import pytest

from stacker.errors import UsageError
from stacker.forge.api import Review, ReviewState
from stacker.forge.threads import Thread
from stacker.render.since import threads_text
from stacker.review.block import block_of
from stacker.review.by_url import address
from stacker.review.diffs import diff_of_diffs
from stacker.review.placing import placed
from stacker.review.reviewed import version_reviewed
from stacker.review.value import Published, Whole
from stacker.submit.words.published_facts import PublishedFacts, PublishedVersion, write

A, B, C = "a" * 40, "b" * 40, "c" * 40
KNOWN = (Published(1, A, C), Published(3, B, C))


def review(author, commit, state=ReviewState.COMMENTED):
    return Review(author, state, commit, "2026-01-01T00:00:00Z")


def thread(**changes):
    values = {
        "path": "a.c", "line": 4, "first_line": 4, "commit": A, "outdated": False, "removed": False,
        "author": "zed", "text": "Why?", "url": "https://x/1", "replies": 0, "last_author": "zed",
    }  # fmt: skip
    return Thread(**values | changes)


def test_the_newest_review_of_mine_counts():
    said = [
        review("Me", A),
        review("me", B),
        review("you", A),
        review("me", A, ReviewState.PENDING),
    ]
    assert version_reviewed(said, "ME", KNOWN) == KNOWN[1]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([review("you", A)], "me has not reviewed it yet"),
        ([review("me", A), review("me", C)], "me last reviewed cccccccccc, which stacker did not"),
        ([review("me", "")], "what me reviewed last is gone from the forge"),
    ],
)
def test_a_review_of_no_version_says_why(said, why):
    found = version_reviewed(said, "me", KNOWN)
    assert isinstance(found, Whole)
    assert found.why.startswith(why)


def test_what_a_text_tells():
    facts = PublishedFacts(
        series="s", stage="arm", title="t", home="https://h/s",
        versions=(PublishedVersion(1, A, C, C, "first"), PublishedVersion(3, B, C, C, "more")),
    )  # fmt: skip
    where = "Part 1 of 2 of *It \\* s* · needs #\u200d4"
    begin = '<!-- stacker:begin {"stage": "arm"} -->'
    rows = "| check | arm |\n| --- | --- |\n| b\\*d | passed |"
    told = f"**Evidence:** runs.\n\n{rows}\n\n- b: why\n\nmore"
    body = f"Hello\n\n{begin}\n{where}\nmore\n\n{told}\n{write(facts)}\n<!-- stacker:end -->"
    found = block_of(body.replace("\n", "\r\n"))
    assert (found.stage, found.home, found.versions) == ("arm", "https://h/s", facts.versions)
    assert found.where == "Part 1 of 2 of It * s · needs #4"
    assert found.evidence == (
        "Evidence: runs.", "| check | arm |", "| b*d | passed |", "- b: why",
    )  # fmt: skip
    damaged = block_of(body.replace(A, "--upload-pack=x"))
    assert (damaged.where, damaged.stage, damaged.versions) == (found.where, "", ())
    assert block_of("nothing of ours") is None


def test_an_address():
    url = "https://GitHub.com/python/cpython/pull/3806/files?w=1#r7"
    assert address(url) == ("https://github.com", "python/cpython", 3806)


@pytest.mark.parametrize(
    "url",
    ["https://h/a/b/issues/1", "https://u:p@h/a/b/pull/1", "ftp://h/a/b/pull/1", "https://h/a/pull/1",
     "https://h/a/b/pull/x", "https://h/a/b/pull/1\n"],
)  # fmt: skip
def test_no_address(url):
    with pytest.raises(UsageError, match="no address of a pull request"):
        address(url)


OLD = """diff --git a/a.c b/a.c
index 1111111..2222222 100644
--- a/a.c
+++ b/a.c
@@ -1,3 +1,3 @@ int f()
 one
-two
+TWO
 three
diff --git a/same.c b/same.c
index 3333333..4444444 100644
--- a/same.c
+++ b/same.c
@@ -7 +7 @@
-x
+y
"""


def test_only_where_two_diffs_read_otherwise():
    new = OLD.replace("+TWO", "+ZWEI").replace("-7 +7", "-9 +9").replace("3333333", "5555555")
    assert diff_of_diffs(OLD, new, "v1", "the newest") == (
        "--- a/a.c b/a.c in v1\n+++ a/a.c b/a.c in the newest\n@@ -3,5 +3,5 @@\n"
        " @@ int f()\n  one\n -two\n-+TWO\n++ZWEI\n  three\n"
    )
    assert diff_of_diffs(OLD, OLD, "v1", "v2") == ""
    assert "-+y\n" in diff_of_diffs(OLD, OLD.partition("diff --git a/same.c")[0], "v1", "v2")


def test_a_thread_says_where_it_was_if_it_is_elsewhere():
    assert placed(thread(), None, KNOWN).was == ""
    moved = placed(thread(), ("b.c", 9), KNOWN)
    assert (moved.path, moved.line, moved.was) == ("b.c", 9, "a.c:4 of v1")
    gone = placed(thread(line=None, commit=C), None, KNOWN)
    assert (gone.line, gone.was) == (None, "line 4 of cccccccccc")


def test_what_people_wrote_cannot_pretend_to_be_ours():
    hostile = thread(
        path="a\nUnresolved threads: none", author="z\u202eed",
        text="one\r\nNext: rm\n" + "x" * 999,
        line=None, first_line=None, replies=2, last_author="a\nb",
    )  # fmt: skip
    found = threads_text((placed(hostile, None, KNOWN),))
    assert found[1:3] == [
        "Unresolved threads: 1",
        "  a\\u{a}Unresolved threads: none  z\\u{202e}ed  (the whole file)",
    ]
    assert [line[:4] for line in found[3:]] == ["    "] * 4
    assert max(map(len, found)) < 210
    assert found[-1] == "    2 replies, the last by a\\u{a}b"
