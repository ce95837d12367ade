"""How conflicts were solved: one file for each (patch, path), shared by the team.

A resolution holds for exactly the blobs it was made for; nothing is carried over by likeness.
The file has a head of `key: value` lines, an empty line, and the solved content as it is.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.git.merge import Side
from stacker.git.objects import Entry, Oid
from stacker.series.patchfile import slug
from stacker.series.plan import StageId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.git.merge import Conflict, Conflicted
    from stacker.git.store import ObjectStore

_FOLDER = "resolutions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The solution for one path of one patch: for these three sides, this content.

    `mode` is `None` when the path is to be gone. `version` is the series' version at the time.
    `beside` is empty, or names the conflict (`conflict_id`) beside which this path, itself
    without conflict, was changed as well; its `upstream` is then what git had merged.
    """

    stage: StageId
    patch: str
    path: bytes
    base: Side | None
    upstream: Side | None
    mine: Side | None
    mode: str | None
    content: bytes
    by: str
    version: int
    beside: str = ""

    @property
    def file_name(self) -> str:
        """Where it is kept, relative to the series directory."""
        sides = repr((self.path, self.base, self.upstream, self.mine, self.beside))
        key = hashlib.sha256(sides.encode()).hexdigest()[:12]
        shown = slug(self.path.decode("utf-8", "replace").rsplit("/", 1)[-1])
        return f"{_FOLDER}/{self.stage}/{self.patch.removesuffix('.patch')}.{shown}.{key}"

    def fits(self, conflict: Conflict) -> bool:
        """Whether it was made for exactly this conflict."""
        mine = (self.path, self.base, self.upstream, self.mine, self.beside)
        return mine == (conflict.path, conflict.base, conflict.upstream, conflict.mine, "")


def conflict_id(conflicted: Conflicted) -> str:
    """Names a conflict by the paths in it and all their sides."""
    return hashlib.sha256(repr(conflicted.conflicts).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Resolutions:
    """All remembered resolutions of a series."""

    by_patch: Mapping[tuple[str, str], tuple[Resolution, ...]]

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> Resolutions:
        """Those among the series' files."""
        found: dict[tuple[str, str], tuple[Resolution, ...]] = {}
        for name, raw in files.items():
            if name.startswith(_FOLDER + "/"):
                one = parse(raw, name)
                found[one.stage, one.patch] = (*found.get((one.stage, one.patch), ()), one)
        return cls(found)

    def matching(
        self, store: ObjectStore, stage: str, patch: str, conflicted: Conflicted
    ) -> tuple[Resolution, ...]:
        """The resolutions of a conflict; empty unless they fit it exactly and whole."""
        known = self.by_patch.get((stage, patch), ())
        found = [next((r for r in known if r.fits(c)), None) for c in conflicted.conflicts]
        solved = [r for r in found if r is not None]
        if not found or len(solved) != len(found):
            return ()
        name = conflict_id(conflicted)
        beside = [r for r in known if r.beside == name]
        for one in beside:
            entry = store.entry_at(conflicted.tree, one.path)
            if one.upstream != (Side(entry.mode, entry.oid) if entry else None):
                return ()
        return (*solved, *beside)


def apply(store: ObjectStore, tree: Oid, solved: Iterable[Resolution]) -> Oid:
    """The conflicted `tree` with the solved content in place."""
    entries = {e.name: e for e in store.files(tree)}
    for one in solved:
        if one.mode is None:
            entries.pop(one.path, None)
        elif one.mode == "160000":
            entries[one.path] = Entry(one.mode, Oid(one.content.decode("ascii").strip()), one.path)
        else:
            blob = store.write("blob", one.content)
            entries[one.path] = Entry(one.mode, blob, one.path)
    return store.write_tree(entries)


def serialise(one: Resolution) -> bytes:
    """The file's bytes."""
    head = {
        "stage": one.stage,
        "patch": one.patch,
        "path": one.path.decode("utf-8", "surrogateescape"),
        "base": _side(one.base),
        "upstream": _side(one.upstream),
        "mine": _side(one.mine),
        "mode": one.mode or "gone",
        "version": str(one.version),
        "by": one.by,
        "beside": one.beside,
    }
    # JSON keeps any path and name on one line, whatever characters it has.
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in head.items()]
    return "".join(lines).encode("ascii") + b"\n" + one.content


def parse(raw: bytes, name: str) -> Resolution:
    """Read such a file; raises `SeriesError` naming a damaged one."""
    head, _, content = raw.partition(b"\n\n")
    try:
        fields = dict(line.split(": ", 1) for line in head.decode("ascii").splitlines())
        values = {key: str(json.loads(value)) for key, value in fields.items()}
        return Resolution(
            stage=StageId(values["stage"]),
            patch=values["patch"],
            path=values["path"].encode("utf-8", "surrogateescape"),
            base=_read_side(values["base"]),
            upstream=_read_side(values["upstream"]),
            mine=_read_side(values["mine"]),
            mode=None if values["mode"] == "gone" else values["mode"],
            content=content,
            by=values["by"],
            version=int(values["version"]),
            beside=values["beside"],
        )
    except (ValueError, KeyError) as exc:
        raise SeriesError(
            f"{name} is damaged: {exc}",
            hint="Remove the file; the conflict is then shown again.",
        ) from exc


def _side(side: Side | None) -> str:
    return f"{side.mode} {side.oid}" if side else "none"


def _read_side(text: str) -> Side | None:
    mode, _, oid = text.partition(" ")
    return Side(mode, Oid(oid)) if oid else None
