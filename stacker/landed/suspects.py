"""Which stages that bring nothing on a new base, or conflict there, have landed and are in force.

The same words may stand there for another reason, and a conflict may come of what upstream made
of the stage after it had landed. A proof decides, and that upstream took nothing back since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.beside import beside
from stacker.git.changes import changes_of
from stacker.landed.changes import pieces_of, whole_of
from stacker.landed.line import courses, line_of
from stacker.landed.presence import Probes, State
from stacker.landed.proof import Prover

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.landed.line import Line
    from stacker.landed.presence import Change
    from stacker.series.compose import Composition
    from stacker.series.plan.model import StageId


def landings(
    what: Composition, suspects: Sequence[StageId], old_bases: Mapping[str, Oid]
) -> dict[StageId, Oid]:
    """Those of `suspects` that upstream has since `old_bases`, with the commits that prove it."""
    found: dict[StageId, Oid] = {}
    with beside(what.store) as store:
        what = what._replace(store=store)
        probes = Probes(what)
        wholes = wholes_of(what)
        for repository in dict.fromkeys(what.repositories[stage] for stage in suspects):
            old = old_bases.get(repository)
            own = [c for s, c in wholes.items() if what.repositories[s] == repository]
            if old is not None:
                line = line_of(store, old, what.bases[repository])
                asked = [change for change in own if change.stage in suspects]
                found |= _landed(probes, line, asked, Prover(probes, own))
    return found


def wholes_of(what: Composition) -> dict[StageId, Change]:
    """The whole change of each stage, in plan order; those that change nothing are left out."""
    found = {s: whole_of(what.store, s, what.patches.get(s, ())) for s in what.chains}
    return {stage: change for stage, change in found.items() if change is not None}


def paths_of(store: ObjectStore, changes: Iterable[Change]) -> dict[Change, frozenset[bytes]]:
    """The paths that each change touches."""
    by_commit = {change.commit: change for change in changes}
    return {
        by_commit[oid]: frozenset(one.path for one in some)
        for oid, some in changes_of(store, by_commit).items()
    }


def _landed(
    probes: Probes, line: Line, asked: Sequence[Change], prover: Prover
) -> dict[StageId, Oid]:
    seen = courses(probes, line, paths_of(probes.what.store, asked))
    found: dict[StageId, Oid] = {}
    for change, one in seen.items():
        if not one.in_force or one.came is None or one.came < 0:
            continue
        landing = prover.landing(change.stage, line.commits[one.came])
        if landing is not None and (one.altered is None or _stays(probes, line, change, found)):
            found[change.stage] = landing.commit
    return found


def _stays(probes: Probes, line: Line, change: Change, landed: Mapping[StageId, Oid]) -> bool:
    """Whether of a landing that was altered nothing was taken back: no hunk of it is lacking.

    Without what it needs nobody could tell.
    """
    what, tip = probes.what, line.commits[-1]
    if any(need not in landed for need in what.chains[change.stage][:-1]):
        return False
    pieces = pieces_of(what.store, change, what.patches[change.stage])
    probes.ask((piece.change, tip) for piece in pieces)
    return all(probes.state(piece.change, tip) is not State.LACKS for piece in pieces)
