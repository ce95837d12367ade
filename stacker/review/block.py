"""What the block that stacker keeps in a pull request's text tells its reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.submit.words import published_facts
from stacker.submit.words.body import block_in

if TYPE_CHECKING:
    from stacker.submit.words.published_facts import PublishedVersion

_EVIDENCE = re.compile(r"^\*\*Evidence:\*\*[^\n]*\n(?:(?:\|[^\n]*|- [^\n]*)?\n)*", re.MULTILINE)
_JOINER = "\u200d"  # stands in texts of ours where a name would call somebody


@dataclass(frozen=True, slots=True)
class Block:
    """The stage, where its series is at home, its published versions, the newest last.

    `where` is its first line, which says what part of the series it is, what it needs and lands
    with; `evidence` are the lines on what was run for it. What the block does not tell is empty.
    """

    where: str
    evidence: tuple[str, ...] = ()
    stage: str = ""
    home: str = ""
    versions: tuple[PublishedVersion, ...] = ()


def block_of(body: str) -> Block | None:
    """The block in the text of a pull request; `None` without one."""
    _, _, shown = block_in(body).partition("\n")
    if not shown:
        return None
    where, evidence = _plain(shown.partition("\n")[0]), _evidence(shown)
    facts = published_facts.read(body)
    if facts is None:
        return Block(where, evidence)
    return Block(where, evidence, facts.stage, facts.home or "", facts.versions)


def _evidence(shown: str) -> tuple[str, ...]:
    """Its heading, the rows of its table and the reasons, as `submit` writes them."""
    found = _EVIDENCE.search(shown)
    lines = found[0].split("\n") if found else []
    return tuple(_plain(line) for line in lines if line.strip("|-: "))


def _plain(line: str) -> str:
    """A line of Markdown as a terminal shows it."""
    return re.sub(r"\\([\\`*_\[\]<>|~&])|\*", r"\1", line).replace(_JOINER, "")
