"""Everything that the page tells, read from this disk: nobody is asked, and nothing changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.report import foreseen, past, versions
from stacker.report.value import History
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.patches.diffs import diffs_between
from stacker.series.renaming import renamed_lock, renames
from stacker.series.texts import stage_text
from stacker.series.walking import walk_back
from stacker.status.gather import gather as gather_status
from stacker.verify.logs import found_log, last_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stacker.forecast.outcome import Forecast
    from stacker.git.objects import Commit
    from stacker.git.store import ObjectStore
    from stacker.report.versions import Texts
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan, StageId
    from stacker.series.workspace import Workspace
    from stacker.status.value import SeriesStatus

_LOGS = 200  # that are read; red ones first
_LINES, _LINES_IF_GOOD = 60, 12  # from the end of each
_WIDEST = 300  # characters of a line


@dataclass(frozen=True, slots=True)
class OwnChange:
    """A stage's own change: its commits, oldest first, and git's diff over all of them."""

    commits: tuple[Commit, ...]
    ids: tuple[str, ...]
    diff: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is known. `texts` has title and body of each stage; `logs` the last lines that
    checks wrote, by the key of their evidence."""

    plan: Plan
    status: SeriesStatus
    texts: Mapping[StageId, tuple[str, str]]
    changes: Mapping[StageId, OwnChange]
    logs: Mapping[str, tuple[str, ...]]
    forecast: Forecast | str
    history: History
    versions: Texts


def gather(
    directory: SeriesDirectory, plan: Plan, work: Workspace | None, environment: dict[str, str],
    now: int,
) -> Facts:  # fmt: skip
    """All of it; `work` is `None` where there is no store. Raises `StackerError` when lock, plan
    and patches do not fit together."""
    status = gather_status(directory, plan, work, environment, now)
    store = work.store if work is not None else None
    published = [one.published.version for one in status.stages if one.published is not None]
    return Facts(
        plan=plan,
        status=status,
        texts={s: stage_text(directory.read(f"series/{s}.md"), s) for s in plan.order},
        changes=_own_changes(store, directory, plan) if store and status.in_store else {},
        logs=_tails(directory.state / "logs", status),
        forecast=foreseen.look(work, status),
        history=past.history(store, len(plan.order)) if store else History(()),
        versions=versions.texts(store, plan, published) if store else versions.NOTHING,
    )


def _own_changes(
    store: ObjectStore, directory: SeriesDirectory, plan: Plan
) -> dict[StageId, OwnChange]:
    """Of each stage that is in the series and whose commits are here; git is asked once."""
    raw = directory.read("series.lock")
    lock = parse_lock(raw) if raw is not None else Lock()
    lock = renamed_lock(lock, renames(lock, plan))
    walked = walk_back(store, [line for line in lock.stages if line.trees and not line.landed])
    commits = store.commits(oid for some in walked.values() for oid in some)
    pairs = [(commits[some[-1]].tree, commits[some[0]].tree) for some in walked.values()]
    found: dict[StageId, OwnChange] = {}
    for (stage, some), diff in zip(walked.items(), diffs_between(store, pairs), strict=True):
        own = some[-2::-1]
        found[stage] = OwnChange(tuple(commits[oid] for oid in own), tuple(own), diff)
    return found


def _tails(folder: Path, status: SeriesStatus) -> dict[str, tuple[str, ...]]:
    """The ends of the logs that the matrix shows, what is red first."""
    if not folder.is_dir():
        return {}
    every = [one for stage in status.stages if stage.evidence for one in stage.evidence.results]
    found: dict[str, tuple[str, ...]] = {}
    for one in sorted(every, key=lambda one: not one.red):
        if one.record is None or one.record.key in found:
            continue
        if len(found) == _LOGS:
            break
        log = found_log(folder / f"{one.record.key}.log")
        lines = last_lines(log, _LINES if one.red else _LINES_IF_GOOD)
        found[one.record.key] = tuple(line[:_WIDEST] for line in lines)
    return {key: lines for key, lines in found.items() if lines}
