from __future__ import annotations

from dataclasses import replace

import pytest

from stacker.boxes.known import Known
from stacker.boxes.sign import Doing, Sign
from stacker.render.boxes import boxes_document, boxes_lines

NOW, DAY = 1_800_000_000, 86_400
ARM = ("x64", "win-arm32")
SIGN = Sign(
    box="pi-4-0a", host="pi-4", account="builder", platforms=("win-arm32",), doing=Doing.IDLE,
    what="", version=3, looked_at=NOW, at=NOW, stacker="1.0",
)  # fmt: skip


def sign(ago, doing=Doing.IDLE, what="", **more):
    return replace(SIGN, at=NOW - ago, doing=doing, what=what, **more)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (sign(180), "looked 3 min ago, idle"),
        (sign(180, what="test could not run"), "looked 3 min ago, idle (test could not run)"),
        (sign(9 * DAY), "silent 9 days; it was idle"),
        (sign(3 * 3600), "silent 3 h; it was idle"),
        (sign(3 * 3600, Doing.BUILDING, "one: test"), "building one: test, said 3 h ago"),
        (sign(60, Doing.WAITING, "nobody agreed"), "looked 1 min ago, waiting: nobody agreed"),
        (sign(60, Doing.TROUBLE, "no room"), "looked 1 min ago, in trouble: no room"),
        (sign(-100), "looked just now, idle"),
        (sign(-DAY), "looked at a time that is still to come (a clock is wrong), idle"),
    ],
)
def test_a_box(one, said):
    assert boxes_lines(Known(NOW, (one,)), ARM, NOW) == [f"win-arm32: box pi-4 {said}"]


def test_nobody_is_silent_only_because_nobody_asked():
    known = Known(NOW - 9 * DAY, (sign(9 * DAY + 60),))
    assert boxes_lines(known, ARM, NOW) == [
        "win-arm32: box pi-4 looked 9 days ago, idle (home was read 9 days ago)"
    ]
    assert boxes_document(known)[0]["silent"] is None


def test_the_liveliest_speaks_for_a_platform_and_nobody_from_tomorrow():
    known = Known(NOW, (sign(-DAY, host="liar"), sign(60), sign(9 * DAY, host="old")))
    assert boxes_lines(known, ARM, NOW) == [
        "win-arm32: box pi-4 looked 1 min ago, idle, and 2 more"
    ]
    assert [one["silent"] for one in boxes_document(known)] == [None, None, 9 * DAY]
