"""Refs, branches and their protection over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.hub import protection
from stacker.hub.bare import HEADS, ZERO, valid_ref
from stacker.hub.binding import binding
from stacker.hub.call import Answer, Refusal, not_found
from stacker.hub.checks import green
from stacker.hub.records import Right
from stacker.hub.rest.access import git_side, listed, require_hidden
from stacker.hub.show import commits

if TYPE_CHECKING:
    from stacker.hub.call import Call, Json
    from stacker.hub.protection import Rules


def get(call: Call, ref: str) -> Answer:
    """GET .../git/ref/{ref}; `ref` is `heads/...` or `tags/...`."""
    return Answer(_shown(call, f"refs/{ref}", _existing(call, ref, not_found())))


def matching(call: Call, ref: str = "") -> Answer:
    """GET .../git/matching-refs/{ref}: every ref whose name starts so."""
    prefix = f"refs/{ref}"
    found = {name: oid for name, oid in git_side(call).refs().items() if name.startswith(prefix)}
    return listed(call, sorted(found.items()), lambda pair: _shown(call, *pair))


def create(call: Call) -> Answer:
    """POST .../git/refs: for those who may push."""
    require_hidden(call, Right.WRITE)
    name, oid = call.body.text("ref"), call.body.text("sha")
    if not valid_ref(name) or name.startswith("refs/pull/"):
        raise Refusal(422, f"{name} is not a valid ref name.")
    if git_side(call).ref(name) is not None:
        raise Refusal(422, "Reference already exists")
    _object(call, name, oid)
    _obey(call, name, ZERO, oid)
    if not git_side(call).move(name, oid, ZERO):
        raise Refusal(422, "Reference already exists")
    return Answer(_shown(call, name, oid), 201)


def change(call: Call, ref: str) -> Answer:
    """PATCH .../git/refs/{ref}: forward, or anywhere with `force`; for those who may push."""
    require_hidden(call, Right.WRITE)
    name, oid = f"refs/{ref}", call.body.text("sha")
    old = _existing_for_change(call, ref)
    _object(call, name, oid)
    if not call.body.flag("force", default=False) and not git_side(call).contains(oid, old):
        raise Refusal(422, "Update is not a fast forward")
    _obey(call, name, old, oid)
    if not git_side(call).move(name, oid, old):
        raise Refusal(422, "Reference cannot be updated")
    return Answer(_shown(call, name, oid))


def delete(call: Call, ref: str) -> Answer:
    """DELETE .../git/refs/{ref}: for those who may push; never the default branch."""
    require_hidden(call, Right.WRITE)
    name = f"refs/{ref}"
    old = _existing_for_change(call, ref)
    if name == HEADS + git_side(call).default_branch():
        raise Refusal(422, "Cannot delete the default branch")
    _obey(call, name, old, ZERO)
    if not git_side(call).move(name, ZERO, old):
        raise Refusal(422, "Reference cannot be updated")
    return Answer(status=204)


def list_branches(call: Call) -> Answer:
    """GET .../branches; `protected=true` keeps the protected ones."""
    branches = sorted(git_side(call).refs("refs/heads").items())
    shown = [
        commits.short_branch(call, call.repository, name.removeprefix(HEADS), oid)
        for name, oid in branches
    ]
    if "protected" in call.query:
        wanted = call.query["protected"] == "true"
        shown = [each for each in shown if each["protected"] is wanted]
    return listed(call, shown, lambda each: each)


def get_branch(call: Call, branch: str) -> Answer:
    """GET .../branches/{branch}."""
    return Answer(commits.branch(call, call.repository, branch, _tip(call, branch)))


def get_protection(call: Call, branch: str) -> Answer:
    """GET .../branches/{branch}/protection: for admins, hidden from the others."""
    require_hidden(call, Right.ADMIN)
    _tip(call, branch)
    rules = protection.rules_for(call.db, call.repository, branch)
    if rules is None:
        raise _unprotected()
    return Answer(commits.protection(call, call.repository, branch, rules))


def protect(call: Call, branch: str) -> Answer:
    """PUT .../branches/{branch}/protection: for admins, hidden from the others."""
    require_hidden(call, Right.ADMIN)
    _tip(call, branch)
    rules = protection.parse(call.body)
    protection.save(call.db, call.repository, branch, rules)
    return Answer(commits.protection(call, call.repository, branch, rules))


def unprotect(call: Call, branch: str) -> Answer:
    """DELETE .../branches/{branch}/protection: for admins, hidden from the others."""
    require_hidden(call, Right.ADMIN)
    if not protection.remove(call.db, call.repository, branch):
        raise _unprotected()
    return Answer(status=204)


def _unprotected() -> Refusal:
    return Refusal(404, "Branch not protected")


def _shown(call: Call, name: str, oid: str) -> Json:
    kind = git_side(call).kind(oid) or "commit"
    return commits.ref(call, call.repository, name, oid, kind)


def _existing(call: Call, ref: str, refusal: Refusal) -> str:
    oid = git_side(call).ref(f"refs/{ref}")
    if oid is None:
        raise refusal
    return oid


def _existing_for_change(call: Call, ref: str) -> str:
    if ref.startswith("pull/"):
        raise Refusal(422, "The refs of pull requests are read-only")
    return _existing(call, ref, Refusal(422, "Reference does not exist"))


def _tip(call: Call, branch: str) -> str:
    oid = git_side(call).branch(branch)
    if oid is None:
        raise Refusal(404, "Branch not found")
    return oid


def _object(call: Call, name: str, oid: str) -> None:
    bare = git_side(call)
    full = len(oid) in (40, 64) and all(c in "0123456789abcdef" for c in oid)
    kind = bare.kind(oid) if full else None
    if kind is None or (name.startswith(HEADS) and kind != "commit"):
        raise Refusal(422, "Object does not exist")


def _obey(call: Call, name: str, old: str, new: str) -> None:
    """Refuse what the branch's protection forbids the caller; 422."""
    rules = _binding(call, name)
    if rules is None:
        return
    shown = green(call.db, call.repository, new)
    judged = protection.judge_push(rules, shown, deletes=new == ZERO)
    bare = git_side(call)
    said = judged.refusal
    if judged.forward_only and old != ZERO and not bare.contains(new, old):
        said = "Cannot force-push to this protected branch"
    news = bare.between(old, new) if judged.linear and old != ZERO else []
    if any(len(each.commit.parents) > 1 for each in news):
        said = "This branch must not contain merge commits."
    if said is not None:
        raise Refusal(422, said)


def _binding(call: Call, name: str) -> Rules | None:
    if not name.startswith(HEADS):
        return None
    branch = name.removeprefix(HEADS)
    return binding(call.site, call.db, call.repository, branch, call.user, pushing=True)
