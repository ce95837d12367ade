"""Which stages that bring nothing on a new base, or conflict there, have landed and are in force.

The same words may stand there for another reason, and a conflict may come of what upstream made
of the stage after it had landed. A proof decides, and that upstream took nothing back since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.beside import beside
from stacker.landed.changes import pieces_of, whole_of
from stacker.landed.line import courses, line_of
from stacker.landed.presence import Probes, State
from stacker.landed.proof import Prover

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.landed.course import Course
    from stacker.landed.line import Line
    from stacker.landed.presence import Change
    from stacker.landed.proof import Landing
    from stacker.series.compose import Composition
    from stacker.series.plan.model import StageId


def landings(
    what: Composition, suspects: Sequence[StageId], old_bases: Mapping[str, Oid]
) -> dict[StageId, Oid]:
    """Those of `suspects` that upstream has since `old_bases`, with the commits that prove it."""
    found: dict[StageId, Oid] = {}
    store = beside(what.store)
    what = what._replace(store=store)
    probes = Probes(what)
    wholes = wholes_of(what)
    for repository in dict.fromkeys(what.repositories[stage] for stage in suspects):
        old = old_bases.get(repository)
        own = [c for s, c in wholes.items() if what.repositories[s] == repository]
        if old is not None:
            line = line_of(store, old, what.bases[repository])
            asked = [change for change in own if change.stage in suspects]
            seen = look_at(probes, line, asked, Prover(probes, own))
            for stage, one in seen.items():
                if one.landing is not None and stays(probes, line, stage, seen):
                    found[stage] = one.landing.commit
    return found


def wholes_of(what: Composition) -> dict[StageId, Change]:
    """The whole change of each stage, in plan order; those that change nothing are left out."""
    found = {s: whole_of(what.store, s, what.patches.get(s, ())) for s in what.chains}
    return {stage: change for stage, change in found.items() if change is not None}


class Seen(NamedTuple):
    """What became of a stage: of its own change, or of a run of stages that it is proved in.

    `commit` is the one of upstream's line since which it was there; `landing` proves it.
    """

    change: Change
    course: Course
    commit: Oid | None
    landing: Landing | None


def look_at(
    probes: Probes, line: Line, asked: Sequence[Change], prover: Prover
) -> dict[StageId, Seen]:
    """What became of these stages, whose whole changes are asked, along a line of upstream."""
    found: dict[StageId, Seen] = {}
    runs: dict[Change, Landing] = {}
    for change, one in courses(probes, line, asked).items():
        commit = _came(line, one)
        landing = prover.landing(change.stage, commit) if commit is not None else None
        found[change.stage] = Seen(change, one, commit, landing)
        if landing is not None and landing.run_change is not None:
            runs[landing.run_change] = landing
    for change, one in courses(probes, line, runs).items():
        commit = _came(line, one)
        for stage in runs[change].run:
            if stage in found and commit is not None:
                found[stage] = Seen(change, one, commit, runs[change])
    return found


def _came(line: Line, course: Course) -> Oid | None:
    """The commit of the line by which a change came; `None` where it was there before."""
    return line.at(course.came) if course.came is not None and course.came >= 0 else None


def stays(probes: Probes, line: Line, stage: StageId, seen: Mapping[StageId, Seen]) -> bool:
    """Whether a stage that landed is in force: nothing of it was taken back.

    Upstream may have changed its lines further. Then no hunk of it may be lacking, and what it
    needs must have landed too, for without it nobody could tell.
    """
    one, what = seen[stage], probes.what
    if one.landing is None or not one.course.in_force:
        return False
    if one.course.altered is None:
        return True
    needs = [need for need in what.chains[stage][:-1] if need not in one.landing.run]
    if not all(need in seen and stays(probes, line, need, seen) for need in needs):
        return False
    patches = [patch for s in one.landing.run or (stage,) for patch in what.patches[s]]
    pieces = pieces_of(what.store, one.change, patches)
    probes.ask((piece.change, line.commits[-1]) for piece in pieces)
    states = (probes.state(piece.change, line.commits[-1]) for piece in pieces)
    return all(state is not State.LACKS for state in states)
