"""`.stacker` is this machine's own, and nobody else's word: it says which programs may run.

Who clones a series gets all files that somebody committed, also below a folder that `.gitignore`
names. A git directory, settings or what was agreed to must not come that way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import SeriesError

if TYPE_CHECKING:
    from pathlib import Path

_NAME = ".stacker"


def refuse_committed(root: Path) -> None:
    """Raise `SeriesError` if git tracks `.stacker` of the series at `root`, or anything in it."""
    if not (root / _NAME).exists() or not _may_be_tracked(root):
        return
    from stacker.git.process import Git  # noqa: PLC0415 - next to never needed

    done = Git(root).attempt("ls-files", "-z", "--", f":(icase){_NAME}")
    if done.code != 0:
        raise SeriesError(f"git cannot tell whether {_NAME} is committed", hint=done.said)
    if done.out:
        first = done.out.split(b"\0")[0].decode("utf-8", "backslashreplace")
        raise SeriesError(
            f"{first} is committed; what is in {_NAME} can run programs, so it is never shared",
            hint="Look who did it. If you trust them: `git rm -r -q --cached .stacker`; else move "
            "the folder away first.",
        )


def _may_be_tracked(root: Path) -> bool:
    """Whether git has to be asked: its index names the folder, or is not of a plain form."""
    for folder in (root, *root.parents):
        place = folder / ".git"
        if place.is_dir():
            return _may_name(place / "index")
        if place.exists():  # a worktree, whose index is elsewhere
            return True
    return False


def _may_name(index: Path) -> bool:
    """Whether an index may name the folder; whole paths stand in versions 2 and 3."""
    try:
        raw = index.read_bytes()
    except FileNotFoundError:  # nothing was ever added
        return False
    plain = raw[:8] in (b"DIRC\0\0\0\2", b"DIRC\0\0\0\3") and b"link" not in raw
    return not plain or _NAME.encode() in raw.lower()
