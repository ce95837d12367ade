"""The rules between stages: ids, needs, cycles, renames; and groups that can land together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.series.plan.checking import refuse_globs, refuse_unknown
from stacker.series.plan.choices import AdoptsBy
from stacker.series.plan.model import StageId
from stacker.series.plan.naming import RESERVED_STAGES, same_file
from stacker.series.plan.order import CycleError, needs_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.series.plan.drafting import Draft, Entry
    from stacker.series.plan.model import Group, Stage
    from stacker.series.plan.problems import Report
    from stacker.series.plan.toml_places import Path

_MOST_CYCLES = 20


class Wiring(NamedTuple):
    """The stages of a draft by id, each with its needs resolved to stages that exist."""

    stages: Mapping[StageId, Entry[Stage]]
    needs: Mapping[StageId, tuple[StageId, ...]]


def check_stages(draft: Draft, report: Report) -> Wiring:
    """Ids are unique and free, needs exist and go in no circle; returns the needs as resolved."""
    stages = _by_id(draft, report)
    repositories = [entry.value.name for entry in draft.repositories]
    adopted: dict[tuple[str, int], StageId] = {}
    for entry in draft.stages:
        stage = entry.value
        if "repository" in entry.written and stage.repository:
            path = (*entry.path, "repository")
            refuse_unknown(stage.repository, repositories, "repository", path, report)
        refuse_globs(stage.paths, (*entry.path, "paths"), report)
        if stage.adopts is not None:
            other = adopted.setdefault((stage.repository, stage.adopts), stage.id)
            if other != stage.id:
                report.add((*entry.path, "adopts"), f"#{stage.adopts} is adopted by {other!r}")
        elif stage.adopts_by is AdoptsBy.PUSH:
            report.add((*entry.path, "adopts_by"), "adopts nothing: `adopts` has its number")
    _check_renames(draft, stages, report)
    needs: dict[StageId, tuple[StageId, ...]] = {}
    for position, entry in enumerate(draft.stages):
        resolved = _resolve(position, draft, stages, report)
        if stages.get(entry.value.id) is entry:
            needs[entry.value.id] = resolved
    _check_cycles(Wiring(stages, needs), report)
    return Wiring(stages, needs)


def _by_id(draft: Draft, report: Report) -> dict[StageId, Entry[Stage]]:
    stages: dict[StageId, Entry[Stage]] = {}
    files: dict[str, StageId] = {}
    for entry in draft.stages:
        stage_id, path = entry.value.id, (*entry.path, "id")
        if not stage_id:
            continue
        other = files.setdefault(same_file(stage_id), stage_id)
        if stage_id in stages:
            report.add(path, f"there is a stage {stage_id!r} already, above")
            continue
        if other != stage_id:
            report.add(path, f"{stage_id!r} and {other!r} differ only in case")
        if stage_id.casefold() in RESERVED_STAGES:
            report.add(path, f"{stage_id!r} is reserved: series/{stage_id}.md has its own meaning")
        stages[stage_id] = entry
    return stages


def _check_renames(draft: Draft, stages: Mapping[StageId, Entry[Stage]], report: Report) -> None:
    renamed: dict[StageId, StageId] = {}
    for entry in draft.stages:
        old, path = entry.value.was, (*entry.path, "was")
        if old is None:
            continue
        if old in stages:
            report.add(path, f"{old!r} is still a stage of the plan, so nothing was renamed")
        other = renamed.setdefault(old, entry.value.id)
        if other != entry.value.id:
            report.add(path, f"{old!r} became {other!r} already, above")


def _resolve(
    position: int, draft: Draft, stages: Mapping[StageId, Entry[Stage]], report: Report
) -> tuple[StageId, ...]:
    """The stages that one stands on; without `needs` the one above, in the same repository."""
    entry = draft.stages[position]
    if "needs" in entry.written:
        return tuple(
            need
            for index, need in enumerate(entry.value.needs)
            if not refuse_unknown(need, stages, "stage", (*entry.path, "needs", index), report)
        )
    if position == 0:
        return ()
    above = draft.stages[position - 1].value
    if above.repository != entry.value.repository:
        report.add(
            (*entry.path, "needs"),
            f"the stage above, {above.id!r}, is of another repository, {above.repository!r}",
            way_out=f'write needs = ["{above.id}"], or needs = [] to stand on the base',
            key=True,
        )
    return (above.id,) if above.id in stages else ()


def _check_cycles(wiring: Wiring, report: Report) -> None:
    """Reports each cycle; cuts it where it was found, in a copy, to find the next one."""
    needs = dict(wiring.needs)
    for _ in range(_MOST_CYCLES):
        try:
            needs_first(needs)
        except CycleError as cycle:
            at, need = StageId(cycle.path[0]), StageId(cycle.path[1])
            path: Path = (*wiring.stages[at].path, "needs")
            written = wiring.stages[at].value.needs
            if need in written:
                path = (*path, written.index(need))
            report.add(path, f"the stages need each other in a circle: {cycle}")
            needs[at] = tuple(each for each in needs[at] if each != need)
        else:
            return


def check_groups(draft: Draft, wiring: Wiring, report: Report) -> None:
    """Each group has stages, of one repository, in no other group, closed under needs between."""
    taken: dict[StageId, str] = {}
    needed_by: dict[StageId, list[StageId]] = {}
    for stage_id, needs in wiring.needs.items():
        for need in needs:
            needed_by.setdefault(need, []).append(stage_id)
    for entry in draft.groups:
        group, path = entry.value, (*entry.path, "stages")
        if not group.stages and "stages" in entry.read:
            report.add(path, "the group has no stages")
        members = []
        for position, member in enumerate(group.stages):
            at = (*path, position)
            if refuse_unknown(member, wiring.stages, "stage", at, report):
                continue
            members.append(member)
            other = taken.setdefault(member, group.name)
            if other != group.name:
                report.add(at, f"{member!r} lands with the group {other!r} already")
        _check_one_repository(group, members, path, wiring, report)
        between = _reach(members, needed_by) & _reach(members, wiring.needs)
        _check_closed(between - set(members), path, wiring, report)


def _check_one_repository(
    group: Group, members: list[StageId], path: Path, wiring: Wiring, report: Report
) -> None:
    for member in members[1:]:
        first, other = (wiring.stages[each].value.repository for each in (members[0], member))
        if first != other:
            report.add(
                (*path, group.stages.index(member)),
                f"{member!r} is of {other!r} and {members[0]!r} of {first!r}",
                way_out="a group lands in one repository",
            )


def _check_closed(between: set[StageId], path: Path, wiring: Wiring, report: Report) -> None:
    """No stage outside may need a member and be needed by one: it could land neither way."""
    for stage_id in (stage_id for stage_id in wiring.needs if stage_id in between):
        report.add(
            path,
            f"{stage_id!r} needs a stage of the group and is needed by one",
            way_out=f"add {stage_id!r} to the group, or change who needs it",
        )


def _reach(start: Iterable[StageId], edges: Mapping[StageId, Iterable[StageId]]) -> set[StageId]:
    found: set[StageId] = set()
    waiting = list(start)
    while waiting:
        for following in edges.get(waiting.pop(), ()):
            if following not in found:
                found.add(following)
                waiting.append(following)
    return found
