"""Two plans that began as one are merged table by table."""

from __future__ import annotations

import pytest

from stacker.sync.plans import merge_tables

HEAD, ONE, TWO, THREE, NEW = (
    '[series]\nname = "x"\n\n', *(f'[[stages]]\nid = "{name}"\n\n' for name in ("1", "2", "3", "n"))
)  # fmt: skip
BASE = HEAD + ONE + TWO + THREE
MARKED = ONE.replace("\n\n", '\nissue = "z"\n\n')


@pytest.mark.parametrize(
    ("ours", "theirs", "merged"),
    [
        (HEAD + ONE + THREE + TWO, HEAD + MARKED + TWO + THREE, HEAD + MARKED + THREE + TWO),
        (HEAD + ONE + THREE + TWO, HEAD + NEW + ONE + TWO + THREE, HEAD + NEW + ONE + THREE + TWO),
        (HEAD + ONE + THREE + TWO, HEAD + ONE + THREE, HEAD + ONE + THREE),
        (HEAD + ONE + THREE + TWO, HEAD + THREE + ONE + TWO, None),
        (HEAD + MARKED + TWO + THREE, HEAD + TWO + THREE, None),
    ],
)
def test_order_and_content_are_merged_whichever_side_changed_them(ours, theirs, merged):
    assert merge_tables(BASE, ours, theirs) == merged
    assert merge_tables(BASE, theirs, ours) == merged


def test_the_end_of_a_plan_is_no_change_of_its_last_table():
    moved = HEAD + ONE + THREE.rstrip() + "\n\n" + TWO
    assert merge_tables(BASE.rstrip() + "\n", moved, BASE.replace(ONE, MARKED)) == (
        moved.replace(ONE, MARKED)
    )
    assert merge_tables(BASE, HEAD + ONE + TWO, BASE.rstrip()) == HEAD + ONE + TWO
