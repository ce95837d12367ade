"""The words that some keys of a plan choose among."""

from __future__ import annotations

from enum import StrEnum


class Publish(StrEnum):
    """How a published branch moves: only forward, or rewritten."""

    APPEND = "append"
    REWRITE = "rewrite"


class Drafts(StrEnum):
    """Which pull requests are drafts: those whose needs are not all approved or landed, those whose
    needs have not all landed, each with the members of groups; or none."""

    NEEDS_APPROVED = "needs-approved"
    NEEDS_LANDED = "needs-landed"
    NEVER = "never"


class Landing(StrEnum):
    """The way by which stages land in a repository; `auto` is the strongest permitted one."""

    AUTO = "auto"
    PUSH = "push"
    PULL_REQUEST = "pull-request"
    HAND_OFF = "hand-off"


class LandingShape(StrEnum):
    """What our own push makes of a landing: the clean chain, or one merge commit over it."""

    CHAIN = "chain"
    MERGE = "merge"


class AdoptsBy(StrEnum):
    """How somebody's pull request is continued: in a new one, or by pushing to its branch."""

    PULL_REQUEST = "pull-request"
    PUSH = "push"


class Proof(StrEnum):
    """What proves that a stage is in upstream: the whole tree, its own paths, or its check."""

    TREE = "tree"
    PATHS = "paths"
    CHECK = "check"


class ApprovalRule(StrEnum):
    """Which approvals stand: those of the very head, or also those of an earlier published head
    that has the same change."""

    HEAD = "head"
    SAME_DIFF = "same-diff"


class Preset(StrEnum):
    """Whose habits the pull requests of a repository keep."""

    DEFAULT = "default"
    CPYTHON = "cpython"


class RunnerKind(StrEnum):
    """What builds."""

    LOCAL = "local"
    BUILDBOT = "buildbot"
    GITHUB = "github"


class MustPass(StrEnum):
    """Where a check must pass: at each stage, or only at the tip of a group."""

    EVERY_STAGE = "every-stage"
    GROUP_TIP = "group-tip"
