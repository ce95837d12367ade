"""The order of stages: needs first, else as written; and all that each stands on."""

from __future__ import annotations

from itertools import compress
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Name = TypeVar("Name", bound=str)

_DIGITS = bytes.maketrans(b"01", b"\0\1")


class CycleError(ValueError):
    """Things need each other in a circle; `path` starts and ends with the same one."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(" -> ".join(path))
        self.path = path


def needs_first(needs: Mapping[Name, Iterable[Name]]) -> tuple[Name, ...]:
    """The keys of `needs` in the order written, each right after those of its needs still missing.

    Missing needs come in the order written too, so the result depends on nothing but the plan;
    where every need is written above what needs it, it is the order written. Needs that are no
    key are left out. Raises `CycleError`.
    """
    rank = {name: position for position, name in enumerate(needs)}
    in_order = {
        name: sorted((need for need in set(wanted) if need in rank), key=rank.__getitem__)
        for name, wanted in needs.items()
    }
    done: dict[Name, None] = {}
    for name in in_order:
        if name not in done:
            _visit(name, in_order, done)
    return tuple(done)


def _visit(start: Name, needs: Mapping[Name, list[Name]], done: dict[Name, None]) -> None:
    """Depth first without recursion: a series may be longer than Python's stack."""
    path: dict[Name, Iterator[Name]] = {start: iter(needs[start])}
    while path:
        current, waiting = next(reversed(path.items()))
        need = next((need for need in waiting if need not in done), None)
        if need is None:
            done[current] = None
            del path[current]
        elif need in path:
            names = list(path)
            raise CycleError((*names[names.index(need) :], need))
        else:
            path[need] = iter(needs[need])


class Closures(Generic[Name]):
    """Who stands on whom, as bit masks: bit n is the n-th name of an order with needs first.

    A mask is a set of names that costs next to nothing to join and to compare, so that the
    chains of a thousand stages are known at once.
    """

    def __init__(self, needs: Mapping[Name, Iterable[Name]], homes: Mapping[Name, str]) -> None:
        """`needs` by name, in an order in which needs come first; others count for nothing."""
        self._order = tuple(needs)
        self._bits: dict[str, int] = {name: 1 << at for at, name in enumerate(self._order)}
        self._masks: dict[Name, int] = {}
        self._homes = homes
        self._at_home: dict[str, int] = {}
        self._chains: dict[int, Mapping[Name, tuple[Name, ...]]] = {}
        for name, wanted in needs.items():
            mask = self._bits[name]
            self._at_home[homes[name]] = self._at_home.get(homes[name], 0) | mask
            for need in wanted:
                mask |= self._masks.get(need, 0)
            self._masks[name] = mask

    def below(self, name: Name) -> int:
        """All that a name stands on, directly or not, without itself."""
        return self._masks[name] & ~self._bits[name]

    def at_home(self, name: Name) -> int:
        """All names that have the same home, itself included."""
        return self._at_home[self._homes[name]]

    def mask(self, names: Iterable[str]) -> int:
        """The mask of these names; unknown ones count for nothing."""
        found = 0
        for name in names:
            found |= self._bits.get(name, 0)
        return found

    def names(self, mask: int) -> tuple[Name, ...]:
        """The names of a mask, in order."""
        return tuple(compress(self._order, f"{mask:b}"[::-1].encode().translate(_DIGITS)))

    def highest(self, mask: int) -> tuple[Name, ...]:
        """The names of a mask, in order, on which no other one of it stands."""
        found: list[Name] = []
        while mask:
            found.append(self._order[mask.bit_length() - 1])
            mask &= ~self._masks[found[-1]]
        return tuple(reversed(found))

    def chains(self, gone: Iterable[str] = ()) -> Mapping[Name, tuple[Name, ...]]:
        """For each name that is not `gone`: what it stands on at home, in order, then itself.

        Those that are gone stand in nobody's chain.
        """
        lost = self.mask(gone)
        if lost not in self._chains:  # they take room, and are mostly asked for again
            self._chains = {lost: self._made(~lost)}
        return self._chains[lost]

    def _made(self, kept: int) -> Mapping[Name, tuple[Name, ...]]:
        known: dict[int, tuple[Name, ...]] = {}
        found: dict[Name, tuple[Name, ...]] = {}
        for name in self._order:
            bit = self._bits[name]
            if not bit & kept:
                continue
            below = self.below(name) & self.at_home(name) & kept
            if below not in known:
                known[below] = self.names(below)
            # Whoever stands on this one alone finds its own chain begun.
            found[name] = known[below | bit] = (*known[below], name)
        return MappingProxyType(found)
