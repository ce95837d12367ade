"""How far a lone merge of a group's member is prevented: the level that is in force. Pure.

A level is reached only by what was read. Of what was not, the findings say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from stacker.forge.required import lacking
from stacker.gate.action.printing import WORKFLOW
from stacker.gate.context import CONTEXT

if TYPE_CHECKING:
    from stacker.forge.api import Protection, PullRequest, RequiredCheck


class Level(IntEnum):
    """What holds the members of a group together; each holds against more than those below."""

    TEXT = 0
    DRAFTS = 1
    STRUCTURE = 2
    LABEL = 3
    WORKFLOW = 4
    APP = 5
    SOLE_UPDATER = 6


@dataclass(frozen=True, slots=True)
class Facts:
    """The open pull requests of the members, the branch's rules (None: it has none), and whether
    the gate's workflow is on the branch (None: that could not be read)."""

    members: tuple[PullRequest, ...]
    rules: Protection | None
    workflow: bool | None

    @property
    def gate(self) -> RequiredCheck | None:
        """The gate's check, where the branch requires it."""
        checks = self.rules.required_checks if self.rules else ()
        return next((one for one in checks if one.name == CONTEXT), None)


def level_of(facts: Facts) -> Level:
    """The highest level whose conditions were all seen."""
    reached = (
        (Level.SOLE_UPDATER, _only_apps_update(facts.rules)),
        (Level.APP, facts.gate is not None and facts.gate.app is not None),
        (Level.WORKFLOW, facts.gate is not None and facts.workflow is True),
        (Level.LABEL, bool(facts.members) and all(_labelled(facts, p) for p in facts.members)),
        (Level.STRUCTURE, not facts.members),
        (Level.DRAFTS, all(pull.draft for pull in facts.members)),
    )
    return next((level for level, holds in reached if holds), Level.TEXT)


def not_against(facts: Facts, level: Level) -> str:
    """What the level does not hold against, and what of it could not be read."""
    gate, rules = facts.gate, facts.rules
    if gate is not None and level < Level.STRUCTURE:
        return f"whoever may write and sets the status {CONTEXT} by hand, which the branch requires"
    against = [_AGAINST[level]]
    if level is Level.APP and gate is not None and gate.app == _ACTIONS:
        against.append(
            "whoever may push a workflow of their own, for any of them reports as Actions"
        )
    if level >= Level.WORKFLOW and rules is not None and not rules.complete:
        against.append("perhaps any admin: whether the rules bind them only they are shown")
    return "; ".join(against)


def next_steps(facts: Facts, level: Level, branch: str) -> tuple[str, ...]:
    """What leads to the next level, or to the one after it; none is above the highest."""
    match level:
        case Level.TEXT:
            return (
                'L1: let the members be drafts: `drafts` other than "never", then stacker submit',
            )
        case Level.DRAFTS:
            label = "L3: have a triager put a label on each that a required check stops at"
            return label, _to_workflow(facts, branch)
        case Level.STRUCTURE | Level.LABEL:
            return (_to_workflow(facts, branch),)
        case Level.WORKFLOW:
            return (f"L5: let the rule require {CONTEXT} from the app that reports it, not any",)
        case Level.APP:
            if facts.rules and facts.rules.restricted and facts.rules.updaters is None:
                return ("L6, if it is not reached: who may change it only admins are shown",)
            return (f"L6: restrict updates of {branch}, with one app alone to go past that",)
        case Level.SOLE_UPDATER:
            return ()


def _to_workflow(facts: Facts, branch: str) -> str:
    steps = []
    if facts.workflow is None:
        steps.append(f"whether {WORKFLOW} is on {branch} could not be read")
    elif not facts.workflow:
        steps.append(f"have {WORKFLOW} put on {branch} (`stacker gate workflow` prints it)")
    if facts.gate is None:
        steps.append(f"have the rules of {branch} require the check {CONTEXT}")
    return f"L4: {', and '.join(steps)}"


def _only_apps_update(rules: Protection | None) -> bool:
    """Whether only apps may change the branch, by what was read."""
    return bool(
        rules is not None
        and rules.restricted
        and rules.updaters
        and all(one.app for one in rules.updaters)
    )


def _labelled(facts: Facts, pull: PullRequest) -> bool:
    """Whether a required check is red on it and is called like one of its labels."""
    checks = facts.rules.required_checks if facts.rules else ()
    red = [one.name.casefold() for one in lacking(pull.checks, checks)]
    return any(label.casefold() in name for label in pull.labels if label for name in red)


_ACTIONS = 15368  # GitHub's own app, which reports for every workflow
_AGAINST = {
    Level.TEXT: "a click on the merge button of one member",
    Level.DRAFTS: "whoever may write: ready for review, then merge",
    Level.STRUCTURE: "a cherry-pick or a push of some of the commits",
    Level.LABEL: "whoever takes the label off, and whoever may go past the rules",
    Level.WORKFLOW: "whoever may write and sets a status of that name, and whoever may go past the "
    "rules",
    Level.APP: "whoever may go past the rules",
    Level.SOLE_UPDATER: "admins, who may change the rules",
}
