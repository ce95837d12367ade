"""New numbers for our versions where home has given the same ones to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.lock import serialise as serialise_lock
from stacker.series.versions.counting import look_up
from stacker.series.versions.numbering import content_of
from stacker.series.versions.operations import SEEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.store import ObjectStore
    from stacker.series.versions.operations import Operation


class Numbering:
    """The numbers of a line that goes on behind `at`; equal contents have one number."""

    def __init__(self, store: ObjectStore, at: Operation | None) -> None:
        self._store, self._at = store, at
        self._given: dict[str, int] = {}
        self._new: dict[int, int] = {}
        _, self._highest = look_up(store, at, "")

    @property
    def renumbered(self) -> dict[int, int]:
        """The new number of each version that got another one."""
        return {old: new for old, new in self._new.items() if old != new}

    def note(self, version: int, content: str | None) -> None:
        """A version that has its number already."""
        self._highest = max(self._highest, version)
        if content is not None:
            self._given[content] = version

    def give(self, version: int, content: str | None) -> int:
        """The number of one of our versions, which had `version` here."""
        known = self._known(content) if content is not None else self._new.get(version)
        if known is None:
            known = version if version > self._highest else self._highest + 1
        self.note(known, content)
        self._new[version] = known
        return known

    def next(self, content: str) -> int:
        """The number of a version that is made now."""
        known = self._known(content)
        if known is None:
            known = self._highest + 1
        self.note(known, content)
        return known

    def fresh(self) -> int:
        """A number for what the lock does not tell of."""
        self.note(self._highest + 1, None)
        return self._highest

    def of(self, version: int) -> int:
        """The number that one of our versions has now; others keep theirs."""
        return self._new.get(version, version)

    def _known(self, content: str) -> int | None:
        if content in self._given:
            return self._given[content]
        known, _ = look_up(self._store, self._at, content)
        return known


def content_in(lock: Lock, command: str) -> str | None:
    """What names a version's content; `None` where the lock does not tell of the patches."""
    return None if command == SEEN else content_of(lock)


def lock_in(files: Mapping[str, bytes]) -> Lock:
    """The lock among files."""
    return parse_lock(files["series.lock"]) if "series.lock" in files else Lock()


def with_numbers(files: Mapping[str, bytes], numbering: Numbering) -> dict[str, bytes]:
    """The files of one of our versions with the numbers that it and those before it have now."""
    if "series.lock" not in files:
        return dict(files)
    lock = lock_in(files)
    lines = [
        line._replace(
            published=line.published._replace(version=numbering.of(line.published.version))
        )
        if line.published
        else line
        for line in lock.stages
    ]
    new = lock._replace(version=numbering.of(lock.version), stages=tuple(lines))
    return {**files, "series.lock": serialise_lock(new)}
