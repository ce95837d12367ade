"""Bring what the hub remembers of pull requests in line with where the real refs are."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, assert_never

from stacker.hub import repositories
from stacker.hub.bare import HEADS
from stacker.hub.binding import all_rules
from stacker.hub.fate import Closed, Fate, Kept, Merged, Moved, Seen, decide
from stacker.hub.records import Intent, Pull, Repository

if TYPE_CHECKING:
    from stacker.hub.bare import Bare
    from stacker.hub.call import Site
    from stacker.hub.records import Account
    from stacker.hub.state import Database


@dataclass(frozen=True)
class _Concerned:
    number: int


@dataclass(frozen=True)
class _Ends:
    """What branches pull requests are of, and where these were; of many it is the same."""

    head_repository: int
    head_ref: str
    head: str
    base_ref: str
    base: str


_ENDS = (
    "SELECT DISTINCT head_repository, head_ref, head, base_ref, base FROM pulls"
    " WHERE is_open AND repository = ?"
)
_OF_ENDS = (
    "SELECT * FROM pulls WHERE is_open AND repository = ? AND head_repository = ?"
    " AND head_ref = ? AND head = ? AND base_ref = ? AND base = ?"
)


def reconcile(
    site: Site, db: Database, repository: Repository, mover: Account | None = None
) -> None:
    """Look after every open pull request from or into a repository.

    `mover` is who moved the refs, when that is known: the one who merged, if it was a merge.
    """
    for number in _concerned(db, repository):
        base = repositories.by_id(db, number)
        if repositories.path_of(site, base).is_dir() and _fates(site, db, base):
            with db.writing():
                for pull, fate in _fates(site, db, base):
                    _apply(site, db, base, pull=pull, fate=fate, mover=mover)
                keep_heads(site, db, base)


def keep_heads(site: Site, db: Database, repository: Repository) -> None:
    """Let `refs/pull/N/head` of every pull request be its head, objects included."""
    bare = repositories.bare(site, repository)
    pulls = db.all(Pull, "SELECT * FROM pulls WHERE repository = ?", repository.id)
    present = bare.refs("refs/pull")
    missing: dict[int, dict[str, str]] = {}
    for pull in pulls:
        name = head_ref(pull)
        if present.get(name) != pull.head:
            missing.setdefault(pull.head_repository, {})[name] = pull.head
    for number, refs in missing.items():
        source = repositories.path_of(site, repositories.by_id(db, number))
        if number == repository.id:
            bare.put(dict(refs))
        elif source.is_dir():
            bare.fetch(source, refs)


def head_ref(pull: Pull) -> str:
    """The ref in the base repository that keeps a pull request's head."""
    return f"refs/pull/{pull.number}/head"


def merge_ref(pull: Pull) -> str:
    """The ref in the base repository for the test merge of a pull request."""
    return f"refs/pull/{pull.number}/merge"


def _concerned(db: Database, repository: Repository) -> list[int]:
    sql = (
        "SELECT DISTINCT repository AS number FROM pulls"
        " WHERE is_open AND (repository = ? OR head_repository = ?) ORDER BY number"
    )
    return [one.number for one in db.all(_Concerned, sql, repository.id, repository.id)]


def _fates(site: Site, db: Database, base: Repository) -> list[tuple[Pull, Fate]]:
    ends = db.all(_Ends, _ENDS, base.id)
    bare = repositories.bare(site, base)
    branches = {base.id: bare.refs("refs/heads")}
    for number in {one.head_repository for one in ends} - {base.id}:
        other = repositories.by_id(db, number)
        gone = not repositories.path_of(site, other).is_dir()
        branches[number] = {} if gone else repositories.bare(site, other).refs("refs/heads")
    pulls = [
        pull
        for one in ends
        if _now(branches, base, one) != (one.head, one.base)
        for pull in db.all(Pull, _OF_ENDS, base.id, *astuple(one))
    ]
    pulls.sort(key=lambda pull: pull.number)
    fates = [(pull, decide(_look(db, bare, branches, pull))) for pull in pulls]
    return [(pull, fate) for pull, fate in fates if not isinstance(fate, Kept)]


def _now(
    branches: dict[int, dict[str, str]], base: Repository, one: _Ends
) -> tuple[str | None, str | None]:
    head = branches[one.head_repository].get(HEADS + one.head_ref)
    return head, branches[base.id].get(HEADS + one.base_ref)


def _look(db: Database, bare: Bare, branches: dict[int, dict[str, str]], pull: Pull) -> Seen:
    head_now = branches[pull.head_repository].get(HEADS + pull.head_ref)
    base_now = branches[pull.repository].get(HEADS + pull.base_ref)
    moved = (head_now, base_now) != (pull.head, pull.base)
    contained, landed = False, None
    if moved and base_now is not None:
        contained = bare.contains(base_now, head_now or pull.head)
        oids = [intent.oid for intent in _intents(db, pull)]
        landed = next((oid for oid in oids if bare.contains(base_now, oid)), None)
    return Seen(pull.head, pull.base, head_now, base_now, contained, landed)


def _intents(db: Database, pull: Pull) -> list[Intent]:
    return db.all(Intent, "SELECT * FROM intents WHERE pull = ?", pull.id)


def _apply(
    site: Site, db: Database, base: Repository, *, pull: Pull, fate: Fate, mover: Account | None
) -> None:
    match fate:
        case Kept():
            pass
        case Moved(head, base_oid):
            db.run("UPDATE pulls SET head = ?, base = ? WHERE id = ?", head, base_oid, pull.id)
            if head != pull.head:
                db.run("UPDATE pulls SET updated_at = ? WHERE id = ?", site.now(), pull.id)
                _note_force(site, db, base, pull=pull, head=head)
                _dismiss_stale(site, db, base, pull)
        case Merged():
            _merged(site, db, base, pull=pull, fate=fate, mover=mover)
        case Closed(head):
            db.run(
                "UPDATE pulls SET is_open = 0, head = ?, closed_at = ?, updated_at = ?"
                " WHERE id = ?",
                head, site.now(), site.now(), pull.id,
            )  # fmt: skip
        case _:
            assert_never(fate)


def _merged(
    site: Site,
    db: Database,
    base: Repository,
    *,
    pull: Pull,
    fate: Merged,
    mover: Account | None,
) -> None:
    bare = repositories.bare(site, base)
    commit = fate.landed or bare.entered_by(fate.base_now, fate.head)
    merger = next((each.user for each in _intents(db, pull) if each.oid == fate.landed), None)
    pusher = mover.id if mover else None
    who = merger if fate.landed else pusher
    db.run(
        "UPDATE pulls SET is_open = 0, head = ?, closed_at = ?, merged_at = ?, updated_at = ?,"
        " merged_by = ?, merge_commit = ? WHERE id = ?",
        fate.head, site.now(), site.now(), site.now(), who, commit, pull.id,
    )  # fmt: skip
    bare.put({merge_ref(pull): None})


def _note_force(site: Site, db: Database, base: Repository, *, pull: Pull, head: str) -> None:
    source = repositories.by_id(db, pull.head_repository)
    if not repositories.bare(site, base, source).contains(head, pull.head):
        db.insert("force_pushes", pull=pull.id, before=pull.head, after=head, created_at=site.now())


def _dismiss_stale(site: Site, db: Database, base: Repository, pull: Pull) -> None:
    rules = all_rules(site, db, base, pull.base_ref)
    if rules is not None and rules.dismiss_stale:
        db.run(
            "UPDATE reviews SET state = 'DISMISSED' WHERE pull = ? AND state = 'APPROVED'", pull.id
        )
