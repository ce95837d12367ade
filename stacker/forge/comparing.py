"""Two commits compared by the forge: what a reader without the objects sees of a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from stacker.forge.answers import at, expect_list, expect_str, optional_str

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.forge.connection import Connection

_DIFF = "application/vnd.github.diff"
_MOST_FILES = 300  # of one comparison; then the forge tells no more


@dataclass(frozen=True, slots=True)
class File:
    """A changed file: where it is now, `None` if it went; `patch` has its hunks, if told."""

    path: str | None
    patch: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How `head` differs from `base`, by the names that files have in `base`.

    `straight`: head contains base, so that it differs from base itself, not from where both
    parted. `whole`: no file was left out.
    """

    straight: bool
    whole: bool
    files: Mapping[str, File]


def compared(connection: Connection, repository: str, base: str, head: str) -> Comparison:
    """The comparison of two commits."""
    data = connection.get(_what(base, head), _path(repository, base, head), {"per_page": 1})
    entries = expect_list(data, "files")
    files = {}
    for entry in entries:
        name = expect_str(entry, "filename")
        gone = expect_str(entry, "status") == "removed"
        before = optional_str(entry, "previous_filename") or name
        files[before] = File(None if gone else name, optional_str(entry, "patch"))
    straight = at(data, "status") in {"ahead", "identical"}
    return Comparison(straight, len(entries) < _MOST_FILES, files)


def diff_between(connection: Connection, repository: str, base: str, head: str) -> str:
    """git's diff from where both parted to `head`; bytes that are no UTF-8 are lost."""
    data = connection.get(_what(base, head), _path(repository, base, head), accept=_DIFF)
    return "" if data is None else expect_str(data, "data")  # PyGithub's name for what is no JSON


def _what(base: str, head: str) -> str:
    return f"compare {base[:10]} with {head[:10]}"


def _path(repository: str, base: str, head: str) -> str:
    return f"/repos/{repository}/compare/{quote(base, safe='')}...{quote(head, safe='')}"
