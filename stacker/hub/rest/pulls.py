"""Pull requests and their reviews over REST."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.hub import diff, merging, pulls, reviews
from stacker.hub.call import Answer, Refusal, invalid, not_found
from stacker.hub.mergeability import tested
from stacker.hub.records import Pull, Review, Right
from stacker.hub.rest.access import git_side, listed, require
from stacker.hub.show import commits
from stacker.hub.show.pulls import full, review, simple

if TYPE_CHECKING:
    from stacker.hub.call import Call

_STATES = {"open": "is_open", "closed": "NOT is_open", "all": "1"}
_SORTS = {"created": "p.id", "updated": "p.updated_at"}
_EVENTS = {
    "APPROVE": "APPROVED",
    "REQUEST_CHANGES": "CHANGES_REQUESTED",
    "COMMENT": "COMMENTED",
}


def list_pulls(call: Call) -> Answer:
    """GET .../pulls: by `state`, `head` (owner:branch), `base`, in the asked order."""
    where, args = ["p.repository = ?"], [str(call.repository.id)]
    state = call.query.get("state", "open")
    sort = call.query.get("sort", "created")
    if state not in _STATES or sort not in _SORTS:
        raise invalid("PullRequest", "state" if state not in _STATES else "sort")
    where.append(_STATES[state])
    owner, colon, branch = call.query.get("head", "").partition(":")
    if colon:
        where.append("h.owner_login = ? AND p.head_ref = ?")
        args += [owner, branch]
    if "base" in call.query:
        where.append("p.base_ref = ?")
        args.append(call.query["base"])
    default = "desc" if sort == "created" else "asc"
    order = "DESC" if call.query.get("direction", default) == "desc" else "ASC"
    # Every part of this text comes from the tables above; a caller's words are arguments.
    sql = (
        "SELECT p.* FROM pulls p JOIN repositories h ON h.id = p.head_repository"  # noqa: S608
        f" WHERE {' AND '.join(where)} ORDER BY {_SORTS[sort]} {order}, p.id {order}"
    )
    return listed(call, call.db.all(Pull, sql, *args), lambda pull: simple(call, pull))


def create(call: Call) -> Answer:
    """POST .../pulls."""
    user, body = call.user, call.body
    title = body.text("title").strip()
    if not title:
        raise invalid("Issue", "title", "missing_field")
    opened = pulls.open_pull(
        call.site,
        call.db,
        call.repository,
        user,
        pulls.Proposal(
            title=title,
            body=body.text("body") if "body" in body else None,
            head=body.text("head"),
            head_repository=body.text("head_repo") if "head_repo" in body else None,
            base=body.text("base"),
            draft=body.flag("draft", default=False),
            maintainer_can_modify=body.flag("maintainer_can_modify", default=True),
        ),
    )
    return Answer(full(call, tested(call.site, call.db, opened)), 201)


def get(call: Call, number: int) -> Answer:
    """GET .../pulls/{number}: tests whether it can be merged, if that is not known yet."""
    with call.db.writing():
        pull = tested(call.site, call.db, _pull(call, number))
    with call.db.reading():
        return Answer(full(call, pull))


def change(call: Call, number: int) -> Answer:
    """PATCH .../pulls/{number}: for its author and those who may write."""
    user, pull, body = call.user, _pull(call, number), call.body
    pulls.may_change(call.db, pull, user)
    state = body.text("state") if "state" in body else None
    if state not in {None, "open", "closed"}:
        raise invalid("PullRequest", "state")
    flag = body.flag("maintainer_can_modify", default=pull.maintainer_can_modify)
    changed = pulls.edit(
        call.site,
        call.db,
        pull,
        pulls.Edit(
            title=body.text("title") if "title" in body else None,
            body=body.text("body") if "body" in body else None,
            base=body.text("base") if "base" in body else None,
            open=None if state is None else state == "open",
            maintainer_can_modify=flag,
        ),
    )
    return Answer(full(call, tested(call.site, call.db, changed)))


def list_commits(call: Call, number: int) -> Answer:
    """GET .../pulls/{number}/commits, oldest first."""
    pull = _pull(call, number)
    found = git_side(call).between(pull.base, pull.head)
    return listed(call, found, lambda each: commits.commit(call, call.repository, each))


def list_files(call: Call, number: int) -> Answer:
    """GET .../pulls/{number}/files: from the merge base to the head."""
    pull, bare = _pull(call, number), git_side(call)
    found = diff.files(bare, bare.merge_base(pull.base, pull.head), pull.head)
    shown = commits.files(call, call.repository, pull.head, found)
    return listed(call, shown, lambda entry: entry)


def is_merged(call: Call, number: int) -> Answer:
    """GET .../pulls/{number}/merge: 204 or 404."""
    if _pull(call, number).merged_at is None:
        raise not_found()
    return Answer(status=204)


def merge(call: Call, number: int) -> Answer:
    """PUT .../pulls/{number}/merge: for those who may write."""
    user = require(call, Right.WRITE)
    pull, request = _pull(call, number), merging.parse(call.body)
    tip = merging.merge(call.site, call.db, pull, user, request)
    said = "Pull Request successfully merged"
    return Answer({"sha": tip, "merged": True, "message": said})


def list_reviews(call: Call, number: int) -> Answer:
    """GET .../pulls/{number}/reviews, oldest first."""
    pull = _pull(call, number)
    return listed(call, reviews.reviews(call.db, pull), lambda each: review(call, pull, each))


def create_review(call: Call, number: int) -> Answer:
    """POST .../pulls/{number}/reviews: on the head, or on an older `commit_id` of it."""
    user, pull, body = call.user, _pull(call, number), call.body
    event, text = body.text("event", "COMMENT"), body.text("body", "")
    if event not in _EVENTS:
        raise _no_review(f"`{event}` is not an event of a review")
    if event != "APPROVE" and not text.strip():
        raise _no_review("A review needs a body.")
    if user.id == pull.author and event != "COMMENT":
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise _no_review(f"Can not {verb} your own pull request")
    oid = body.text("commit_id", pull.head)
    if git_side(call).resolve(oid) != oid or not git_side(call).contains(pull.head, oid):
        raise _no_review("commit_id is not part of the pull request")
    row = call.db.insert(
        "reviews",
        pull=pull.id,
        author=user.id,
        state=_EVENTS[event],
        body=text,
        oid=oid,
        submitted_at=call.now,
    )
    made = Review(row, pull.id, user.id, _EVENTS[event], text, oid, call.now)
    return Answer(review(call, pull, made))


def dismiss_review(call: Call, number: int, row: int) -> Answer:
    """PUT .../pulls/{number}/reviews/{id}/dismissals: for those who may write."""
    require(call, Right.WRITE)
    pull = _pull(call, number)
    one = next((each for each in reviews.reviews(call.db, pull) if each.id == row), None)
    if one is None:
        raise not_found()
    if not call.body.text("message").strip():
        raise _no_review("A dismissal needs a message.")
    if one.state not in {"APPROVED", "CHANGES_REQUESTED"}:
        raise _no_review(f"Can not dismiss a {one.state.lower()} pull request review")
    call.db.run("UPDATE reviews SET state = 'DISMISSED' WHERE id = ?", row)
    return Answer(review(call, pull, replace(one, state="DISMISSED")))


def _no_review(said: str) -> Refusal:
    """422 as only reviews have it: `errors` is a list of sentences."""
    return Refusal(422, "Unprocessable Entity", said)


def _pull(call: Call, number: int) -> Pull:
    return pulls.get(call.db, call.repository, number)
