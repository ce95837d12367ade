"""What became of a change along upstream's line: when it came, whether it went again. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.landed.presence import State

if TYPE_CHECKING:
    from collections.abc import Sequence

Turn = tuple[int, State]
"""A place on the line, and the state from there on; place -1 is before the first commit."""


class Course(NamedTuple):
    """The last time that upstream took a change: places on the line, `None` where not.

    It has been there since `came`; `left` is where it was taken out again. `altered` is where the
    same lines were first made otherwise, if they still are. `differs` is where they were made
    otherwise although the change had not come; `again` says that it had come and gone before.
    """

    now: State
    came: int | None = None
    left: int | None = None
    altered: int | None = None
    differs: int | None = None
    again: bool = False

    @property
    def in_force(self) -> bool:
        """Whether upstream took it and did not take it out again."""
        return self.came is not None and self.left is None


def course(turns: Sequence[Turn]) -> Course:
    """Read it out of the turns of one change, in their order; they begin at place -1.

    A change that was taken back is gone, whatever came of its lines afterwards.
    """
    now = turns[-1][1]
    lacking = [n for n, (_, state) in enumerate(turns) if state is State.LACKS]
    having = [n for n, (_, state) in enumerate(turns) if state is State.HAS]
    if not having:
        differs = turns[-1][0] if now is State.UNCLEAR else None
        return Course(now, differs=differs if differs != -1 else None)
    left = next((n for n in lacking if n > having[-1]), None)
    before = max((n for n in lacking if n < having[-1]), default=-1)
    first = next(n for n in having if n > before)
    altered = None
    if left is None and now is State.UNCLEAR:
        altered = turns[having[-1] + 1][0]
    return Course(
        now, turns[first][0], turns[left][0] if left is not None else None, altered,
        again=having[0] < before,
    )  # fmt: skip
