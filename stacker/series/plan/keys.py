"""How the plan is written in `series.toml`: the one table for reader, schema and explanation."""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

from stacker.series.plan.choices import (
    AdoptsBy,
    ApprovalRule,
    Drafts,
    Landing,
    LandingShape,
    MustPass,
    Preset,
    Proof,
    Publish,
    RunnerKind,
)
from stacker.series.plan.model import (
    Check,
    EvidenceSigner,
    Group,
    Override,
    Plan,
    Platform,
    Repository,
    Runner,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Shape(Enum):
    """What the TOML value of a key looks like."""

    TEXT = auto()  # one line, not empty
    NAME = auto()  # a text that is also a valid ref component and file name
    CHOICE = auto()  # one word of `Key.choices`
    COUNT = auto()  # a whole number, 0 or more
    NUMBER = auto()  # a whole number, 1 or more: the number of a pull request
    SWITCH = auto()  # true or false
    TEXTS = auto()  # an array of different texts
    COMMANDS = auto()  # one argv, or an array of argvs
    DURATION = auto()  # "90s", "30m", "2h", "30d", "1h30m"
    REASONS = auto()  # a table of texts
    OVERRIDES = auto()  # a table of tables of `Override`, by platform


class Key(NamedTuple):
    """A key of a TOML table: its shape, what it says to a person, whether it must be there."""

    shape: Shape
    says: str
    required: bool = False
    choices: type[StrEnum] | None = None


class Section(NamedTuple):
    """A top-level part of the plan: a table of named tables, or an array of tables."""

    of: type[Any]
    says: str
    named: bool


KEYS: Mapping[type[Any], Mapping[str, Key]] = {
    Plan: {
        "name": Key(Shape.NAME, "the name of the series", required=True),
        "format": Key(Shape.NUMBER, "the form of this file; default: 1, the only one so far"),
        "title": Key(Shape.TEXT, "the series in a few words; default: its name"),
        "forge": Key(Shape.TEXT, "default: github.com; else an https URL, or demo: the own hub"),
        "home": Key(Shape.TEXT, "where a team shares the series; default: this clone's origin"),
        "residue": Key(
            Shape.REASONS, "globs of what of a branch belongs to no stage, each with its reason"
        ),
        "require_evidence": Key(
            Shape.SWITCH,
            "whether submit wants every check that must pass to have passed; default: false, which "
            "refuses only what failed",
        ),
        "drafts": Key(
            Shape.CHOICE,
            "which pull requests are drafts: those whose needs are not all approved or landed (the "
            "default), or not all landed; members of a group always; or never any",
            choices=Drafts,
        ),
        "approvals": Key(
            Shape.CHOICE,
            "which approvals stand: head, those of the very head; same-diff, also those of an "
            "earlier one with the same change; how many it takes is said by a group",
            choices=ApprovalRule,
        ),
    },
    Repository: {
        "upstream": Key(
            Shape.TEXT,
            "where the stages go: OWNER/NAME on the forge, a URL, or a path",
            required=True,
        ),
        "branch": Key(Shape.TEXT, "the upstream branch; default: the upstream's HEAD"),
        "fork": Key(Shape.TEXT, "OWNER/NAME for the branches; default: the upstream"),
        "publish": Key(
            Shape.CHOICE,
            "how published branches move; default: append with a fork, else rewrite",
            choices=Publish,
        ),
        "landing": Key(
            Shape.CHOICE,
            "how stages land; auto is the strongest way that the token may use",
            choices=Landing,
        ),
        "shape": Key(
            Shape.CHOICE,
            "what our own push makes of a landing: chain, the clean commits, or merge, one commit "
            "over them; default: chain",
            choices=LandingShape,
        ),
        "proof": Key(Shape.CHOICE, "what proves that a stage has landed", choices=Proof),
        "preset": Key(
            Shape.CHOICE,
            "whose habits titles and texts keep, and what submit --check asks for",
            choices=Preset,
        ),
        "sign_off": Key(
            Shape.SWITCH,
            "whether each patch has to carry its author's Signed-off-by; default: false",
        ),
    },
    Stage: {
        "id": Key(Shape.NAME, "the stage's name in branches, files and commands", required=True),
        "repository": Key(Shape.TEXT, "where the stage goes; default: the first repository"),
        "needs": Key(
            Shape.TEXTS, "the stages it stands on; default: the stage above; []: the base alone"
        ),
        "issue": Key(Shape.TEXT, "the upstream issue that it belongs to"),
        "adopts": Key(Shape.NUMBER, "the number of somebody's pull request that it continues"),
        "adopts_by": Key(
            Shape.CHOICE,
            "how: in a pull-request of its own, the default, or by a push to that one's branch",
            choices=AdoptsBy,
        ),
        "was": Key(Shape.NAME, "the stage's id before it was renamed"),
        "paths": Key(
            Shape.TEXTS, "globs; import --split gives it the files that no stage above claims"
        ),
    },
    Group: {
        "stages": Key(Shape.TEXTS, "the stages that land together", required=True),
        "approvals": Key(Shape.COUNT, "approvals that each member needs before landing"),
        "require": Key(Shape.TEXTS, "CI checks that must have passed before landing"),
    },
    Runner: {
        "kind": Key(Shape.CHOICE, "what builds; default: local", choices=RunnerKind),
        "url": Key(Shape.TEXT, "where it is reached"),
        "app": Key(
            Shape.TEXT,
            "of a github runner: the app whose CI checks count for land, such as github-actions; "
            "without it they are only shown",
        ),
        "scheduler": Key(Shape.TEXT, "a buildbot's force scheduler; default: stacker"),
        "push": Key(
            Shape.TEXT,
            "where a buildbot's workers fetch commits: OWNER/NAME, a URL or a path; "
            "default: where the stages' branches go",
        ),
        "at_once": Key(Shape.NUMBER, "how many builds it is given at once; default: 32"),
    },
    Platform: {
        "host": Key(Shape.NAME, "the only kind of machine whose local runs count"),
        "runner": Key(Shape.TEXT, "the runner that builds it"),
        "builder": Key(Shape.TEXT, "the runner's own name for this platform"),
        "without": Key(
            Shape.REASONS, "what is out of scope on this platform, each with its reason"
        ),
        "toolchain": Key(
            Shape.COMMANDS,
            "commands whose output tells what builds it; other output, other evidence. "
            "Placeholders: {platform} {python}",
        ),
        "skips": Key(
            Shape.REASONS,
            "tests that may be skipped there, as globs of CLASS.NAME, each with its reason",
        ),
    },
    Check: {
        "name": Key(Shape.NAME, "the check's name in reports and evidence", required=True),
        "run": Key(
            Shape.COMMANDS,
            "one argv, or several in order; no shell. "
            "Placeholders: {platform} {stage} {base} {jobs} {python} {repo:NAME}",
            required=True,
        ),
        "repository": Key(
            Shape.TEXT, "only stages of this repository are checked; default: the first one"
        ),
        "must_pass": Key(
            Shape.CHOICE, "where it must pass; default: every-stage", choices=MustPass
        ),
        "timeout": Key(Shape.DURATION, "how long all its commands may take; default: 1h"),
        "paths": Key(Shape.TEXTS, "globs; if given, only these decide if old evidence holds"),
        "platforms": Key(Shape.TEXTS, "the platforms to check; default: all"),
        "env": Key(Shape.TEXTS, "environment variables that it is given"),
        "needs": Key(Shape.TEXTS, "checks that must have passed there before this one runs"),
        "attempts": Key(Shape.NUMBER, "how often it may run, for a flaky one; default: 1"),
        "min_passes": Key(Shape.NUMBER, "how many of its attempts must pass; default: 1"),
        "max_age": Key(Shape.DURATION, "older evidence is shown and not counted; default: no age"),
        "results": Key(
            Shape.TEXT,
            "the JUnit XML file that it writes; a skipped test that no `skips` names is a failure",
        ),
        "carry": Key(
            Shape.REASONS,
            "files and folders that git does not have, by their place in the lane: where they are",
        ),
        "submodules": Key(Shape.SWITCH, "whether it needs the stage's submodules; default: false"),
        "on": Key(Shape.OVERRIDES, "what differs on a platform: [checks.on.PLATFORM]"),
    },
    EvidenceSigner: {
        "key": Key(Shape.TEXT, "its public SSH key, the line of the .pub file", required=True),
        "platforms": Key(Shape.TEXTS, "the platforms that it may vouch for; default: all"),
    },
    Override: {
        "run": Key(Shape.COMMANDS, "its commands there"),
        "timeout": Key(Shape.DURATION, "how long all its commands may take there"),
        "paths": Key(Shape.TEXTS, "the globs that decide there if old evidence holds"),
        "env": Key(Shape.TEXTS, "environment variables that it is given there"),
        "builder": Key(Shape.TEXT, "the runner's own name for this check there"),
    },
}
"""The keys that the table of a model may have; each fills the field of its name."""

SECTIONS: Mapping[str, Section] = {
    "repositories": Section(
        Repository, "upstream repositories; the first is the default", named=True
    ),
    "stages": Section(Stage, "the stages, in order", named=False),
    "groups": Section(Group, "stages that land together", named=True),
    "runners": Section(Runner, "what builds", named=True),
    "platforms": Section(Platform, "targets; default: one, local", named=True),
    "checks": Section(Check, "commands that must pass", named=False),
    "evidence_signers": Section(
        EvidenceSigner, "whose signed evidence counts when something lands", named=True
    ),
}
"""The sections of the plan beside `[series]`; each fills the plan's field of its name."""
