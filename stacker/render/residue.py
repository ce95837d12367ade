"""How it reads what of a branch is in no stage: a page, and the document for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.paths import shown
from stacker.render.importing import file_document
from stacker.series.plan.naming import listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.series.patches.pieces import FileChange, Piece
    from stacker.status.residue import Residue

    Document = dict[str, object]

_MOST = 40  # files of one kind on a page
# How `Piece.what` begins, and what a person calls it.
_WORDS = (
    ("new file mode", "new file"), ("deleted file mode", "gone"), ("new mode", "another mode"),
    ("content", "binary"),
)  # fmt: skip


def residue_document(found: Residue, branch: str) -> Document:
    """All of it."""
    return {
        "branch": branch,
        "repository": found.repository,
        "version": found.version,
        "commit": found.tip,
        "branch_base": found.base,
        "base": found.onto,
        "complete": found.complete,
        "residue": [_file(one.change) | {"reason": one.reason} for one in found.rest],
        "extra": [_file(one) for one in found.extra],
    }


def residue_text(found: Residue, branch: str) -> str:
    """The same for a person."""
    open_ = [one.change for one in found.rest if one.reason is None]
    where = f"{branch} {found.tip[:10]}"
    if open_:
        are = _are(open_)
        lines = [f"{_count(open_)} of {where} {are} in no stage of v{found.version}:"]
        lines += _listed([(one, "") for one in open_])
    else:
        kept = ", or has a reason" if found.rest else ""
        lines = [f"Nothing of {where} is forgotten: all is in a stage of v{found.version}{kept}."]
    lines += _reasoned(found)
    if found.extra:
        are = _are(found.extra)
        lines.append(f"{_count(found.extra)} {are} in the series, and not in {branch}:")
        lines += _listed([(one, "") for one in found.extra])
    if open_:
        lines.append("Bring it in with `stacker edit STAGE`, or say why not: residue of [series].")
    return "\n".join([*lines, f"Next: stacker {'edit STAGE' if open_ else 'status'}"])


def _reasoned(found: Residue) -> list[str]:
    rest = [(one.change, one.reason) for one in found.rest if one.reason is not None]
    return ["Left out for a reason:", *_listed(rest)] if rest else []


def _listed(files: list[tuple[FileChange, str]]) -> list[str]:
    wide = max(len(shown(one.path)) for one, _ in files[:_MOST])
    lines = [
        f"  {shown(one.path):<{wide}}  +{one.added} -{one.removed}  {why or _places(one)}".rstrip()
        for one, why in files[:_MOST]
    ]
    more = len(files) - _MOST
    return [*lines, *([f"  and {more} more"] if more > 0 else [])]


def _places(one: FileChange) -> str:
    """Where in the file: lines of the base, or what has no lines."""
    said = [p.what for p in one.pieces if p.what]
    words = [word for sign, word in _WORDS for what in said if what.startswith(sign)]
    lines = [str(p.start + 1) for p in one.pieces if not p.what]
    if lines and not {"new file", "gone"} & {*words}:
        words.append(f"line {listed(lines, 5)}")
    return ", ".join(words)


def _count(files: Sequence[FileChange]) -> str:
    return "1 file" if len(files) == 1 else f"{len(files)} files"


def _are(files: Sequence[FileChange]) -> str:
    return "is" if len(files) == 1 else "are"


def _file(one: FileChange) -> Document:
    return file_document(one) | {"hunks": [_hunk(piece) for piece in one.pieces]}


def _hunk(piece: Piece) -> Document:
    return {
        "line": piece.start + 1,
        "added": len(piece.after),
        "removed": len(piece.before),
        "what": piece.what or None,
    }
