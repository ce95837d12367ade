"""From the files of a series directory to the series as commits in the store.

Three cases, told apart by comparing the files with the newest operation:
- nothing was touched: the lock names the commits, and the store has them;
- the lock is another one (a fresh clone, a pull from home): every chain is rebuilt from the
  patch files in the order that the lock remembers, and must give the lock's trees;
- plan or patches were edited by hand: what was touched is read again on its recorded preimage,
  the rest comes from the store, and the series needs a restack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import PatchError, SeriesError
from stacker.git.objects import Commit, Oid
from stacker.series import versions
from stacker.series.chains import chain
from stacker.series.compose import Composer, Composition, Halted, PatchCommit
from stacker.series.directory import PatchFile
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.patchfile import parse as parse_patch
from stacker.series.preimage import tree_after
from stacker.series.renaming import renamed_files, renamed_lock, renames
from stacker.series.resolutions import Resolutions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.store import ObjectStore
    from stacker.series.directory import SeriesDirectory
    from stacker.series.lock import StageLock
    from stacker.series.plan import Plan, StageId
    from stacker.series.renaming import Renames


@dataclass(frozen=True, slots=True)
class Series:
    """A series as it was last written, with what has been edited by hand since.

    `patches` has each stage's patches as commits on their written preimages; `edits` says in a
    person's words what no longer is as the lock has it. A series with edits needs a restack.
    """

    plan: Plan
    lock: Lock
    patches: Mapping[StageId, tuple[PatchCommit, ...]]
    files: Mapping[str, bytes]
    edits: tuple[str, ...]

    @property
    def live(self) -> tuple[StageId, ...]:
        """The stages that have not landed, in plan order."""
        return tuple(s for s in self.plan.order if not self.landed(s))

    def landed(self, stage: StageId) -> bool:
        """Whether the lock says that the stage has landed."""
        return _has_landed(self.lock, stage)

    def chain(self, stage: StageId) -> tuple[StageId, ...]:
        """The stage's chain by the plan, without what has landed."""
        return tuple(s for s in chain(self.plan, stage) if s == stage or not self.landed(s))

    def composition(
        self, store: ObjectStore, bases: Mapping[str, Oid], picks: dict[tuple[Oid, Oid], Oid]
    ) -> Composition:
        """The task of putting all live stages on `bases`; those of a repository without a base,
        into which nothing was imported yet, are left out."""
        live = [s for s in self.live if self.plan.stage(s).repository in bases]
        return Composition(
            store=store,
            bases=bases,
            chains={s: self.chain(s) for s in live},
            repositories={s: self.plan.stage(s).repository for s in live},
            patches={s: self.patches.get(s, ()) for s in live},
            resolutions=Resolutions.read(self.files),
            picks=picks,
        )


def load(directory: SeriesDirectory, store: ObjectStore, plan: Plan) -> Series:
    """The series of `directory`; raises `SeriesError` or `PatchError` that say what misfits."""
    files = directory.files()
    lock = parse_lock(files["series.lock"]) if "series.lock" in files else Lock()
    touched, new = _touched(store, files), renames(lock, plan)
    lock, files = renamed_lock(lock, new), renamed_files(files, new)
    reader = _Reader(files, store, lock, new, touched)
    patches = {line.stage: reader.written(line) for line in lock.stages if not line.landed}
    edits = [*(f"{old} is {to} now" for old, to in new.items()), *reader.edits]
    chains = lock.chains()
    for stage in plan.order:
        line = lock.stage(stage)
        if line is None and patches_of(files, stage):
            patches[stage] = reader.added(stage, plan)
            edits.append(f"{stage} is new")
        elif line is not None and not line.landed:
            expected = tuple(s for s in chain(plan, stage) if not _has_landed(lock, s))
            if expected != chains[stage]:
                edits.append(f"{stage} stands on other stages now")
    gone = [line.stage for line in lock.stages if line.stage not in plan.order]
    _refuse_unsaid_rename(store, files, gone, [s for s in plan.order if lock.stage(s) is None])
    edits += [f"{stage} was taken out of the plan" for stage in gone]
    return Series(plan, lock, patches, files, tuple(edits))


def _refuse_unsaid_rename(
    store: ObjectStore, files: Mapping[str, bytes], gone: Sequence[str], new: Sequence[str]
) -> None:
    """A stage that vanished while another one has its very patches was renamed: `was` must say so.

    Else its pull request, branch and evidence would be left behind.
    """
    here = versions.current(store)
    before = versions.files_of(store, here.oid) if here and gone and new else {}
    for old in gone:
        patches = [file.content for file in patches_of(before, old)]
        same = [s for s in new if patches and [f.content for f in patches_of(files, s)] == patches]
        if same:
            raise SeriesError(
                f"the stage {old!r} vanished, and {same[0]!r} has its patches",
                hint=f"If it was renamed, write `was = {old!r}` into the plan's {same[0]!r}: its "
                "branch, pull request and evidence stay then.",
            )


def _has_landed(lock: Lock, stage: StageId) -> bool:
    line = lock.stage(stage)
    return line is not None and line.landed


def _touched(store: ObjectStore, files: Mapping[str, bytes]) -> frozenset[str] | None:
    """The files that differ from those last written; `None` when the lock is another."""
    here = versions.written(store)
    if here is None:
        return None
    ids = versions.file_ids_of(store, here.oid)
    now = {name: store.write("blob", content) for name, content in files.items()}
    if now.get("series.lock") != ids.get("series.lock"):
        return None
    return frozenset(name for name in {*ids, *now} if ids.get(name) != now.get(name))


class _Reader:
    """Finds each stage's patches as commits, rebuilding only what the store does not have."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        store: ObjectStore,
        lock: Lock,
        new: Renames,
        touched: frozenset[str] | None,
    ) -> None:
        self._files = files
        self._old_ids = {to: old for old, to in new.items()}
        self._store = store
        self._touched = touched
        self._chains = lock.chains()
        self._patches: dict[StageId, tuple[PatchCommit, ...]] = {}
        self.edits: list[str] = []
        live = [line for line in lock.stages if not line.landed]
        self._composer = Composer(
            Composition(
                store=store,
                bases=lock.bases,
                chains=self._chains,
                repositories={line.stage: line.repository for line in live},
                patches=self._patches,
                resolutions=Resolutions.read(files),
                picks={},
            )
        )

    def written(self, line: StageLock) -> tuple[PatchCommit, ...]:
        """The patches of a stage that the lock knows."""
        files = patches_of(self._files, line.stage)
        edited = self._is_edited(line.stage)
        in_store = self._touched is not None and self._store.find(line.commit) is not None
        if in_store and not edited:
            commits = self._walk_back(line)
        else:
            preimage = self._walk_back_to(line) if in_store else self._below(line)
            commits = read_patches(self._store, line.stage, files, preimage)
            trees = tuple(self._store.commit(c.commit).tree for c in commits)
            if edited or trees != line.trees:
                self.edits.append(f"patches of {line.stage} were edited")
        self._patches[line.stage] = commits
        return commits

    def added(self, stage: StageId, plan: Plan) -> tuple[PatchCommit, ...]:
        """The patches of a stage that somebody added by hand, read on the chain below it."""
        repository = plan.stage(stage).repository
        below = [s for s in chain(plan, stage)[:-1] if s in self._patches]
        tip = self._composer.tip(repository, below)
        if isinstance(tip, Halted):
            raise _halted(tip, stage)
        commits = read_patches(self._store, stage, patches_of(self._files, stage), tip)
        self._patches[stage] = commits
        return commits

    def _is_edited(self, stage: StageId) -> bool:
        """Whether patch files of the stage, under its old id too, are not as last written."""
        folders = tuple(f"patches/{s}/" for s in (stage, self._old_ids.get(stage, stage)))
        return any(n.startswith(folders) and n.endswith(".patch") for n in self._touched or ())

    def _walk_back(self, line: StageLock) -> tuple[PatchCommit, ...]:
        names = [file.name for file in patches_of(self._files, line.stage)]
        if len(names) != len(line.trees):
            raise SeriesError(
                f"series.lock has {len(line.trees)} patches for {line.stage}, "
                f"patches/{line.stage}/ has {len(names)}",
                hint="Take both from the same commit of this directory.",
            )
        found, here = [], line.commit
        for name in reversed(names):
            found.append(PatchCommit(name, here))
            here = self._store.commit(here).parents[0]
        return tuple(reversed(found))

    def _walk_back_to(self, line: StageLock) -> Oid:
        here = line.commit
        for _ in line.trees:
            here = self._store.commit(here).parents[0]
        return here

    def _below(self, line: StageLock) -> Oid:
        tip = self._composer.tip(line.repository, self._chains[line.stage][:-1])
        if isinstance(tip, Halted):
            raise _halted(tip, line.stage)
        return tip


def patches_of(files: Mapping[str, bytes], stage: str) -> tuple[PatchFile, ...]:
    """The patch files of `stage` among the files of the series, in the order of their names."""
    folder = f"patches/{stage}/"
    names = sorted(n for n in files if n.startswith(folder) and n.endswith(".patch"))
    return tuple(PatchFile(n.removeprefix(folder), files[n]) for n in names)


def read_patches(
    store: ObjectStore, stage: str, files: Sequence[PatchFile], preimage: Oid
) -> tuple[PatchCommit, ...]:
    """The patch files of a stage as commits, the first on `preimage`, each on its exact one."""
    found, here = [], preimage
    for file in files:
        shown = f"patches/{stage}/{file.name}"
        patch = parse_patch(file.content, shown)
        tree = tree_after(store, store.commit(here).tree, patch.diff, shown)
        here = store.write_commit(
            Commit(tree, (here,), patch.author, patch.author, patch.message, patch.encoding)
        )
        found.append(PatchCommit(file.name, here))
    return tuple(found)


def _halted(halted: Halted, stage: StageId) -> PatchError:
    return PatchError(
        f"{stage} cannot be rebuilt: {halted.of}/{halted.file} conflicts below it, and no file "
        "in resolutions/ solves that",
        hint="Commit resolutions/ together with patches/ and series.lock, or use the clone "
        "that wrote them.",
    )
