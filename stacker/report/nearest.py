"""Which needs go without saying, and how deep a stage stands. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def nearest_needs(needs: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The needs of each that no other of its needs has already; they come before who needs them."""
    bits = {name: 1 << n for n, name in enumerate(needs)}
    under: dict[str, int] = {}
    found: dict[str, tuple[str, ...]] = {}
    for name, some in needs.items():
        known = [need for need in some if need in under]
        implied = 0
        for need in known:
            implied |= under[need]
        under[name] = implied
        for need in known:
            under[name] |= bits[need]
        found[name] = tuple(need for need in known if not implied & bits[need])
    return found


def depths(needs: Mapping[str, Sequence[str]]) -> dict[str, int] | None:
    """How many stand below each on the longest way down; `None` if they go in a circle."""
    found: dict[str, int] = {}
    left = list(needs)
    while left:
        later = []
        for name in left:
            some = [need for need in needs[name] if need in needs]
            if all(need in found for need in some):
                found[name] = 1 + max((found[need] for need in some), default=-1)
            else:
                later.append(name)
        if len(later) == len(left):
            return None
        left = later
    return found
