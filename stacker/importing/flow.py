"""`stacker import`: read commits, find where they stand in the series, add them as stages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import SeriesError, UsageError
from stacker.importing.assignment import Mode, OneStage, assign
from stacker.importing.sources import Imported, read_mails, read_range, refuse_paths, squash
from stacker.rebase.restacked import restacked
from stacker.series.compose import Composer, Halted, PatchCommit, Standing
from stacker.series.patches.patchfile import slug
from stacker.series.patches.size import Size, size_of
from stacker.series.plan.naming import listed
from stacker.series.plan.reading import parse_plan
from stacker.series.plan.writing import NewStage, append_stages
from stacker.series.saving import rewritten, save
from stacker.series.workspace import known_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.importing.assignment import Assigned
    from stacker.series.loading import Series
    from stacker.series.plan.model import Plan, StageId
    from stacker.series.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to import: a range of a clone (`BASE..TIP`), or a file or folder of mails.

    `mode` is asked for, by the editable list it is given, when it is `None`.
    """

    what: str
    clone: Path | None
    mode: Mode | None
    repository: str | None = None
    first_parent: bool = False
    squashed: bool = False
    onto: str | None = None


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The stages that were added or filled, in order, and the version that has them."""

    stages: tuple[StageId, ...]
    version: int
    base: Oid
    sizes: tuple[Size, ...]


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
        raise UsageError(f"{request.what!r} has no commits to import")
    known = _already_in(work, series, found)
    if known:
        return ImportResult(known, series.lock.version, found.base, _sizes(series.files, known))
    anchor = _anchor(work, series, request, repository, found.base)
    subjects = {oid: work.store.commit(oid).subject for oid in found.commits}
    taken = frozenset(s.lower() for s in work.plan.order)
    mode = request.mode or choose(subjects, taken)
    assigned = assign(mode, subjects, taken)
    _refuse_taken(work, assigned, taken)
    if not assigned:
        raise UsageError("nothing was chosen to import")
    return _add(work, series, _Addition(repository, found, anchor, assigned))


@dataclass(frozen=True, slots=True)
class _Addition:
    repository: str
    found: Imported
    anchor: StageId | None
    assigned: Assigned


def _repository(plan: Plan, request: ImportRequest) -> str:
    if isinstance(request.mode, OneStage) and request.mode.stage in plan.order:
        return plan.stage(request.mode.stage).repository
    return plan.repository(request.repository or plan.default_repository.name).name


def _read(
    work: Workspace, series: Series, request: ImportRequest, repository: str, told: Told | None
) -> Imported:
    file = Path(request.what)
    if ".." in request.what and not file.exists():
        upstream = work.upstreams[repository]
        clone = request.clone or (Path(upstream.url) if Path(upstream.url).is_dir() else None)
        found = read_range(
            work.store, clone or work.directory.store, request.what,
            # Squashed, only the ends count, whatever merges lie between.
            first_parent=request.first_parent or request.squashed, told=told,
        )  # fmt: skip
    elif file.exists():
        found = read_mails(work.store, file, _bases(work, series, request, repository))
    else:
        raise UsageError(
            f"{request.what!r} is neither a range BASE..TIP nor a file",
            hint="Ranges are read in the clone given with `--from`.",
        )
    found = squash(work.store, found) if request.squashed else found
    refuse_paths(work.store, found)
    return found


def _bases(
    work: Workspace, series: Series, request: ImportRequest, repository: str
) -> tuple[Oid, ...]:
    """Where mails may stand: as asked for, else any tip of the series, else its base."""
    if request.onto is not None:
        oid = work.store.resolve(request.onto)
        if oid is None:
            raise UsageError(f"the store has no commit {request.onto!r}")
        return (oid,)
    tips = [
        line.commit
        for line in reversed(series.lock.stages)
        if line.repository == repository and not line.landed
    ]
    base = series.lock.bases.get(repository) or known_tip(work.store, work.upstreams[repository])
    return (*tips, *([base] if base else []))


def _already_in(work: Workspace, series: Series, found: Imported) -> tuple[StageId, ...]:
    """The stages that have these very commits: an import that was killed is run again."""
    commits = work.store.commit
    wanted = [(c.tree, c.author, c.message) for c in map(commits, found.commits)]
    stages, have = [], []
    for stage in series.live:
        for one in map(commits, (p.commit for p in series.patches.get(stage, ()))):
            if (one.tree, one.author, one.message) in wanted:
                stages.append(stage)
                have.append((one.tree, one.author, one.message))
    return tuple(dict.fromkeys(stages)) if have == wanted else ()


def _anchor(
    work: Workspace, series: Series, request: ImportRequest, repository: str, base: Oid
) -> StageId | None:
    """The stage whose tree the import begins at; `None` for the base itself."""
    here = series.lock.bases.get(repository)
    tree = work.store.commit(base).tree
    if here is None or work.store.commit(here).tree == tree:
        return None
    for line in reversed(series.lock.stages):
        if line.repository == repository and work.store.commit(line.commit).tree == tree:
            return line.stage
    if isinstance(request.mode, OneStage) and request.mode.stage in series.plan.order:
        # A stage that the plan has: its patches may begin where all that it needs ends.
        below = series.chain(series.plan.stage(request.mode.stage).id)[:-1]
        tip = Composer(series.composition(work.store, series.lock.bases, {})).tip(repository, below)
        if not isinstance(tip, Halted) and work.store.commit(tip).tree == tree:
            return None
    raise SeriesError(
        f"the import begins at {base[:10]}, which is no point of the series",
        hint=f"A range must begin at the base ({here[:10]}) or where a stage ends; rebase the "
        "work onto one of these first.",
    )


def _refuse_taken(work: Workspace, assigned: Assigned, taken: frozenset[str]) -> None:
    for stage, _ in assigned:
        filled = bool(work.directory.patches(stage))
        if filled or (stage.lower() in taken and stage not in work.plan.order):
            raise UsageError(
                f"the series has a stage {stage!r} already",
                hint="Choose another id; to change a stage, edit its patches.",
            )


def _add(work: Workspace, series: Series, new: _Addition) -> ImportResult:
    text = work.directory.plan_file.read_text(encoding="utf-8")
    text = append_stages(text, _new_stages(work.plan, new))
    plan = parse_plan(text, work.directory.plan_file.name)
    patches = {**series.patches}
    for stage, oids in new.assigned:
        patches[stage] = tuple(
            PatchCommit(f"{i:04d}-{slug(work.store.commit(oid).subject)}.patch", oid)
            for i, oid in enumerate(oids, 1)
        )
    bases = {new.repository: new.found.base, **series.lock.bases}
    loaded = series.files
    files = {**loaded, "series.toml": text.encode()}
    for stage, oids in new.assigned:
        files.setdefault(f"series/{stage}.md", _text(work, oids[0]))
    series = series._replace(plan=plan, patches=patches, files=files)
    composition = series.composition(work.store, bases, {})
    composer = Composer(composition)
    outcomes = {stage: composer.outcome(stage) for stage in composition.chains}
    standing = {s: o for s, o in outcomes.items() if isinstance(o, Standing)}
    if len(standing) != len(outcomes):
        raise SeriesError(
            "the commits do not go together in this order",
            hint="Keep the order of the range, or put commits that need each other in one stage.",
        )
    lock, files = rewritten(work.store, series, bases, standing, {})
    stages = tuple(stage for stage, _ in new.assigned)
    save(
        work.directory, work.store, files, lock,
        loaded=loaded, command="import", reason=listed(stages), now=work.now,
        by=work.person,
    )  # fmt: skip
    return ImportResult(stages, lock.version, new.found.base, _sizes(files, stages))


def _sizes(files: Mapping[str, bytes], stages: tuple[StageId, ...]) -> tuple[Size, ...]:
    """How large each stage's change is, in the order of `stages`."""
    return tuple(
        size_of(content for name, content in files.items() if name.startswith(f"patches/{s}/"))
        for s in stages
    )


def _new_stages(plan: Plan, new: _Addition) -> list[NewStage]:
    """The plan's new entries; `needs` is written where the stage above is not what is needed."""
    found = []
    above: StageId | None = plan.stages[-1].id if plan.stages else None
    need = new.anchor
    default = plan.default_repository.name
    for stage, _ in new.assigned:
        if stage not in plan.order:
            obvious = need == above and (above is None or _repository_of(plan, new, above))
            needs = None if obvious and above else ((need,) if need else ())
            named = None if new.repository == default else new.repository
            found.append(NewStage(id=stage, repository=named, needs=needs))
            above = stage
        need = stage
    return found


def _repository_of(plan: Plan, new: _Addition, stage: StageId) -> bool:
    return stage not in plan.order or plan.stage(stage).repository == new.repository


def _text(work: Workspace, oid: Oid) -> bytes:
    """The pull request's text to begin with: the commit's message."""
    commit = work.store.commit(oid)
    subject, _, body = commit.message.decode("utf-8", "backslashreplace").partition("\n")
    body = body.strip()
    return f"# {subject.strip()}\n".encode() + (f"\n{body}\n".encode() if body else b"")
