"""From what is known to what the page shows. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.landed.group import Extent
from stacker.render.boxes import boxes_lines
from stacker.render.status import head_lines
from stacker.report.changes import changes
from stacker.report.foreseen import outlook
from stacker.report.missing import gate
from stacker.report.past import when
from stacker.report.picture import Node, picture
from stacker.report.stages import stage_view, why_no_change
from stacker.report.value import Change, GroupView, Report, Tone, Way
from stacker.status.next_step import next_step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stacker.report.gather import Facts
    from stacker.report.picture import Picture
    from stacker.report.value import StageView
    from stacker.status.value import GroupStatus, SeriesStatus

_WIDTHS = (1148, 720, 330)  # of a desk, a tablet, a telephone


def report(facts: Facts) -> Report:
    """The whole page."""
    status = facts.status
    seen = changes(facts.changes)
    stages = tuple(
        stage_view(facts, number, one, seen.get(one.id) or Change((), why_no_change(one)))
        for number, one in enumerate(status.stages, 1)
    )
    step = next_step(status)
    columns = dict.fromkeys((cell.check, cell.platform) for one in stages for cell in one.cells)
    return Report(
        name=status.name,
        title=status.title,
        facts=tuple(head_lines(status)),
        alerts=tuple(_alerts(status)),
        next_command=step.command if step else "",
        next_because=step.because if step else "",
        made=when(status.now),
        main_repository=facts.plan.default_repository.name,
        repositories=len(facts.plan.repositories),
        stages=stages,
        columns=tuple(columns),
        groups=tuple(_groups(facts, stages)),
        pictures=_pictures(stages),
        outlook=outlook(facts.forecast),
        boxes=tuple(boxes_lines(status.boxes, status.platforms, status.now)),
        history=facts.history,
        compare=facts.versions.document,
        left_out=facts.versions.left_out,
    )


def _pictures(stages: Sequence[StageView]) -> tuple[Picture, ...]:
    """One for each width, the widest first; those that fit a smaller one are that one."""
    nodes = [Node(one.id, one.needs, one.group) for one in stages]
    drawn = [picture(nodes, width) for width in _WIDTHS]
    return tuple(
        next((n for n in drawn[i:][::-1] if n.width == one.width), one)
        for i, one in enumerate(drawn)
    )


def _alerts(status: SeriesStatus) -> Iterator[str]:
    """What somebody should know before all else."""
    if not status.in_store:
        yield "This clone has no objects yet; what follows is from plan and lock alone."
    if status.stopped is not None:
        where = ", ".join(status.stopped.stages)
        what = f"an edit of {status.stopped.edit}" if status.stopped.edit else "a rebase"
        yield f"{what.capitalize()} stopped{f' at {where}' if where else ''}."
    yield from (f"Edited by hand, and not in what follows: {edit}." for edit in status.edits)
    for one in status.folders:
        yield f"The folder of `stacker {one.verb} {one.stage}` is open: `{one.command}`."
    for left in status.unfinished:
        yield f"Unfinished: {left.what}{f': `{left.command}`' if left.command else ''}."


def _groups(facts: Facts, stages: Sequence[StageView]) -> Iterator[GroupView]:
    """Each group, and last what lands alone."""
    by_id = {one.id: one for one in stages}
    for group in facts.status.groups:
        members = tuple(by_id[stage] for stage in group.stages)
        tone, words = _standing(group, members)
        torn = group.torn
        yield GroupView(
            name=group.name, tone=tone, words=words, stages=members,
            torn=torn.said if torn else "",
            ways=tuple(Way(way.what, way.command) for way in torn.ways) if torn else (),
            command=f"stacker land --group {group.name}" if tone is Tone.GOOD else "",
            gate=gate(facts.status, group),
        )  # fmt: skip
    alone = tuple(one for one in stages if not one.group)
    if alone:
        left = sum(not one.landed for one in alone)
        words = f"{left} to land" if left else "all landed"
        yield GroupView(name="", tone=Tone.IDLE if left else Tone.DONE, words=words, stages=alone)


def _standing(group: GroupStatus, members: Sequence[StageView]) -> tuple[Tone, str]:
    if group.torn is not None:
        return Tone.BAD, "torn: the rest is frozen"
    if group.extent is Extent.ALL:
        return Tone.DONE, "landed"
    ready = f"{group.ready} of {len(group.stages)} ready"
    blocked = any(one.missing for one in members)
    return (Tone.WAIT if blocked else Tone.GOOD), ready
