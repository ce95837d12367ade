"""What only upstream's CI and people do, supposed: CI passes, a maintainer agrees and merges.

A rehearsal tells what would land and how, so it goes on where a landing would wait for them, and
says so.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.forge.api import MergeMethod, PullState
from stacker.hub import repositories
from stacker.hub.auth import remember
from stacker.hub.call import Limits, Site
from stacker.hub.copied import CopiedCheck, report
from stacker.hub.state import connect
from stacker.rehearsal.copying import MAINTAINER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import Protocol

    from stacker.forge.api import MergeAnswer, Protection, PullRequest

    class MergingForge(Protocol):
        """The forge as somebody who may merge has it."""

        def merge(
            self, repository: str, number: int, *, sha: str, method: MergeMethod,
            title: str | None = None, message: str | None = None,
        ) -> MergeAnswer:  # fmt: skip
            """Merge it."""
            ...


_STRONGEST = (MergeMethod.REBASE, MergeMethod.MERGE, MergeMethod.SQUASH)


def suppose_agreed(
    root: Path, upstream: str, heads: Sequence[str], pulls: Sequence[PullRequest],
    rules: Protection | None, *, ours: str,
) -> tuple[str, ...]:  # fmt: skip
    """Let CI pass on these heads and maintainers approve these pull requests; what was supposed.

    `ours` is the check that a landing reports itself.
    """
    said: list[str] = []
    site = Site(root.resolve(), {}, lambda: datetime.now(UTC), Limits())
    with connect(site.root) as db, db.writing():
        home = repositories.find(site, db, *upstream.split("/"))
        if home is None or rules is None:
            return ()
        checks = [c for c in rules.required_checks if c.name != ours or c.app is not None]
        for oid in heads:
            for one in checks:
                check = CopiedCheck(one.name, one.app is not None, "success", MAINTAINER, one.app)
                report(db, home, oid, check, site.now())
        if heads and checks:
            said.append(f"that {', '.join(c.name for c in checks)} passed on what is to land")
        for pull in pulls:
            row = db.number("SELECT id FROM pulls WHERE repository = ? AND number = ?",
                            home.id, pull.number)  # fmt: skip
            for count in range(rules.approvals):
                who = remember(db, f"{MAINTAINER}-{count + 1}")
                db.run("INSERT OR REPLACE INTO collaborators VALUES (?, ?, 'write')",
                       home.id, who.id)  # fmt: skip
                db.insert("reviews", pull=row, author=who.id, state="APPROVED", body="",
                          oid=pull.head, submitted_at=site.now())  # fmt: skip
            if rules.approvals:
                said.append(f"that #{pull.number} was approved")
    return tuple(said)


def suppose_merged(
    forge: MergingForge, pull: PullRequest, allowed: frozenset[MergeMethod]
) -> tuple[str, ...]:
    """Let a maintainer press the button by the strongest way that there is."""
    for method in _STRONGEST:
        if pull.state is PullState.OPEN and (not allowed or method in allowed):
            with suppress(ForgeError):
                forge.merge(pull.repository, pull.number, sha=pull.head, method=method)
                return (f"that a maintainer pressed the button on #{pull.number} ({method})",)
    return ()
