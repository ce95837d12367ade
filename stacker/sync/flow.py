"""`stacker sync`: what upstream, home and forge have comes here; what is ours goes home."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import GitError, SeriesError
from stacker.rebase.restacked import restacked
from stacker.series.directory import LOCK, PLAN
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.plan.reading import parse_plan
from stacker.series.saving import see
from stacker.series.versions import ondisk, operations
from stacker.series.versions.recording import extend
from stacker.series.versions.snapshot import Snapshot
from stacker.series.workspace import fetch_tip
from stacker.sync import boxes, evidence, home, landings, line
from stacker.sync.home import Heads
from stacker.sync.joining import Joined, join
from stacker.sync.numbering import Numbering, lock_in, with_numbers
from stacker.sync.outcome import Count, State, Synced
from stacker.sync.records import unite
from stacker.sync.relating import relate
from stacker.sync.taking import files_of, of_home, refuse_names, renumbered, taken
from stacker.sync.tries import Came

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.series.plan.model import Plan
    from stacker.series.versions.operations import Operation
    from stacker.series.workspace import Upstream, Workspace
    from stacker.sync.home import Home
    from stacker.sync.line import SharedStep
    from stacker.sync.records import Union
    from stacker.sync.relating import Relation

    _Lines = tuple[Sequence[Operation], Sequence[Operation], Sequence[SharedStep]]
    """Our operations, those of them that home lacks, and home's steps."""

TEXTS = "texts"
"""The command of an operation that only kept what people wrote into plan and texts."""

_TRIES = 5  # somebody else may send while we merge; then it is merged anew


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """Where home is, and the `upstreams` that a plan names. `fetch` allows to ask upstream;
    `dry_run` only says what would be done."""

    home: Home
    upstreams: Callable[[Plan], Mapping[str, Upstream]]
    fetch: bool = True
    dry_run: bool = False


class _Records(NamedTuple):
    """What else both sides have, as one."""

    evidence: Union
    landings: Union


def sync(work: Workspace, request: SyncRequest, told: Told | None = None) -> Synced:
    """Come together with home; nothing of either side is lost.

    What was edited by hand is a version first. Raises `SeriesError` where a side cannot be read,
    `GitError` where home cannot be reached or does not take what is sent.
    """
    edits, unseen = _seen(work, told, dry_run=request.dry_run)
    asked = work.upstreams if request.fetch else {}
    tips = {name: fetch_tip(work.store, one, told) for name, one in asked.items()}
    came: Came | None = None
    for _ in range(_TRIES):
        there = home.fetch(work.store, request.home, told)
        before = there.heads
        came = _come_together(work, request, before.versions, unseen, told).after(came)
        records = _records(work, before)
        now = Heads(came.head, records.evidence.head, records.landings.head)
        if request.dry_run:
            read = len(records.evidence.came), len(records.landings.came)
            return replace(_synced(work, request, came, records, read), edits=edits)
        read = _take(work, records)
        boxes.take(work.directory.state, work.store, there.boxes, work.now)
        refused = home.send(work.store, request.home, before, now)
        if refused is None or came.state is State.STOPPED:  # then the rest waits, too
            done = _synced(work, request, came, records, read)
            return replace(done, edits=edits, upstreams=tips)
        if home.fetch(work.store, request.home, told).heads == before:
            also = (
                ", and whether it has ids of sha256, as upstream"
                if work.store.algorithm != "sha1"
                else ""
            )
            raise GitError(
                f"{request.home.shown} did not take what was sent: {refused.words}",
                hint=f"Here all is merged and safe. Check whether you may push there{also}.",
            )
    raise GitError(
        f"{request.home.shown} moved each of {_TRIES} times that something was sent",
        hint="Run the command again.",
    )


def _seen(work: Workspace, told: Told | None, *, dry_run: bool) -> tuple[tuple[str, ...], int]:
    """Make what was edited by hand a version: the edits, and how many steps a dry run leaves to
    do for that."""
    refuse_names(work.directory.files(), ours=True)
    if dry_run:
        series, here = work.load(told), operations.current(work.store)
        now = Snapshot.of(work.store.algorithm, series.files).root
        is_new = here is not None and work.store.commit(here.oid).tree != now
        return series.edits, 2 if series.edits else int(is_new)
    series, edits = restacked(work, told)
    see(work.directory, work.store, series.files, work.now, command=TEXTS, by=work.person)
    return edits, 0


def _come_together(
    work: Workspace, request: SyncRequest, head: Oid | None, unseen: int, told: Told | None
) -> Came:
    """Bring our line and home's together, in one step of the series' head."""
    ours = _line_of(work)
    theirs = line.read(work.store, head)
    how = relate(work.store, ours, theirs)
    mine = [one for one in ours[how.ours :] if one.oid not in how.brought]
    steps = Count(len(mine) + unseen, len(theirs) - how.theirs)
    if how.there < len(theirs) and not request.dry_run:
        return _go_on(work, request, (ours, mine, theirs), how, told)
    if steps.taken:
        return Came(State.MERGED if steps.sent else State.TAKEN, steps, head)
    state = State.SENT if steps.sent else State.IN_STEP
    return Came(state, steps, head if request.dry_run else _shared_head(work, ours))


def _go_on(
    work: Workspace, request: SyncRequest, lines: _Lines, how: Relation, told: Told | None
) -> Came:
    """Put what home has and we lack, and then what we have, behind what both have."""
    store, (ours, mine, theirs) = work.store, lines
    onto = ours[how.kept - 1] if how.kept else None
    numbering = Numbering(store, onto)
    _bring_bases(work, request, theirs[-1], told, related=bool(how.ours or how.began))
    entries = taken(store, theirs[how.there :], numbering)
    entries += renumbered(store, mine, numbering)
    joined, version = Joined(), None
    if mine and (how.began < len(theirs) or mine[-1] is not ours[-1]):
        version = numbering.of(mine[-1].version)
        sides = _sides(store, ours, theirs, how, numbering)
        joined = join(work, sides, numbering, theirs[-1].version)
        if joined.clashes and version in (one.version for one in joined.entries):
            # Texts alone make no version, and what was merged has that number now.
            version = numbering.fresh()
            entries.append(
                entries[-1]._replace(version=version, content=None, command=operations.SEEN)
            )
        entries += joined.entries
    extend(store, ours[-1] if ours else None, onto, entries)
    ondisk.write_files(store, work.directory)
    steps = Count(len(mine), len(theirs) - how.theirs)
    if joined.stopped is not None:  # home hears of it when it is solved
        head = theirs[-1].oid
        return Came(State.STOPPED, steps, head, joined, version, numbering.renumbered)
    state = (
        (State.MERGED if steps.sent else State.TAKEN) if steps.taken
        else State.SENT if steps.sent else State.IN_STEP
    )  # fmt: skip
    after = _shared_head(work, _line_of(work))
    return Came(state, steps, after, joined, version, numbering.renumbered)


def _bring_bases(
    work: Workspace, request: SyncRequest, newest: SharedStep, told: Told | None, *, related: bool
) -> None:
    """Fetch what home's series stands on, from where home's plan says that it is."""
    files = files_of(work.store, newest.tree)
    refuse_names(files, ours=False)
    plan = parse_plan(files.get(PLAN, b"").decode("utf-8", "replace"), f"home's {PLAN}")
    if not related and plan.name != work.plan.name:
        raise SeriesError(
            f"{request.home.shown} has another series, {plan.name!r}; here is {work.plan.name!r}",
            hint="Each series has a home of its own; name this one's in series.toml.",
        )
    there = work._replace(plan=plan, upstreams=request.upstreams(plan))
    with of_home(newest):
        there.bring_bases(lock_in(files), told)


def _sides(
    store: ObjectStore, ours: Sequence[Operation], theirs: Sequence[SharedStep], how: Relation,
    numbering: Numbering,
) -> tuple[Mapping[str, bytes], Mapping[str, bytes], Mapping[str, bytes]]:  # fmt: skip
    """The files that both began with, ours now, and home's now."""
    told = (one for one in reversed(theirs[: how.began]) if one.command != operations.SEEN)
    began = next(told, None)
    if began is not None:
        base = files_of(store, began.tree)
    else:  # of what home has let go, or of nothing
        base = operations.files_of(store, ours[how.ours - 1].oid) if how.ours else {}
    return (
        base,
        with_numbers(operations.files_of(store, ours[-1].oid), numbering),
        files_of(store, theirs[-1].tree),
    )


def _line_of(work: Workspace) -> list[Operation]:
    return list(operations.history(work.store))[::-1]


def _shared_head(work: Workspace, ours: Sequence[Operation]) -> Oid | None:
    """The head of our line as it is shared; all of it is in the store then."""
    steps = line.shared(work.store, ours, ours[0].after) if ours else []
    found = work.store.find_many([step.oid for step in steps])
    line.write(work.store, [s for s, there in zip(steps, found, strict=True) if there is None])
    return steps[-1].oid if steps else None


def _records(work: Workspace, before: Heads) -> _Records:
    """Evidence and landings of both sides."""
    store, state = work.store, work.directory.state
    return _Records(
        unite(store, before.evidence, evidence.known(state), max, work.now),
        unite(store, before.landings, landings.known(state), landings.further, work.now),
    )


def _take(work: Workspace, records: _Records) -> tuple[int, int]:
    """Remember what others recorded: how much of it could be read."""
    state = work.directory.state
    return (
        evidence.take(state, records.evidence.came),
        landings.take(state, records.landings.came, _lock(work), work.now),
    )


def _lock(work: Workspace) -> Lock:
    here = operations.current(work.store)
    raw = operations.file_of(work.store, here.oid, LOCK) if here else None
    return parse_lock(raw) if raw else Lock()


def _synced(
    work: Workspace, request: SyncRequest, came: Came, records: _Records, read: tuple[int, int]
) -> Synced:
    here = operations.current(work.store)
    return Synced(
        home=request.home.shown, state=came.state, version=here.version if here else 0,
        steps=came.steps, renumbered=came.renumbered, clashes=came.joined.clashes,
        ours=came.ours if came.joined.clashes else None, stopped=came.joined.stopped,
        evidence=Count(records.evidence.sent, read[0]),
        landings=Count(records.landings.sent, read[1]),
    )  # fmt: skip
