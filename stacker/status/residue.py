"""`status --residue`: what of a branch is in no stage, and what the series has beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.git.beside import beside
from stacker.importing.commits import Merges, read_commits
from stacker.importing.placing import DoesNotFitError, as_one, moved, stopped
from stacker.series.compose import Composer, Halted
from stacker.series.patches.pieces import FileChange, changes_in_pieces, only_in
from stacker.series.plan.globs import matches

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.importing.value import Commits
    from stacker.series.loading import Series
    from stacker.series.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Rest:
    """What of a file is in no stage; `reason` is why, if the plan says it."""

    change: FileChange
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """A branch beside the series: `base` and `tip` are the branch's own, `onto` the series' base.

    `extra` is what the series has and the branch has not.
    """

    repository: str
    version: int
    base: Oid
    tip: Oid
    onto: Oid
    rest: tuple[Rest, ...]
    extra: tuple[FileChange, ...]

    @property
    def complete(self) -> bool:
        """Whether all of the branch is in a stage, or there is a reason why not."""
        return all(one.reason is not None for one in self.rest)


def residue(
    work: Workspace, source: Commits, clone: Path | None, repository: str | None,
    *, fetch: bool, told: Told | None = None,
) -> Residue:  # fmt: skip
    """Compare all stages together with the branch, both on the series' base, place by place.

    A branch that began elsewhere is moved there first. Nothing is left in the store.
    """
    name = work.plan.repository(repository or work.plan.default_repository.name).name
    series = work.look(told)
    base = series.lock.bases.get(name)
    if base is None:
        raise UsageError(
            f"nothing was imported for {name} yet",
            hint="Bring the branch in: `stacker import BRANCH --split`.",
        )
    store = beside(work.store)
    found = read_commits(
        work, store, source, work.upstreams[name],
        clone=clone, merges=Merges.KEPT, fetch=fetch, told=told,
    )  # fmt: skip
    whole = base
    if found.commits:
        one = as_one(store, found)
        whole = one.tip if found.base == base else moved(store, one, base).tip
    theirs = changes_in_pieces(store, base, whole)
    ours = changes_in_pieces(store, base, _together(store, series, name))
    return Residue(
        repository=name, version=series.lock.version, base=found.base, tip=found.tip, onto=base,
        rest=tuple(Rest(one, _reason(work.plan.residue, one)) for one in only_in(theirs, ours)),
        extra=only_in(ours, theirs),
    )  # fmt: skip


def _together(store: ObjectStore, series: Series, repository: str) -> Oid:
    """All stages of the repository that have not landed, one on the other."""
    stages = [s for s in series.live if series.plan.stage(s).repository == repository]
    tip = Composer(series.composition(store, series.lock.bases, {})).tip(repository, stages)
    if isinstance(tip, Halted):
        raise DoesNotFitError(
            f"the stages do not go together in the plan's order: {stopped(store, tip.stopped)}",
            hint="Let one need the other in series.toml, and resolve that once.",
        )
    return tip


def _reason(reasons: Mapping[str, str], one: FileChange) -> str | None:
    return next((why for glob, why in reasons.items() if matches([glob], one.path)), None)
