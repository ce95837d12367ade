"""What the pull request says that lands a group, or takes it back: a block of ours, as those of
`submit`, so that what bots and people write around it stays. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.forge.api import MergeMethod
from stacker.land.words.plain import fenced
from stacker.land.words.told import numbered, parts_of, templates_for
from stacker.series.templates.rendering import Words
from stacker.submit.words.body import code, contained, inline, said_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.land.candidate import Candidate
    from stacker.land.intent import Intent
    from stacker.land.preflight import MemberFacts
    from stacker.land.words.messages import Message
    from stacker.series.loading import Series
    from stacker.series.templates.rendering import Templates

BUTTONS = {
    None: "Merge",
    MergeMethod.MERGE: "Create a merge commit",
    MergeMethod.SQUASH: "Squash and merge",
    MergeMethod.REBASE: "Rebase and merge",
}
"""What the forge's button is called by which a pull request is merged so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """What is to land: of the series, under a name, into a branch, by a way of merging."""

    series: Series
    name: str
    branch: str
    members: Sequence[MemberFacts]
    candidate: Candidate
    method: MergeMethod | None


def landing_body(landing: Landing, message: Message, *, number: int | None = None) -> str:
    """Our block in the landing pull request, whose `number` is not known before it is opened.

    The message is shown where somebody may have to paste it.
    """
    first, series = landing.members[0].stage, landing.series
    pasted = landing.method in (None, MergeMethod.SQUASH)
    preset = series.plan.repository(series.plan.stage(first).repository).preset
    title = message.title if number is None else numbered(preset, message.title, number)
    values = {
        "series": Words(inline(series.plan.title)),
        "name": Words(inline(landing.name)),
        "branch": Words(code(landing.branch)),
        "button": Words(BUTTONS[landing.method]),
        "parts": parts_of(series, landing.members, landing.candidate),
        "base": Words(landing.candidate.base),
        "commit": Words(landing.candidate.commit),
        "tree": Words(landing.candidate.tree),
        "title": Words(fenced(title) if pasted else ""),
        "message": Words(fenced(message.body) if pasted else ""),
    }
    said = templates_for(series, first).render("landing.md.j2", values)
    return said_block(series.plan.name, landing.name, contained(said).strip("\n"))


def revert_body(
    templates: Templates, series: str, name: str, intent: Intent, message: Message
) -> str:
    """Our block in the pull request that takes back what came as `name`; `series` is our name."""
    numbers = (f"#{m.number}" for m in intent.members if m.number is not None)
    values = {
        "title": Words(f"*{inline(name)}*"),
        "parts": [Words(number) for number in numbers],
        "branch": Words(code(intent.branch)),
        "button": Words(BUTTONS[MergeMethod.SQUASH if intent.squash else None]),
        "subject": Words(fenced(message.title)),
        "message": Words(fenced(message.body)),
    }
    said = templates.render("revert.md.j2", values)
    return said_block(series, intent.name, contained(said).strip("\n"))
