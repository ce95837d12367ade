"""A diff that names no blobs, read by its lines alone: each hunk just where it says, or not at all.

What proves the preimage then is that every line of every hunk stands in the file at its very
number. What has no such lines, or says something besides them, is refused with a reason. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import PatchError
from stacker.git.objects import LINK, REGULAR
from stacker.series.patches.filediff import parts
from stacker.series.patches.filediff import shown as line_shown
from stacker.series.patches.fitting import fitted, misfit
from stacker.series.patches.paths import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.changes import Leaf
    from stacker.git.objects import Oid
    from stacker.series.patches.filediff import FileDiff, Hunk

# What tools write between the files of a diff, and below the last one.
_NOISE = re.compile(rb"Index: |={3,}|diff |\s*$")
_MODES = (*REGULAR, LINK)
_NEW_START = re.compile(r"\+(\d+)(?:,(\d+))? @@$")
_SWAPPED = {
    b"old mode": b"new mode", b"new mode": b"old mode",
    b"new file mode": b"deleted file mode", b"deleted file mode": b"new file mode",
}  # fmt: skip
_WITH_IDS = "Make it with `git format-patch --full-index --binary`, or import the commit itself."


class Lines(NamedTuple):
    """How a diff is meant: how many folders are taken off its names (`-p`), and `-R`."""

    strip: int = 1
    reverse: bool = False


class Before(NamedTuple):
    """The file that a part begins with: a regular one, or a symbolic link with its target."""

    leaf: Leaf
    content: bytes


class After(NamedTuple):
    """What a part makes of it: mode and content."""

    mode: str
    content: bytes


def parts_by_lines(diff: bytes, how: Lines, name: str) -> tuple[FileDiff, ...]:
    """The parts of a diff; `PatchError` for the first that says more than its lines do."""
    found = parts(diff, how.strip)
    for part in found:
        _refuse_more(part, name)
    return tuple(map(_reversed, reversed(found))) if how.reverse else found


def names_all(part: FileDiff) -> bool:
    """Whether a part that changes content says of which blob."""
    return part.old_blob is not None or not part.changes


def after(part: FileDiff, before: Before | None, name: str) -> After | None:
    """What a part makes of its file, `None` if it goes; raises `PatchError` where that is not
    proved."""
    here = f"{name} does not apply to {shown(part.path or b'')}"
    if part.old_path is None or (before is None and _makes(part)):
        if before is not None:
            raise PatchError(
                f"{name} makes {shown(part.path or b'')}, which is there already",
                hint="It was made on another base, or this patch is in it already.",
            )
        return _made(part, After(_mode(part, REGULAR[0]), b""), here)
    if before is None:
        raise PatchError(
            f"{name} changes {shown(part.old_path)}, which is not there",
            hint="It was made on another base, or a patch before it is missing.",
        )
    if not _is(before.leaf.oid, part.old_blob):
        wanted = (part.old_blob or b"").decode("ascii")[:10]
        raise PatchError(
            f"{name} was made on another {shown(part.old_path)}: on {wanted}, "
            f"here it is {before.leaf.oid[:10]}",
            hint="Give the base it was made on, or the patches before it.",
        )
    return _made(part, After(_mode(part, before.leaf.mode), before.content), here)


def _made(part: FileDiff, begun: After, here: str) -> After | None:
    for hunk in part.hunks:
        if begun.content and not hunk.before:
            raise PatchError(
                f"{here}: hunk {hunk.number} ({hunk.head}): none of its lines is in the file, so "
                "that nothing proves its place",
                hint="Make it with lines of context (`diff -u`), or import the commit itself.",
            )
    wrong = misfit(part.hunks, begun.content)
    if wrong is not None:
        raise PatchError(f"{here}: {wrong.said}", hint=wrong.hint)
    content = fitted(part.hunks, begun.content)
    assert content is not None, "what fits nowhere has been told"
    if part.new_path is not None:
        return begun._replace(content=content)
    if content:
        raise PatchError(f"{here}: it takes the file away, and leaves lines of it", hint=_WITH_IDS)
    return None


def _refuse_more(part: FileDiff, name: str) -> None:
    """Raise `PatchError` where the hunks of a part are not all that it says."""
    if part.path is None:
        raise PatchError(f"{name} changes a file that it does not name", hint=_WITH_IDS)
    if part.special or not {*part.modes.values()} <= {*_MODES}:
        raise PatchError(
            f"{name} renames {shown(part.path)}, or has binary content or a submodule, and does "
            "not tell which file it was made on",
            hint=_WITH_IDS,
        )
    if not (part.hunks or part.modes):
        raise PatchError(f"{name} does not say how {shown(part.path)} changes", hint=_WITH_IDS)
    if not {part.old_path, part.new_path} <= {part.path, None}:
        raise PatchError(
            f"{name} goes from {shown(part.path)} to {shown(part.new_path or b'')}",
            hint="Both names must be one once the folders before it are taken off (`-p1`).",
        )
    unknown = next((x for x in part.rest.split(b"\n") if not _NOISE.match(x)), None)
    if unknown is not None:
        raise PatchError(
            f"{name} says more than its lines do: {line_shown(unknown)}",
            hint="What is not plainly a change of lines is read from git's own patches only: "
            "`git format-patch --full-index --binary`.",
        )


def _makes(part: FileDiff) -> bool:
    """Whether a part makes a file: its only hunk begins with nothing (`diff -N`)."""
    return [hunk.start for hunk in part.hunks if not hunk.before] == [0] and len(part.hunks) == 1


def _mode(part: FileDiff, otherwise: str) -> str:
    return part.modes.get(b"new mode") or part.modes.get(b"new file mode") or otherwise


def _is(oid: Oid, said: bytes | None) -> bool:
    return said is None or oid.startswith(said.decode("ascii"))


def _reversed(part: FileDiff) -> FileDiff:
    modes: Mapping[bytes, str] = {_SWAPPED[word]: mode for word, mode in part.modes.items()}
    return part._replace(
        old_path=part.new_path, new_path=part.old_path, old_blob=part.new_blob,
        new_blob=part.old_blob, modes=modes, hunks=tuple(map(_turned, part.hunks)),
    )  # fmt: skip


def _turned(hunk: Hunk) -> Hunk:
    found = _NEW_START.search(hunk.head)
    assert found is not None, "a hunk's head has both of its sides"
    start = int(found[1]) - (0 if found[2] == "0" else 1)
    return hunk._replace(start=start, before=hunk.after, after=hunk.before)
