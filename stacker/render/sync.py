"""How `sync` reads: what came, what went, and what two people did at once."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, assert_never

from stacker.rebase.outcome import Status
from stacker.sync.outcome import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.sync.outcome import Count, Synced


def sync_document(done: Synced, notes: Sequence[str], *, dry_run: bool) -> dict[str, object]:
    """The `--json` document."""
    return {
        "home": done.home,
        "edits": list(done.edits),
        "state": str(done.state),
        "dry_run": dry_run,
        "version": done.version,
        "steps": _counts(done.steps),
        "evidence": _counts(done.evidence),
        "landings": _counts(done.landings),
        "renumbered": {str(old): new for old, new in done.renumbered.items()},
        "clashes": [
            {"stage": one.stage, "file": one.file, "said": one.said} for one in done.clashes
        ],
        "ours": done.ours,
        "stopped": _stopped(done),
        "upstreams": dict(done.upstreams),
        "notes": list(notes),
    }


def sync_text(done: Synced, notes: Sequence[str], *, dry_run: bool) -> str:
    """The same for a person."""
    return "\n".join([*_lines(done, dry_run=dry_run), *notes, *_next(done, dry_run=dry_run)])


def _lines(done: Synced, *, dry_run: bool) -> Iterator[str]:
    for edit in done.edits:
        yield f"{edit}: {'would be ' if dry_run else ''}restacked"
    yield _state(done, dry_run=dry_run)
    yield from _renumbered(done.renumbered)
    for one in done.clashes:
        yield f"  {one.place}: {one.said}"
    if done.ours is not None:
        yield f"  all of our side is in v{done.ours}"
    for stage in _stopped(done):
        yield f"  {stage} does not go with what home has"
    for what, count in (("evidence", done.evidence), ("landings", done.landings)):
        if count.sent or count.taken:
            yield f"  {what}: {count.sent} sent, {count.taken} taken"


def _renumbered(numbers: Mapping[int, int]) -> Iterator[str]:
    """A line for each run of versions that moved on by as many."""
    for _, run in groupby(
        enumerate(numbers), lambda one: (one[1] - one[0], numbers[one[1]] - one[0])
    ):
        (_, first), *rest = run
        said = f"our v{first} is v{numbers[first]} now"
        if rest:
            last = rest[-1][1]
            said = f"our v{first} to v{last} are v{numbers[first]} to v{numbers[last]} now"
        yield f"  {said}: home had a v{first} already"


def _state(done: Synced, *, dry_run: bool) -> str:
    would = "would be " if dry_run else ""
    sent, taken = _steps(done.steps.sent), _steps(done.steps.taken)
    match done.state:
        case State.IN_STEP:
            return f"In step with {done.home}: v{done.version}."
        case State.SENT:
            return f"{sent} {would}sent to {done.home}: v{done.version}."
        case State.TAKEN:
            reached = "" if dry_run else f": v{done.version}"
            return f"{taken} {would}taken from {done.home}{reached}."
        case State.MERGED:
            reached = "" if dry_run else f": v{done.version}"
            return f"{sent} of ours and {taken} of {done.home} {would}merged{reached}."
        case State.STOPPED:
            return (
                f"{taken} taken from {done.home}; with {sent} of ours one conflict is left. Home "
                "has nothing of ours yet."
            )
        case never:
            assert_never(never)


def _steps(count: int) -> str:
    return f"{count} step{'' if count == 1 else 's'}"


def _next(done: Synced, *, dry_run: bool) -> Iterator[str]:
    stopped = _stopped(done)
    if dry_run:
        yield "Next: stacker sync"
    elif stopped:
        yield f"Next: stacker resolve {stopped[0]}     (then stacker sync)"
    elif done.clashes and done.ours is not None:
        yield f"Next: stacker log --diff v{done.version} v{done.ours}"
    elif done.state in (State.TAKEN, State.MERGED):
        yield f'Commit it:  git add -A && git commit -m "v{done.version}"'


def _stopped(done: Synced) -> list[str]:
    stages = done.stopped.stages if done.stopped else ()
    return [one.stage for one in stages if one.status is Status.CONFLICT]


def _counts(count: Count) -> dict[str, int]:
    return {"sent": count.sent, "taken": count.taken}
