"""What a merge came to, and how git says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Side(NamedTuple):
    """A file as one side of a merge has it."""

    mode: str
    oid: Oid


class Aside(NamedTuple):
    """Where git put the file of one side (`upstream` or `mine`) that could not stay at its path."""

    side: str
    path: bytes


class Conflict(NamedTuple):
    """One path that git could not merge; a side is `None` where it has no such file.

    `kind` is git's word for it: `content`, `modify/delete`, `rename/delete`, `add/add`, …
    One without any side has files in it that git merged, but of whose place it is not sure.
    """

    path: bytes
    kind: str
    base: Side | None
    upstream: Side | None
    mine: Side | None
    aside: tuple[Aside, ...] = ()


class Merged(NamedTuple):
    """The merge is clean."""

    tree: Oid


class Conflicted(NamedTuple):
    """The merge stopped; `tree` has the conflicted files with markers in them."""

    tree: Oid
    conflicts: tuple[Conflict, ...]


MergeOutcome = Merged | Conflicted


def read_answer(fields: Iterator[bytes]) -> MergeOutcome:
    """What `git merge-tree --stdin --messages` says of one merge, from its NUL-ended fields."""
    clean, tree = next(fields) == b"1", Oid(next(fields).decode("ascii"))
    stages: dict[bytes, dict[str, Side]] = {}
    while info := next(fields):
        about, _, path = info.partition(b"\t")
        mode, oid, stage = about.decode("ascii").split(" ")
        stages.setdefault(path, {})[stage] = Side(mode, Oid(oid))
    said = _Said()
    said.read(fields)
    if clean:
        return Merged(tree)
    return Conflicted(tree, said.conflicts(stages))


# git's short word for a kind, where it is not the one in its message for people.
_IN_WORDS = {
    "distinct modes": "mode",
    "directory rename suggested": "file location",
    "directory rename unclear split": "directory rename split",
    "directory rename collision": "implicit dir rename",
    "file in way of directory rename": "implicit dir rename",
    "rename involved in collision": "rename/add",
}


class _Said:
    """What git's messages tell of a merge: the kind of each conflict, and who was set aside."""

    def __init__(self) -> None:
        self._kinds: dict[bytes, str] = {}
        self._others: dict[bytes, str] = {}  # of paths that may be in the conflict, or not
        self._asides: dict[bytes, bytes] = {}  # where a file is -> where it belongs

    def read(self, fields: Iterator[bytes]) -> None:
        """All messages of one merge."""
        while (count := next(fields, b"")).isdigit():
            paths = [next(fields) for _ in range(int(count))]
            kind, _message = next(fields).decode("utf-8", "replace"), next(fields)
            if kind.startswith("CONFLICT"):
                self._hear(kind.removeprefix("CONFLICT").strip(" ()"), paths)

    def _hear(self, kind: str, paths: list[bytes]) -> None:
        first, *others = paths
        if kind == "file/directory":
            self._asides[first] = first = others.pop()
        elif kind == "distinct modes":
            self._asides |= dict.fromkeys(others, first)
        elif kind in ("directory rename collision", "file in way of directory rename"):
            first, *more = others  # they stayed where they were
            self._kinds |= dict.fromkeys(more, kind)
        if self._kinds.setdefault(first, kind) == "contents":
            self._kinds[first] = kind  # that is said of anything that has no markers too
        for other in others:
            self._others.setdefault(other, kind)

    def conflicts(self, stages: Mapping[bytes, Mapping[str, Side]]) -> tuple[Conflict, ...]:
        """The conflicts with these sides (path -> stage -> side), by path."""
        sides: dict[bytes, dict[str, Side]] = {path: {} for path in self._kinds}
        asides: dict[bytes, list[Aside]] = {}
        for path, found in stages.items():
            real = self._asides.get(path, path)
            sides.setdefault(real, {}).update(found)
            if real != path:
                aside = Aside("upstream" if "2" in found else "mine", path)
                asides.setdefault(real, []).append(aside)
        own = {path: kind for path, kind in self._kinds.items() if kind != "contents"}
        known = self._others | own
        return tuple(
            Conflict(
                path,
                _kind(known.get(path, "contents"), found),
                found.get("1"),
                found.get("2"),
                found.get("3"),
                tuple(asides.get(path, ())),
            )
            for path, found in sorted(sides.items())
        )


def _kind(said: str, sides: Mapping[str, Side]) -> str:
    if said == "contents":
        if "1" in sides or not sides:
            return "content"
        upstream, mine = sides.get("2"), sides.get("3")
        same = upstream is not None and mine is not None and upstream.oid == mine.oid
        return "mode" if same else "add/add"
    if said.startswith("submodule"):  # "… not initialized", "… lacks merge base"
        return "submodule"
    return _IN_WORDS.get(said, said)
