"""What commits change, leaf by leaf: read from git for many commits at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.facts import Kind
from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stacker.git.process import Git
    from stacker.git.store import ObjectStore


class Leaf(NamedTuple):
    """A file, symbolic link or submodule in a tree; `mode` as git prints it, `100644`."""

    mode: str
    oid: Oid

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, so that its content can be merged."""
        return self.mode.startswith("100")


class Change(NamedTuple):
    """One path of a commit, before and after; `None` where there is nothing."""

    path: bytes
    before: Leaf | None
    after: Leaf | None


_CHANGES: Kind[Oid, tuple[Change, ...]] = Kind()


def changes_of(store: ObjectStore, commits: Iterable[Oid]) -> dict[Oid, tuple[Change, ...]]:
    """What each commit changes against its first parent, renames shown as two changes."""
    asked = dict.fromkeys(commits)
    known = store.facts.of(_CHANGES)
    if unknown := [oid for oid in asked if oid not in known]:
        known |= _read_all(store, unknown)
    return {oid: known[oid] for oid in asked}


def _read_all(store: ObjectStore, commits: Iterable[Oid]) -> dict[Oid, tuple[Change, ...]]:
    found: dict[Oid, list[Change]] = {oid: [] for oid in commits}
    out = store.git.run_halves(
        "diff-tree", "--stdin", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--root",
        lines=[f"{oid}\n".encode("ascii") for oid in found],
        config=(("diff.ignoreSubmodules", "none"),),
    )  # fmt: skip
    here: list[Change] = []
    for field in _read(out):
        if isinstance(field, Change):
            here.append(field)
        else:
            here = found[field]
    return {oid: tuple(changes) for oid, changes in found.items()}


def changes_between(git: Git, old: Oid, new: Oid) -> list[Change]:
    """What makes the tree `new` of the tree `old`."""
    out = git.run(
        "diff-tree", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", old, new,
        config=(("diff.ignoreSubmodules", "none"),),
    )  # fmt: skip
    return [change for change in _read(out) if isinstance(change, Change)]


def _read(out: bytes) -> Iterator[Change | Oid]:
    """Commits, each with its changes behind it."""
    fields = iter(out.split(b"\0"))
    for field in fields:
        if field.startswith(b":"):
            old_mode, new_mode, old, new, _ = field[1:].decode("ascii").split(" ")
            yield Change(next(fields), _leaf(old_mode, old), _leaf(new_mode, new))
        elif field:
            yield Oid(field.decode("ascii"))


def _leaf(mode: str, oid: str) -> Leaf | None:
    return None if mode == "000000" else Leaf(mode, Oid(oid))
