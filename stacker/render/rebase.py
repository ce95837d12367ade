"""How the result of a rebase reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.rebase.outcome import Status

if TYPE_CHECKING:
    from stacker.rebase.outcome import RebaseResult, StageConflict, StageResult


def rebase_text(result: RebaseResult, repository: str, branch: str) -> str:
    """The summary, then what each stage that is not plain has to say, then what is next."""
    lines = [f"{edit}: restacked" for edit in result.edits]
    lines += _halted(result, branch) if result.halted else _moved(result, repository, branch)
    return "\n".join(lines)


def _moved(result: RebaseResult, repository: str, branch: str) -> list[str]:
    base = result.bases.get(repository, "")
    lines = [f"The series stands on {branch} {base[:10]} as v{result.version}."]
    for one in result.stages:
        notes = [one.because] if one.because else []
        notes += [_solved_text(path, version, by) for path, version, by in _solutions(one)]
        shown = "; ".join(notes)
        lines.append(f"  {one.stage:<14} {one.status:<10} {shown}".rstrip())
    if any(one.status is not Status.UNCHANGED for one in result.stages) or result.edits:
        lines.append(f'Commit it:  git add -A && git commit -m "v{result.version}"')
    return lines


def _halted(result: RebaseResult, branch: str) -> list[str]:
    fits = [s for s in result.stages if s.status not in (Status.CONFLICT, Status.BLOCKED)]
    count = sum(s.status is Status.CONFLICT for s in result.stages)
    conflicts = "1 conflict" if count == 1 else f"{count} conflicts"
    kept = " (the target of the rebase that stopped)" if result.remembered else ""
    fit = f"{len(fits)} of {len(result.stages)} stages fit {branch}{kept}"
    lines = [f"{fit} ({result.new_commits} new commits). Nothing moved yet: {conflicts}."]
    for one in result.stages:
        if one.status is Status.CONFLICT:
            lines += _conflicts(one)
    waiting = [s.stage for s in result.stages if s.status is Status.BLOCKED]
    if waiting:
        first = next(s.stage for s in result.stages if s.status is Status.CONFLICT)
        verb = "waits" if len(waiting) == 1 else "wait"
        lines.append(f"  {', '.join(waiting)}  {verb} for {first}")
    first = next(s.stage for s in result.stages if s.status is Status.CONFLICT)
    return [*lines, f"Next: stacker resolve {first}"]


def _conflicts(one: StageResult) -> list[str]:
    lines: list[str] = []
    for file in dict.fromkeys((c.of, c.file) for c in one.conflicts):
        owner = "" if file[0] == one.stage else f"{file[0]}/"
        lines.append(f"  {one.stage}  {owner}{file[1]}")
        lines += [
            f"    {_path(c)}   {c.conflict.kind}{_broken(c)}"
            for c in one.conflicts
            if (c.of, c.file) == file
        ]
    return lines


def _path(conflict: StageConflict) -> str:
    return conflict.conflict.path.decode("utf-8", "backslashreplace")


def _broken(conflict: StageConflict) -> str:
    if conflict.culprit is None:
        return ""
    who = conflict.culprit.author
    pull = f"GH-{conflict.culprit.pull}, " if conflict.culprit.pull else ""
    return f"; first broken by {conflict.culprit.commit[:10]} ({pull}{who})"


def _solutions(one: StageResult) -> list[tuple[str, int, str]]:
    return [
        (s.resolution.path.decode("utf-8", "backslashreplace"), s.resolution.version,
         s.resolution.by)
        for s in one.solved
    ]  # fmt: skip


def _solved_text(path: str, version: int, by: str) -> str:
    return f"{path} solved as in v{version} ({by})"
