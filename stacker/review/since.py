"""What people changed in a stage since an older version of it, without what upstream moved.

The old change is put on what the stage stands on now, by a merge of trees, and compared with what
the stage is now. What that makes goes to a store that is thrown away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import UsageError
from stacker.git.beside import beside
from stacker.git.comparing import range_diff
from stacker.git.merge import Conflicted
from stacker.git.objects import Commit, Oid, Signature
from stacker.git.quarantine import merge
from stacker.log.steps import both, lock_of, version
from stacker.review.value import Interdiff, Published, RangeDiff, Whole
from stacker.series.versions import operations
from stacker.series.walking import walk_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.comparing import Range
    from stacker.git.store import ObjectStore
    from stacker.review.value import Since
    from stacker.series.lock import Lock, StageLock
    from stacker.submit.words.published_facts import PublishedVersion

SHOWN = ("--no-ext-diff", "--no-textconv", "--no-color", "--stat", "-p", "-M", "-r")
"""How `git diff-tree` writes a change for its reader."""
_NOBODY = Signature(b"stacker", b"stacker@localhost", b"0 +0000")


class Here(NamedTuple):
    """A stage in this clone: its line in `lock`, as the series is now."""

    store: ObjectStore
    lock: Lock
    line: StageLock


class Own(NamedTuple):
    """A stage's own change: from the tree of commit `below` to that of `tip`.

    It has `commits`, unless `tip` is a published head, whose history is another.
    """

    below: Oid
    tip: Oid
    commits: bool = True


def own_change(store: ObjectStore, line: StageLock) -> Own | None:
    """A stage's own change as a lock has it; `None` if the store lacks it."""
    commits = walk_back(store, [line]).get(line.stage)
    return Own(commits[-1], commits[0]) if commits else None


def published(here: Here, told: Sequence[PublishedVersion]) -> tuple[Published, ...]:
    """The versions of a stage that were published, oldest first: what this clone knows of them,
    and what the text of its pull request tells beyond that."""
    text = {one.head: Published(one.number, one.head, one.below) for one in told}
    found = dict(text)
    pull = (here.line.repository, here.line.pull)
    for operation in operations.history(here.store):
        for then in lock_of(here.store, operation.oid).stages:
            ours = then.published
            if ours is not None and (then.repository, then.pull) == pull:
                below = ours.below or (text[ours.head].below if ours.head in text else "")
                found[ours.head] = Published(ours.version, ours.head, below)
    return tuple(sorted(found.values()))


def since_version(here: Here, number: int, known: Sequence[Published]) -> Since:
    """What changed in the stage since that version; `known` are the published ones.

    Raises `UsageError` for a version that there is not.
    """
    old, new = _older(here, number, known), own_change(here.store, here.line)
    if isinstance(old, Whole):
        return old
    if new is None:
        return _missing(here.lock.version)
    return _compared(here.store, old, new, f"v{number}")


def _older(here: Here, number: int, known: Sequence[Published]) -> Own | Whole:
    store = here.store
    try:
        then = lock_of(store, version(store, number).oid)
    except UsageError:  # this clone was made later; its published head may be here
        head = _as_published(store, number, known)
        if head is None and not any(one.number == number for one in known):
            raise
        return head or _missing(number)
    now = operations.current(store)
    pairs = both(store, then, here.lock, now.oid) if now is not None else ()
    was = next((pair.old for pair in pairs if pair.stage == here.line.stage), None)
    if was is None or was.landed or not was.trees:
        return Whole(f"v{number} does not have it, or not as a change of its own")
    return own_change(store, was) or _as_published(store, number, known) or _missing(number)


def _as_published(store: ObjectStore, number: int, known: Sequence[Published]) -> Own | None:
    for one in known:
        if one.number == number and one.below and all(map(store.find, (one.head, one.below))):
            return Own(Oid(one.below), Oid(one.head), commits=False)
    return None


def _missing(number: int) -> Whole:
    here = f"this clone lacks the commits of v{number}"
    return Whole(f"{here}; `stacker review URL` has the forge compare them")


def _compared(store: ObjectStore, old: Own, new: Own, name: str) -> Interdiff | RangeDiff:
    aside = beside(store)
    merged = merge(aside, old.below, new.below, old.tip)
    if isinstance(merged, Conflicted):
        paths = tuple(conflict.path for conflict in merged.conflicts)
        return RangeDiff(name, paths, range_diff(aside, _range(aside, old), _range(aside, new)))
    return Interdiff(name, aside.git.run("diff-tree", *SHOWN, merged.tree, new.tip))


def _range(store: ObjectStore, own: Own) -> Range:
    """Its commits; the files of a published head are taken as one commit."""
    if own.commits:
        return own.below, own.tip
    tree = store.commit(own.tip).tree
    one = Commit(tree, (own.below,), _NOBODY, _NOBODY, b"the whole change\n")
    return own.below, store.write_commit(one)
