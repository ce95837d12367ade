"""Which branch gets which commit: published heads that only move forward, or the clean chains.

Append: a new head is one commit with the stage's tree; its parents are the old head and the
published head of what the stage stands on. So the pull request keeps its comments, has one
merge base, and its range view shows the stage's own change. A stage whose below is not exactly
one published head gets a below-branch to stand on, and keeps it.

All ids depend on the series alone, so a submit that was killed makes the same ones again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.git.history import is_ancestor
from stacker.git.objects import Commit, Oid, Signature
from stacker.series.compose import Composer, Halted, Standing
from stacker.series.lock import Published
from stacker.series.plan.choices import Publish

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.git.store import ObjectStore
    from stacker.series.compose import Outcome
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A stage's branch as it is to be. `old` is what the lock knows of it; `place` is the key of
    where the branch is: the plan's name of the repository, or `OWNER/NAME` of somebody's fork.

    `below` is the head of its below-branch (`None`: it has none), `below_old` the one before;
    `stands_on` the commit that the compare view starts from.
    """

    stage: StageId
    repository: str
    branch: str
    head: Oid
    base: Oid
    old: Oid | None
    below: Oid | None
    below_old: Oid | None
    stands_on: Oid
    place: str

    @property
    def below_branch(self) -> str:
        """The name of its below-branch."""
        return f"{self.branch}.below"

    @property
    def moved(self) -> bool:
        """Whether anything is to be pushed for it."""
        return self.head != self.old or (self.below is not None and self.below != self.below_old)


@dataclass(frozen=True, slots=True)
class HeadsRequest:
    """The stages to publish, needs first; `move_base` puts them on the series' newest base.

    `places` are those of stages whose branch is not where their repository's branches are.
    """

    stages: tuple[StageId, ...]
    move_base: bool
    why: str
    places: Mapping[StageId, str] = field(default_factory=dict)


def compose_heads(store: ObjectStore, series: Series, request: HeadsRequest) -> tuple[Head, ...]:
    """The heads of all wanted stages that can be published, in plan order."""
    composer = _Heads(store, series, request)
    return tuple(composer.head(stage) for stage in request.stages)


def stands_on(series: Series, stage: StageId) -> tuple[StageId, ...]:
    """The stages right below `stage` that have a branch: those of its chain that change something
    and that no other one of them stands on."""
    below = [s for s in series.chain(stage)[:-1] if series.patches.get(s)]
    deeper = {s for other in below for s in series.chain(other)[:-1]}
    return tuple(s for s in below if s not in deeper)


class _Heads:
    def __init__(self, store: ObjectStore, series: Series, request: HeadsRequest) -> None:
        self._store = store
        self._series = series
        self._request = request
        self._heads: dict[StageId, Head] = {}
        self._composers: dict[tuple[str, Oid], Composer] = {}
        self._picks: dict[tuple[Oid, Oid], Oid] = {}

    def head(self, stage: StageId) -> Head:
        if stage not in self._heads:
            planned = self._series.plan.stage(stage)
            repository = self._series.plan.repository(planned.repository)
            # Nobody's branch but ours is ever rewritten.
            append = repository.publish is Publish.APPEND or planned.pushes_to is not None
            self._heads[stage] = self._appended(stage) if append else self._rewritten(stage)
        return self._heads[stage]

    # Rewrite: branches are the clean chains.

    def _rewritten(self, stage: StageId) -> Head:
        series, line = self._series, self._series.lock.stage(stage)
        assert line is not None
        base = series.lock.bases[line.repository]
        needs = stands_on(series, stage)
        below = self._tip_below(stage, line.repository, base) or base
        published = line.published
        return Head(
            stage=stage, repository=line.repository, branch=self._branch(stage, published),
            head=line.commit, base=base, old=published.head if published else None,
            below=below if len(needs) > 1 else None,
            below_old=published.below if published else None, stands_on=below,
            place=self._place(stage),
        )  # fmt: skip

    # Append: branches only move forward.

    def _appended(self, stage: StageId) -> Head:
        line = self._series.lock.stage(stage)
        assert line is not None
        published, repository = line.published, line.repository
        needs = [self.head(need) for need in stands_on(self._series, stage)]
        kept = self._kept(stage, published, needs)
        if kept is not None:
            return kept
        base = self._base_for(stage, repository, published, needs)
        below, under = self._below(stage, published, needs, base)
        parents = [published.head] if published else []
        if not any(is_ancestor(self._store, under, p) for p in parents):
            parents.append(under)
        tree = self._store.commit(self._standing(stage, repository, base).tip).tree
        head = self._commit(stage, tree, parents, first=published is None)
        return Head(
            stage=stage, repository=repository, branch=self._branch(stage, published),
            head=head, base=base, old=published.head if published else None,
            below=below, below_old=published.below if published else None, stands_on=under,
            place=self._place(stage),
        )  # fmt: skip

    def _kept(self, stage: StageId, published: Published | None, needs: list[Head]) -> Head | None:
        """The published head as it is, if neither the stage's own change nor its below moved."""
        line = self._series.lock.stage(stage)
        assert line is not None
        if published is None or self._store.find(published.head) is None:
            return None
        newest, back, at = self._series.lock.bases[line.repository], line.reverted, published.base
        # What upstream took back is proposed again on what it has now.
        again = back is not None and not is_ancestor(self._store, back.by, at)
        if (again or self._request.move_base) and not is_ancestor(self._store, newest, at):
            return None
        if not all(is_ancestor(self._store, need.head, published.head) for need in needs):
            return None
        outcome = self._outcome(stage, line.repository, published.base)
        if not isinstance(outcome, Standing):
            return None
        if self._store.commit(outcome.tip).tree != self._store.commit(published.head).tree:
            return None
        under = published.below or (needs[0].head if needs else published.base)
        if needs and not self._reaches(under, published, needs):
            return None
        return Head(
            stage=stage, repository=line.repository, branch=published.branch,
            head=published.head, base=published.base, old=published.head,
            below=published.below, below_old=published.below, stands_on=under,
            place=self._place(stage),
        )  # fmt: skip

    def _reaches(self, under: Oid, published: Published, needs: list[Head]) -> bool:
        """Whether what a stage stands on has the upstream commit that its published head has:
        somebody may have merged a newer one into that branch alone."""
        if published.below is None and published.base == needs[0].base:
            return True
        return is_ancestor(self._store, published.base, under)

    def _base_for(
        self, stage: StageId, repository: str, published: Published | None, needs: list[Head]
    ) -> Oid:
        """The upstream commit to compose on: never older than what is published already.

        A stage on the base alone takes the series' base; one that stands on others takes theirs,
        so that upstream's movement is no part of its own change.
        """
        newest = self._series.lock.bases[repository]
        known = [need.base for need in needs] or [newest]
        if published is not None:
            known.append(published.base)
        base = self._newest(known)
        if isinstance(self._outcome(stage, repository, base), Standing):
            return base
        # A patch that was solved anew for the newer base may not go through on the older one.
        if not is_ancestor(self._store, base, newest):
            raise SeriesError(
                f"{stage} is published on upstream's {base[:10]}, does not go through on it, and "
                f"the series stands on {newest[:10]}, which is older: that would revert upstream",
                hint="Run `stacker rebase` first.",
            )
        return newest

    def _below(
        self, stage: StageId, published: Published | None, needs: list[Head], base: Oid
    ) -> tuple[Oid | None, Oid]:
        """(head of the below-branch or `None`, the commit that the stage's own change is on)."""
        old = published.below if published else None
        if old is None and not needs:
            return None, base
        if old is None and len(needs) == 1 and needs[0].base == base:
            return None, needs[0].head
        tip = self._tip_below(stage, self._series.plan.stage(stage).repository, base)
        tree = self._store.commit(tip or base).tree
        parents = [old] if old is not None else []
        for need in needs:
            if not any(is_ancestor(self._store, need.head, p) for p in parents):
                parents.append(need.head)
        if not any(is_ancestor(self._store, base, p) for p in parents):
            parents.append(base)
        if old is not None and parents == [old] and self._store.commit(old).tree == tree:
            return old, old
        below = self._commit(stage, tree, parents, first=False, below=True)
        return below, below

    def _commit(
        self, stage: StageId, tree: Oid, parents: list[Oid], *, first: bool, below: bool = False
    ) -> Oid:
        """One deterministic commit: the first patch's author, the latest time of its sources.

        On somebody else's branch it is the last patch's author: what comes on top there is ours.
        """
        patches = self._series.patches.get(stage, ())
        sources = [self._store.commit(p.commit) for p in patches]
        sources += [self._store.commit(p) for p in parents]
        theirs = self._series.plan.stage(stage).pushes_to is not None
        author = sources[len(patches) - 1 if theirs and patches else 0].author
        seconds = max(c.committer.seconds for c in sources)
        when = Signature(author.name, author.email, f"{seconds} +0000".encode())
        version = self._series.lock.version
        if below:
            text = f"v{version}: what {stage} stands on"
        elif first:
            text = sources[0].subject
        else:
            text = f"v{version}: {self._request.why}"
        return self._store.write_commit(
            Commit(tree, tuple(parents), when, when, text.encode() + b"\n")
        )

    def _outcome(self, stage: StageId, repository: str, base: Oid) -> Outcome:
        return self._composer(repository, base).outcome(stage)

    def _standing(self, stage: StageId, repository: str, base: Oid) -> Standing:
        outcome = self._outcome(stage, repository, base)
        assert isinstance(outcome, Standing)
        return outcome

    def _tip_below(self, stage: StageId, repository: str, base: Oid) -> Oid | None:
        chain = self._series.chain(stage)[:-1]
        tip = self._composer(repository, base).tip(repository, chain)
        return None if isinstance(tip, Halted) else tip

    def _composer(self, repository: str, base: Oid) -> Composer:
        key = (repository, base)
        if key not in self._composers:
            bases = {**self._series.lock.bases, repository: base}
            self._composers[key] = Composer(
                self._series.composition(self._store, bases, self._picks)
            )
        return self._composers[key]

    def _newest(self, bases: Iterable[Oid]) -> Oid:
        found: Oid | None = None
        for base in bases:
            if found is None or is_ancestor(self._store, found, base):
                found = base
        assert found is not None
        return found

    def _place(self, stage: StageId) -> str:
        return self._request.places.get(stage, self._series.plan.stage(stage).repository)

    def _branch(self, stage: StageId, published: Published | None) -> str:
        return published.branch if published else f"{self._series.plan.name}/{stage}"


def published_as(head: Head, published: Published | None, version: int) -> Published:
    """The lock's record of a head that was pushed, or that was there."""
    if published is not None and not head.moved:
        return published._replace(version=published.version or version)
    return Published(
        head=head.head, base=head.base, version=version, branch=head.branch, below=head.below
    )
