"""What both sides did since they began together, as one more version behind both."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.rebase import attempt as attempts
from stacker.rebase.attempt import Attempt
from stacker.rebase.flow import dry_run
from stacker.rebase.outcome import RebaseResult, describe
from stacker.series.compose import Halted, Standing
from stacker.series.lock import serialise as serialise_lock
from stacker.series.saving import kept, rewritten, texts_of
from stacker.series.versions.joined import joined
from stacker.series.versions.numbering import content_of
from stacker.series.versions.operations import SEEN
from stacker.series.versions.recording import NewOperation
from stacker.series.versions.snapshot import Snapshot
from stacker.sync.merging import merge_series

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.series.workspace import Workspace
    from stacker.sync.merging import MergedSeries
    from stacker.sync.numbering import Numbering
    from stacker.sync.outcome import Clash

    Files = Mapping[str, bytes]


class Joined(NamedTuple):
    """The operations to add; `stopped` where a stage does not go with the other side's work."""

    entries: tuple[NewOperation, ...] = ()
    clashes: tuple[Clash, ...] = ()
    stopped: RebaseResult | None = None


def join(
    work: Workspace, sides: tuple[Files, Files, Files], numbering: Numbering, home: int
) -> Joined:
    """Merge both sides and compose what comes of it; `sides` are what both began with, ours, and
    what home has as its version `home`."""
    base, ours, theirs = sides
    merged = merge_series(work.store, base, ours, theirs)
    series, reason = merged.series, joined(home, (one.place for one in merged.clashes))
    attempt = Attempt(dict(merged.bases), {})
    outcomes, landed, _ = dry_run(work, series, attempt)
    if any(isinstance(one, Halted) for one in outcomes.values()):
        stages = describe(
            work.store,
            series,
            outcomes,
            landed=landed,
            culprits={},
            dropped=frozenset(),
            releases={},
            lost=(),
            hints={},
        )
        result = RebaseResult(
            bases=merged.ground.bases, version=merged.ground.version, stages=stages,
            store=work.directory.store, halted=True, edits=(), remembered=False, new_commits=0,
            targets=attempt.targets,
        )  # fmt: skip
        waiting = attempts.read(work.directory.state)  # a rebase that stopped before
        attempts.write(work.directory.state, attempt._replace(waiting=waiting))
        return Joined((_left_open(work, merged, numbering, reason),), merged.clashes, result)
    standing = {s: o for s, o in outcomes.items() if isinstance(o, Standing)}
    lock, files = rewritten(work.store, series, merged.bases, standing, landed)
    content = content_of(lock)
    lock = lock._replace(version=numbering.next(content))
    what = Snapshot.of(work.store.algorithm, {**files, "series.lock": serialise_lock(lock)})
    done = NewOperation(
        what, tuple(kept(work.store, lock)), lock.version, content, "sync",
        reason, work.now, work.person,
    )  # fmt: skip
    return Joined((done,), merged.clashes)


def _left_open(
    work: Workspace, merged: MergedSeries, numbering: Numbering, reason: str
) -> NewOperation:
    """The files of both sides as if edited by hand on the ground: `resolve` goes on from there."""
    series = merged.series
    commits = {
        f"patches/{stage}/{patch.file}": patch.commit
        for stage, own in series.patches.items()
        for patch in own
    }
    lacking = {name: oid for name, oid in commits.items() if name not in series.files}
    files = {
        **series.files, **texts_of(work.store, lacking),
        "series.lock": serialise_lock(merged.ground),
    }  # fmt: skip
    keep = dict.fromkeys([*kept(work.store, merged.ground), *commits.values()])
    return NewOperation(
        Snapshot.of(work.store.algorithm, files), tuple(keep), numbering.fresh(), None, SEEN,
        reason, work.now, work.person,
    )  # fmt: skip
