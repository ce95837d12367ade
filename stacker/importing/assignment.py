"""Which imported commit becomes part of which stage. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.series.patches.patchfile import slug
from stacker.series.plan.model import StageId
from stacker.series.plan.naming import RESERVED_STAGES, wrong_with_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stacker.git.objects import Oid

_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class OneStage:
    """Everything becomes one stage."""

    stage: str


@dataclass(frozen=True, slots=True)
class StagePerCommit:
    """Each commit becomes a stage named after its subject."""


@dataclass(frozen=True, slots=True)
class AsListed:
    """What a person wrote: `stage ID` lines, each followed by its `pick COMMIT` lines."""

    text: str


Mode = OneStage | StagePerCommit | AsListed

Assigned = tuple[tuple[StageId, tuple["Oid", ...]], ...]


def assign(mode: Mode, subjects: Mapping[Oid, str], taken: Collection[str]) -> Assigned:
    """The new stages in order, each with its commits; `subjects` has all commits in order."""
    match mode:
        case OneStage(stage):
            wrong = wrong_with_name(stage) or _reserved(stage)
            if wrong:
                raise UsageError(f"the stage id {stage!r} {wrong}", hint="Choose another one.")
            return ((StageId(stage), tuple(subjects)),)
        case StagePerCommit():
            names = set(taken)
            found = []
            for oid, subject in subjects.items():
                stage = _fresh(subject, names)
                names.add(stage.lower())
                found.append((stage, (oid,)))
            return tuple(found)
        case AsListed(text):
            return _listed(text, tuple(subjects))


def listing(subjects: Mapping[Oid, str], taken: Collection[str]) -> str:
    """The editable list: one stage a commit to begin with."""
    lines = [
        "# One pull request a stage. Move the pick lines below the stage they belong to;",
        "# rename stages; remove what is not to be imported. An empty list imports nothing.",
        "",
    ]
    for stage, oids in assign(StagePerCommit(), subjects, taken):
        lines.append(f"stage {stage}")
        lines += [f"pick {oid[:12]} {subjects[oid]}" for oid in oids]
    return "\n".join(lines) + "\n"


def _listed(text: str, commits: Sequence[Oid]) -> Assigned:
    found: list[tuple[StageId, list[Oid]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        word, _, rest = line.strip().partition(" ")
        first = rest.strip().split(" ")[0]
        if not word or word.startswith("#"):
            continue
        if word == "stage":
            wrong = wrong_with_name(first) or _reserved(first)
            if wrong or any(first.lower() == stage.lower() for stage, _ in found):
                raise UsageError(f"line {number}: the stage id {first!r} {wrong or 'is twice'}")
            found.append((StageId(first), []))
        elif word == "pick" and found:
            found[-1][1].append(_commit(first, commits, number))
        else:
            raise UsageError(
                f"line {number}: {line.strip()[:60]!r} is not understood",
                hint="Each line is `stage ID` or `pick COMMIT …`; the first is a stage.",
            )
    picked = [oid for _, oids in found for oid in oids]
    if len(set(picked)) != len(picked):
        raise UsageError("a commit is picked twice")
    return tuple((stage, tuple(oids)) for stage, oids in found if oids)


def _commit(prefix: str, commits: Sequence[Oid], number: int) -> Oid:
    matches = [oid for oid in commits if len(prefix) >= 4 and oid.startswith(prefix.lower())]
    if len(matches) != 1:
        raise UsageError(f"line {number}: {prefix!r} names {len(matches)} commits of the range")
    return matches[0]


def _fresh(subject: str, taken: Collection[str]) -> StageId:
    """A valid id from a subject that is none of `taken` (lower case)."""
    words = re.sub(r"^(?:bpo|gh)-\d+:?\s*|^\[[^\]]*\]\s*", "", subject, flags=re.IGNORECASE)
    name = slug(words)[:_LONGEST_ID].rstrip("-")
    if wrong_with_name(name) or _reserved(name):
        name = f"stage-{name}"
    number, fresh = 2, name
    while fresh in taken:
        fresh, number = f"{name}-{number}", number + 1
    return StageId(fresh)


def _reserved(name: str) -> str | None:
    return "is reserved" if name.lower() in RESERVED_STAGES else None
