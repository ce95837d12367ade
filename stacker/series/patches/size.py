"""How large a change is: files touched, lines added and removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from stacker.series.patches.patchfile import parse

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Size:
    """Counts over all patches of a stage; a file that two patches touch counts once."""

    files: int
    added: int
    removed: int

    def __str__(self) -> str:
        """`3 files, +12 -4`."""
        files = "1 file" if self.files == 1 else f"{self.files} files"
        return f"{files}, +{self.added} -{self.removed}"


def size_of(patches: Iterable[bytes]) -> Size:
    """The size of a stage by its patch files; a diff that unidiff cannot read counts as none."""
    files: set[str] = set()
    added = removed = 0
    for raw in patches:
        # Latin-1 takes every byte as a character of its own: nothing is lost, nothing refused.
        text = parse(raw).diff.decode("latin-1")
        try:
            found = PatchSet.from_string(text)
        except UnidiffParseError:
            continue
        files |= {one.path for one in found}
        added, removed = added + found.added, removed + found.removed
    return Size(len(files), added, removed)
