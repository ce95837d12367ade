"""What a landing says: trailers, the landing pull request, the squashed commit's message."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from stacker.git.credits import distinct, in_utf8, people_of
from stacker.series.plan.model import StageId
from stacker.submit.words.body import inline
from stacker.submit.words.titles import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stacker.git.objects import Oid, Signature
    from stacker.git.store import ObjectStore
    from stacker.land.candidate import Candidate
    from stacker.land.intent import IntendedMember
    from stacker.land.preflight import MemberFacts
    from stacker.series.loading import Series


def transaction(
    name: str, candidate: Candidate, members: Sequence[MemberFacts], *, way: str, tries: int
) -> str:
    """The name of a landing: another base, head, change, way or try makes another one."""
    heads = (f"{m.stage} {m.head}" for m in members)
    parts = [name, candidate.base, candidate.commit, way, str(tries), *heads]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def trailers(
    tx: str, name: str, members: Sequence[MemberFacts], base: Oid, commits: int
) -> list[str]:
    """What recovery, a revert and readers of the history find at the end of the last landed commit:
    also what it was made on, and how many commits of the branch it is."""
    found = [
        f"Stacker-Landing: {tx}", f"Stacker-Group: {name}",
        f"Stacker-Base: {base}", f"Stacker-Commits: {commits}",
    ]  # fmt: skip
    for member in members:
        number = f"#{member.pull.number}" if member.pull else member.stage
        found.append(f"Stacker-Member: {number}@{member.head}")
    return found


def squash_message(
    series: Series, members: Sequence[MemberFacts], authors: Iterable[Signature], end: Sequence[str]
) -> str:
    """The one commit's body where only squashing is allowed: every part, everybody credited."""
    lines = [f"* {_titled(series, member)}" for member in members]
    people = dict.fromkeys(f"Co-authored-by: {' '.join(a.text().split())}" for a in authors)
    return "\n".join([*lines, "", *people, *end])


def _titled(series: Series, member: MemberFacts) -> str:
    title, _ = words_of(series.plan, series.files, member.stage)
    number = f" (#{member.pull.number})" if member.pull else ""
    return f"{_plain(title)}{number}"


def landing_title(series: Series, name: str, members: Sequence[MemberFacts]) -> str:
    """The landing pull request's title, and the squashed commit's subject."""
    if len(members) == 1:
        return _titled(series, members[0])
    return f"{_plain(series.plan.title)}: {name}"


def landing_body(members: Sequence[MemberFacts], candidate: Candidate, message: str) -> str:
    """What stands in the landing pull request."""
    lines = [
        "This pull request lands these parts together; each was reviewed in its own:",
        "",
        *(f"- {_member(m)}" for m in members),
        "",
        f"Its tree is `{candidate.tree}`: the parts, in order, on `{candidate.base}`.",
        "**Merge here, not on the parts.** For a squash, the message is:",
        "",
        "```text",
        message.replace("```", "'''"),
        "```",
    ]
    return "\n".join(lines) + "\n"


def _member(member: MemberFacts) -> str:
    number = f"#{member.pull.number}" if member.pull else ""
    approved = [inline(one.author) for one in member.approvals.standing]
    by = f", approved by {', '.join(approved)}" if approved else ""
    return f"{number} {inline(member.stage)} at {member.head}{by}"


def _plain(text: str) -> str:
    """One line that closes no issue, mentions nobody and is no trailer of its own."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(@(?=\w)|#(?=\d)|\bGH-(?=\d))", "\\1\u200d", text, flags=re.IGNORECASE)


def authors_of(
    store: ObjectStore, series: Series, members: Sequence[StageId]
) -> tuple[Signature, ...]:
    """Whoever wrote the members' patches, or is credited in them, once, in the order of these."""
    commits = (patch.commit for m in members for patch in series.patches.get(m, ()))
    return distinct(who for oid in commits for who in people_of(in_utf8(store.commit(oid))))


NO_STAGE = StageId("-")
"""What stands for a stage where a lone commit is taken back that the series does not know."""


def revert_transaction(name: str, base: Oid, tree: Oid, way: str, tries: int) -> str:
    """The name of a revert: another tip or result makes another one."""
    parts = "\n".join((name, base, tree, way, str(tries)))
    return hashlib.sha256(parts.encode()).hexdigest()[:20]


def revert_message(
    landing: str | None, commits: Sequence[tuple[Oid, str]], tx: str, base: Oid
) -> str:
    """The message of the commit that takes `commits` (id and subject, newest first) back."""
    subject = _plain(commits[0][1])
    title = f'Revert "{subject}"' if len(commits) == 1 else f"Revert the landing {landing}"
    lines = [f"This reverts commit {oid} ({_plain(said)})." for oid, said in commits]
    end = [f"Stacker-Landing: {tx}", f"Stacker-Base: {base}", "Stacker-Commits: 1"]
    end += [f"Stacker-Revert: {landing}"] if landing else []
    return "\n".join([title, "", *lines, "", *end]) + "\n"


def revert_body(said: str, members: Sequence[IntendedMember]) -> str:
    """What stands in the pull request that takes a landing back."""
    parts = ", ".join(f"#{m.number}" for m in members if m.number is not None)
    what = f" of {parts}" if parts else ""
    return f"This takes back the landing{what}, as one commit.\n\n```text\n{said.strip()}\n```\n"
