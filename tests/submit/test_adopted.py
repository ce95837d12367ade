"""What is said of a pull request that a stage continues."""

from __future__ import annotations

import pytest

from stacker.forge.api import PullRequest, PullState
from stacker.series.plan.model import StageId
from stacker.submit.adoption.adopted import Adopted, continues, notes_of


def theirs(state="open", author="zed", **more):
    pull = PullRequest(
        repository="up/proj", number=7, url="https://forge/7", node_id="x",
        state=PullState(state), draft=False, title="A", body="", head_owner="zed",
        head_repository="zed/proj", head_branch="fix", head="1" * 40, base_branch="master",
        author=author, merge_commit=None, reviews=(), checks=(), maintainer_can_modify=True,
        may_edit=False, comments=(),
    )  # fmt: skip
    return Adopted(StageId("a"), 7, pull, **more)


def test_the_author_is_named_and_not_called():
    assert continues(theirs()) == "Continues #7 by zed, whose commits keep their authorship."
    assert "by @\u200dzed \\`x\\`," in continues(theirs(author="@zed\n`x`"))
    said = "Continues #7, whose commits keep their authorship."
    assert continues(theirs(author="")) == continues(Adopted(StageId("a"), 7, None)) == said
    assert "pull request by zed: what it adds" in continues(theirs(place="zed/proj"))


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (theirs(), None),
        (theirs("closed"), None),
        (theirs("merged"), "#7, which it continues, was merged; `stacker rebase` takes that in"),
        (theirs(news="has more"), "#7, which it continues, has more"),
        (theirs("merged", place="zed/proj"), None),
        (Adopted(StageId("a"), 7, None), "the forge shows no #7, which it continues"),
    ],
)
def test_what_a_person_has_to_know(one, said):
    assert notes_of([one]) == (() if said is None else (f"a: {said}",))
