"""May this land? Every reason why not, at once. Pure, and closed where something is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.approvals.standing import Approvals, ApprovalState, approvals_of
from stacker.approvals.words import told
from stacker.forge.api import Permission, PullState, RequiredCheck
from stacker.forge.required import lacking
from stacker.land.outcome import Reason, Way, Who
from stacker.land.rules import method_of, of_this_head, way_of
from stacker.series.plan.choices import Landing, LandingShape
from stacker.submit.words.body import drafted_by_us

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.approvals.standing import Known
    from stacker.forge.api import MergeMethod, Protection, PullRequest, RepositoryFacts
    from stacker.git.objects import Oid
    from stacker.series.plan.model import Group, Repository, StageId

_THIS_HEAD = ApprovalState.THIS_HEAD
_WRITERS = (Permission.WRITE, Permission.ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFacts:
    """A member as it is: its pull request, whether it says what the series says, its head.

    `head` is what was published, `git_head` what git tells as the pull request's own.
    `earlier` is what is known of earlier heads that were approved; `None` when the plan lets no
    approval of such a one stand.
    """

    stage: StageId
    pull: PullRequest | None
    head: Oid | None
    git_head: Oid | None
    unsubmitted: bool
    earlier: Mapping[str, Known] | None = None

    @property
    def approvals(self) -> Approvals:
        """What its reviewers say of the head that its pull request has."""
        if self.pull is None:
            return Approvals()
        return approvals_of(self.pull, self.pull.head, self.earlier)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A stage that `landing` brought in and `by` took out again.

    `holders` need it, so that they still hold its change; `gone` when the series is still without
    it.
    """

    stage: StageId
    landing: Oid
    by: Oid
    holders: tuple[StageId, ...]
    gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LandFacts:
    """All that preflight decides by, read fresh.

    `alone_in` is the group that a single stage is a member of; `waiting_needs` those outside the
    group that have not landed, with their numbers; `handed_needs` those of them that others have to
    bring into a repository; `withdrawn` those of all that matter here which
    landed and were reverted; `foreign` branches that others moved.
    """

    name: str
    repository: Repository
    upstream: RepositoryFacts | None
    protection: Protection | None
    trunk: str
    group: Group | None
    alone_in: str | None
    members: tuple[MemberFacts, ...]
    waiting_needs: tuple[tuple[StageId, int | None], ...]
    foreign: tuple[str, ...]
    trusted: bool
    withdrawn: tuple[Withdrawn, ...] = ()
    handed_needs: tuple[tuple[StageId, str], ...] = ()
    bypass: bool = False
    again: bool = False

    @property
    def may_merge(self) -> bool:
        """Whether this token may press the button, or push."""
        return self.upstream is not None and self.upstream.permission in _WRITERS

    @property
    def carrier(self) -> str:
        """The repository that has the landing branch: upstream, or the fork of whoever may not
        write there."""
        home = self.repository
        return home.upstream if self.may_merge else home.fork or home.upstream

    def way(self) -> tuple[Way, MergeMethod | None]:
        """The way that the rules leave; upstream has to be seen."""
        assert self.upstream is not None
        return way_of(
            self.repository, self.upstream, self.protection, may_write=self.may_merge,
            bypass=self.bypass, alone=len(self.members) == 1,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blocked:
    """It may not, for these reasons."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """It may, by this way. Only `preflight` makes one, and no commit point is made without.

    Without `may_merge` a maintainer has to press the button; with `bypass` rules that a person
    passes over by word of command are passed over.
    """

    way: Way
    method: MergeMethod | None
    members: tuple[MemberFacts, ...]
    protection: Protection | None
    may_merge: bool = True
    bypass: bool = False


def preflight(facts: LandFacts) -> Ready | Blocked:
    """Every reason against landing now, or the way to do it."""
    reasons = [*_group(facts), *_rights(facts)]
    for member in facts.members:
        reasons += _member(facts, member)
    if not facts.trusted:
        reasons.append(
            Reason(Who.COORDINATOR, None, "this plan's checks never ran on this machine",
                   "stacker verify --trust")
        )  # fmt: skip
    if reasons:
        return Blocked(tuple(reasons))
    way, method = facts.way()
    return Ready(way, method, facts.members, facts.protection, facts.may_merge, facts.bypass)


def _group(facts: LandFacts) -> list[Reason]:
    found = []
    if facts.alone_in is not None:
        found.append(
            Reason(Who.COORDINATOR, None, f"{facts.name} lands only with its group",
                   f"stacker land --group {facts.alone_in}")
        )  # fmt: skip
    for need, number in facts.waiting_needs:
        shown = f"#{number}" if number else "not submitted"
        found.append(
            Reason(Who.COORDINATOR, need, f"{need} ({shown}) must land first",
                   f"stacker land {need}")
        )  # fmt: skip
    for need, upstream in facts.handed_needs:
        text = f"{need} must be in {upstream} first; it is handed over to its maintainers"
        found.append(Reason(Who.MAINTAINER, need, text))
    members = {member.stage for member in facts.members}
    for one in facts.withdrawn:
        is_meant = one.stage in members and not one.gone
        found += [] if is_meant and facts.again else _withdrawn(one, is_member=is_meant)
    found += [Reason(Who.PORTER, None, text) for text in facts.foreign]
    return found


def _withdrawn(one: Withdrawn, *, is_member: bool) -> list[Reason]:
    """To land what needs it would bring in again what upstream took back, or stand on nothing."""
    said = f"{one.stage} landed as {one.landing[:10]} and was reverted by {one.by[:10]}"
    if one.gone:
        return [
            Reason(Who.PORTER, one.stage, f"{said}; the series is without it", "stacker rebase")
        ]
    if one.holders:
        verb = "holds" if len(one.holders) == 1 else "hold"
        text = f"{said}; {', '.join(one.holders)} still {verb} its change"
        text += "; `land --again` lands it once more" if is_member else ""
        return [Reason(Who.PORTER, one.stage, text, f"stacker landed {one.stage}")]
    return []


def _rights(facts: LandFacts) -> list[Reason]:
    if facts.upstream is None:
        return [Reason(Who.MAINTAINER, None, f"{facts.repository.upstream} cannot be seen")]
    if facts.repository.landing is Landing.HAND_OFF:
        return [Reason(Who.MAINTAINER, None, f"{facts.repository.upstream} is handed over to: its "
                       "maintainers bring it in")]  # fmt: skip
    home = facts.repository
    if not facts.may_merge:
        if home.fork is not None and home.landing is not Landing.PUSH:
            return []  # a landing pull request from the fork, whose button a maintainer presses
        text = f"this token may not write to {home.upstream}; somebody who may has to run this"
        return [Reason(Who.MAINTAINER, None, text)]
    if home.landing is Landing.PULL_REQUEST and method_of(facts.upstream, facts.protection) is None:
        text = f"{home.upstream} tells no way of merging that its branch allows"
        return [Reason(Who.MAINTAINER, None, text)]
    if facts.bypass and facts.upstream.permission is not Permission.ADMIN:
        text = f"--use-bypass is for admins of {home.upstream}; this token is none's"
        return [Reason(Who.COORDINATOR, None, text)]
    return _shape(facts)


def _shape(facts: LandFacts) -> list[Reason]:
    way, _ = facts.way()
    linear = facts.protection is not None and facts.protection.linear
    if way is Way.PUSH and linear and facts.repository.shape is LandingShape.MERGE:
        text = f"{facts.trunk} takes no merge commits"
        return [Reason(Who.COORDINATOR, None, text, 'shape = "chain" in series.toml')]
    return []


def _member(facts: LandFacts, member: MemberFacts) -> list[Reason]:
    stage, pull = member.stage, member.pull
    if pull is None:
        return [Reason(Who.PORTER, stage, "has no pull request", f"stacker submit {stage}")]
    shown = f"#{pull.number}"
    if pull.state is not PullState.OPEN:
        return [
            Reason(Who.PORTER, stage, f"{shown} is {pull.state}; it was not stacker that did it")
        ]
    found = []
    if member.unsubmitted:
        found.append(
            Reason(Who.PORTER, stage, f"{shown} does not show the series' newest change",
                   f"stacker submit {stage}")
        )  # fmt: skip
    elif pull.head != member.head:
        found.append(Reason(Who.PORTER, stage, f"{shown} has a head that stacker did not push"))
    if member.git_head != pull.head:
        text = f"{shown}: the forge tells the head {pull.head[:10]}, and git another one"
        found.append(Reason(Who.COORDINATOR, stage, text, "run this again"))
    if pull.base_branch != facts.trunk and facts.repository.fork is not None:
        found.append(Reason(Who.PORTER, stage, f"{shown} was retargeted to {pull.base_branch}"))
    if pull.draft and not drafted_by_us(pull.body):
        found.append(Reason(Who.PORTER, stage, f"{shown} was made a draft by somebody"))
    if pull.auto_merge:
        text = f"{shown} is to be merged automatically, and alone"
        found.append(Reason(Who.MAINTAINER, stage, text, pull.url))
    if pull.queued:
        found.append(Reason(Who.MAINTAINER, stage, f"{shown} waits in a merge queue", pull.url))
    return [*found, *_approvals(facts, member), *_ci(facts, pull, stage)]


def _approvals(facts: LandFacts, member: MemberFacts) -> list[Reason]:
    """Who asks for changes, and whether enough approvals stand.

    What stands is a part of what the forge counts, so that the plan adds to upstream's rule and
    never replaces it. Where that wants the newest push approved, only this head's approvals do.
    """
    pull, stage, said = member.pull, member.stage, member.approvals
    assert pull is not None
    found = [
        Reason(Who.PORTER, stage, f"{name} requested changes on #{pull.number}")
        for name in said.refused_by
    ]
    short = [one for one in _asked(facts, said) if one[0] < one[1]]
    if short:
        given, wanted, which = max(short, key=lambda one: one[1])
        text = f"#{pull.number} has {given} of {wanted} approvals {which}"
        why = "; ".join(told(one) for one in said.each if one.state is not _THIS_HEAD)
        found.append(Reason(Who.REVIEWER, stage, f"{text}: {why}" if why else text, pull.url))
    return found


def _asked(facts: LandFacts, said: Approvals) -> list[tuple[int, int, str]]:
    """Of each rule how many approvals it has, how many it wants, and of which kind."""
    given, rules = len(said.standing), facts.protection
    found = [(given, facts.group.approvals or 0 if facts.group else 0, "that stand")]
    if rules is not None and rules.newest_push:
        found.append((of_this_head(said), rules.approvals, "of its newest push"))
    elif rules is not None:
        found.append((given, rules.approvals, "that stand"))
    return found


def _ci(facts: LandFacts, pull: PullRequest, stage: StageId) -> list[Reason]:
    wanted = facts.group.require if facts.group else ()
    return [
        Reason(Who.CI, stage, f"{one.name} has not passed on #{pull.number}")
        for one in lacking(pull.checks, map(RequiredCheck, wanted))
    ]
