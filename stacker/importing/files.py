"""Patches in files: an mbox, a folder of patch files, a quilt directory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import PatchError, SeriesError, UsageError
from stacker.importing.header import is_mail, names_author, read_patch
from stacker.importing.quilt import read_order
from stacker.importing.value import Imported
from stacker.series.patches.committing import Given, put_on
from stacker.series.patches.lines import Lines
from stacker.series.patches.mail import split_mbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from stacker.git.objects import Oid, Signature
    from stacker.git.store import ObjectStore

_ORDER = "series"
_KINDS = (".patch", ".diff")
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")
_NUMBER = re.compile(r"(?:v(\d{1,9})-)?(\d{1,9})")
_BASE = re.compile(rb"^base-commit: ([0-9a-f]{40,64})$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Text:
    """A patch; one without blob ids is read by its lines if it says `how`. Mails must have ids."""

    name: str
    raw: bytes
    how: Lines | None


def read_files(
    store: ObjectStore, path: Path, bases: Sequence[Oid], person: Callable[[], Signature]
) -> Imported:
    """The patches in a file or folder, put on a commit where each finds its exact preimage.

    That is the commit that they name themselves (`base-commit:`), else the first of `bases` that
    fits; where none does, the error of the most likely one is raised. What names no author is by
    `person`, at the time of the commit that it is put on.
    """
    texts = _texts(path)
    if not texts:
        raise UsageError(
            f"no patch in {str(path)!r}",
            hint="Give an mbox, a folder of *.patch or *.diff files, or a quilt directory.",
        )
    bases = [*_named_base(store, texts), *bases]
    error: PatchError | None = None
    for base in bases:
        try:
            return _put(store, texts, base, person)
        except PatchError as exc:
            error = error or exc
    if error is None:
        raise SeriesError(
            "there is no base to put the patches on",
            hint="Fetch upstream first, or name a base with `--onto REV`.",
        )
    raise error


def _put(
    store: ObjectStore, texts: Sequence[_Text], base: Oid, person: Callable[[], Signature]
) -> Imported:
    when = store.commit(base).committer.when
    given = (Given(t.name, read_patch(t.raw, t.name, when, person), t.how) for t in texts)
    commits = tuple(put_on(store, given, base))
    unsigned = [text.name for text in texts if not names_author(text.raw, text.name)]
    notes = (_unsigned(unsigned, person()),) if unsigned else ()
    return Imported(base, commits, notes)


def _unsigned(names: Sequence[str], person: Signature) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"no author in {', '.join(names[:3])}{more}: {person.text()} was written in"


def _texts(path: Path) -> list[_Text]:
    if path.is_file():
        return _mails(path, path.name)
    for folder in (path, path / "patches"):
        if (folder / _ORDER).is_file():
            return _quilt(folder)
    files = [one for one in path.iterdir() if one.suffix in _KINDS and one.is_file()]
    return [text for file in sorted(files, key=_place) for text in _mails(file, file.name)]


def _place(file: Path) -> tuple[float, float, str]:
    """Where a numbered file comes; those without a number follow by name."""
    number = _NUMBER.match(file.name)
    if number is None:
        return float("inf"), 0, file.name
    return int(number[1] or 0), int(number[2]), file.name


def _mails(file: Path, name: str, how: Lines | None = None) -> list[_Text]:
    mails = split_mbox(file.read_bytes())
    many = len(mails) > 1
    return [
        _Text(f"{name}[{n}]" if many else name, raw, how or (None if is_mail(raw) else Lines()))
        for n, raw in enumerate(mails, 1)
    ]


def _quilt(folder: Path) -> list[_Text]:
    """The patches that `series` names, in its order; nothing else in the folder is read."""
    order = read_order((folder / _ORDER).read_bytes().decode("utf-8", "surrogateescape"))
    found: list[_Text] = []
    for one in order:
        file = folder / one.name
        if not file.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"series names {one.name!r}, which lies outside of its folder")
        if one.name.endswith(_PACKED):
            raise UsageError(f"{one.name!r} is packed", hint="Unpack it, and name it so in series.")
        if not file.is_file():
            raise UsageError(
                f"series names {one.name!r}, and there is no such file",
                hint="Take it out of series, or get the patch.",
            )
        found += _mails(file, one.name, one.how)
    return found


def _named_base(store: ObjectStore, texts: Sequence[_Text]) -> list[Oid]:
    """The base that `git format-patch --base` wrote into a patch, if the store has it."""
    for text in texts:
        named = _BASE.search(text.raw)
        if named is not None:
            found = store.resolve(named[1].decode("ascii"))
            return [found] if found is not None else []
    return []
