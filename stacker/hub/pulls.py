"""Pull requests: opening, finding and changing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.hub import repositories
from stacker.hub.call import Json, Refusal, invalid, needs_admin, not_found, unprocessable
from stacker.hub.reconcile import keep_heads
from stacker.hub.records import Pull, Repository, Right

if TYPE_CHECKING:
    from stacker.hub.call import Site
    from stacker.hub.records import Account
    from stacker.hub.state import Database, Value


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pull request as somebody wants to open it; `head` is `branch` or `owner:branch`."""

    title: str
    body: str | None
    head: str
    head_repository: str | None
    base: str
    draft: bool
    maintainer_can_modify: bool


def get(db: Database, repository: Repository, number: int) -> Pull:
    """The pull request with this number; 404 when there is none."""
    sql = "SELECT * FROM pulls WHERE repository = ? AND number = ?"
    found = db.one(Pull, sql, repository.id, number)
    if found is None:
        raise not_found()
    return found


def again(db: Database, pull: Pull) -> Pull:
    """The same pull request as it is now."""
    found = db.one(Pull, "SELECT * FROM pulls WHERE id = ?", pull.id)
    if found is None:
        raise LookupError(f"no pull request {pull.id}")
    return found


def open_pull(
    site: Site, db: Database, base: Repository, author: Account, proposal: Proposal
) -> Pull:
    """Open a pull request, or refuse it in GitHub's words (422); call it while writing."""
    head_repository, head_ref = _head(db, base, proposal)
    bare = repositories.bare(site, base, head_repository)
    base_oid = bare.branch(proposal.base)
    if base_oid is None:
        raise invalid("PullRequest", "base")
    head_oid = repositories.bare(site, head_repository).branch(head_ref)
    if head_oid is None:
        raise invalid("PullRequest", "head")
    if max(repositories.right(db, each, author) for each in (base, head_repository)) < Right.WRITE:
        raise unprocessable("PullRequest", "must be a collaborator")
    _refuse_second(db, base, head_repository, head_ref, proposal.base)
    labels = (proposal.base, head_ref)
    if base.id != head_repository.id:
        labels = (f"{base.owner_login}:{labels[0]}", f"{head_repository.owner_login}:{labels[1]}")
    common = bare.merge_base(base_oid, head_oid)
    if common is None:
        said = f"The {labels[1]} branch has no history in common with {labels[0]}"
        raise unprocessable("PullRequest", said)
    if common == head_oid:
        raise unprocessable("PullRequest", f"No commits between {labels[0]} and {labels[1]}")
    row = db.insert(
        "pulls",
        repository=base.id,
        number=_next_number(db, base),
        title=proposal.title,
        body=proposal.body,
        author=author.id,
        head_repository=head_repository.id,
        head_ref=head_ref,
        head=head_oid,
        base_ref=proposal.base,
        base=base_oid,
        draft=proposal.draft,
        maintainer_can_modify=proposal.maintainer_can_modify and base.id != head_repository.id,
        created_at=site.now(),
        updated_at=site.now(),
    )
    keep_heads(site, db, base)
    return _by_id(db, row)


@dataclass(frozen=True, slots=True)
class Edit:
    """The changes to a pull request; None leaves a thing as it is."""

    title: str | None = None
    body: str | None = None
    base: str | None = None
    open: bool | None = None
    maintainer_can_modify: bool | None = None


def edit(site: Site, db: Database, pull: Pull, edit: Edit) -> Pull:
    """Change a pull request; call it while writing."""
    changes: dict[str, Value] = {"updated_at": site.now()}
    if edit.title is not None:
        if not edit.title.strip():
            raise invalid("PullRequest", "title", "missing_field")
        changes["title"] = edit.title
    if edit.body is not None:
        changes["body"] = edit.body
    if edit.maintainer_can_modify is not None and pull.crosses:
        changes["maintainer_can_modify"] = edit.maintainer_can_modify
    if edit.open is not None and edit.open != pull.is_open:
        changes |= _reopened(site, db, pull) if edit.open else _closed(site)
    if edit.base is not None and edit.base != pull.base_ref:
        changes |= _retargeted(site, db, pull, edit.base)
    _change(db, pull, changes)
    return again(db, pull)


def set_draft(site: Site, db: Database, pull: Pull, *, draft: bool) -> Pull:
    """Make it a draft, or ready for review; call it while writing."""
    if pull.draft != draft:
        _change(db, pull, {"draft": draft, "updated_at": site.now()})
    return again(db, pull)


def may_be_changed_by(db: Database, pull: Pull, user: Account) -> bool:
    """Whether somebody wrote the pull request, or may write to its repository."""
    repository = repositories.by_id(db, pull.repository)
    return user.id == pull.author or repositories.right(db, repository, user) >= Right.WRITE


def may_change(db: Database, pull: Pull, user: Account) -> None:
    """Refuse those who may not."""
    if not may_be_changed_by(db, pull, user):
        raise needs_admin()


def _by_id(db: Database, row: int) -> Pull:
    found = db.one(Pull, "SELECT * FROM pulls WHERE id = ?", row)
    if found is None:
        raise LookupError(f"no pull request {row}")
    return found


def _change(db: Database, pull: Pull, changes: dict[str, Value]) -> None:
    names = ", ".join(f"{name} = ?" for name in changes)
    # The names are keywords of this module, never a caller's words.
    db.run(f"UPDATE pulls SET {names} WHERE id = ?", *changes.values(), pull.id)  # noqa: S608


def _head(db: Database, base: Repository, proposal: Proposal) -> tuple[Repository, str]:
    owner, colon, branch = proposal.head.rpartition(":")
    owner = owner if colon else base.owner_login
    root = base.source or base.id
    sql = (
        "SELECT * FROM repositories WHERE owner_login = ? AND (id = ? OR source = ? OR id = ?)"
        " ORDER BY id = ? DESC, id"
    )
    family = db.all(Repository, sql, owner, root, root, base.id, base.id)
    if proposal.head_repository is not None:
        wanted = proposal.head_repository.rpartition("/")[2].lower()
        family = [each for each in family if each.name.lower() == wanted]
    if not family:
        raise invalid("PullRequest", "head")
    return family[0], branch


def _refuse_second(
    db: Database, base: Repository, head_repository: Repository, head_ref: str, base_ref: str
) -> None:
    sql = (
        "SELECT count(*) FROM pulls WHERE is_open AND repository = ? AND head_repository = ?"
        " AND head_ref = ? AND base_ref = ?"
    )
    if db.number(sql, base.id, head_repository.id, head_ref, base_ref):
        said = f"A pull request already exists for {head_repository.owner_login}:{head_ref}."
        raise unprocessable("PullRequest", said)


def _next_number(db: Database, repository: Repository) -> int:
    return db.number(
        "UPDATE repositories SET last_number = last_number + 1 WHERE id = ? RETURNING last_number",
        repository.id,
    )


def _closed(site: Site) -> dict[str, Value]:
    return {"is_open": False, "closed_at": site.now()}


def _reopened(site: Site, db: Database, pull: Pull) -> dict[str, Value]:
    base = repositories.by_id(db, pull.repository)
    source = repositories.by_id(db, pull.head_repository)
    if pull.merged_at is not None:
        raise _state_refused("The pull request cannot be reopened: it was merged.")
    base_now = repositories.bare(site, base).branch(pull.base_ref)
    head_now = None
    if repositories.path_of(site, source).is_dir():
        head_now = repositories.bare(site, source).branch(pull.head_ref)
    if base_now is None:
        raise _state_refused(f"The {pull.base_ref} branch has been deleted.")
    if head_now is None:
        raise _state_refused(f"The {pull.head_ref} branch or repository has been deleted.")
    bare = repositories.bare(site, base, source)
    if not bare.contains(head_now, pull.head):
        raise _state_refused(f"The {pull.head_ref} branch was force-pushed or recreated.")
    if bare.contains(base_now, head_now):
        raise _state_refused(f"There are no new commits on the {pull.head_ref} branch.")
    _refuse_second(db, base, source, pull.head_ref, pull.base_ref)
    return {"is_open": True, "closed_at": None, "head": pull.head, "base": base_now}


def _state_refused(why: str) -> Refusal:
    error: Json = {"resource": "PullRequest", "field": "state", "code": "invalid"}
    return Refusal(422, "Validation Failed", error | {"message": f"state cannot be changed. {why}"})


def _retargeted(site: Site, db: Database, pull: Pull, base_ref: str) -> dict[str, Value]:
    base = repositories.by_id(db, pull.repository)
    bare = repositories.bare(site, base)
    if not pull.is_open:
        said = "Cannot change the base branch of a closed pull request."
        raise unprocessable("PullRequest", said)
    base_oid = bare.branch(base_ref)
    if base_oid is None:
        raise invalid("PullRequest", "base")
    if bare.contains(base_oid, pull.head):
        said = (
            f"There are no new commits between base branch '{base_ref}'"
            f" and head branch '{pull.head_ref}'"
        )
        raise unprocessable("PullRequest", said)
    head_repository = repositories.by_id(db, pull.head_repository)
    _refuse_second(db, base, head_repository, pull.head_ref, base_ref)
    return {"base_ref": base_ref, "base": base_oid}
