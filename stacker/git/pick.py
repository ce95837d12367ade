"""Putting commits on other parents: what is asked, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.git.merge import Conflicted
    from stacker.git.objects import Oid


@dataclass(frozen=True, slots=True)
class Pick:
    """Put the change of commit `old` on `onto`: a commit, or an earlier pick by its number."""

    old: Oid
    onto: Oid | int


@dataclass(frozen=True, slots=True)
class Picked:
    """The commit stands on its new parent.

    `emptied` when its change was already there; `kept` when it changes the very same leaves, from
    the same content to the same, as the commit that it was made of.
    """

    commit: Oid
    emptied: bool
    kept: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """git could not merge; nothing was written but objects."""

    old: Oid
    onto: Oid
    conflict: Conflicted


PickOutcome = Picked | Stopped


@dataclass(frozen=True, slots=True)
class Help:
    """What a caller knows: the patches' texts (they only save time), earlier results by (old
    commit, parent), and the tree that solves the conflict of a pick, where one is known."""

    text_of: Callable[[Oid], bytes] = lambda _: b""
    known: Callable[[Oid, Oid], Oid | None] = lambda _, __: None
    solve: Callable[[int, Stopped], Oid | None] = lambda _, __: None
