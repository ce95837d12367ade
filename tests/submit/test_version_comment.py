"""The words of the comment on versions, and whose comment it is; without forge or git."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from stacker.approvals.standing import Approval, Approvals, ApprovalState
from stacker.forge.api import Comment, PullState
from stacker.submit.pretended import Pretended
from stacker.submit.versions.since import Apart, Clashing, History, Same, Unseen
from stacker.submit.versions.version_comment import version_comments, version_table
from stacker.submit.words.published_facts import PublishedVersion

ONE = SimpleNamespace(stage="b", repository="proj")
PULL = replace(
    Pretended().open_pull("up/proj", head="me:s/b", base="master", title="b", body="", draft=False),
    number=7, author="me",
)  # fmt: skip


def history(*since, why="Port it"):
    heads = [f"{n}" * 40 for n in range(1, len(since) + 2)]
    versions = (PublishedVersion(n, head, head, head, why) for n, head in enumerate(heads, 1))
    return History(tuple(versions), since)


def written(pull, said, series="s", approvals=None):
    table = version_table(said, "me/proj", approvals)
    return version_comments([ONE], {"b": pull}, {"b": table}, series)


def having(*comments):
    """The pull request with comments of (author, text); `me` is whoever runs this."""
    return replace(PULL, comments=tuple(
        Comment(n, who, body, mine=who == "me") for n, (who, body) in enumerate(comments, 1)
    ))  # fmt: skip


TOLD = history(Apart("a" * 40))
(SAID,) = (one.body for one in written(PULL, TOLD))


def test_a_row_for_each_version_the_newest_first():
    said = history(Apart("a" * 40), Same(), Clashing(), Unseen())
    lines = version_table(said, "me/proj", None).lines
    newest = "5" * 40
    links = (f"[everything since v{n}](/me/proj/compare/{f'{n}' * 40}..{newest})" for n in (4, 3))
    mixed = [f"{link}, upstream's movement too" for link in links]
    assert lines[2:] == (
        "| version | why it came | what changed since |",
        "| --- | --- | --- |",
        "| v5 | Port it | this is the newest |",
        f"| v4 | Port it | cannot be told apart here; {mixed[0]} |",
        f"| v3 | Port it | conflicts with what it stands on now; {mixed[1]} |",
        "| v2 | Port it | nothing of its own |",
        f"| v1 | Port it | [changes since v1](/me/proj/compare/{'a' * 40}..{newest}) |",
    )


def test_who_approved_which_stands_below():
    each = (
        Approval("zed", "1" * 40, 1, ApprovalState.CHANGED),
        Approval("@evil", "2" * 40, None, ApprovalState.SAME_CHANGE),
    )
    (one,) = written(PULL, TOLD, approvals=Approvals(each))
    (line,) = (line for line in one.body.split("\n") if line.startswith("Reviews: "))
    assert line.startswith("Reviews: zed approved v1, and the change is another since; ")
    assert "@evil" not in line
    assert "Reviews" not in written(PULL, TOLD, approvals=Approvals())[0].body


def test_why_it_came_is_anybodys_word():
    why = "| @guido closes #1 <!-- stacker:end --> [l](http://x) \u202e"
    (one,) = written(PULL, history(Clashing(), why=why))
    assert one.body.count("<!-- stacker:end -->") == 1
    assert "@guido" not in one.body
    assert "#1" not in one.body
    assert "http://x" not in one.body
    assert "\u202e" not in one.body


@pytest.mark.parametrize("said", [history(), history(Same(), Same())], ids=["one", "no other"])
def test_there_is_none_before_there_is_something_to_tell(said):
    assert written(PULL, said) == ()
    (one,) = written(having(("me", SAID)), said)  # but none that is there goes out of date
    assert one.comment == 1


@pytest.mark.parametrize(
    "pull",
    [replace(PULL, state=PullState.CLOSED), replace(PULL, may_edit=False), having(("me", SAID)),
     having(("me", f"more\r\n{SAID}\n".replace("\n", "\r\n")))],
    ids=["closed", "not ours to edit", "said", "said, with more around it"],
)  # fmt: skip
def test_nothing_is_to_be_said(pull):
    assert written(pull, TOLD) == ()


def test_ours_is_changed_in_place_and_nobody_elses():
    (one,) = written(having(("zed", SAID), ("me", f"before\n{SAID}\nafter")), history(Clashing()))
    assert (one.number, one.comment) == (7, 2)
    assert one.body.startswith("before\n<!-- stacker:versions")
    assert one.body.endswith("<!-- stacker:end -->\nafter")
    assert "conflicts" in one.body
    (other,) = written(having(("zed", SAID)), TOLD)
    assert (other.comment, other.body) == (None, SAID)


def test_what_the_author_said_there_is_not_said_again():
    pull = replace(having(("zed", SAID)), author="zed")
    assert written(pull, TOLD) == ()
    assert len(written(pull, history(Clashing()))) == 1


@pytest.mark.parametrize("facts", ["", "[1]", "{", "[" * 100_000, '{"series": "other"}'])
def test_a_damaged_or_foreign_one_is_left_alone(facts):
    there = f"<!-- stacker:versions {facts} -->\nx\n<!-- stacker:end -->"
    (one,) = written(having(("me", there)), TOLD)
    assert one.comment is None
