"""What a form of patches cannot carry, or not for every reader of it. Pure.

Seen with git 2.39 and GNU patch 2.7.6, which quilt applies patches with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.git.objects import SUBMODULE
from stacker.git.paths import folders_above, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stacker.git.changes import Change

_BINARY = re.compile(rb"^GIT binary patch$", re.MULTILINE)


def for_mail(text: bytes, changes: Sequence[Change]) -> Iterator[str]:
    """What `git am` does not take from a patch as it is, in words; import does."""
    if not changes:
        yield "changes nothing: git am stops there; git am --skip goes on without it"
    if b"\nX-Stacker-" in text.partition(b"\n\n")[0]:
        yield "git am may change its author or message; stacker import does not"


def am_options(texts: Sequence[bytes]) -> tuple[str, ...]:
    """The options without which `git am` would spoil one of these patches."""
    return ("--keep-cr",) if any(b"\r\n" in text for text in texts) else ()


def for_quilt(text: bytes, changes: Sequence[Change]) -> Iterator[str]:
    """What quilt does not take from a patch, in words; git and import do, where not said else."""
    if not changes:
        yield "changes nothing: git quiltimport stops there, quilt does not"
    if _BINARY.search(text):
        yield "quilt cannot apply it: binary content"
    for change in changes:
        sides = (change.before, change.after)
        if any(side is not None and side.mode == SUBMODULE for side in sides):
            yield f"quilt cannot apply it: submodule {shown(change.path)}"
    gone = {change.path for change in changes if change.after is None}
    come = {change.path for change in changes if change.before is None}
    for path in sorted({*_folders(come, gone), *_folders(gone, come)}):
        yield f"quilt cannot apply it: {shown(path)} is a file on one side, a folder on the other"


def _folders(paths: set[bytes], files: set[bytes]) -> set[bytes]:
    """Those of `files` that are a folder above one of `paths`."""
    return files.intersection(folder for path in paths for folder in folders_above(path))
