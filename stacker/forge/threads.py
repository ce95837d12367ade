"""What people said of single lines of one pull request, and is not resolved yet.

A question of its own: the bulk read that most commands make does not pay for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.forge.answers import (
    at,
    expect_bool,
    expect_int,
    expect_list,
    expect_str,
    optional_str,
    unreadable,
)
from stacker.forge.paging import PAGE, ask_repository, nodes
from stacker.forge.shapes import login

if TYPE_CHECKING:
    from stacker.forge.connection import Connection

_THREADS = f"""{PAGE} nodes {{
  isResolved isOutdated path line originalLine diffSide
  first: comments(first: 1) {{
    totalCount nodes {{ body url author {{ login }} originalCommit {{ oid }} }}
  }}
  newest: comments(last: 1) {{ nodes {{ author {{ login }} }} }}
}}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """An unresolved thread; `line` is where its line is in the forge's newest head, as it says.

    `first_line` is where that was in `commit`, when the thread was begun; both are None for what
    was said of a whole file. `removed`: it is a line of the old side of the diff. `text` and
    `author` are those of its first comment, `replies` counts the others, the last of them by
    `last_author`. `commit` is empty when that is gone.
    """

    path: str
    line: int | None
    first_line: int | None
    commit: str
    outdated: bool
    removed: bool
    author: str
    text: str
    url: str
    replies: int
    last_author: str


def open_threads(connection: Connection, repository: str, number: int) -> tuple[Thread, ...]:
    """The unresolved threads of a pull request, oldest first."""

    def ask(after: str, variables: dict[str, str]) -> object:
        threads = f"reviewThreads(first: 100{after}) {{ {_THREADS} }}"
        field = f"p: pullRequest(number: {number:d}) {{ {threads} }}"
        answer = ask_repository(connection, repository, [field], variables)
        if at(answer, "p") is None:
            raise ForgeError(f"there is no pull request #{number} in {repository}")
        return at(answer, "p", "reviewThreads")

    def more(cursor: str) -> object:
        return ask(", after: $after", {"after": cursor})

    found = nodes(ask("", {}), more)
    return tuple(_thread(node) for node in found if not expect_bool(node, "isResolved"))


def _thread(node: object) -> Thread:
    first, newest = (_only(node, name) for name in ("first", "newest"))
    return Thread(
        path=expect_str(node, "path"),
        line=_number(node, "line"),
        first_line=_number(node, "originalLine"),
        commit=optional_str(first, "originalCommit", "oid") or "",
        outdated=expect_bool(node, "isOutdated"),
        removed=expect_str(node, "diffSide") == "LEFT",
        author=login(first, "author"),
        text=expect_str(first, "body"),
        url=expect_str(first, "url"),
        replies=expect_int(node, "first", "totalCount") - 1,
        last_author=login(newest, "author"),
    )


def _only(node: object, key: str) -> object:
    found = expect_list(node, key, "nodes")
    if len(found) != 1:
        raise unreadable((key, "nodes"), "a comment", found)
    return found[0]


def _number(node: object, key: str) -> int | None:
    return None if at(node, key) is None else expect_int(node, key)
