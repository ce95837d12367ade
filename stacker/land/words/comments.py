"""What is said under a member's pull request once it has landed, or was taken back. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.templates.rendering import Templates, Words
from stacker.submit.words.body import LANDED, code, contained

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.land.intent import IntendedMember, Intent

_BUILT_IN = Templates()


def landed_mark(tx: str) -> str:
    """What a comment about the landing is known by, so that it is made once."""
    return f"{LANDED} {tx} -->"


def reverted_mark(tx: str) -> str:
    """The same for the comment that it was taken back."""
    return f"<!-- stacker:reverted {tx} -->"


def landed_comment(
    intent: Intent, member: IntendedMember, commit: Oid, templates: Templates = _BUILT_IN
) -> str:
    """Where a member landed, with whom, and why its pull request is closed."""
    others = _others(intent, member)
    values = {
        "branch": Words(code(intent.branch)),
        "commit": Words(commit),
        "others": others,
        "squashed": Words("yes" if intent.squash and others else ""),
    }
    said = contained(templates.render("landed.md.j2", values)).strip("\n")
    return f"{said}\n{landed_mark(intent.tx)}\n"


def reverted_comment(
    intent: Intent, member: IntendedMember, by: Oid, templates: Templates = _BUILT_IN
) -> str:
    """That the branch has what the member brought no longer; `by` is the commit that reverted."""
    values = {
        "branch": Words(code(intent.branch)),
        "commit": Words(by),
        "others": _others(intent, member),
    }
    said = contained(templates.render("reverted.md.j2", values)).strip("\n")
    return f"{said}\n{reverted_mark(intent.tx)}\n"


def _others(intent: Intent, member: IntendedMember) -> list[Words]:
    return [Words(f"#{m.number}") for m in intent.members if m.number not in (None, member.number)]
