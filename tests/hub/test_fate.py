"""What becomes of an open pull request when branches move."""

from __future__ import annotations

import pytest

from stacker.hub.fate import Closed, Kept, Merged, Moved, Seen, decide

SAME = {"head": "h1", "base": "b1", "head_now": "h1", "base_now": "b1"}


def seen(*, contained=False, landed=None, **ends):
    return Seen(**(SAME | ends), contained=contained, landed=landed)


@pytest.mark.parametrize(
    ("what", "becomes"),
    [
        (seen(), Kept()),
        (seen(head_now="h2"), Moved("h2", "b1")),
        (seen(base_now="b2"), Moved("h1", "b2")),
        (seen(base_now="b2", contained=True), Merged("h1", "b2", None)),
        (seen(base_now="h1", contained=True), Merged("h1", "h1", None)),
        (seen(head_now="b1", contained=True), Closed("b1")),
        (seen(head_now="b0", contained=True), Merged("b0", "b1", None)),
        (seen(head_now=None), Closed("h1")),
        (seen(head_now=None, base_now="b2", contained=True), Merged("h1", "b2", None)),
        (seen(base_now=None), Closed("h1")),
        (seen(head_now="h2", base_now=None), Closed("h2")),
        (seen(base_now="b2", landed="m"), Merged("h1", "b2", "m")),
        (seen(head_now=None, base_now="b2", landed="m"), Merged("h1", "b2", "m")),
    ],
)
def test_fate(what, becomes):
    assert decide(what) == becomes
