"""The members of a landing as its texts tell of them: harmless words for templates. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.git.credits import distinct, in_utf8, people_of
from stacker.land.words.habits import habits_of
from stacker.land.words.plain import person, plain
from stacker.series.templates.rendering import Readable, Templates, Words, own_templates
from stacker.series.texts import stage_text
from stacker.submit.words.body import inline
from stacker.submit.words.presets.choosing import rules_of
from stacker.submit.words.titles import in_parts, issue_named, titled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stacker.approvals.standing import Approval
    from stacker.git.objects import Signature
    from stacker.git.store import ObjectStore
    from stacker.land.candidate import Candidate
    from stacker.land.preflight import MemberFacts
    from stacker.series.loading import Series
    from stacker.series.plan.choices import Preset
    from stacker.series.plan.model import StageId

_FORGE_ISSUE = re.compile(r"(?:#|GH-)?(?P<number>[1-9]\d*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Readable):
    """A member as a template of the landing pull request sees it.

    `head` is what was reviewed, `commit` and `tree` where its part of the landing ends.
    """

    number: int
    title: Words
    reference: Words
    link: Words
    head: Words
    approvals: list[Words]
    commit: Words
    tree: Words


def parts_of(series: Series, members: Sequence[MemberFacts], candidate: Candidate) -> list[Part]:
    """Every member with its pinned head, whose approvals stand, and where it ends."""
    ends = {segment.stage: segment for segment in candidate.segments}
    found = []
    for number, member in enumerate(members, 1):
        pull, end = member.pull, ends.get(member.stage)
        title, _ = stage_text(series.files.get(f"series/{member.stage}.md"), member.stage)
        found.append(
            Part(
                number=number,
                title=Words(inline(title)),
                reference=Words(f"#{pull.number}" if pull else inline(member.stage)),
                link=Words(_link(pull.url) if pull else ""),
                head=Words(member.head or ""),
                approvals=[Words(_approval(one)) for one in member.approvals.standing],
                commit=Words(end.tip if end else ""),
                tree=Words(end.tree if end else ""),
            )
        )
    return found


def subject(series: Series, member: MemberFacts) -> str:
    """A member's title for a commit: its issue and its number as the project writes them."""
    title = _title(series, member.stage)
    if member.pull is None:
        return title
    return numbered(_preset(series, member.stage), title, member.pull.number)


def numbered(preset: Preset, title: str, number: int) -> str:
    """A title with the pull request behind it, as a forge would put it there."""
    return f"{title} ({habits_of(preset).reference}{number})"


def joint_title(series: Series, name: str, members: Sequence[MemberFacts]) -> str:
    """The title of all members together, with the issue of the first that has one."""
    if len(members) == 1:
        return _title(series, members[0].stage)
    rules = rules_of(_preset(series, members[0].stage))
    issues = (issue_named(rules, series.plan.stage(m.stage).issue) for m in members)
    issue = next(filter(None, issues), "")
    title = f"{plain(series.plan.title)}: {plain(name)}"
    return f"{issue}: {title}" if issue else title


def closed_by(series: Series, members: Sequence[MemberFacts]) -> list[str]:
    """`Closes #N` for every issue of the forge that no other stage still belongs to."""
    plan, inside = series.plan, {member.stage for member in members}
    here = {plan.stage(s).repository for s in inside}
    open_ones = {
        _number(plan.stage(s).issue)
        for s in plan.order
        if s not in inside and plan.stage(s).repository in here and not _has_landed(series, s)
    }
    found = [
        number
        for member in members
        if habits_of(_preset(series, member.stage)).closes
        and (number := _number(plan.stage(member.stage).issue)) not in open_ones | {""}
    ]
    return [f"Closes #{number}" for number in dict.fromkeys(found)]


def authors_of(
    store: ObjectStore, series: Series, members: Sequence[StageId]
) -> tuple[Signature, ...]:
    """Whoever wrote the members' patches, or is credited in them, once, in the order of these."""
    commits = (patch.commit for m in members for patch in series.patches.get(m, ()))
    return distinct(who for oid in commits for who in people_of(in_utf8(store.commit(oid))))


def credits_of(authors: Iterable[Signature]) -> list[str]:
    """A trailer for each of them."""
    people = (
        person(one.name.decode("utf-8", "replace"), one.email.decode("utf-8", "replace"))
        for one in authors
    )
    return [f"Co-authored-by: {one}" for one in dict.fromkeys(people)]


def templates_of(series: Series, repository: str) -> Templates:
    """The templates that count for a repository of the plan."""
    return Templates(series.plan.repository(repository).preset, own_templates(series.files))


def templates_for(series: Series, stage: StageId) -> Templates:
    """The templates that count for the repository that the stage is for."""
    return templates_of(series, series.plan.stage(stage).repository)


def _title(series: Series, stage: StageId) -> str:
    """The issue stays a reference where it stands first and is the project's; all else is plain."""
    one, rules = series.plan.stage(stage), rules_of(_preset(series, stage))
    title, _ = stage_text(series.files.get(f"series/{stage}.md"), stage)
    issue, rest = in_parts(rules, titled(rules, title, one.issue))
    return f"{issue}{plain(rest)}"


def _preset(series: Series, stage: StageId) -> Preset:
    return series.plan.repository(series.plan.stage(stage).repository).preset


def _number(issue: str | None) -> str:
    """The number of an issue of the forge's own; empty for any other."""
    found = _FORGE_ISSUE.fullmatch(issue or "")
    return found["number"] if found else ""


def _has_landed(series: Series, stage: StageId) -> bool:
    line = series.lock.stage(stage)
    return series.landed(stage) or (line is not None and line.landing is not None)


def _approval(one: Approval) -> str:
    return f"{inline(one.author)} at {one.commit}"


def _link(url: str) -> str:
    """An address that can stand in a link; none for what is no plain one."""
    return url if re.fullmatch(r"https?://[\w.:/%-]+", url) else ""
