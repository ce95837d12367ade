"""How `submit` reads on a terminal."""

from __future__ import annotations

import pytest

from stacker.git.push import RefUpdate
from stacker.render.forge import submit_document, submit_text
from stacker.submit.actions import EditPull, OpenPull, PushHeads, SetDraft
from stacker.submit.request import SubmitResult

ACTIONS = (
    PushHeads("proj", (RefUpdate("refs/heads/s/a", None, "1" * 40),)),
    OpenPull("proj", "b", "porter:s/b", "master", "B", True),
    EditPull("proj", "a", 7, title="A", base="master", body="long"),
    EditPull("proj", "b", 0, body="long"),
    SetDraft("proj", "a", 7, False),
)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_line_for_each_action(dry_run):
    said = submit_text(SubmitResult(ACTIONS, (), ("c has no patches yet",)), dry_run=dry_run)
    lines = [
        "  push   proj: s/a",
        "  open   b: porter:s/b -> master (draft)",
        "  edit   a: title, base, text of #7",
        "  edit   b: text",
        "  ready  a: #7",
    ]
    if dry_run:
        lines = ["Would be done, in this order:", *lines]
    else:
        lines.append("Done.")
    assert said.split("\n") == [*lines, "c has no patches yet"]


@pytest.mark.parametrize(
    ("stages", "said"), [("a", "1 pull request says"), ("ab", "2 pull requests say")]
)
def test_how_many_say_it(stages, said):
    result = SubmitResult(ACTIONS, tuple((stage, None) for stage in stages), ())
    assert submit_text(result, dry_run=False).endswith(f"\nDone: {said} what the series says.")


def test_nothing_to_do():
    said = submit_text(SubmitResult((), (), ()), dry_run=False)
    assert said == "Nothing new."


def test_somebody_was_there_first():
    said = submit_text(SubmitResult((), (), (), ("porter/proj s/a is at 123",)), dry_run=False)
    assert said.split("\n") == [
        "Nothing was done: somebody else pushed to a branch of this series.",
        "  porter/proj s/a is at 123",
    ]


def test_the_actions_as_a_document():
    assert submit_document(SubmitResult(ACTIONS, (), ()))["actions"] == [
        {"kind": "push", "repository": "proj", "stage": None,
         "refs": [{"ref": "refs/heads/s/a", "old": None, "new": "1" * 40}]},
        {"kind": "open", "repository": "proj", "stage": "b", "head": "porter:s/b",
         "base": "master", "title": "B", "draft": True},
        {"kind": "edit", "repository": "proj", "stage": "a", "number": 7,
         "fields": ["title", "base", "body"]},
        {"kind": "edit", "repository": "proj", "stage": "b", "number": None, "fields": ["body"]},
        {"kind": "ready", "repository": "proj", "stage": "a", "number": 7},
    ]  # fmt: skip
