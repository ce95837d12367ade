"""The messages of commits that a landing makes: from a template, with the trailers behind it. Pure.

The first line that a template makes is the title. Trailers are put behind its text here, so that no
template makes, moves or hides one of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stacker.land.words.plain import plain, plain_lines, visible
from stacker.land.words.told import (
    closed_by,
    credits_of,
    joint_title,
    subject,
    templates_for,
)
from stacker.series.templates.rendering import Readable, Words
from stacker.series.texts import stage_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stacker.git.objects import Oid, Signature
    from stacker.land.preflight import MemberFacts
    from stacker.series.loading import Series
    from stacker.series.templates.rendering import Templates


class Message(NamedTuple):
    """A commit's message in the two parts in which forges ask for it."""

    title: str
    body: str

    def text(self) -> str:
        """The whole of it."""
        return f"{self.title}\n\n{self.body}\n" if self.body else f"{self.title}\n"


def squash_message(
    series: Series,
    name: str,
    members: Sequence[MemberFacts],
    authors: Iterable[Signature],
    end: Sequence[str],
) -> Message:
    """The one commit where only squashing is allowed: every part, everybody credited."""
    values = {
        "title": Words(joint_title(series, name, members)),
        "parts": [Words(subject(series, member)) for member in members],
        "closes": [Words(line) for line in closed_by(series, members)],
    }
    templates = templates_for(series, members[0].stage)
    return _made(templates, "squash.txt.j2", values, [*credits_of(authors), *end])


def merge_message(
    series: Series, name: str, members: Sequence[MemberFacts], end: Sequence[str]
) -> Message:
    """The commit over the clean chain; who made that is told by its own commits."""
    values = {
        "title": Words(f"Merge {plain(series.plan.name)}: {plain(name)}"),
        "parts": [Words(subject(series, member)) for member in members],
        "closes": [Words(line) for line in closed_by(series, members)],
    }
    return _made(templates_for(series, members[0].stage), "merge.txt.j2", values, end)


def stage_message(series: Series, member: MemberFacts, authors: Sequence[Signature]) -> Message:
    """A whole stage as one commit, whose author is the first of `authors`."""
    _, text = stage_text(series.files.get(f"series/{member.stage}.md"), member.stage)
    values = {
        "title": Words(subject(series, member)),
        "text": Words(plain_lines(text)),
        "closes": [Words(line) for line in closed_by(series, [member])],
    }
    templates = templates_for(series, member.stage)
    return _made(templates, "stage.txt.j2", values, credits_of(authors[1:]))


@dataclass(frozen=True, slots=True)
class TakenBack(Readable):
    """A commit of the target branch that a revert takes back, as a template sees it."""

    oid: Words
    subject: Words


def revert_message(
    templates: Templates, title: str, commits: Sequence[tuple[Oid, str]], end: Sequence[str]
) -> Message:
    """The one commit that takes back the `commits` of the branch (id and subject, newest first),
    which came there as `title`."""
    values = {
        "title": Words(f'Revert "{plain(title)}"'),
        "commits": [TakenBack(Words(oid), Words(plain(said))) for oid, said in commits],
    }
    return _made(templates, "revert.txt.j2", values, end)


def _made(
    templates: Templates,
    name: str,
    values: Mapping[str, object],
    end: Sequence[str],
) -> Message:
    title, _, rest = visible(templates.render(name, values)).partition("\n")
    said = [rest.strip("\n"), "\n".join(end)]
    return Message(title.strip() or str(values["title"]), "\n\n".join(filter(None, said)))
