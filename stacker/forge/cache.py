"""What the forge last said about pull requests, remembered for those who look without asking.

Nothing is decided by it but what `status` shows; it may be deleted at any time.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from stacker import held_files
from stacker.forge.api import CIResult, CISource, CIState, PullState, Review, ReviewState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stacker.forge.api import PullRequest

_FILE = "forge.json"
_FORMAT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPull:
    """A pull request as it was at `read_at`, in seconds since 1970.

    `repository` is `OWNER/NAME`; `checks` are the CI checks of `head`; `base_tip` is where
    `base_branch` was then. `open_threads` counts those that nobody resolved; `None`: not known.
    """

    repository: str
    number: int
    url: str
    author: str
    state: PullState
    draft: bool
    head: str
    reviews: tuple[Review, ...]
    checks: tuple[CIResult, ...]
    base_branch: str
    base_tip: str
    head_pushed_at: str
    read_at: int
    open_threads: int | None = None


def remember_pulls(state: Path, pulls: Iterable[PullRequest], now: int) -> None:
    """Remember `pulls` as read at `now`; what is known of others stays. `state` is `.stacker`."""
    found = known_pulls(state)
    for pull in pulls:
        found[pull.repository, pull.number] = as_known(pull, now)
    document = {"format": _FORMAT, "pulls": [_row(pull) for _, pull in sorted(found.items())]}
    state.mkdir(parents=True, exist_ok=True)
    half = state / f"{_FILE}.new"
    half.write_text(json.dumps(document, indent=1), encoding="utf-8", newline="\n")
    held_files.replace(half, state / _FILE)


def as_known(pull: PullRequest, read_at: int) -> KnownPull:
    """What is remembered of a pull request."""
    return KnownPull(
        repository=pull.repository,
        number=pull.number,
        url=pull.url,
        author=pull.author,
        state=pull.state,
        draft=pull.draft,
        head=pull.head,
        reviews=pull.reviews,
        checks=pull.checks,
        base_branch=pull.base_branch,
        base_tip=pull.base_tip,
        head_pushed_at=pull.head_pushed_at,
        read_at=read_at,
        open_threads=pull.open_threads,
    )


def known_pulls(state: Path) -> dict[tuple[str, int], KnownPull]:
    """All that is remembered, by repository and number; nothing if the file is not readable."""
    try:
        document = json.loads((state / _FILE).read_text(encoding="utf-8"))
        if document["format"] != _FORMAT:
            return {}
        pulls = [_pull(row) for row in document["pulls"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {(pull.repository, pull.number): pull for pull in pulls}


def _row(pull: KnownPull) -> dict[str, object]:
    return {
        "repository": pull.repository,
        "number": pull.number,
        "url": pull.url,
        "author": pull.author,
        "state": pull.state,
        "draft": pull.draft,
        "head": pull.head,
        "reviews": [[r.author, r.state, r.commit, r.submitted_at] for r in pull.reviews],
        "checks": [asdict(one) for one in pull.checks],
        "base_branch": pull.base_branch,
        "base_tip": pull.base_tip,
        "head_pushed_at": pull.head_pushed_at,
        "read_at": pull.read_at,
        "open_threads": pull.open_threads,
    }


def _pull(row: dict[str, Any]) -> KnownPull:
    return KnownPull(
        repository=str(row["repository"]),
        number=int(row["number"]),
        url=str(row["url"]),
        author=str(row["author"]),
        state=PullState(row["state"]),
        draft=bool(row["draft"]),
        head=str(row["head"]),
        reviews=tuple(
            Review(str(author), ReviewState(state), str(commit), str(when))
            for author, state, commit, when in row["reviews"]
        ),
        checks=tuple(_check(**one) for one in row["checks"]),
        base_branch=str(row["base_branch"]),
        base_tip=str(row["base_tip"]),
        head_pushed_at=str(row["head_pushed_at"]),
        read_at=int(row["read_at"]),
        open_threads=row.get("open_threads"),  # what an older stacker remembered has none
    )


def _check(source: str, state: str, app: int | None = None, **texts: str) -> CIResult:
    return CIResult(source=CISource(source), state=CIState(state), app=app, **texts)
