"""One entry of a forge's answer as a value: reviews, comments, CI checks and their states."""

from __future__ import annotations

from stacker.forge.answers import (
    expect_bool,
    expect_int,
    expect_one_of,
    expect_str,
    optional_int,
    optional_str,
)
from stacker.forge.api import CIResult, CISource, CIState, Comment, PullState, Review, ReviewState

_GHOST = "ghost"
_ACTIONS, _ACTIONS_ID = "github-actions[bot]", 15368
_PULL_STATES = {state.name: state for state in PullState}
_REVIEW_STATES = {state.name: state for state in ReviewState}
_STATUS_STATES = {
    "success": CIState.SUCCESS,
    "failure": CIState.FAILURE,
    "error": CIState.FAILURE,
    "pending": CIState.PENDING,
    "expected": CIState.PENDING,
}
# A conclusion gone stale is one that the forge itself no longer counts.
_CONCLUSIONS = {
    "success": CIState.SUCCESS,
    "failure": CIState.FAILURE,
    "timed_out": CIState.FAILURE,
    "cancelled": CIState.FAILURE,
    "startup_failure": CIState.FAILURE,
    "action_required": CIState.FAILURE,
    "stale": CIState.FAILURE,
    "neutral": CIState.NEUTRAL,
    "skipped": CIState.SKIPPED,
}


def pull_state(node: object) -> PullState:
    """Whether the pull request is open, closed or merged."""
    return expect_one_of(_PULL_STATES, node, "state")


def login(node: object, key: str) -> str:
    """The user at `key`; `ghost`, as on the forge, when the account is gone."""
    return optional_str(node, key, "login") or _GHOST


def review(entry: object) -> Review:
    """A review of GraphQL."""
    return Review(
        author=login(entry, "author"),
        state=expect_one_of(_REVIEW_STATES, entry, "state"),
        commit=optional_str(entry, "commit", "oid") or "",
        submitted_at=optional_str(entry, "submittedAt") or "",
    )


def comment(entry: object) -> Comment:
    """A comment of GraphQL."""
    return Comment(
        expect_int(entry, "databaseId"), login(entry, "author"), expect_str(entry, "body"),
        mine=expect_bool(entry, "viewerDidAuthor"),
    )  # fmt: skip


def check(entry: object) -> CIResult:
    """A CI check of GraphQL: a status, or a check run."""
    if expect_str(entry, "__typename") == "StatusContext":
        creator = optional_str(entry, "creator", "login") or ""
        if optional_str(entry, "creator", "__typename") == "Bot":
            creator += "[bot]"  # as REST has it, and nobody else can be called
        return CIResult(
            name=expect_str(entry, "context"),
            source=CISource.STATUS,
            state=status_state(entry),
            description=optional_str(entry, "description") or "",
            creator=creator,
            app=app_of(creator),
            url=optional_str(entry, "targetUrl") or "",
        )
    return CIResult(
        name=expect_str(entry, "name"),
        source=CISource.CHECK_RUN,
        state=run_state(entry),
        description="",
        creator=optional_str(entry, "checkSuite", "app", "slug") or "",
        conclusion=(optional_str(entry, "conclusion") or "").lower(),
        event=optional_str(entry, "checkSuite", "workflowRun", "event") or "",
        url=optional_str(entry, "detailsUrl") or "",
        started_at=optional_str(entry, "startedAt") or "",
        completed_at=optional_str(entry, "completedAt") or "",
        app=optional_int(entry, "checkSuite", "app", "databaseId"),
    )


def app_of(creator: str | None) -> int | None:
    """The app behind a status, which a forge tells only by its login: known of Actions alone."""
    return _ACTIONS_ID if creator == _ACTIONS else None


def status_state(entry: object) -> CIState:
    """What the `state` of a commit status means, in REST's or GraphQL's spelling."""
    return expect_one_of(_STATUS_STATES, {"state": expect_str(entry, "state").lower()}, "state")


def run_state(entry: object) -> CIState:
    """What `status` and `conclusion` of a check run mean, in REST's or GraphQL's spelling."""
    if expect_str(entry, "status").lower() != "completed":
        return CIState.PENDING
    conclusion = {"conclusion": expect_str(entry, "conclusion").lower()}
    return expect_one_of(_CONCLUSIONS, conclusion, "conclusion")
