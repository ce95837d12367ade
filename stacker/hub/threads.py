"""What people say of single lines of a pull request: threads, and where their lines are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git.hunks import hunk_to, line_after
from stacker.hub import repositories
from stacker.hub.records import ReviewComment

if TYPE_CHECKING:
    from stacker.hub.bare import Bare
    from stacker.hub.call import Site
    from stacker.hub.records import Pull
    from stacker.hub.state import Database

LEFT, RIGHT = "LEFT", "RIGHT"


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of a pull request; `line` is `None` once the diff shows its line no more."""

    pull: Pull
    comments: tuple[ReviewComment, ...]
    line: int | None

    @property
    def first(self) -> ReviewComment:
        """The comment that began it."""
        return self.comments[0]


def comments(db: Database, pull: Pull) -> list[ReviewComment]:
    """All comments on lines, oldest first."""
    sql = "SELECT * FROM review_comments WHERE pull = ? ORDER BY id"
    return db.all(ReviewComment, sql, pull.id)


def threads(site: Site, db: Database, pull: Pull) -> list[Thread]:
    """All threads, oldest first."""
    said = comments(db, pull)
    bare = repositories.bare(site, repositories.by_id(db, pull.repository))
    return [
        Thread(
            pull,
            (first, *(each for each in said if each.reply_to == first.id)),
            line_now(bare, pull, first),
        )
        for first in said
        if first.reply_to is None
    ]


def hunk_of(bare: Bare, pull: Pull, oid: str, comment: tuple[str, str, int]) -> str | None:
    """What the diff of commit `oid` shows down to a (path, side, line); `None` if it does not."""
    path, side, line = comment
    start = bare.merge_base(pull.base, oid)
    if start is None:
        return None
    diff = bare.raw("diff", "--no-ext-diff", "--no-renames", start, oid, "--", f":(literal){path}")
    return hunk_to(diff.decode("utf-8", "replace"), line, old=side == LEFT)


def line_now(bare: Bare, pull: Pull, comment: ReviewComment) -> int | None:
    """The line of a comment in the diff of today's head; `None` if that shows it no more."""
    before, after = comment.oid, pull.head
    if comment.side == LEFT:
        before, after = (bare.merge_base(pull.base, oid) or oid for oid in (before, after))
    line: int | None = comment.line
    if before != after:
        diff = _between(bare, f"{before}:{comment.path}", f"{after}:{comment.path}")
        line = None if diff is None else line_after(diff, comment.line)
    if line is None or hunk_of(bare, pull, pull.head, (comment.path, comment.side, line)) is None:
        return None
    return line


def _between(bare: Bare, before: str, after: str) -> str | None:
    """How a file changed; `None` where one of them is not there."""
    try:
        return bare.raw("diff", "--no-ext-diff", before, after, "--").decode("utf-8", "replace")
    except GitError:
        return None
