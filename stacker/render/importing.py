"""How an import reads: the stages, how large they are, what was decided, what is left."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from stacker.git.paths import shown

if TYPE_CHECKING:
    from stacker.importing.value import ImportResult
    from stacker.series.patches.pieces import FileChange

    Document = dict[str, object]

_WIDTH, _MOST = 80, 20


def import_document(result: ImportResult) -> Document:
    """What `import` added."""
    return {
        "stages": list(result.stages),
        "version": result.version,
        "base": result.base,
        "sizes": [{"files": s.files, "added": s.added, "removed": s.removed} for s in result.sizes],
        "notes": list(result.notes),
        "residue": [file_document(one) for one in result.residue],
    }


def import_text(result: ImportResult) -> str:
    """The same for a person."""
    count = len(result.stages)
    lines = [f"Imported {count} stage{'s' if count > 1 else ''} as v{result.version}."]
    lines += [f"  {s}  {size}" for s, size in zip(result.stages, result.sizes, strict=True)]
    for note in result.notes:
        lines += wrap(note, _WIDTH, initial_indent="  ", subsequent_indent="    ")
    if result.residue:
        lines.append("No stage claims these files, which were left out:")
        lines += file_lines(result.residue)
        lines.append("Give a stage `paths` for them, or a reason in `residue` of [series].")
    return "\n".join([*lines, "Next: stacker status"])


def file_document(one: FileChange) -> Document:
    """A file, and how many lines of it."""
    path = one.path.decode("utf-8", "surrogateescape")
    return {"path": path, "added": one.added, "removed": one.removed}


def file_lines(files: tuple[FileChange, ...]) -> list[str]:
    """A line for each file, of many the first ones."""
    lines = [f"  {shown(one.path)}  +{one.added} -{one.removed}" for one in files[:_MOST]]
    more = len(files) - _MOST
    return [*lines, *([f"  and {more} more"] if more > 0 else [])]
