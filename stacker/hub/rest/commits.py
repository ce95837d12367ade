"""Commits, comparisons, statuses and check runs over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub import checks, diff, repositories
from stacker.hub.auth import app_of
from stacker.hub.call import Answer, Refusal, invalid, not_found
from stacker.hub.records import CheckRun, Repository, Right, Status
from stacker.hub.rest.access import git_side, listed, page_of, require_hidden
from stacker.hub.show import commits
from stacker.hub.urls import Urls

if TYPE_CHECKING:
    from stacker.hub.bare import Bare
    from stacker.hub.call import Call

_DIFF = "application/vnd.github.diff"
_RUN_STATES = ("queued", "in_progress", "completed")


def get(call: Call, ref: str) -> Answer:
    """GET .../commits/{ref}: with the files that it changed."""
    bare = git_side(call)
    oid = bare.resolve(ref)
    if oid is None:
        raise _no_commit(ref)
    found = bare.commits([oid])[0]
    parent = found.commit.parents[0] if found.commit.parents else None
    changed = diff.files(bare, parent, oid)
    added, deleted = sum(e.additions for e in changed), sum(e.deletions for e in changed)
    return Answer(
        commits.commit(call, call.repository, found)
        | {
            "stats": {"additions": added, "deletions": deleted, "total": added + deleted},
            "files": commits.files(call, call.repository, oid, changed),
        }
    )


def compare(call: Call, spec: str) -> Answer:
    """GET .../compare/{base}...{head}: each a branch, an id, or `owner:branch` of a fork.

    As JSON, or, where that is asked for, as the diff itself.
    """
    base_spec, dots, head_spec = spec.partition("...")
    if not dots:
        raise not_found()
    here, (base_home, base_rev), (head_home, head_rev) = (
        call.repository, _end(call, base_spec), _end(call, head_spec),
    )  # fmt: skip
    base = repositories.bare(call.site, base_home).resolve(base_rev)
    head = repositories.bare(call.site, head_home).resolve(head_rev)
    bare = repositories.bare(call.site, here, base_home, head_home)
    middle = bare.merge_base(base, head) if base and head else None
    if base is None or head is None or middle is None:
        raise not_found()
    if _DIFF in call.accept:
        return Answer(diff.text(bare, middle, head), media=_DIFF)
    return _comparison(call, bare, (base, middle, head), spec)


def create_status(call: Call, oid: str) -> Answer:
    """POST .../statuses/{sha}: for those who may push."""
    user, body = require_hidden(call, Right.WRITE), call.body
    state, context = body.text("state"), body.text("context", "default")
    if state not in checks.STATES:
        raise invalid("Status", "state")
    if git_side(call).resolve(oid) != oid:
        raise _no_commit(oid)
    row = call.db.insert(
        "statuses",
        repository=call.repository.id,
        oid=oid,
        context=context,
        state=state,
        description=body.text("description") if "description" in body else None,
        target_url=body.text("target_url") if "target_url" in body else None,
        creator=user.id,
        created_at=call.now,
    )
    made = next(s for s in checks.statuses(call.db, call.repository, oid) if s.id == row)
    return Answer(commits.status(call, call.repository, made), 201)


def list_statuses(call: Call, ref: str) -> Answer:
    """GET .../commits/{ref}/statuses, newest first."""
    found = checks.statuses(call.db, call.repository, _oid(call, ref))

    def show(each: Status) -> dict[str, object]:
        return commits.status(call, call.repository, each)

    return listed(call, found, show)


def combined_status(call: Call, ref: str) -> Answer:
    """GET .../commits/{ref}/status."""
    oid = _oid(call, ref)
    latest = checks.latest_statuses(call.db, call.repository, oid)
    part, headers = page_of(call, latest)
    shown = commits.combined_status(call, call.repository, oid, latest, len(latest))
    shown["statuses"] = [commits.simple_status(call, call.repository, each) for each in part]
    return Answer(shown, headers=headers)


def create_check_run(call: Call) -> Answer:
    """POST .../check-runs: for apps, and for those who may push.

    The hub runs no workflows: an app says itself, as `event`, what started its workflow run.
    """
    body, app = call.body, app_of(call.user.login)
    user = call.user if app else require_hidden(call, Right.WRITE)
    oid, name = body.text("head_sha"), body.text("name")
    conclusion = body.text("conclusion") if "conclusion" in body else None
    status = body.text("status", "completed" if conclusion else "queued")
    if status not in _RUN_STATES or (conclusion is None) == (status == "completed"):
        raise invalid("CheckRun", "status")
    if conclusion is not None and conclusion not in checks.CONCLUSIONS:
        raise invalid("CheckRun", "conclusion")
    if git_side(call).resolve(oid) != oid:
        raise Refusal(422, f"No commit found for SHA: {oid}")
    output = body.part("output")
    row = call.db.insert(
        "check_runs",
        repository=call.repository.id,
        oid=oid,
        name=name,
        status=status,
        conclusion=conclusion,
        details_url=body.text("details_url") if "details_url" in body else None,
        external_id=body.text("external_id", ""),
        title=output.text("title", "") if output else None,
        summary=output.text("summary", "") if output else None,
        creator=user.id,
        started_at=call.now,
        completed_at=call.now if conclusion else None,
        app=app,
        event=body.text("event") if app and "event" in body else None,
    )
    made = call.db.one(CheckRun, "SELECT * FROM check_runs WHERE id = ?", row)
    return Answer(commits.check_run(call, call.repository, made) if made else None, 201)


def list_check_runs(call: Call, ref: str) -> Answer:
    """GET .../commits/{ref}/check-runs: the newest of each name."""
    found = checks.latest_runs(call.db, call.repository, _oid(call, ref))
    part, headers = page_of(call, found)
    runs = [commits.check_run(call, call.repository, each) for each in part]
    return Answer({"total_count": len(found), "check_runs": runs}, headers=headers)


def _comparison(call: Call, bare: Bare, ends: tuple[str, str, str], spec: str) -> Answer:
    base, middle, head = ends
    repository, urls = call.repository, Urls(call.origin)
    ahead = bare.between(base, head)
    behind = bare.count(head, base)
    words = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}
    base_commit, merge_base = bare.commits([base, middle])
    page = urls.page(repository.full_name, "compare", spec)
    part, headers = page_of(call, ahead)
    return Answer(
        {
            "url": urls.repository(repository, "compare", spec),
            "html_url": page,
            "permalink_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "base_commit": commits.commit(call, repository, base_commit),
            "merge_base_commit": commits.commit(call, repository, merge_base),
            "status": words.get((bool(ahead), bool(behind)), "diverged"),
            "ahead_by": len(ahead),
            "behind_by": behind,
            "total_commits": len(ahead),
            "commits": [commits.commit(call, repository, each) for each in part],
            "files": commits.files(call, repository, head, diff.files(bare, middle, head)),
        },
        headers=headers,
    )


def _end(call: Call, spec: str) -> tuple[Repository, str]:
    owner, colon, rev = spec.rpartition(":")
    if not colon or owner.lower() == call.repository.owner_login.lower():
        return call.repository, rev
    root = call.repository.source or call.repository.id
    sql = "SELECT * FROM repositories WHERE owner_login = ? AND (id = ? OR source = ?)"
    found = call.db.one(Repository, sql, owner, root, root)
    if found is None or not repositories.path_of(call.site, found).is_dir():
        raise not_found()
    return found, rev


def _oid(call: Call, ref: str) -> str:
    oid = git_side(call).resolve(ref)
    if oid is None:
        raise _no_commit(ref)
    return oid


def _no_commit(ref: str) -> Refusal:
    return Refusal(422, f"No commit found for SHA: {ref}")
