"""Could a pull request be merged now: its test merge, and what still stands in the way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.git.objects import Commit, Oid, Signature
from stacker.hub import repositories
from stacker.hub.bare import GITHUB
from stacker.hub.binding import all_rules
from stacker.hub.checks import green, rollup
from stacker.hub.protection import Standing, unmet
from stacker.hub.reconcile import merge_ref
from stacker.hub.records import Pull
from stacker.hub.reviews import opinions, standing_reviews

if TYPE_CHECKING:
    from stacker.hub.call import Site
    from stacker.hub.protection import Rules
    from stacker.hub.state import Database


def signature(site: Site, name: bytes, email: bytes) -> Signature:
    """Somebody's line in a commit of the hub, dated by the hub's clock (UTC)."""
    return Signature(name, email, f"{int(site.clock().timestamp())} +0000".encode())


def noreply(login: str) -> tuple[bytes, bytes]:
    """Name and mail address of an account in the commits that the hub makes for it."""
    return login.encode(), f"{login}@users.noreply.github.com".encode()


def tested(site: Site, db: Database, pull: Pull) -> Pull:
    """The pull request with a test merge of its present head and base.

    Remembers it, and lets `refs/pull/N/merge` be it, or not exist when there is a conflict.
    """
    if not pull.is_open or (pull.tested_head, pull.tested_base) == (pull.head, pull.base):
        return pull
    bare = repositories.bare(site, repositories.by_id(db, pull.repository))
    tree = bare.merge(pull.base, pull.head)
    oid = None
    if tree is not None:
        who = signature(site, *GITHUB)
        parents = (Oid(pull.base), Oid(pull.head))
        message = f"Merge {pull.head} into {pull.base}\n".encode()
        oid = bare.write(Commit(Oid(tree), parents, who, who, message))
    bare.put({merge_ref(pull): oid})
    db.run(
        "UPDATE pulls SET tested_head = ?, tested_base = ?, test_merge = ? WHERE id = ?",
        pull.head, pull.base, oid, pull.id,
    )  # fmt: skip
    return replace(pull, tested_head=pull.head, tested_base=pull.base, test_merge=oid)


def test_open(site: Site, db: Database, repository: int) -> None:
    """Test every open pull request into a repository whose test merge is out of date."""
    from_rows = db.all(
        Pull,
        "SELECT * FROM pulls WHERE is_open AND repository = ?"
        " AND (tested_head IS NOT head OR tested_base IS NOT base)",
        repository,
    )
    for pull in from_rows:
        tested(site, db, pull)


def conflicts(pull: Pull) -> bool:
    """Whether a tested pull request cannot be merged."""
    return pull.test_merge is None


def standing(site: Site, db: Database, pull: Pull) -> Standing:
    """What the pull request can show to the rules of its base."""
    repository = repositories.by_id(db, pull.repository)
    said = list(opinions(db, pull).values())
    return Standing(
        green(db, repository, pull.head),
        said.count("APPROVED"),
        sum(one.state == "APPROVED" and one.oid == pull.head for one in standing_reviews(db, pull)),
        said.count("CHANGES_REQUESTED"),
        repositories.bare(site, repository).contains(pull.head, pull.base),
    )


def state(site: Site, db: Database, pull: Pull) -> str:
    """GitHub's `mergeable_state` of a tested pull request."""
    if not pull.is_open:
        return "unknown"
    if conflicts(pull):
        return "dirty"
    if pull.draft:
        return "draft"
    repository = repositories.by_id(db, pull.repository)
    rules = all_rules(site, db, repository, pull.base_ref)
    if rules is not None:
        shown = standing(site, db, pull)
        if unmet(replace(rules, strict=False), shown):
            return "blocked"
        if rules.strict and not shown.up_to_date:
            return "behind"
    return "clean" if rollup(db, repository, pull.head) in (None, "success") else "unstable"


def obstacles(site: Site, db: Database, pull: Pull, rules: Rules | None) -> tuple[str, ...]:
    """Which of these rules stop a merge, in GitHub's words."""
    return () if rules is None else unmet(rules, standing(site, db, pull))
