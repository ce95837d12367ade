"""Putting commits on other parents: what is asked, and what it came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.git.merge import Conflicted
    from stacker.git.objects import Oid


class Pick(NamedTuple):
    """Put the change of commit `old` on `onto`: a commit, or an earlier pick by its number."""

    old: Oid
    onto: Oid | int


class Picked(NamedTuple):
    """The commit stands on its new parent.

    `emptied` when its change was already there; `kept` when it changes the very same leaves, from
    the same content to the same, as the commit that it was made of.
    """

    commit: Oid
    emptied: bool
    kept: bool


class Stopped(NamedTuple):
    """git could not merge; nothing was written but objects."""

    old: Oid
    onto: Oid
    conflict: Conflicted


PickOutcome = Picked | Stopped


class Help(NamedTuple):
    """What a caller knows: the patches' texts (they only save time), earlier results by (old
    commit, parent), and the tree that solves the conflict of a pick, where one is known."""

    text_of: Callable[[Oid], bytes] = lambda _: b""
    known: Callable[[Oid, Oid], Oid | None] = lambda _, __: None
    solve: Callable[[int, Stopped], Oid | None] = lambda _, __: None
