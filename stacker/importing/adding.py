"""New stages, or patches for empty ones, added to a series: one version, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.importing.placing import stopped
from stacker.series.compose import Composer, Halted, PatchCommit, Standing
from stacker.series.patches.patchfile import slug
from stacker.series.patches.size import Size, size_of
from stacker.series.plan.naming import listed
from stacker.series.plan.reading import parse_plan
from stacker.series.plan.writing import NewStage, append_stages
from stacker.series.saving import rewritten, save

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.importing.adopting import Adoption
    from stacker.importing.assignment import Assigned
    from stacker.series.loading import Series
    from stacker.series.plan.model import Plan, StageId
    from stacker.series.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Addition:
    """Commits for stages of a repository; the first one stands on `base`, which is the series' own
    or where stage `anchor` ends. `adoption` is the pull request that they were."""

    repository: str
    base: Oid
    anchor: StageId | None
    assigned: Assigned
    adoption: Adoption | None = None


def add(work: Workspace, series: Series, new: Addition) -> tuple[int, Mapping[str, bytes]]:
    """Add the stages and save the series: its version and files then."""
    text = work.directory.plan_file.read_text(encoding="utf-8")
    text = append_stages(text, _new_stages(work.plan, new))
    plan = parse_plan(text, work.directory.plan_file.name)
    patches = {**series.patches}
    for stage, oids in new.assigned:
        patches[stage] = tuple(
            PatchCommit(f"{i:04d}-{slug(work.store.commit(oid).subject)}.patch", oid)
            for i, oid in enumerate(oids, 1)
        )
    bases = {new.repository: new.base, **series.lock.bases}
    loaded = series.files
    files = {**loaded, "series.toml": text.encode()}
    for stage, oids in new.assigned:
        files.setdefault(f"series/{stage}.md", _text(work, oids[0]))
    series = series._replace(plan=plan, patches=patches, files=files)
    lock, files = rewritten(work.store, series, bases, _composed(work, series, bases), {})
    if new.adoption is not None:
        line = lock.stage(new.adoption.stage)
        assert line is not None, "what was added has a line"
        lock = lock.updated(line._replace(adopted=new.adoption.head))
    save(
        work.directory, work.store, files, lock,
        loaded=loaded, command="import", reason=listed(stage for stage, _ in new.assigned),
        now=work.now, by=work.person,
    )  # fmt: skip
    return lock.version, files


def sizes(files: Mapping[str, bytes], stages: tuple[StageId, ...]) -> tuple[Size, ...]:
    """How large each stage's change is, in the order of `stages`."""
    return tuple(
        size_of(content for name, content in files.items() if name.startswith(f"patches/{s}/"))
        for s in stages
    )


def _composed(work: Workspace, series: Series, bases: Mapping[str, Oid]) -> dict[StageId, Standing]:
    outcomes = Composer(series.composition(work.store, bases, {})).outcomes()
    halted = next((one for one in outcomes.values() if isinstance(one, Halted)), None)
    if halted is not None:
        raise SeriesError(
            f"the commits do not go together in this order: {stopped(work.store, halted.stopped)}",
            hint="Keep the order of the range, or put commits that need each other in one stage.",
        )
    return {s: o for s, o in outcomes.items() if isinstance(o, Standing)}


def _new_stages(plan: Plan, new: Addition) -> list[NewStage]:
    """The plan's new entries; `needs` is written where the stage above is not what is needed."""
    found = []
    above: StageId | None = plan.stages[-1].id if plan.stages else None
    need = new.anchor
    default = plan.default_repository.name
    for stage, _ in new.assigned:
        if stage not in plan.order:
            obvious = need == above and (above is None or _is_of(plan, new, above))
            needs = None if obvious and above else ((need,) if need else ())
            named = None if new.repository == default else new.repository
            adopts = new.adoption.number if new.adoption else None
            found.append(NewStage(id=stage, repository=named, needs=needs, adopts=adopts))
            above = stage
        need = stage
    return found


def _is_of(plan: Plan, new: Addition, stage: StageId) -> bool:
    return stage not in plan.order or plan.stage(stage).repository == new.repository


def _text(work: Workspace, oid: Oid) -> bytes:
    """The pull request's text to begin with: the commit's message."""
    commit = work.store.commit(oid)
    subject, _, body = commit.message.decode("utf-8", "backslashreplace").partition("\n")
    body = body.strip()
    return f"# {subject.strip()}\n".encode() + (f"\n{body}\n".encode() if body else b"")
