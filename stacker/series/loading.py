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
from stacker.series import versions
from stacker.series.chains import chain, chains
from stacker.series.committing import commits_of
from stacker.series.compose import Composer, Composition, Halted, PatchCommit
from stacker.series.directory import PatchFile
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.renaming import renamed_files, renamed_lock, renames
from stacker.series.resolutions import Resolutions
from stacker.series.snapshot import Snapshot
from stacker.series.walking import walk_back

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
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

    @property
    def gone(self) -> tuple[StageId, ...]:
        """The stages that have landed, which stand in no chain any more."""
        return _landed_of(self.lock)

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
        all_chains = chains(self.plan, self.gone)
        return Composition(
            store=store,
            bases=bases,
            chains={s: all_chains[s] for s in live},
            repositories={s: self.plan.stage(s).repository for s in live},
            patches={s: self.patches.get(s, ()) for s in live},
            resolutions=Resolutions.read(self.files),
            picks=picks,
            texts=lambda stage, file: self.files.get(f"patches/{stage}/{file}", b""),
        )


def load(files: Mapping[str, bytes], store: ObjectStore, plan: Plan) -> Series:
    """The series in `files`; raises `SeriesError` or `PatchError` that say what misfits."""
    lock = parse_lock(files["series.lock"]) if "series.lock" in files else Lock()
    touched, new = _touched(store, files), renames(lock, plan)
    if new:
        lock, files = renamed_lock(lock, new), renamed_files(files, new)
    reader = _Reader(files, store, lock, new, touched)
    patches = {line.stage: reader.written(line) for line in lock.stages if not line.landed}
    edits = [*(f"{old} is {to} now" for old, to in new.items()), *reader.edits]
    expected = chains(plan, _landed_of(lock))
    for stage in plan.order:
        line = lock.stage(stage)
        if line is None and reader.has_files(stage):
            patches[stage] = reader.added(stage, plan)
            edits.append(f"{stage} is new")
        elif line is not None and not line.landed and expected[stage] != reader.chains[stage]:
            edits.append(f"{stage} stands on other stages now")
    kept = frozenset(plan.order)
    gone = [line.stage for line in lock.stages if line.stage not in kept]
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
    if here is None or not gone or not new:
        return
    before, now = patches_of(versions.files_of(store, here.oid)), patches_of(files)
    for old in gone:
        patches = [file.content for file in before.get(old, ())]
        same = [s for s in new if patches and [f.content for f in now.get(s, ())] == patches]
        if same:
            raise SeriesError(
                f"the stage {old!r} vanished, and {same[0]!r} has its patches",
                hint=f"If it was renamed, write `was = {old!r}` into the plan's {same[0]!r}: its "
                "branch, pull request and evidence stay then.",
            )


def _landed_of(lock: Lock) -> tuple[StageId, ...]:
    return tuple(line.stage for line in lock.stages if line.landed)


def _has_landed(lock: Lock, stage: StageId) -> bool:
    line = lock.stage(stage)
    return line is not None and line.landed


def _touched(store: ObjectStore, files: Mapping[str, bytes]) -> frozenset[str] | None:
    """The files that differ from those last written; `None` when the lock is another."""
    here = versions.written(store)
    if here is None:
        return None
    now = Snapshot.of(store.algorithm, files)
    if now.root == store.commit(here.oid).tree:
        return frozenset()
    ids = versions.file_ids_of(store, here.oid)
    if now.blobs.get("series.lock") != ids.get("series.lock"):
        return None
    return frozenset(n for n in {*ids, *now.blobs} if ids.get(n) != now.blobs.get(n))


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
        self._files = patches_of(files)
        self._store = store
        edited = patches_of(dict.fromkeys(touched or (), b""))
        # Files of a renamed stage may still lie under its old id.
        self._edited = {*edited, *(to for old, to in new.items() if old in edited)}
        self.chains = lock.chains()
        self._patches: dict[StageId, tuple[PatchCommit, ...]] = {}
        self.edits: list[str] = []
        live = [line for line in lock.stages if not line.landed]
        self._lines = {} if touched is None else walk_back(store, live)
        self._composer = Composer(
            Composition(
                store=store,
                bases=lock.bases,
                chains=self.chains,
                repositories={line.stage: line.repository for line in live},
                patches=self._patches,
                resolutions=Resolutions.read(files),
                picks={},
            )
        )

    def written(self, line: StageLock) -> tuple[PatchCommit, ...]:
        """The patches of a stage that the lock knows."""
        files, edited = self._files.get(line.stage, ()), line.stage in self._edited
        in_store = self._lines.get(line.stage)
        if in_store and not edited:
            commits = _named(line, files, in_store)
        else:
            preimage = in_store[-1] if in_store else self._below(line)
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
        commits = read_patches(self._store, stage, self._files[stage], tip)
        self._patches[stage] = commits
        return commits

    def has_files(self, stage: StageId) -> bool:
        """Whether there are patch files of that stage."""
        return stage in self._files

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


def read_patches(
    store: ObjectStore, stage: str, files: Sequence[PatchFile], preimage: Oid
) -> tuple[PatchCommit, ...]:
    """The patch files of a stage as commits, the first on `preimage`, each on its exact one."""
    mails = [(f"patches/{stage}/{file.name}", file.content) for file in files]
    commits = commits_of(store, mails, preimage)
    return tuple(PatchCommit(file.name, oid) for file, oid in zip(files, commits, strict=True))


def _halted(halted: Halted, stage: StageId) -> PatchError:
    return PatchError(
        f"{stage} cannot be rebuilt: {halted.of}/{halted.file} conflicts below it, and no file "
        "in resolutions/ solves that",
        hint="Commit resolutions/ together with patches/ and series.lock, or use the clone "
        "that wrote them.",
    )
