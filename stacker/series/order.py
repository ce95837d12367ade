"""The order of stages: needs first, else as written; and the cycle that makes one impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Name = TypeVar("Name", bound=str)


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
