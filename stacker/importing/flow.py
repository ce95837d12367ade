"""`stacker import`: read commits, find where they stand in the series, add them as stages."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from stacker.errors import PatchError, UsageError
from stacker.git import helper
from stacker.git.history import first_parents
from stacker.git.objects import Signature
from stacker.importing.adding import Addition, add, sizes
from stacker.importing.adopting import adoption
from stacker.importing.assignment import OneStage, assign
from stacker.importing.commits import Merges, read_commits
from stacker.importing.files import read_files
from stacker.importing.folding import fold
from stacker.importing.placing import placed
from stacker.importing.splitting import part
from stacker.importing.value import Files, Imported, ImportResult, Split
from stacker.rebase.restacked import restacked
from stacker.series.patches.portable import refuse_added
from stacker.series.plan.naming import listed
from stacker.series.workspace import known_tip, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.importing.assignment import Assigned, Mode
    from stacker.importing.value import ImportRequest
    from stacker.series.loading import Series
    from stacker.series.plan.model import Plan, StageId
    from stacker.series.workspace import Workspace


def import_into(
    work: Workspace,
    request: ImportRequest,
    choose: Callable[[Mapping[Oid, str], frozenset[str]], Mode],
    told: Told | None = None,
) -> ImportResult:
    """Add what `request` names to the series; `choose` is asked when it names no mode."""
    series, _ = restacked(work, told)
    repository = _repository(work.plan, request)
    found = _read(work, series, request, repository, told)
    if not found.commits:
        raise UsageError("there is nothing to import: upstream has all of it")
    if isinstance(request.mode, Split):
        return _split(work, series, repository, found)
    if request.folded:
        found = _folded(work.store, found)
    refuse_added(work.store, found.base, found.commits)
    found, anchor = placed(work, series, request, repository, found)
    known = _already_in(work.store, series, found.commits)
    if known:
        has = sizes(series.files, known)
        return ImportResult(known, series.lock.version, found.base, has, found.notes)
    subjects = {oid: work.store.commit(oid).subject for oid in found.commits}
    taken = frozenset(s.lower() for s in work.plan.order)
    assigned = assign(request.mode or choose(subjects, taken), subjects, taken)
    _refuse_taken(work, assigned, taken)
    if not assigned:
        raise UsageError("nothing was chosen to import")
    adopted, said = adoption(work, request, repository, found, assigned)
    new = Addition(repository, found.base, anchor, assigned, adopted)
    version, files = add(work, series, new)
    stages, notes = tuple(stage for stage, _ in assigned), (*found.notes, *said)
    return ImportResult(stages, version, found.base, sizes(files, stages), notes)


def _repository(plan: Plan, request: ImportRequest) -> str:
    if isinstance(request.mode, OneStage) and request.mode.stage in plan.order:
        return plan.stage(request.mode.stage).repository
    return plan.repository(request.repository or plan.default_repository.name).name


def _read(
    work: Workspace, series: Series, request: ImportRequest, repository: str, told: Told | None
) -> Imported:
    source = request.source
    if not isinstance(source, Files):
        whole = request.folded or isinstance(request.mode, Split)
        merges = Merges.FIRST_PARENT if request.first_parent else Merges.REFUSED
        return read_commits(
            work, work.store, source, work.upstreams[repository],
            clone=request.clone, merges=Merges.KEPT if whole else merges, fetch=request.fetch,
            told=told,
        )  # fmt: skip
    try:
        bases = _bases(work, series, request, repository, told)
        return read_files(work.store, source.path, bases, cache(lambda: _person(work)))
    except PatchError as exc:
        if request.onto is None:
            exc.hint += " `--onto REV` names the commit that it was made on."
        raise


def _person(work: Workspace) -> Signature:
    who = helper.identity(work.directory.root)
    return Signature.parse(who.encode("utf-8", "surrogateescape"))


def _bases(
    work: Workspace, series: Series, request: ImportRequest, repository: str, told: Told | None
) -> tuple[Oid, ...]:
    """Where patches may stand: as asked for, else any tip of the series, else its base."""
    if request.onto is not None:
        return (resolve(work.store, work.upstreams[repository], request.onto, told),)
    tips = [
        line.commit
        for line in reversed(series.lock.stages)
        if line.repository == repository and not line.landed
    ]
    base = series.lock.bases.get(repository) or known_tip(work.store, work.upstreams[repository])
    return (*tips, *([base] if base else []))


def _folded(store: ObjectStore, found: Imported) -> Imported:
    """All of it as one commit; of merges only what they came to counts."""
    line = frozenset(first_parents(store, found.base, found.tip))
    in_order = sorted(found.commits, key=lambda oid: oid not in line)  # its own line comes first
    commits = [store.commit(oid) for oid in in_order]
    words = fold([c for c in commits if len(c.parents) == 1] or commits)
    oid = store.write_commit(words.moved(store.commit(found.tip).tree, (found.base,)))
    return replace(found, commits=(oid,))


def _split(work: Workspace, series: Series, repository: str, found: Imported) -> ImportResult:
    parted = part(work.store, series, found, repository)
    stages = tuple(stage for stage, _ in parted.commits)
    commits = tuple(oid for _, oid in parted.commits)
    for oid in commits:
        refuse_added(work.store, work.store.commit(oid).parents[0], (oid,))
    result = ImportResult(
        stages, series.lock.version, parted.base, (), parted.notes, parted.residue
    )
    if not stages:
        raise UsageError(
            "no stage of the plan claims a file of it",
            hint="`paths` of a stage are globs from the top of the repository, as in "
            '`paths = ["Lib/**", "*.md"]`.',
        )
    if _already_in(work.store, series, commits) == stages:
        return replace(result, sizes=sizes(series.files, stages))
    _refuse_filled(work, stages)
    assigned = tuple((stage, (oid,)) for stage, oid in parted.commits)
    version, files = add(work, series, Addition(repository, parted.base, None, assigned))
    return replace(result, version=version, sizes=sizes(files, stages))


def _already_in(store: ObjectStore, series: Series, found: Sequence[Oid]) -> tuple[StageId, ...]:
    """The stages that have these very commits: an import that was killed is run again."""
    wanted = [(c.tree, c.author, c.message) for c in map(store.commit, found)]
    stages, have = [], []
    for stage in series.live:
        for one in (store.commit(patch.commit) for patch in series.patches.get(stage, ())):
            if (one.tree, one.author, one.message) in wanted:
                stages.append(stage)
                have.append((one.tree, one.author, one.message))
    return tuple(dict.fromkeys(stages)) if have == wanted else ()


def _refuse_taken(work: Workspace, assigned: Assigned, taken: Collection[str]) -> None:
    for stage, _ in assigned:
        filled = bool(work.directory.patches(stage))
        if filled or (stage.lower() in taken and stage not in work.plan.order):
            raise UsageError(
                f"the series has a stage {stage!r} already",
                hint="Choose another id; to change a stage, edit its patches.",
            )


def _refuse_filled(work: Workspace, stages: Collection[StageId]) -> None:
    filled = [stage for stage in stages if work.directory.patches(stage)]
    if filled:
        raise UsageError(
            f"{listed(filled)} of the plan has patches already",
            hint="A branch is split into stages without patches. What a stage lacks is brought in "
            "by `stacker edit STAGE`; `stacker status --residue BRANCH` says what that is.",
        )
