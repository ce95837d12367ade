"""Patches put on new parents, whole forests of them at once: git's result, or none.

A pass plans as many patches as can be planned (`plan`), lets git merge the files that both sides
changed (`content`), and makes trees and commits in memory; then git merges whole trees for the
patches that are its to decide, and the next pass goes on from there. What was made becomes one
pack at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import GitError
from stacker.git.changes import changes_of
from stacker.git.merge import Conflicted, Merged
from stacker.git.pick import Help, Pick, Stopped
from stacker.git.quarantine import Quarantine
from stacker.git.replay.asking import Folders
from stacker.git.replay.content import ContentMerger
from stacker.git.replay.difference import difference
from stacker.git.replay.following import Following
from stacker.git.replay.plan import Merge, Outlook, ends_of, questions
from stacker.git.replay.rules import Rules, rules_above
from stacker.git.replay.standing import Standings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.changes import Change, Leaf
    from stacker.git.merge import MergeOutcome
    from stacker.git.objects import Oid
    from stacker.git.pick import PickOutcome
    from stacker.git.quarantine import Sides
    from stacker.git.replay.content import Memory
    from stacker.git.replay.folders import Ground
    from stacker.git.replay.plan import Ends, Has
    from stacker.git.replay.question import Outcomes
    from stacker.git.store import ObjectStore


def replay(
    store: ObjectStore, picks: Sequence[Pick], helped: Help | None = None
) -> list[PickOutcome | None]:
    """The outcome of each pick, in order; `None` for what stands on one that stopped.

    Parents come before children; each commit must have exactly one parent.
    """
    return _Replay(store, picks, helped or Help()).run()


def pick(store: ObjectStore, old: Oid, onto: Oid) -> PickOutcome:
    """The outcome of one."""
    (outcome,) = replay(store, [Pick(old, onto)])
    assert outcome is not None
    return outcome


class _Planned(NamedTuple):
    number: int
    ground: Ground
    ends: Ends
    kept: bool


class _Replay:
    """One call of `replay`."""

    def __init__(self, store: ObjectStore, picks: Sequence[Pick], helped: Help) -> None:
        self._store, self._picks, self._help = store, picks, helped
        self._standing = Standings(store, picks)
        self._rules = Rules(store)
        self._changes: dict[Oid, tuple[Change, ...]] = {}
        self._folders = Folders(store)
        self._merged: dict[Oid, Memory] = {}
        self._whole: set[int] = set()
        """Picks that git has to decide on whole trees, as an earlier pass found out."""
        self._following = Following(store, picks, self._standing)

    def run(self) -> list[PickOutcome | None]:
        """Pass after pass, until no pick is left."""
        self._read_commits()
        waiting = self._place_unmoved()
        if waiting:
            self._changes = changes_of(self._store, {self._picks[n].old for n in waiting})
            self._look_ahead(waiting)
            quarantine = self._store.companion(Quarantine)
            self._following.begin(waiting, self._changes, quarantine)
            while waiting:
                waiting = self._pass(waiting, quarantine)
        self._standing.write()
        return self._standing.outcomes

    # Gather ---------------------------------------------------------------------------------

    def _read_commits(self) -> None:
        olds = self._store.commits([pick.old for pick in self._picks])
        for oid, commit in olds.items():
            if len(commit.parents) != 1:
                raise GitError(f"{oid} has {len(commit.parents)} parents; a patch has one")
        bases = [pick.onto for pick in self._picks if not isinstance(pick.onto, int)]
        self._store.commits([*bases, *(commit.parents[0] for commit in olds.values())])

    def _place_unmoved(self) -> list[int]:
        """Place what stands on the very tree that it was made on, or was placed before."""
        waiting: list[int] = []
        for n, pick in enumerate(self._picks):
            onto = self._standing.parent(n)
            if onto is None:
                waiting.append(n)
                continue
            old = self._store.commit(pick.old)
            if self._store.commit(onto).tree == self._store.commit(old.parents[0]).tree:
                self._standing.place(n, old.tree, kept=True)
            elif (known := self._help.known(pick.old, onto)) and self._store.find(known):
                self._standing.place(n, self._store.commit(known).tree, kept=False)
            else:
                waiting.append(n)
        return waiting

    def _look_ahead(self, waiting: Sequence[int]) -> None:
        """Read at once what plans will ask for."""
        root_of: dict[Oid | int, Oid | int] = {}
        roots: dict[Oid | int, list[int]] = {}
        for n in waiting:
            onto = self._picks[n].onto
            root_of[n] = root_of.get(onto, onto)
            roots.setdefault(root_of[n], []).append(n)
        asked: set[Has] = set()
        for root, numbers in roots.items():
            tree = self._standing.tree(root)
            every = [(self._picks[n].old, self._changes[self._picks[n].old]) for n in numbers]
            tree.ground.prepare({c.path.rpartition(b"/")[0] for _, cs in every for c in cs})
            for old, changes in every:
                asked |= set(questions(Outlook(tree), old, self._parent_of(old), changes))
        self._folders.ask(asked)

    # Decide and act -------------------------------------------------------------------------

    def _pass(self, waiting: Sequence[int], quarantine: Quarantine) -> list[int]:
        """Do all that can be done now; the picks that wait for what git has just decided."""
        planned, hard, later = self._plan(waiting)
        merged = self._merge_contents(planned, quarantine)
        for plan in planned:
            merges = [end for end in plan.ends.values() if isinstance(end, Merge)]
            if any(merge in merged and merged[merge] is None for merge in merges):
                self._whole.add(plan.number)
            if self._standing.parent(plan.number) is None:
                later.append(plan.number)  # git has to decide on its parent
            elif any(merged.get(merge) is None for merge in merges):
                hard.append(plan.number)  # a conflict: git says which, on whole trees
            else:
                leaves = {path: self._leaf(end, merged) for path, end in plan.ends.items()}
                self._standing.change(plan.number, leaves, kept=plan.kept)
        ready = sorted(n for n in hard if self._standing.parent(n) is not None)
        later += [n for n in hard if self._standing.parent(n) is None]
        self._merge_trees(ready, quarantine)
        return sorted(later)

    def _plan(self, waiting: Sequence[int]) -> tuple[list[_Planned], list[int], list[int]]:
        """What is decided here, what git has to decide, what waits for that."""
        planned: list[_Planned] = []
        hard: list[int] = []
        later: list[int] = []
        outlooks: dict[Oid | int, Outlook] = {}
        for n in waiting:
            pick = self._picks[n]
            if isinstance(pick.onto, int) and pick.onto not in outlooks:
                if pick.onto in self._standing.lost:
                    self._standing.lost.add(n)
                    continue
                if self._standing.outcomes[pick.onto] is None:
                    later.append(n)
                    continue
            outlook = outlooks.get(pick.onto) or Outlook(self._standing.tree(pick.onto))
            outlook = outlook if not self._standing.is_forked_at(pick.onto) else outlook.fork()
            changes = self._changes[pick.old]
            parent = self._parent_of(pick.old)
            afloat = self._following.at(n)
            ends = (
                None
                if n in self._whole
                else ends_of(outlook, pick.old, parent, changes, self._folders.has, afloat=afloat)
            )
            if ends is None:
                hard.append(n)
                continue
            if afloat is not None:
                came = {p: (outlook.at(p) is not None, e is not None) for p, e in ends.items()}
                self._following.take(n, changes, came)
            kept = all(outlook.at(change.path) == change.before for change in changes)
            planned.append(_Planned(n, outlook.tree.ground, ends, kept))
            outlook.take(ends)
            outlooks[n] = outlook
        return planned, hard, later

    def _merge_contents(self, planned: Sequence[_Planned], quarantine: Quarantine) -> Outcomes:
        grounds: dict[Ground, list[Merge]] = {}
        for plan in planned:
            merges = [end for end in plan.ends.values() if isinstance(end, Merge)]
            if merges:
                grounds.setdefault(plan.ground, []).extend(merges)
        outcomes: Outcomes = {}
        for ground, merges in grounds.items():
            if any(merge.move for merge in merges):  # git looks at files anywhere
                rules = self._rules.at(ground)
            else:
                rules = rules_above(ground, (merge.path for merge in merges))
            memory = self._merged.setdefault(ground.tree, {})
            merger = ContentMerger(quarantine, rules, self._help.text_of, memory)
            outcomes |= merger.run(merges)
        return outcomes

    def _leaf(self, end: Leaf | Merge | None, merged: Outcomes) -> Leaf | None:
        """What a path becomes; the content that a merge made is taken in."""
        if not isinstance(end, Merge):
            return end
        file = merged[end]
        if file is None:
            return None
        if file.content is not None:
            before = merged.get(end.upstream) if isinstance(end.upstream, Merge) else None
            like = (before.leaf.oid, before.content or b"") if before else None
            self._standing.add_blob(file.leaf.oid, file.content, like)
        return file.leaf

    def _merge_trees(self, numbers: Sequence[int], quarantine: Quarantine) -> None:
        """Let git merge whole trees for these picks, whose parents are placed."""
        by_rules: dict[frozenset[tuple[bytes, Oid]], list[int]] = {}
        for n in numbers:
            rules = self._rules.of(self._standing.tree(self._picks[n].onto))
            by_rules.setdefault(frozenset(rules.items()), []).append(n)
        for rule_set, some in by_rules.items():
            pack = quarantine.pack()
            sides: list[Sides] = []
            for n in some:
                pick, tree = self._picks[n], self._standing.tree(self._picks[n].onto)
                tree.copy_into(pack)
                old = self._store.commit(pick.old)
                sides.append((self._store.commit(old.parents[0]).tree, tree.oid, old.tree))
            try:
                outcomes = quarantine.merge(sides, dict(rule_set), pack)
            except GitError as exc:
                raise (
                    self._at_fault(dict(zip(some, sides, strict=True)), quarantine) or exc
                ) from exc
            for n, outcome in zip(some, outcomes, strict=True):
                self._take_merge(n, outcome, quarantine)

    def _at_fault(self, sides: Mapping[int, Sides], quarantine: Quarantine) -> GitError | None:
        """The pick at which git broke down, tried one by one."""
        for n, one in sides.items():
            try:
                quarantine.merge([one], {})
            except GitError as exc:
                old = self._picks[n].old
                what = f"{self._store.commit(old).subject!r} ({old[:10]})"
                return GitError(f"git cannot merge {what}: {exc.message}", hint=exc.hint)
        return None

    def _take_merge(self, n: int, outcome: MergeOutcome, quarantine: Quarantine) -> None:
        match outcome:
            case Merged(tree):
                self._take_tree(n, tree, quarantine)
            case Conflicted():
                self._standing.write()
                with self._store.bulk():
                    for kind, _, content in quarantine.made_for(outcome):
                        self._store.write(kind, content)
                onto = self._standing.parent(n)
                assert onto is not None
                stopped = Stopped(self._picks[n].old, onto, outcome)
                solved = self._help.solve(n, stopped)
                if solved is None:
                    self._standing.stop(n, stopped)
                else:
                    self._store.flush()
                    self._take_tree(n, solved, quarantine)

    def _take_tree(self, n: int, tree: Oid, quarantine: Quarantine) -> None:
        """Place a pick whose whole tree is known."""
        pick = self._picks[n]
        changes = difference(self._standing.tree(pick.onto), tree, quarantine.reader)
        for change in changes:
            if change.after is not None and (made := quarantine.made(change.after.oid)):
                self._standing.add_blob(made[1], made[2])
        came = {c.path: (c.before is not None, c.after is not None) for c in changes}
        self._following.take(n, self._changes[pick.old], came)
        kept = set(changes) == set(self._changes[pick.old])
        self._standing.change(n, {change.path: change.after for change in changes}, kept=kept)

    def _parent_of(self, old: Oid) -> Oid:
        return self._store.commit(old).parents[0]
