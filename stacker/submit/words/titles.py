"""A pull request's title as its project wants it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.series.texts import stage_text
from stacker.submit.words.presets.choosing import rules_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.series.plan.model import Plan, StageId
    from stacker.submit.words.presets.rules import Rules


def words_of(plan: Plan, files: Mapping[str, bytes], stage: StageId) -> tuple[str, str]:
    """(title, body) of a stage's pull request: what `series/<stage>.md` says, the title in the
    form of the preset."""
    one = plan.stage(stage)
    title, body = stage_text(files.get(f"series/{stage}.md"), stage)
    rules = rules_of(plan.repository(one.repository).preset)
    return titled(rules, title, one.issue), body


def titled(rules: Rules, title: str, issue: str | None) -> str:
    """The title with the issue before it, where the project wants one and it names none."""
    known = issue_named(rules, issue)
    return title if not known or issue_in(rules, title) else f"{known}: {title}"


def issue_named(rules: Rules, issue: str | None) -> str:
    """The plan's issue as it stands in titles: of `1234` and `#1234` the prefix is today's.

    Empty where there is none, or none that the project would know.
    """
    found = re.fullmatch(rf"(?:({_any(rules)})-|#)?(\d+)", issue or "", re.IGNORECASE)
    return f"{(found[1] or rules.issues[0]).lower()}-{found[2]}" if found and rules.issues else ""


def issue_in(rules: Rules, title: str) -> str:
    """The issue that a title names anywhere, as bots look for it; empty where there is none."""
    found = re.search(rf"\b({_any(rules)})-(\d+)", title, re.IGNORECASE)
    return f"{found[1].lower()}-{found[2]}" if found and rules.issues else ""


def is_in_form(rules: Rules, title: str) -> bool:
    """Whether the title begins with the issue, a colon and a space."""
    form = rf"(?:\[\d+\.\d+\] )?(?:{_any(rules)})-\d+: \S.*"
    return not rules.issues or re.fullmatch(form, title) is not None


def in_parts(rules: Rules, title: str) -> tuple[str, str]:
    """The issue that a title begins with, as far as the colon and the space, and the rest."""
    found = re.match(rf"(?:{_any(rules)})-\d+: (?=\S)", title, re.IGNORECASE)
    end = found.end() if found and rules.issues else 0
    return title[:end], title[end:]


def _any(rules: Rules) -> str:
    return "|".join(map(re.escape, rules.issues))
