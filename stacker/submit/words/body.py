"""What a pull request says: our block, and around it whatever others wrote. Pure.

Everything of ours stands between two markers; what bots and people put outside stays. Text from
outside (titles of other stages) is made harmless where it is woven into a line of ours.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from stacker.forge.answers import printable
from stacker.series.templates.rendering import Readable, Templates, Words
from stacker.submit.restacking import NEEDS_RESTACK

if TYPE_CHECKING:
    from collections.abc import Sequence

_BEGIN, _END = "<!-- stacker:begin", "<!-- stacker:end -->"
HOW = "https://pypi.org/project/patch-stacker/"
"""Where a reviewer who has never heard of stacker reads how this works."""
_BUILT_IN = Templates()
_BLOCK = re.compile(r"<!-- stacker:begin(?P<facts>[^\n]*?) -->\n.*?<!-- stacker:end -->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Called:
    """What the series is called: its name in branches, its title for people."""

    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One stage as the texts of all pull requests of a series speak of it.

    `reference` is `#12` or `owner/name#12`, empty while it has no pull request; `state` a word;
    `restack` are the stages that upstream took from under it.
    `elsewhere` says that it is of another repository, where nobody sees its state at a glance.
    """

    stage: str
    title: str
    reference: str
    state: str
    group: str | None
    needs: tuple[str, ...]
    restack: tuple[str, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A stage's own text: its title, its body in Markdown, and where its own change is seen.

    `evidence` are lines about it, and `unverified` what is to be remembered of it, as rows; `graph`
    are lines that draw the series; `published` is the hidden line of `published_facts`.
    """

    title: str
    body: str
    range_view: str
    evidence: tuple[str, ...] = ()
    unverified: tuple[tuple[str, ...], ...] = ()
    graph: tuple[str, ...] = ()
    published: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Readable):
    """A part as a template sees it: harmless words; `here` says that the text is about this one."""

    number: int
    title: Words
    reference: Words
    state: Words
    group: Words
    here: bool


def pull_body(
    series: Called,
    part: Part,
    parts: Sequence[Part],
    text: Text,
    *,
    draft: bool,
    templates: Templates = _BUILT_IN,
) -> str:
    """Our block, as the template has it: three lines that stand alone in a mail, the stage's text,
    its evidence, the navigation. The markers are put round it here."""
    facts: dict[str, object] = {"series": series.name, "stage": part.stage, "draft": draft}
    facts |= {"unverified": text.unverified} if text.unverified else {}
    said = templates.render("pull.md.j2", _values(series, part, parts, text))
    said = contained(said).strip("\n")
    hidden = f"{text.published}\n" if text.published else ""
    return f"{_BEGIN} {json.dumps(facts, sort_keys=True)} -->\n{said}\n\n{hidden}{_END}"


def with_block(present: str, block: str) -> str:
    """`present` with our block in place of the old one; put first where there was none."""
    present = present.replace("\r\n", "\n")
    if _BLOCK.search(present):
        return _BLOCK.sub(lambda _: block, present, count=1)
    return f"{block}\n\n{present}" if present.strip() else block


def says(present: str, block: str) -> bool:
    """Whether `present` has our block just so."""
    return with_block(present, block) == present.replace("\r\n", "\n")


def block_in(present: str) -> str:
    """Our block of a text; empty where there is none."""
    found = _BLOCK.search(present.replace("\r\n", "\n"))
    return found[0] if found else ""


def with_lines(block: str, lines: Sequence[str]) -> str:
    """The block with more lines at its end."""
    return "\n".join([block.removesuffix(_END).rstrip("\n"), "", *lines, "", _END])


LANDED = "<!-- stacker:landed"
"""The beginning of what marks the one remark by which a landing closes a pull request."""


def drafted_by_us(present: str) -> bool:
    """Whether our block says that it was stacker who made this a draft."""
    return _facts(present).get("draft") is True


def as_our_draft(present: str) -> str:
    """The same text, whose block says so; as it is where it has none."""
    facts = json.dumps({**_facts(present), "draft": True}, sort_keys=True)
    text = present.replace("\r\n", "\n")
    found = _BLOCK.search(text)
    if found is None:
        return present
    return f"{text[: found.start('facts')]} {facts}{text[found.end('facts') :]}"


def unverified_in(present: str) -> object:
    """What our block remembers of what it lacked when it was published; it may be anything."""
    return _facts(present).get("unverified")


def stage_of(present: str) -> str:
    """The stage that our block is about; empty when it tells none."""
    stage = _facts(present).get("stage")
    return stage if isinstance(stage, str) else ""


def said_block(series: str, stage: str, text: str) -> str:
    """A block for a comment of ours that says one thing."""
    facts = json.dumps({"series": series, "stage": stage}, sort_keys=True)
    return f"{_BEGIN} {facts} -->\n{text}\n{_END}"


def is_ours(present: str, series: str) -> bool:
    """Whether a pull request carries our block, of the series of that name."""
    return _facts(present).get("series") == series


@lru_cache(maxsize=4096)  # each title stands in each text
def inline(text: str) -> str:
    """Text from outside for the middle of a line: no markup, no mention, no closing keyword."""
    text = printable(re.sub(r"\s+", " ", text))
    text = re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", text)
    # A zero-width joiner keeps the look and takes the meaning: @name, #12, GH-12, addresses, <!--.
    means = r"([@#](?=\w)|\bGH-(?=\d)|://|\bwww\.|<(?=!--))"
    return re.sub(means, "\\1\u200d", text, flags=re.IGNORECASE)


def code(text: str) -> str:
    """A name from outside as code in the middle of a line, which it cannot end."""
    shown = printable(re.sub(r"\s+", " ", text)).replace("<!--", "<\u200d!--")
    ticks = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    space = " " if len(ticks) > 1 else ""
    return f"{ticks}{space}{shown}{space}{ticks}"


def contained(text: str) -> str:
    """Lines that neither end nor imitate our block, nor hide what is written after them."""
    return _closed(text.replace("<!-- stacker:", "<!-- stacker\u200d:"))


def _closed(text: str) -> str:
    """A comment that the text leaves open would hide all that we write after it."""
    start = text.rfind("<!--")
    return text if start < 0 or "-->" in text[start:] else f"{text} -->"


def _facts(present: str) -> dict[str, object]:
    """What our block's first line keeps; empty when there is no block of ours, or it is damaged."""
    found = _BLOCK.search(present.replace("\r\n", "\n"))
    if found is None:
        return {}
    try:
        facts = json.loads(found["facts"])
    except (ValueError, RecursionError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _where(series: str, part: Part, parts: Sequence[Part]) -> str:
    place = 1 + [p.stage for p in parts].index(part.stage)
    words = [f"Part {place} of {len(parts)} of *{inline(series)}*"]
    together = [_name(p) for p in parts if p.group and p.group == part.group and p is not part]
    if together:
        words.append(f"lands together with {', '.join(together)}")
    needed = [_needed(p) for p in parts if p.stage in part.needs and p.group != (part.group or "-")]
    if needed:
        words.append(f"needs {', '.join(needed)}")
    gone = [_name(p) for p in parts if p.stage in part.restack]
    if gone:
        words.append(f"*{NEEDS_RESTACK}*: {', '.join(gone)} landed, and this is still on top of it")
    return " · ".join(words)


def _values(
    series: Called, part: Part, parts: Sequence[Part], text: Text
) -> dict[str, Words | list[Words] | list[Row]]:
    """What a template may say, made harmless."""
    return {
        "series": Words(inline(series.title)),
        "title": Words(inline(text.title)),
        "where": Words(_where(series.title, part, parts)),
        "range_view": Words(text.range_view),
        "how": Words(HOW),
        "text": Words(contained(text.body)),
        "evidence": [Words(line) for line in text.evidence],
        "graph": [Words(line) for line in text.graph],
        "parts": [_row(n, one, here=one.stage == part.stage) for n, one in enumerate(parts, 1)],
    }


def _row(number: int, part: Part, *, here: bool) -> Row:
    state = f"{part.state}, {NEEDS_RESTACK}" if part.restack else part.state
    return Row(
        number=number, title=Words(inline(part.title)), reference=Words(part.reference),
        state=Words(state), group=Words(inline(part.group or "")), here=here,
    )  # fmt: skip


def _needed(part: Part) -> str:
    return f"{_name(part)} ({part.state})" if part.elsewhere else _name(part)


def _name(part: Part) -> str:
    return part.reference or f"*{inline(part.stage)}*"
