"""Why a diff is not put on a tree, in words: the file, the hunk and the reason. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import PatchError
from stacker.series.patches.fitting import LINE_ENDS, damage, misfit
from stacker.series.patches.paths import shown as path_shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Oid
    from stacker.series.patches.filediff import FileDiff
    from stacker.series.patches.fitting import Misfit

_SHORTEST_ID = 7  # hex digits; git abbreviates to no less unless it is told to
_EMPTY_BLOBS = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
_MOVED = re.compile(r"^Hunk #\d+ succeeded at .*\(offset.*", re.MULTILINE)
_HINTS = (
    (("corrupt", "patch fragment without header"),
     "The file is damaged (wrapped, cut, or edited without its line counts): get it anew."),
    (("without full index line",),
     "A binary change needs full blob ids: make it with `git format-patch --full-index`."),
    (("invalid path", "Invalid path", "symbolic link", "inconsistent"),
     "Such a path leads out of the tree, or into git's own files. Do not trust the patch."),
)  # fmt: skip


class Side(NamedTuple):
    """A file as the tree has it; a folder has no content."""

    oid: Oid
    content: bytes


def require(part: FileDiff, here: Side | None, name: str) -> None:
    """Raise `PatchError` unless the part is whole and `here` is what it names as its old side."""
    path = part.path
    damaged = damage(part.hunks)
    if damaged is not None:
        raise _misfit(path, damaged, name)
    told = [x for x in (part.old_blob, part.new_blob) if x is not None]
    if not part.changes and not all(map(is_nothing, told)):
        raise PatchError(
            f"{name} does not say how {_shown(path)} changes",
            hint="A binary file and one that goes need their content: make it with "
            "`git format-patch --binary`, without `-D`.",
        )
    if part.old_path is None or (part.old_blob is None and not part.changes):
        return
    shown = _shown(part.old_path)
    if part.old_blob is None or len(part.old_blob) < _SHORTEST_ID:
        raise PatchError(
            f"{name} does not tell which {shown} it was made on",
            hint="It lacks an index line with blob ids: make it with `git format-patch "
            "--full-index`, or apply it where it belongs and import the commit.",
        )
    wanted = part.old_blob.decode("ascii")
    if here is None and part.old_path.endswith(b"\r"):
        raise PatchError(f"{name}: its lines end in CR LF", hint=LINE_ENDS)
    if here is None:
        raise PatchError(
            f"{name} changes {shown}, which is not there",
            hint="It was made on another base, or a patch before it is missing.",
        )
    if not here.oid.startswith(wanted):
        raise _another_file(part, here, f"{name} was made on another {shown}: on {wanted[:10]}")


def _another_file(part: FileDiff, here: Side, begun: str) -> PatchError:
    said = f"{begun}, here it is {here.oid[:10]}"
    found = misfit(part.hunks, here.content)
    if found is not None:
        return PatchError(f"{said}; {found.said}", hint=found.hint)
    if part.hunks:
        said += "; its hunks fit, but the file differs elsewhere"
    return PatchError(said, hint="Give the base it was made on, or the patches before it.")


def is_moved(said: str) -> bool:
    """Whether `git apply` put a hunk elsewhere than where it says; `said` are its words."""
    return _MOVED.search(said) is not None


def refusal(parts: Sequence[tuple[FileDiff, Side | None]], said: str, name: str) -> PatchError:
    """The error for what `git apply` refused, or would have put elsewhere; `said` are its words."""
    for part, here in parts:
        path = part.path
        if path is None or (here is not None and part.old_path is None):
            continue  # git has the better words, as for a new file that is there already
        found = misfit(part.hunks, here.content if here else b"")
        if found is not None:
            return _misfit(path, found, name)
    moved = _MOVED.search(said)
    reason = moved[0] if moved else _reason(said)
    fitting = (hint for words, hint in _HINTS if any(word in said for word in words))
    return PatchError(
        f"{name} does not apply: {reason}",
        hint=next(fitting, "It was made on another base, or was edited since."),
    )


def _misfit(path: bytes | None, found: Misfit, name: str) -> PatchError:
    return PatchError(f"{name} does not apply to {_shown(path)}: {found.said}", hint=found.hint)


def is_nothing(blob: bytes) -> bool:
    """Whether a blob id, maybe a short one, is that of no file or of an empty one."""
    return not blob.strip(b"0") or any(empty.startswith(blob) for empty in _EMPTY_BLOBS)


def _reason(said: str) -> str:
    errors = [x.removeprefix("error: ") for x in said.splitlines() if x.startswith("error: ")]
    return errors[0] if errors else (said.strip().splitlines() or ["git apply refused it"])[-1]


def _shown(path: bytes | None) -> str:
    return "a file" if path is None else path_shown(path)
