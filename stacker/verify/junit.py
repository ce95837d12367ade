"""Which tests a JUnit XML file tells of, and which of them were skipped.

There is no standard: this reads what pytest, CPython's regrtest, googletest and CTest write. The
file is somebody's build output: it is read as a stream, without a document type, so that nothing
in it is fetched or multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

LARGEST = 32 << 20  # bytes
_DEEPEST = 64  # elements in each other
_LONGEST = 300  # characters of a name that are kept
_ROOTS = frozenset({"testsuites", "testsuite"})
_NOT_RUN = frozenset({"notrun", "disabled", "skipped", "suppressed"})


class NotJUnit(Exception):
    """The bytes are no such file; the message says why, in words that follow "it"."""


@dataclass(frozen=True, slots=True)
class Results:
    """How many tests there were, and the names of those that were skipped."""

    count: int
    skipped: tuple[str, ...]


def read(content: bytes) -> Results:
    """The tests of a JUnit XML file, each named `CLASS.NAME`; raises `NotJUnit`."""
    if len(content) > LARGEST:
        raise NotJUnit(f"is larger than {LARGEST >> 20} MB")
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(content, True)  # that is all of it
    except expat.ExpatError as exc:
        raise NotJUnit(f"is no XML: {exc}") from exc
    except (LookupError, ValueError) as exc:  # an encoding that Python does not know, or has not
        raise NotJUnit("is in an unknown encoding") from exc
    return Results(reader.count, tuple(reader.skipped))


class _Reader:
    """What was read so far; one test at a time, for they hold no others."""

    def __init__(self) -> None:
        self.count = 0
        self.skipped: list[str] = []
        self._depth = 0
        self._name = ""
        self._test_at = 0  # the depth of the test that is read
        self._was_skipped = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = tag.rpartition(" ")[2]  # without its namespace
        self._depth += 1
        if self._depth > _DEEPEST:
            raise NotJUnit(f"has more than {_DEEPEST} elements in each other")
        if self._depth == 1 and tag not in _ROOTS:
            raise NotJUnit(f"is no JUnit file: it begins with <{tag[:_LONGEST]}>")
        if self._test_at:
            # What pytest expects to fail has run.
            if tag == "skipped" and attributes.get("type") != "pytest.xfail":
                self._was_skipped = True
        elif tag == "testcase":
            self._test_at = self._depth
            self._name = _name(attributes)
            told = {attributes.get("status", "").lower(), attributes.get("result", "").lower()}
            self._was_skipped = not told.isdisjoint(_NOT_RUN)

    def end(self, _: str) -> None:
        """An element ends."""
        if self._depth == self._test_at:
            self.count += 1
            self.skipped += [self._name] if self._was_skipped else []
            self._test_at = 0
        self._depth -= 1

    def refuse(self, *_: object) -> NoReturn:
        """A document type may define entities; none of those who write these files has one."""
        raise NotJUnit("has a document type, and is not read for that")


def _name(attributes: dict[str, str]) -> str:
    """CTest names the class like the test, regrtest has no class."""
    name, of = attributes.get("name", ""), attributes.get("classname", "")
    return (f"{of}.{name}" if of and of != name else name)[:_LONGEST]
