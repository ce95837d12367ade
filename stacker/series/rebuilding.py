"""Each stage's patches as commits: found in the store, or rebuilt from the patch files."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import PatchError, SeriesError
from stacker.series.compose import Composer, Composition, Halted, PatchCommit
from stacker.series.directory import PatchFile
from stacker.series.plan.chains import chain
from stacker.series.resolutions.remembered import Resolutions
from stacker.series.walking import walk_back

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.lock import Lock, StageLock
    from stacker.series.plan.model import Plan, StageId
    from stacker.series.renaming import Renames
    from stacker.series.rereading import Rereader
    from stacker.series.versions.operations import Operation


class ByHand(NamedTuple):
    """The stages whose patches people edited since a version, under the ids that they have now."""

    stages: frozenset[str]
    since: Operation
    renames: Renames


class Rebuilder:
    """Finds each stage's patches as commits, rebuilding only what the store does not have.

    `in_store` says that the lock's commits may be taken from the store, if it has them; else all
    is read from the patch files. What was edited `by_hand` is read anew in any case.
    """

    def __init__(
        self, files: Mapping[str, bytes], store: ObjectStore, lock: Lock,
        *, in_store: bool, by_hand: ByHand | None = None,
    ) -> None:  # fmt: skip
        self._files = patches_of(files)
        self._store, self._by_hand = store, by_hand
        self.chains = lock.chains()
        self._bases = lock.bases
        self._patches: dict[StageId, tuple[PatchCommit, ...]] = {}
        self.edits: list[str] = []
        self._differ: set[StageId] = set()
        self._live = [line for line in lock.stages if not line.landed]
        self._lines = walk_back(store, self._live) if in_store else {}
        self._composer = Composer(
            Composition(
                store=store,
                bases=lock.bases,
                chains=self.chains,
                repositories={line.stage: line.repository for line in self._live},
                patches=self._patches,
                resolutions=Resolutions.read(files),
                picks={},
            )
        )

    def written(self) -> Mapping[StageId, tuple[PatchCommit, ...]]:
        """The patches of all stages that the lock knows."""
        for run in self._runs():
            in_store = self._lines.get(run[0].stage)
            if in_store and not self._is_edited(run[0]):
                found = [_named(run[0], self._files.get(run[0].stage, ()), in_store)]
            elif in_store and self._rereader:
                self.edits += self._rereader.edits(run[0].stage)
                found = [self._rereader.patches(run[0].stage, run[0].repository, in_store[-1])]
            else:
                found = self._read([line.stage for line in run], self._below(run[0]))
                self._compare(run, found)
            self._patches |= {line.stage: commits for line, commits in zip(run, found, strict=True)}
        return self._patches

    def _runs(self) -> Iterator[list[StageLock]]:
        """The stages in order; together those of which each stands on the one before, if the
        store has none of them: they are read at once."""
        run: list[StageLock] = []
        for line in self._live:
            lacking = run and not {line.stage, run[-1].stage} & self._lines.keys()
            if lacking and self.chains[line.stage][:-1] == self.chains[run[-1].stage]:
                run.append(line)
                continue
            if run:
                yield run
            run = [line]
        if run:
            yield run

    def _is_edited(self, line: StageLock) -> bool:
        return self._by_hand is not None and line.stage in self._by_hand.stages

    @cached_property
    def _rereader(self) -> Rereader | None:
        """Reads what people edited; `None` where the lock is another, so nothing is known."""
        if self._by_hand is None:
            return None
        from stacker.series.rereading import Rereader  # noqa: PLC0415 - patches are seldom edited

        return Rereader(self._store, self._by_hand.since, self._by_hand.renames, self._files)

    def _compare(self, run: Sequence[StageLock], found: Sequence[tuple[PatchCommit, ...]]) -> None:
        """Note which stages are not as the lock has them; what stands on one differs with it."""
        for line, commits in zip(run, found, strict=True):
            trees = tuple(self._store.commit(c.commit).tree for c in commits)
            differs = bool(commits) and commits[-1].commit != line.commit
            follows = not self._differ.isdisjoint(self.chains[line.stage][:-1])
            if differs:
                self._differ.add(line.stage)
            if self._is_edited(line) or trees != line.trees or (differs and not follows):
                self.edits.append(f"patches of {line.stage} were edited")

    def added(self, stage: StageId, plan: Plan) -> tuple[PatchCommit, ...]:
        """The patches of a stage that somebody added by hand, read on the chain below it."""
        repository = plan.stage(stage).repository
        if repository not in self._bases:
            raise SeriesError(
                f"{stage} has patches in {repository!r}, where the series has no base yet",
                hint=f"Take patches/{stage}/ out of the way and import them from there.",
            )
        below = [s for s in chain(plan, stage)[:-1] if s in self._patches]
        tip = self._composer.tip(repository, below)
        if isinstance(tip, Halted):
            raise _halted(tip, stage)
        if self._rereader is None:
            [commits] = self._read([stage], tip)
        else:
            commits = self._rereader.patches(stage, repository, tip)
            self.edits += self._rereader.moves_into(stage)
        self._patches[stage] = commits
        return commits

    def has_files(self, stage: StageId) -> bool:
        """Whether there are patch files of that stage."""
        return stage in self._files

    def _read(self, stages: Sequence[StageId], preimage: Oid) -> list[tuple[PatchCommit, ...]]:
        """The patch files of stages, each on the one before, as commits: the first on `preimage`,
        each on its exact one."""
        from stacker.series.patches.committing import commits_of  # noqa: PLC0415 - the store mostly has all

        files = {stage: self._files.get(stage, ()) for stage in stages}
        mails = [(f"patches/{s}/{f.name}", f.content) for s, own in files.items() for f in own]
        commits = iter(commits_of(self._store, mails, preimage))
        return [tuple(PatchCommit(f.name, next(commits)) for f in own) for own in files.values()]

    def _below(self, line: StageLock) -> Oid:
        tip = self._composer.tip(line.repository, self.chains[line.stage][:-1])
        if isinstance(tip, Halted):
            raise _halted(tip, line.stage)
        return tip


def patches_of(files: Mapping[str, bytes]) -> dict[str, tuple[PatchFile, ...]]:
    """The patch files among the files of the series, by stage, in the order of their names."""
    found: dict[str, list[PatchFile]] = {}
    for path in sorted(files):
        stage, slash, name = path.removeprefix("patches/").partition("/")
        if slash and path.startswith("patches/") and name.endswith(".patch"):
            found.setdefault(stage, []).append(PatchFile(name, files[path]))
    return {stage: tuple(patches) for stage, patches in found.items()}


def _named(
    line: StageLock, files: Sequence[PatchFile], commits: Sequence[Oid]
) -> tuple[PatchCommit, ...]:
    """The commits of a stage, newest first, under the names of its patch files."""
    if len(files) != len(line.trees):
        raise SeriesError(
            f"series.lock has {len(line.trees)} patches for {line.stage}, "
            f"patches/{line.stage}/ has {len(files)}",
            hint="Take both from the same commit of this directory.",
        )
    oldest_first = commits[-2::-1]
    return tuple(PatchCommit(f.name, oid) for f, oid in zip(files, oldest_first, strict=True))


def _halted(halted: Halted, stage: StageId) -> PatchError:
    return PatchError(
        f"{stage} cannot be rebuilt: {halted.of}/{halted.file} conflicts below it, and no file "
        "in resolutions/ solves that",
        hint="Commit resolutions/ together with patches/ and series.lock, or use the clone "
        "that wrote them.",
    )
