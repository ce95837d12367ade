"""How `resolve` reads: what is open where, what each side has, what is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.merge import Side
    from stacker.resolve.flow import Opening, ShownConflict
    from stacker.series.resolutions.resolution import Resolution

    Document = dict[str, object]


def opened(opening: Opening) -> Document:
    """An open folder."""
    one = opening.opened
    return {
        "stage": one.stage,
        "in": one.of,
        "patch": one.file,
        "folder": str(one.folder),
        "paths": [_path(c.path) for c in opening.known.open],
        "solved": [_path(a.resolution.path) for a in opening.known.used],
    }


def opened_text(opening: Opening) -> str:
    """The same for a person, up to what is to be done there."""
    one = opening.opened
    lines = [f"{one.of}/{one.file} is open in {one.folder}"]
    lines += [f"  {_shown(c.path)}" for c in opening.known.open]
    lines += [f"  {_shown(a.resolution.path)} (solved before)" for a in opening.known.used]
    return "\n".join([*lines, "Edit, then", f"Next: stacker resolve {one.stage} --done"])


def shown(found: Sequence[ShownConflict]) -> Document:
    """What each side has of every path."""
    return {
        "conflicts": [
            {
                "in": one.halted.of,
                "patch": one.halted.file,
                "path": _path(one.conflict.path),
                "kind": one.conflict.kind,
                "base": _side(one.conflict.base),
                "upstream": _side(one.conflict.upstream),
                "mine": _side(one.conflict.mine),
            }
            for one in found
        ]
    }


def shown_text(found: Sequence[ShownConflict]) -> str:
    """The conflicted files with their markers."""
    lines: list[str] = []
    for one in found:
        place = f"{one.halted.of}/{one.halted.file}: {_shown(one.conflict.path)}"
        lines += [f"{place} ({one.conflict.kind})", ""]
        lines.append(one.with_markers.decode("utf-8", "backslashreplace"))
    return "\n".join(lines)


def left(stage: str, folder: str, what: Sequence[str]) -> Document:
    """What a merge tool left to do."""
    return {"stage": stage, "folder": folder, "left": list(what)}


def left_text(stage: str, folder: str, what: Sequence[str]) -> str:
    """The same for a person."""
    lines = [f"Not solved yet, in {folder}:", *(f"  {one}" for one in what)]
    return "\n".join([*lines, f"Next: stacker resolve {stage} --done"])


def forgotten(stage: str, gone: Sequence[Resolution]) -> Document:
    """Resolutions that are no more."""
    return {
        "stage": stage,
        "forgotten": [
            {"patch": r.patch, "path": _path(r.path), "from_version": r.version, "by": r.by}
            for r in gone
        ],
    }


def forgotten_text(stage: str, gone: Sequence[Resolution]) -> str:
    """The same for a person."""
    lines = [f"{stage}/{r.patch}: {_shown(r.path)}, solved in v{r.version} by {r.by}" for r in gone]
    return "\n".join([
        "Forgotten; where it conflicts again, a rebase stops again:",
        *(f"  {line}" for line in lines),
    ])  # fmt: skip


def _side(side: Side | None) -> Document | None:
    return {"mode": side.mode, "blob": side.oid} if side else None


def _path(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
