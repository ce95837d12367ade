"""Where each key and value of a TOML text stands; the parsers of TOML do not tell."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Offsets in the text: of the key (or element), of its value, and of the value's end.

    A table that has a header, or is only named inside a longer key, has no value of its own:
    `value` and `end` are both the offset of its name.
    """

    key: int
    value: int
    end: int


_BARE = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"[ \t]*")
_GAP = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRINGS = (  # the longer quotes first
    re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL),
    re.compile(r"'''(?:[^']|'(?!''))*'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\\n]|\\.)*"'),
    re.compile(r"'[^'\n]*'"),
)


def toml_places(text: str) -> dict[Path, Place]:
    """The place of each key path and array element of `text`, which must be valid TOML.

    Line ends must be `\\n` alone. A path that is named more than once, as the table around
    several headers, has its first place.
    """
    return _Finder(text).find()


class _Finder:
    """One pass over a text that tomllib has accepted; `at` only moves forward."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[Path, Place] = {}
        self.lengths: dict[Path, int] = {}  # of the arrays of tables

    def find(self) -> dict[Path, Place]:
        table: Path = ()
        self._skip(_GAP)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_GAP)
        return self.places

    def _skip(self, *patterns: re.Pattern[str]) -> str:
        """Moves over the first pattern that fits here, and returns what it covered."""
        for pattern in patterns:
            found = pattern.match(self.text, self.at)
            if found:
                self.at = found.end()
                return found.group()
        raise AssertionError(f"tomllib has accepted what is no TOML at offset {self.at}")

    def _eat(self, mark: str) -> bool:
        if not self.text.startswith(mark, self.at):
            return False
        self.at += len(mark)
        return True

    def _header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of the table that the next pairs belong to."""
        is_array = self._eat("[[")
        self.at += not is_array
        path: Path = ()
        names = self._key()
        for position, (name, start) in enumerate(names):
            path = (*path, name)
            self.places.setdefault(path, Place(start, start, start))
            if is_array and position == len(names) - 1:
                self.lengths[path] = self.lengths.get(path, 0) + 1
            if path in self.lengths:
                path = (*path, self.lengths[path] - 1)
                self.places.setdefault(path, Place(start, start, start))
        self.at += 2 if is_array else 1
        return path

    def _key(self) -> list[tuple[str, int]]:
        """A dotted key as its names with their offsets; stops after the blanks behind it."""
        names: list[tuple[str, int]] = []
        while True:
            self._skip(_BLANK)
            start = self.at
            names.append((self._name(), start))
            self._skip(_BLANK)
            if not self._eat("."):
                return names

    def _name(self) -> str:
        if self.text[self.at] not in "\"'":
            return self._skip(_BARE)
        name: str = tomllib.loads(f"name = {self._skip(*_STRINGS)}")["name"]
        return name

    def _pair(self, table: Path) -> None:
        """`key = value`, with the tables that a dotted key opens on its way."""
        path = table
        names = self._key()
        for name, start in names:
            path = (*path, name)
            self.places.setdefault(path, Place(start, start, start))
        self._eat("=")
        self._value(path, names[-1][1])

    def _value(self, path: Path, key: int | None = None) -> None:
        self._skip(_BLANK)
        start = self.at
        if self._eat("["):
            self._array(path)
        elif self._eat("{"):
            self._inline_table(path)
        elif self.text[self.at] in "\"'":
            self._skip(*_STRINGS)
        else:
            self.at = start + len(self._skip(_SCALAR).rstrip())
        self.places[path] = Place(start if key is None else key, start, self.at)

    def _array(self, path: Path) -> None:
        position = 0
        self._skip(_GAP)
        while not self._eat("]"):
            self._value((*path, position))
            position += 1
            self._skip(_GAP)
            self._eat(",")
            self._skip(_GAP)

    def _inline_table(self, path: Path) -> None:
        self._skip(_GAP)
        while not self._eat("}"):
            self._pair(path)
            self._skip(_GAP)
            self._eat(",")
            self._skip(_GAP)
