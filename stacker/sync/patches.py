"""The patches of two sides, merged by what each side did to them since they began together.

Whether somebody changed a patch is found by putting the old one where the new one stands: what
upstream alone moved gives the very same commit. A patch that both changed is merged as git merges:
what we made of it, what they made of it, and what it was, all on the ground that theirs has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from stacker.git.merge import Merged
from stacker.git.pick import Pick, Picked
from stacker.git.quarantine import merge_trees
from stacker.git.replay.engine import replay
from stacker.sync.deciding import Change, Choice, choose
from stacker.sync.outcome import Clash

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

Place = tuple[str, str]
"""A stage, and the name of a patch file of its."""

Patches = dict[Place, "Oid"]


class MergedPatches(NamedTuple):
    """The patches by place; `made` are those that are neither side's, and have no text yet."""

    patches: Patches
    made: frozenset[Place]
    clashes: tuple[Clash, ...]


def merge_patches(
    store: ObjectStore, base: Mapping[Place, Oid], ours: Mapping[Place, Oid],
    theirs: Mapping[Place, Oid], *, on_ours: bool,
) -> MergedPatches:  # fmt: skip
    """What becomes of all patches; what both changed stands where `ours` or theirs stood."""
    mine, others = changes(store, base, ours), changes(store, base, theirs)
    patches: Patches = {}
    made: set[Place] = set()
    clashes: list[Clash] = []
    for place in dict.fromkeys([*theirs, *ours]):
        match choose(mine.get(place, Change.ABSENT), others.get(place, Change.ABSENT)):
            case Choice.OURS:
                patches[place] = ours[place]
            case Choice.THEIRS:
                patches[place] = theirs[place]
            case Choice.NEITHER:
                pass
            case Choice.BOTH:
                onto = ours[place] if on_ours else theirs[place]
                both = _both(store, base.get(place), (ours[place], theirs[place]), onto)
                patches[place] = both or theirs[place]
                if both is None:
                    clashes.append(Clash(*place, "both sides changed it; home's stays"))
                elif both not in (ours[place], theirs[place]):
                    made.add(place)
            case Choice.OURS_AGAINST_REMOVAL:
                patches[place] = ours[place]
                clashes.append(Clash(*place, "home took it out, and it was changed here; it stays"))
            case Choice.THEIRS_AGAINST_REMOVAL:
                patches[place] = theirs[place]
                clashes.append(Clash(*place, "taken out here, and changed at home; it stays"))
            case never:
                assert_never(never)
    return MergedPatches(patches, frozenset(made), tuple(clashes))


def changes(
    store: ObjectStore, base: Mapping[Place, Oid], side: Mapping[Place, Oid]
) -> dict[Place, Change]:
    """What a side did to each patch."""
    found = dict.fromkeys(side.keys() - base.keys(), Change.ADDED)
    found |= dict.fromkeys(base.keys() - side.keys(), Change.REMOVED)
    both = [place for place in side if place in base]
    asked = [place for place in both if side[place] != base[place]]
    there = _put(store, [(base[p], side[p]) for p in asked])
    moved = {place for place, commit in zip(asked, there, strict=True) if commit == side[place]}
    for place in both:
        same = side[place] == base[place] or place in moved
        found[place] = Change.SAME if same else Change.CHANGED
    return found


def _both(store: ObjectStore, base: Oid | None, sides: tuple[Oid, Oid], at: Oid) -> Oid | None:
    """The commit with the changes of both sides, where `at` stands; `None` where they do not go
    together."""
    ours, theirs = _put(store, [(side, at) for side in sides])
    if ours is None or theirs is None or ours == theirs:
        return theirs
    before = _put(store, [(base, at)])[0] if base else None
    if before is None:
        return None
    was, here, there = (store.commit(oid) for oid in (before, ours, theirs))
    merged = merge_trees(store, was.tree, there.tree, here.tree)
    told = {(side.message, side.author): side for side in (here, there)}
    told.pop((was.message, was.author), None)
    if not isinstance(merged, Merged) or len(told) > 1:
        return None  # both rewrote what it says, or the same lines
    says = next(iter(told.values()), was)
    return store.write_commit(says.moved(merged.tree, there.parents))


def _put(store: ObjectStore, pairs: Sequence[tuple[Oid, Oid]]) -> list[Oid | None]:
    """The first commit of each pair put where the second one stands; `None` where it stops."""
    store.commits([two for _, two in pairs])
    picks = [Pick(one, store.commit(two).parents[0]) for one, two in pairs]
    return [
        outcome.commit if isinstance(outcome, Picked) else None for outcome in replay(store, picks)
    ]
