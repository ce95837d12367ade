"""From the files of a series directory to the series as commits in the store.

Three cases, told apart by comparing the files with the newest operation:
- nothing was touched: the lock names the commits, and the store has them;
- the lock is another one (a fresh clone, a pull from home): every chain is rebuilt from the
  patch files in the order that the lock remembers, and must give the lock's trees;
- plan or patches were edited by hand: what was touched is read again on its recorded preimage,
  the rest comes from the store, and the series needs a restack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import SeriesError
from stacker.series.compose import Composition
from stacker.series.edited import edited_since
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.plan.chains import chain, chains
from stacker.series.plan.reading import parse_plan
from stacker.series.rebuilding import ByHand, Rebuilder, patches_of
from stacker.series.renaming import renamed_files, renamed_lock, renames
from stacker.series.resolutions.remembered import Resolutions
from stacker.series.versions import operations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.compose import PatchCommit
    from stacker.series.edited import Edited
    from stacker.series.plan.model import Plan, StageId
    from stacker.series.renaming import Renames


class Series(NamedTuple):
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
    _refuse_baseless(lock)
    edited, new = edited_since(store, files), renames(lock, plan)
    if new:
        lock, files = renamed_lock(lock, new), renamed_files(files, new)
    by_hand = _by_hand(edited, new) if edited else None
    reader = Rebuilder(files, store, lock, in_store=edited is not None, by_hand=by_hand)
    patches = dict(reader.written())
    edits = [f"{old} is {to} now" for old, to in new.items()]
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
    return Series(
        plan, lock, patches, files, (*edits[: len(new)], *reader.edits, *edits[len(new) :])
    )


def as_left(files: Mapping[str, bytes], store: ObjectStore, *, in_store: bool) -> Series:
    """The series in the files of a version, as the command left it that made them.

    With `in_store` the lock's commits are taken from the store, if it has them; else all are read
    from the patch files. Raises `SeriesError` or `PatchError` where the files do not fit.
    """
    lock = parse_lock(files["series.lock"]) if "series.lock" in files else Lock()
    _refuse_baseless(lock)
    plan = parse_plan(files["series.toml"].decode("utf-8", "replace"), "series.toml")
    reader = Rebuilder(files, store, lock, in_store=in_store)
    patches = dict(reader.written())
    if reader.edits:
        raise SeriesError(
            f"v{lock.version} does not fit its lock: {'; '.join(reader.edits)}",
            hint="`stacker doctor` tells more.",
        )
    return Series(plan, lock, patches, files, ())


def _by_hand(edited: Edited, new: Renames) -> ByHand:
    """The stages of edited files; those of a renamed one may still lie under its old id."""
    touched = patches_of(dict.fromkeys(edited.names, b""))
    renamed = (to for old, to in new.items() if old in touched)
    return ByHand(frozenset((*touched, *renamed)), edited.since, new)


def _refuse_baseless(lock: Lock) -> None:
    for line in lock.stages:
        if not line.landed and line.repository not in lock.bases:
            raise SeriesError(
                f"series.lock has no base in {line.repository!r}, where {line.stage} stands",
                hint="Take it from the last commit: `git checkout -- series.lock`.",
            )


def _refuse_unsaid_rename(
    store: ObjectStore, files: Mapping[str, bytes], gone: Sequence[str], new: Sequence[str]
) -> None:
    """A stage that vanished while another one has its very patches was renamed: `was` must say so.

    Else its pull request, branch and evidence would be left behind.
    """
    here = operations.current(store)
    if here is None or not gone or not new:
        return
    before, now = patches_of(operations.files_of(store, here.oid)), patches_of(files)
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
