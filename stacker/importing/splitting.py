"""One change, divided by the paths that stages claim: a patch for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import SeriesError, UsageError
from stacker.git.changes import changes_between, changes_of
from stacker.git.paths import folders_above
from stacker.git.pick import Stopped
from stacker.git.replay.engine import pick
from stacker.git.trees import changed_paths, replace_paths
from stacker.importing.allotting import allot, words_of
from stacker.importing.placing import as_one, moved, stopped
from stacker.series.compose import Composer, Halted, PatchCommit
from stacker.series.patches.patchfile import slug
from stacker.series.patches.pieces import FileChange, changes_in_pieces
from stacker.series.texts import stage_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stacker.git.changes import Change
    from stacker.git.objects import Commit, Entry, Oid
    from stacker.git.store import ObjectStore
    from stacker.importing.value import Imported
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId

    Changes = Mapping[bytes, Entry | None]


@dataclass(frozen=True, slots=True)
class Parted:
    """The commit of each stage that got something, on all that it needs, and what none claims."""

    base: Oid
    commits: tuple[tuple[StageId, Oid], ...]
    residue: tuple[FileChange, ...]
    notes: tuple[str, ...]


def part(store: ObjectStore, series: Series, found: Imported, repository: str) -> Parted:
    """Divide what `found` makes of its base among the stages whose `paths` claim it.

    A renamed file goes with the stage of its old path, and comes with that of its new one. Raises
    `UsageError` where no stage has paths, `DoesNotFitError` where the series does not take it.
    """
    rules = _rules(series, repository)
    base = series.lock.bases.get(repository, found.base)
    whole = as_one(store, found)
    if store.commit(base).tree != store.commit(found.base).tree:
        whole = moved(store, whole, base)
    changes = changed_paths(store, store.commit(base).tree, store.commit(whole.tip).tree)
    come, gone = ({p for p, e in changes.items() if (e is None) is no} for no in (False, True))
    shares, rest = allot(come, gone, rules)
    commits = _with_paths(store, found)
    kept = {s: patches for s, patches in series.patches.items() if s not in rules}
    making = _Making(store, series._replace(patches=kept), repository, base, changes)
    for stage, paths in shares.items():
        if paths:
            mine = [c for c, touched in commits if not touched.isdisjoint(paths)]
            words = words_of(mine or [store.commit(whole.tip)], _title(series, stage))
            making.make(stage, words, {path: changes[path] for path in paths})
    making.prove({path: changes[path] for paths in shares.values() for path in paths})
    every = changes_in_pieces(store, base, whole.tip)
    why = ("its paths name nothing of it", "the series has its share already")
    notes = tuple(f"{s}: {why[bool(own)]}" for s, own in shares.items() if s not in making.made)
    return Parted(
        base, tuple(making.made.items()), tuple(every[path] for path in sorted(rest)),
        (*whole.notes, *notes),
    )  # fmt: skip


def _rules(series: Series, repository: str) -> dict[StageId, Sequence[str]]:
    plan = series.plan
    stages = [plan.stage(s) for s in series.live if plan.stage(s).repository == repository]
    rules: dict[StageId, Sequence[str]] = {one.id: one.paths for one in stages if one.paths}
    if not rules:
        raise UsageError(
            f"no stage of {repository} says which files are its own",
            hint='Write stages with `paths = ["Lib/**"]` into series.toml; they need no patches.',
        )
    return rules


class _Making:
    """The stages' commits, each on all that it needs, made in plan order."""

    def __init__(
        self, store: ObjectStore, series: Series, repository: str, base: Oid, branch: Changes
    ) -> None:
        self.made: dict[StageId, Oid] = {}
        self._store, self._series, self._repository, self._base = store, series, repository, base
        self._branch = branch
        self._patches = {stage: series.patches.get(stage, ()) for stage in series.live}
        bases = {repository: base, **series.lock.bases}
        self._composer = Composer(
            series.composition(store, bases, {})._replace(patches=self._patches)
        )

    def make(self, stage: StageId, words: Commit, changes: Changes) -> None:
        """The commit of `stage`, which changes these files of the base, and says `words`."""
        onto = self._tip(self._series.chain(stage)[:-1])
        oid = self._on(onto, words, changes)
        if self._tree(oid) == self._tree(onto):
            return  # the series has it already
        self.made[stage] = oid
        file = f"0001-{slug(self._store.commit(oid).subject)}.patch"
        self._patches[stage] = (PatchCommit(file, oid),)

    def prove(self, claimed: Changes) -> None:
        """Raise `SeriesError` unless all stages together have what the branch has there."""
        tip = self._tip(tuple(self._patches))
        others = {stage for stage, patches in self._patches.items() if patches} - {*self.made}
        wanted = replace_paths(self._store, self._tree(self._base), claimed)
        if not others and self._tree(tip) != wanted:
            raise SeriesError(
                "the stages together are not what the branch has",
                hint="Files that moved came to lie elsewhere: let the stages stand on each other "
                "(`needs` in series.toml), and try again.",
            )

    def _on(self, onto: Oid, words: Commit, changes: Changes) -> Oid:
        """As the branch has them, where what is below is the branch's too; else by git's merge."""
        below = changes_between(self._store.git, self._base, onto)
        others = [one.path for one in below if not self._is_of_branch(one)]
        if not _overlap(others, changes.keys()):
            tree = replace_paths(self._store, self._tree(onto), changes)
            return self._store.write_commit(words.moved(tree, (onto,)))
        tree = replace_paths(self._store, self._tree(self._base), changes)
        alone = self._store.write_commit(words.moved(tree, (self._base,)))
        outcome = pick(self._store, alone, onto)
        if isinstance(outcome, Stopped):
            raise stopped(self._store, outcome)
        return outcome.commit

    def _is_of_branch(self, change: Change) -> bool:
        if change.path not in self._branch:
            return False
        wanted, here = self._branch[change.path], change.after
        return (wanted and (wanted.mode, wanted.oid)) == (here and (here.mode, here.oid))

    def _tip(self, stages: Sequence[StageId]) -> Oid:
        mine = [s for s in stages if self._series.plan.stage(s).repository == self._repository]
        tip = self._composer.tip(self._repository, mine)
        if isinstance(tip, Halted):
            raise stopped(self._store, tip.stopped)
        return tip

    def _tree(self, oid: Oid) -> Oid:
        return self._store.commit(oid).tree


def _with_paths(store: ObjectStore, found: Imported) -> list[tuple[Commit, frozenset[bytes]]]:
    """The commits that are no merges, each with the files that it touches."""
    alone = [oid for oid in found.commits if len(store.commit(oid).parents) == 1]
    touched = changes_of(store, alone)
    return [(store.commit(oid), frozenset(c.path for c in touched[oid])) for oid in alone]


def _title(series: Series, stage: StageId) -> str | None:
    """The title that a person gave the stage already."""
    raw = series.files.get(f"series/{stage}.md")
    return stage_text(raw, stage)[0] if raw is not None else None


def _overlap(some: Collection[bytes], others: Collection[bytes]) -> bool:
    """Whether a path is in both, or one is a folder of the other."""
    here, there = (
        {*paths, *(f for p in paths for f in folders_above(p))} for paths in (some, others)
    )
    return not (here.isdisjoint(others) and there.isdisjoint(some))
