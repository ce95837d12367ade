"""How the result of a rebase reads."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from stacker.rebase.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.rebase.outcome import RebaseResult, StageConflict, StageResult
    from stacker.series.compose import Solved

_WIDE = 40  # characters of a path; what is longer moves nothing on other lines
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


class Reader(NamedTuple):
    """Who reads it, and when, in seconds since 1970."""

    whoami: Callable[[], str]
    now: int

    def who(self, person: str, when: int) -> str:
        """`you, 2 March`; without the day where it is not known (0)."""
        shown = "you" if person == self.whoami() else person
        if not when:
            return shown
        then, now = time.localtime(when), time.localtime(self.now)
        year = "" if then.tm_year == now.tm_year else f" {then.tm_year}"
        return f"{shown}, {then.tm_mday} {_MONTHS[then.tm_mon - 1]}{year}"


def rebase_text(
    result: RebaseResult, repository: str, branch: str, reader: Reader, following: str = ""
) -> str:
    """The summary, then what each stage that is not plain has to say, then what is next.

    `following` says that itself where the next conflict is open already.
    """
    lines = [f"{edit}: restacked" for edit in result.edits]
    if not result.halted:
        return "\n".join(lines + _moved(result, repository, branch, reader))
    lines += _halted(result, repository, branch, reader)
    first = next(s.stage for s in result.stages if s.status is Status.CONFLICT)
    return "\n".join([*lines, following or f"Next: stacker resolve {first}"])


def _moved(result: RebaseResult, repository: str, branch: str, reader: Reader) -> list[str]:
    base = result.bases.get(repository, "")
    lines = [f"The series stands on {branch} {base[:10]} as v{result.version}."]
    for one in result.stages:
        notes = [one.because] if one.because else []
        notes += [f"{_shown(s.resolution.path)} {_solved(s, reader)}" for s in one.solved]
        shown = "; ".join(notes)
        lines.append(f"  {one.stage:<14} {one.status:<10} {shown}".rstrip())
    if any(one.status is not Status.UNCHANGED for one in result.stages) or result.edits:
        lines.append(f'Commit it:  git add -A && git commit -m "v{result.version}"')
    return lines


def _halted(result: RebaseResult, repository: str, branch: str, reader: Reader) -> list[str]:
    fits = [s for s in result.stages if s.status not in (Status.CONFLICT, Status.BLOCKED)]
    count = sum(s.status is Status.CONFLICT for s in result.stages)
    conflicts = "1 conflict" if count == 1 else f"{count} conflicts"
    target = f"{branch} {result.targets.get(repository, '')[:7]}".rstrip()
    new = "1 new commit" if result.new_commits == 1 else f"{result.new_commits} new commits"
    kept = "; the target of the rebase that stopped" if result.remembered else ""
    fit = f"{len(fits)} of {len(result.stages)} stages fit {target} ({new}{kept})"
    lines = [f"{fit}. Nothing moved yet: {conflicts}."]
    for one in result.stages:
        if one.status is Status.CONFLICT:
            lines += _conflicts(one, reader)
    waiting = [s.stage for s in result.stages if s.status is Status.BLOCKED]
    if waiting:
        first = next(s.stage for s in result.stages if s.status is Status.CONFLICT)
        verb = "waits" if len(waiting) == 1 else "wait"
        lines.append(f"  {', '.join(waiting)}  {verb} for {first}")
    return lines


def _conflicts(one: StageResult, reader: Reader) -> list[str]:
    """The patch, the paths in it that are open, and those that were solved before."""
    first = one.conflicts[0]
    owner = "" if first.of == one.stage else f"{first.of}/"
    lines = [f"  {one.stage}  {owner}{first.file}"]
    rows = [(_shown(c.conflict.path), f"{c.conflict.kind}{_broken(c)}") for c in one.conflicts]
    rows += [(_shown(s.resolution.path), _solved(s, reader)) for s in one.solved]
    wide = max((len(path) for path, _ in rows if len(path) <= _WIDE), default=0)
    lines += [f"    {path:<{wide}}  {said}" for path, said in rows]
    return lines + ([f"    {one.hint}"] if one.hint else [])


def _broken(conflict: StageConflict) -> str:
    if conflict.culprit is None:
        return ""
    commit = conflict.culprit.commit
    pull = f"GH-{commit.pull}, " if commit.pull else ""
    return f"; first broken by {commit.oid[:10]} ({pull}{commit.author})"


def _solved(one: Solved, reader: Reader) -> str:
    how = "carried from" if one.carried else "solved as in"
    known = one.resolution
    return f"{how} v{known.version} ({reader.who(known.by, known.when)})"


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "backslashreplace")
