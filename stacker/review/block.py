"""What the block that stacker keeps in a pull request's text tells of it; it may be damaged."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stacker.git.objects import is_oid
from stacker.review.value import Published
from stacker.submit.body import facts_in

_BEGINS = re.compile(r"<!-- stacker:begin[^\n]*-->\n(?P<where>[^\n]*)\n")
_JOINER = "\u200d"  # stands in texts of ours where a name would call somebody


@dataclass(frozen=True, slots=True)
class Block:
    """The stage, where its series is at home, its published versions, oldest first.

    `where` is the line that says which part of the series it is, what it needs and lands with.
    """

    stage: str
    home: str
    where: str
    versions: tuple[Published, ...]


def block_in(body: str) -> Block | None:
    """The block in the text of a pull request; `None` without one."""
    facts = facts_in(body)
    if not facts:
        return None
    begun = _BEGINS.search(body.replace("\r\n", "\n"))
    listed = facts.get("versions")
    found = [_published(row) for row in (listed if isinstance(listed, list) else [])]
    return Block(
        stage=_text(facts.get("stage")),
        home=_text(facts.get("home")),
        where=_plain(begun["where"]) if begun else "",
        versions=tuple(sorted(one for one in found if one is not None)),
    )


def _published(row: object) -> Published | None:
    match row:
        case {"v": int(number), "head": str(head), "below": str(below)} if (
            not isinstance(number, bool) and is_oid(head) and is_oid(below)
        ):
            return Published(number, head, below)
        case _:
            return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _plain(line: str) -> str:
    """A line of Markdown as a terminal shows it."""
    return re.sub(r"\\([\\`*_\[\]<>|~&])|\*", r"\1", line).replace(_JOINER, "")
