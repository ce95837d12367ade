"""Branch protection: the rules of one branch, and what they say to a push or a merge."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from stacker.hub.records import Right

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from stacker.hub.call import Body
    from stacker.hub.records import Repository
    from stacker.hub.state import Database


class Required(NamedTuple):
    """A check that has to succeed; `app` is the id of the one that has to say so, None: anybody."""

    name: str
    app: int | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one protected branch; `checks` or `approvals` None: not asked for at all.

    `last_push`: somebody approved the head as it is. `restricted`: only who may go past the rules
    changes the branch. `queue`: all come by the merge queue, which the hub has none of. `methods`:
    how pull requests may be merged; None: as the repository says.
    """

    checks: tuple[Required, ...] | None = None
    strict: bool = False
    approvals: int | None = None
    dismiss_stale: bool = False
    enforce_admins: bool = False
    linear: bool = False
    allow_force: bool = False
    allow_deletions: bool = False
    last_push: bool = False
    restricted: bool = False
    queue: bool = False
    signatures: bool = False
    methods: tuple[str, ...] | None = None

    def for_right(self, right: Right) -> Rules | None:
        """What binds somebody with this right; None: nothing does."""
        return None if right is Right.ADMIN and not self.enforce_admins else self


_RESTRICTED = "Cannot update this protected ref."
_QUEUED = "Changes must be made through the merge queue"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a pull request can show: green checks, approvals (`newest` of its head), objections."""

    green: frozenset[Required]
    approvals: int = 0
    newest: int = 0
    objections: int = 0
    up_to_date: bool = True


def unmet(rules: Rules, standing: Standing) -> tuple[str, ...]:
    """Every rule that stops a merge, in GitHub's words; empty when none does."""
    reasons = list(_checks_unmet(rules, standing.green))
    if rules.strict and rules.checks and not standing.up_to_date:
        reasons.append("The head branch is not up to date with the base branch.")
    if rules.approvals is not None:
        if standing.objections:
            reasons.append("Changes must be addressed: changes were requested by a reviewer.")
        if standing.approvals < rules.approvals:
            count = rules.approvals
            plural = "review is" if count == 1 else "reviews are"
            reasons.append(
                f"At least {count} approving {plural} required by reviewers with write access."
            )
        if rules.last_push and not standing.newest:
            reasons.append("The most recent push must be approved by someone who did not push it.")
    if rules.restricted:
        reasons.append(_RESTRICTED)
    if rules.queue:
        reasons.append(_QUEUED)
    return tuple(reasons)


@dataclass(frozen=True, slots=True)
class PushRules:
    """What a push to one protected branch must obey.

    `refusal` is final; the two others need the pushed objects and are judged where those are.
    """

    refusal: str | None = None
    forward_only: bool = False
    linear: bool = False


def judge_push(rules: Rules, green: Collection[Required], *, deletes: bool) -> PushRules:
    """How a direct push that sets (or deletes) the branch is to be treated.

    `green` is what succeeded on the pushed commit.
    """
    if deletes:
        return PushRules(None if rules.allow_deletions else "Cannot delete a protected branch")
    if rules.restricted:
        return PushRules(_RESTRICTED)
    if rules.queue:
        return PushRules(_QUEUED)
    if rules.signatures:  # the hub knows nobody's keys
        return PushRules("Commits must have verified signatures.")
    if rules.approvals is not None:
        return PushRules("Changes must be made through a pull request.")
    missing = _checks_unmet(rules, green)
    if missing:
        return PushRules(missing[0] if len(missing) == 1 else _several(missing, rules))
    return PushRules(None, forward_only=not rules.allow_force, linear=rules.linear)


def _checks_unmet(rules: Rules, green: Collection[Required]) -> tuple[str, ...]:
    lacking = [check.name for check in rules.checks or () if check not in green]
    return tuple(f'Required status check "{name}" is expected.' for name in lacking)


def _several(missing: tuple[str, ...], rules: Rules) -> str:
    required = len(rules.checks or ())
    return f"{len(missing)} of {required} required status checks are expected. {missing[0]}"


def rules_for(db: Database, repository: Repository, branch: str) -> Rules | None:
    """The rules of a branch; None when it is not protected."""
    document = db.text(
        "SELECT document FROM protections WHERE repository = ? AND branch = ?",
        repository.id,
        branch,
    )
    if document is None:
        return None
    values = json.loads(document)
    checks = values.pop("checks")
    if checks is not None:  # an older hub wrote names alone
        checks = [Required(one) if isinstance(one, str) else Required(*one) for one in checks]
    return replace(Rules(**values), checks=None if checks is None else tuple(checks))


def save(db: Database, repository: Repository, branch: str, rules: Rules) -> None:
    """Protect a branch with these rules instead of any it had."""
    remove(db, repository, branch)
    document = json.dumps(asdict(rules))
    db.insert("protections", repository=repository.id, branch=branch, document=document)


def remove(db: Database, repository: Repository, branch: str) -> bool:
    """Take the protection away; False when there was none."""
    sql = "DELETE FROM protections WHERE repository = ? AND branch = ?"
    return db.run(sql, repository.id, branch) > 0


def parse(body: Body) -> Rules:
    """The rules that a PUT asks for; 422 for what is not of GitHub's form."""
    checks = body.part("required_status_checks")
    reviews = body.part("required_pull_request_reviews")
    required = None
    if checks is not None:
        plain = tuple(Required(name) for name in checks.texts("contexts"))
        bound = (required_of(each, "app_id") for each in checks.parts("checks"))
        required = distinct((*plain, *bound))
    return Rules(
        checks=required,
        strict=checks is not None and checks.flag("strict", default=False),
        approvals=None if reviews is None else reviews.number("required_approving_review_count", 1),
        dismiss_stale=reviews is not None and reviews.flag("dismiss_stale_reviews", default=False),
        last_push=reviews is not None and reviews.flag("require_last_push_approval", default=False),
        enforce_admins=body.flag("enforce_admins", default=False),
        linear=body.flag("required_linear_history", default=False),
        allow_force=body.flag("allow_force_pushes", default=False),
        allow_deletions=body.flag("allow_deletions", default=False),
    )


def required_of(entry: Body, key: str) -> Required:
    """A required check as a request names it; an app's id of -1 is anybody's."""
    app = entry.number(key, -1)
    return Required(entry.text("context"), None if app == -1 else app)


def distinct(checks: Iterable[Required]) -> tuple[Required, ...]:
    """Each once; what an app has to say need not be asked of anybody as well."""
    found = dict.fromkeys(checks)
    bound = {check.name for check in found if check.app is not None}
    return tuple(one for one in found if one.app is not None or one.name not in bound)
