"""The people of the demo, and what they do on the forge's pages: approve, press Merge."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

PORTER, COORDINATOR, REVIEWER, OWNER = "paulmon", "zooba", "tiran", "python"


@dataclass(frozen=True, slots=True)
class Answered:
    """The forge's answer: its HTTP status and document."""

    status: int
    document: Any

    @property
    def words(self) -> str:
        """What it says to a person."""
        said = self.document.get("message", "") if isinstance(self.document, dict) else ""
        return str(said) or f"done ({self.status})"


def token_of(name: str) -> str:
    """The throw-away token of one of the demo's people."""
    return f"demo-{name}"


def approve(url: str, who: str, repository: str, number: int) -> Answered:
    """Review a pull request and approve its head."""
    return act(url, who, "POST", f"/repos/{repository}/pulls/{number}/reviews",
               {"event": "APPROVE", "body": "Looks good."})  # fmt: skip


def press_merge(url: str, who: str, repository: str, number: int) -> Answered:
    """Press "Squash and merge"."""
    return act(url, who, "PUT", f"/repos/{repository}/pulls/{number}/merge",
               {"merge_method": "squash"})  # fmt: skip


def make_ready(url: str, who: str, repository: str, number: int) -> Answered:
    """Press "Ready for review"."""
    pull = act(url, who, "GET", f"/repos/{repository}/pulls/{number}")
    query = (
        "mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) "
        "{ pullRequest { isDraft } } }"
    )
    body = {"query": query, "variables": {"id": pull.document["node_id"]}}
    return _send(f"{url}/api/graphql", who, "POST", body)


def pull(url: str, repository: str, number: int) -> dict[str, Any]:
    """A pull request as the forge has it."""
    found: dict[str, Any] = act(url, "", "GET", f"/repos/{repository}/pulls/{number}").document
    return found


def act(url: str, who: str, method: str, path: str, body: dict[str, Any] | None = None) -> Answered:
    """One call of the forge's API by one of the demo's people; refusals are answers."""
    return _send(f"{url}/api/v3{path}", who, method, body)


def _send(url: str, who: str, method: str, body: dict[str, Any] | None) -> Answered:
    headers = {"Content-Type": "application/json"}
    if who:
        headers["Authorization"] = f"token {token_of(who)}"
    data = None if body is None else json.dumps(body).encode()
    # The address is that of the hub in this process.
    request = urllib.request.Request(url, data=data, method=method, headers=headers)  # noqa: S310
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=30) as answer:
            raw, status = answer.read(), answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            raw, status = refused.read(), refused.code
    return Answered(status, json.loads(raw) if raw else None)
