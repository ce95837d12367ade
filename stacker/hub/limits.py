"""How many calls each user has left in this hour, and how much may be created at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.hub.call import Refusal

if TYPE_CHECKING:
    from stacker.hub.call import Json, Site
    from stacker.hub.state import Database

TOO_FAST = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Allowance:
    """Calls used out of `limit`; `reset` is when it begins anew, in seconds since 1970."""

    limit: int
    used: int
    reset: int

    @property
    def remaining(self) -> int:
        """How many calls are left."""
        return max(self.limit - self.used, 0)

    @property
    def exceeded(self) -> bool:
        """Whether the call just counted was one too many."""
        return self.used > self.limit

    def headers(self) -> dict[str, str]:
        """GitHub's headers for it."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Used": str(self.used),
            "X-RateLimit-Reset": str(self.reset),
            "X-RateLimit-Resource": "core",
        }

    def document(self) -> Json:
        """The answer of GET /rate_limit."""
        rate = {
            "limit": self.limit,
            "remaining": self.remaining,
            "used": self.used,
            "reset": self.reset,
        }
        return {"resources": {"core": rate, "graphql": rate, "search": rate}, "rate": rate}


def count(site: Site, db: Database, login: str | None, *, calls: int = 1) -> Allowance:
    """Count calls of a user (None: all who do not say who they are together)."""
    hour = int(site.clock().timestamp()) // _HOUR
    who = login.lower() if login else ""
    with db.writing():
        db.run("DELETE FROM calls WHERE hour < ?", hour)
        used = db.number(
            "INSERT INTO calls (who, hour, used) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET used = used + excluded.used RETURNING used",
            who, hour, calls,
        )  # fmt: skip
    return Allowance(site.limits.calls_an_hour, used, (hour + 1) * _HOUR)


def create(site: Site, db: Database, login: str) -> None:
    """Count a request that creates content; too many at once are refused as on GitHub.

    This is the secondary limit, which has no headers of its own but `Retry-After`.
    """
    now = int(site.clock().timestamp())
    most = {_MINUTE: site.limits.creations_a_minute, _HOUR: site.limits.creations_an_hour}
    ends = {span: (now // span + 1) * span for span in most}
    sql = "SELECT coalesce(sum(used), 0) FROM creations WHERE who = ? AND span = ?"
    with db.writing():
        db.run("DELETE FROM creations WHERE ends <= ?", now)
        full = [span for span in most if db.number(sql, login.lower(), span) >= most[span]]
        if full:
            raise _too_fast(max(ends[span] for span in full) - now)
        for span, end in ends.items():
            db.run(
                "INSERT INTO creations (who, span, ends, used) VALUES (?, ?, ?, 1)"
                " ON CONFLICT DO UPDATE SET used = used + 1",
                login.lower(), span, end,
            )  # fmt: skip


def _too_fast(seconds: int) -> Refusal:
    return Refusal(403, TOO_FAST, headers={"Retry-After": str(seconds)})
