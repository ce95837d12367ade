"""What a forge tells about repositories and pull requests, as plain values.

An object id (`head`, `commit`, `merge_commit`) is 40 or 64 lower-case hex digits. A repository
is named `OWNER/NAME` as the forge spells it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What this token may do in a repository."""

    NONE = "none"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class MergeMethod(StrEnum):
    """How a forge may merge a pull request; the values are its own words."""

    MERGE = "merge"
    SQUASH = "squash"
    REBASE = "rebase"


class PullState(StrEnum):
    """Whether a pull request can still change anything."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


class ReviewState(StrEnum):
    """What one review says."""

    APPROVED = "approved"
    CHANGES_REQUESTED = "changes-requested"
    COMMENTED = "commented"
    DISMISSED = "dismissed"
    PENDING = "pending"


class CISource(StrEnum):
    """Which of the forge's two ways a CI check was reported by."""

    STATUS = "status"
    CHECK_RUN = "check-run"


class CIState(StrEnum):
    """The result of one CI check; only `success` has passed."""

    SUCCESS = "success"
    FAILURE = "failure"
    PENDING = "pending"
    NEUTRAL = "neutral"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token belongs to; `scopes` are a classic one's, None for a fine-grained one.

    `expires` is the day (ISO 8601) or the forge's own words, empty when it is not told.
    """

    login: str
    scopes: frozenset[str] | None
    expires: str


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """One repository; `parent` is what a fork was made from.

    `merge_methods` is empty when the forge does not tell them (it tells only who may write).
    """

    full_name: str
    default_branch: str
    permission: Permission
    merge_methods: frozenset[MergeMethod]
    is_fork: bool
    parent: str | None
    clone_url: str


@dataclass(frozen=True, slots=True)
class Review:
    """One review: `commit` is the head it looked at, empty when that commit is gone.

    `submitted_at` is ISO 8601 in UTC, empty while the review is pending.
    """

    author: str
    state: ReviewState
    commit: str
    submitted_at: str


@dataclass(frozen=True, slots=True)
class CIResult:
    """The newest result of one CI check on one commit.

    `creator` is the user behind a status, or the app behind a check run; empty when not told.
    `conclusion` is how a check run ended, in the forge's own word, empty while it has not; `event`
    is what started the workflow run that it belongs to, empty when it is of none; `url` is where
    people see it; the times are ISO 8601 in UTC. All of that is empty when not told. `app` is the
    id of the app that reported it; None when that is a user, or not told.
    """

    name: str
    source: CISource
    state: CIState
    description: str
    creator: str
    conclusion: str = ""
    event: str = ""
    url: str = ""
    started_at: str = ""
    completed_at: str = ""
    app: int | None = None


@dataclass(frozen=True, slots=True)
class BranchTip:
    """The tip of a branch with its CI checks, and, as of the same answer, that of another one.

    `tip` is None where there is no such branch, and so is `other_tip`.
    """

    tip: str | None
    checks: tuple[CIResult, ...]
    other_tip: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """One remark in the conversation of a pull request; `mine` when this token's user made it."""

    id: int
    author: str
    body: str
    mine: bool


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One pull request of `repository`, with all that was said about it.

    `may_edit` is whether this token may change its title, text, base and state: those who may not
    can comment, and push if its branch is theirs.
    `node_id` names it in GraphQL. `head_owner` and `head_repository` are None once the fork is
    deleted. `merge_commit` is set only when it was merged. `reviews` and `comments` are oldest
    first; `checks` are those of `head`. `base_tip` is where the base branch was in the very same
    answer, empty when there is none. `auto_merge`: somebody asked for it to be merged as soon as it
    may be; `queued`: it waits in a merge queue. `head_pushed_at` is when its head was last forced
    to another commit (ISO 8601 in UTC), empty when it never was: a forge does not tell when a head
    went forward. An approval from before that time was given to another head, whatever commit the
    forge now names for it. `open_threads` counts the threads
    that nobody resolved.
    """

    repository: str
    number: int
    url: str
    node_id: str
    state: PullState
    draft: bool
    title: str
    body: str
    head_owner: str | None
    head_repository: str | None
    head_branch: str
    head: str
    base_branch: str
    author: str
    merge_commit: str | None
    reviews: tuple[Review, ...]
    checks: tuple[CIResult, ...]
    maintainer_can_modify: bool
    may_edit: bool
    comments: tuple[Comment, ...]
    base_tip: str = ""
    auto_merge: bool = False
    queued: bool = False
    head_pushed_at: str = ""
    labels: tuple[str, ...] = ()
    open_threads: int = 0


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A CI check that a branch requires; `app` is the id of the one that has to report it, None:
    anybody who can."""

    name: str
    app: int | None = None


@dataclass(frozen=True, slots=True)
class Bypass:
    """What this token may go past: the `rule` in words, and whether by a push too, or only in
    merging a pull request."""

    rule: str
    pushes: bool


@dataclass(frozen=True, slots=True)
class Updater:
    """Somebody who may change a branch that others may not; `app` when it is an app."""

    name: str
    app: bool


@dataclass(frozen=True, slots=True)
class Protection:
    """What a branch demands, by its protection and by rulesets.

    `strict`: the branch must be up to date. `approvals`: how many are needed. `through_pulls`:
    nobody pushes directly. `complete` is False when of its protection only the summary that
    everybody may read was shown: what is not asked for here is then unknown, not absent.
    `newest_push`: what was pushed last must be approved as it is. `methods`: the ways of merging
    that the rules allow; None: they say nothing. `queue`: everything comes by the merge queue.
    `restricted`: only some may change the branch, the `updaters`, None where they are not told.
    `signatures`: commits must be signed. `bypass`: which of the rules do not bind this token.
    """

    required_checks: tuple[RequiredCheck, ...]
    strict: bool
    approvals: int
    enforce_admins: bool
    linear: bool
    through_pulls: bool
    complete: bool
    newest_push: bool = False
    methods: frozenset[MergeMethod] | None = None
    queue: bool = False
    restricted: bool = False
    updaters: tuple[Updater, ...] | None = None
    signatures: bool = False
    bypass: tuple[Bypass, ...] = ()

    def allowed(self, methods: frozenset[MergeMethod]) -> frozenset[MergeMethod]:
        """The ways of merging, of those that the repository allows, that the rules allow too."""
        return methods if self.methods is None else methods & self.methods


@dataclass(frozen=True, slots=True)
class MergeDone:
    """The forge merged; `commit` is what the base branch got."""

    commit: str


@dataclass(frozen=True, slots=True)
class MergeRefused:
    """The forge would not merge; `code` is the HTTP status, `message` its own words."""

    code: int
    message: str


MergeAnswer = MergeDone | MergeRefused
