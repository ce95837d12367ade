"""A stage's change as commits: the whole of it, and each of its hunks alone.

Each stands on the state that the stage was made on, so that git can merge it anywhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.git.changes import changes_between, changes_of
from stacker.git.objects import Entry
from stacker.git.trees import replace_paths
from stacker.landed.presence import Change
from stacker.series.patches.diffs import diffs_between
from stacker.series.patches.filediff import parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git import changes as git_changes
    from stacker.git.objects import Commit, Oid
    from stacker.git.store import ObjectStore
    from stacker.series.compose import Composition, PatchCommit
    from stacker.series.patches.filediff import FileDiff, Hunk
    from stacker.series.plan.model import StageId


class Piece(NamedTuple):
    """A hunk, or what is changed of a file without one.

    `what` is the hunk's `@@` line, or says it in a word; `patches` are the files that it is in.
    """

    change: Change
    patches: tuple[str, ...]
    path: bytes
    what: str


def whole_of(store: ObjectStore, stage: StageId, patches: Sequence[PatchCommit]) -> Change | None:
    """All that a stage changes as one commit; `None` when it comes to nothing."""
    if not patches:
        return None
    last = store.commit(patches[-1].commit)
    parents = store.commit(patches[0].commit).parents
    if store.commit(parents[0]).tree == last.tree:
        return None
    if len(patches) == 1:
        return Change(stage, patches[0].commit)
    return Change(stage, store.write_commit(last.moved(last.tree, parents)))


def run_of(what: Composition, chain: Sequence[StageId]) -> Change | None:
    """All that stages change which stand on each other, from the first up to the last one, whose
    chain ends in `chain`; `None` where the last one's commits do not tell."""
    store, last = what.store, chain[-1]
    patches = [patch for stage in chain for patch in what.patches[stage]]
    if not what.patches[last]:
        return None
    before = what.patches[last][-1].commit
    tip = store.commit(before)
    for patch in reversed(patches):
        here, made = store.commit(before), store.commit(patch.commit)
        if (here.message, here.author) != (made.message, made.author) or not here.parents:
            return None
        before = here.parents[0]
    if store.commit(before).tree == tip.tree:
        return None
    return Change(last, store.write_commit(tip.moved(tip.tree, (before,))))


def pieces_of(
    store: ObjectStore, whole: Change, patches: Sequence[PatchCommit]
) -> tuple[Piece, ...]:
    """The parts of `whole`, which is all of `patches`, in git's order of paths."""
    commit = store.commit(whole.commit)
    old = store.commit(commit.parents[0]).tree
    diff = diffs_between(store, [(old, commit.tree)], renames=False)[0]
    texts = {part.new_path: part for part in parts(diff) if part.old_path == part.new_path}
    owners = _Owners(store, patches)
    found: list[Piece] = []
    with store.bulk():
        for change in changes_between(store.git, old, commit.tree):
            hunks = _hunks(store, change, texts.get(change.path))
            for what, leaf, hunk in hunks or [(_word(change), _entry(change), None)]:
                tree = replace_paths(store, old, {change.path: leaf})
                alone = whole.commit if tree == commit.tree else _commit(store, commit, tree)
                names = owners.of(change.path, hunk)
                found.append(Piece(Change(whole.stage, alone), names, change.path, what))
    return tuple(found)


def _commit(store: ObjectStore, like: Commit, tree: Oid) -> Oid:
    return store.write_commit(like.moved(tree, like.parents))


def _entry(change: git_changes.Change) -> Entry | None:
    after = change.after
    return Entry(after.mode, after.oid, change.path) if after is not None else None


def _word(change: git_changes.Change) -> str:
    before, after = change.before, change.after
    if before is None:
        return "new file"
    if after is None:
        return "deleted file"
    if before.oid == after.oid:
        return f"mode {before.mode} to {after.mode}"
    return "content" if before.is_file and after.is_file else "type"


def _hunks(
    store: ObjectStore, change: git_changes.Change, part: FileDiff | None
) -> list[tuple[str, Entry | None, Hunk | None]]:
    """Each hunk with the file as it alone makes it; empty where a file has to be taken whole."""
    before, after = change.before, change.after
    if before is None or after is None or not (before.is_file and after.is_file):
        return []
    if part is None or part.unread or not part.hunks:
        return []
    lines = _lines(store.blob(before.oid))
    if _patched(lines, part.hunks) != store.blob(after.oid):
        return []
    found: list[tuple[str, Entry | None, Hunk | None]] = []
    for hunk in part.hunks:
        oid = store.write("blob", _patched(lines, [hunk]))
        found.append((hunk.head, Entry(before.mode, oid, change.path), hunk))
    if before.mode != after.mode:
        mode = Entry(after.mode, before.oid, change.path)
        found.append((f"mode {before.mode} to {after.mode}", mode, None))
    return found


def _lines(content: bytes) -> list[bytes]:
    """The lines with their ends, of which only LF is one."""
    return re.findall(rb"[^\n]*\n|[^\n]+", content)


def _patched(lines: Sequence[bytes], hunks: Sequence[Hunk]) -> bytes:
    """The file with these hunks, whose places are those in `lines`."""
    out: list[bytes] = []
    at = 0
    for hunk in hunks:
        out += [*lines[at : hunk.start], *hunk.after]
        at = hunk.start + len(hunk.before)
    return b"".join([*out, *lines[at:]])


class _Owners:
    """Which patch files a piece of the whole is from."""

    def __init__(self, store: ObjectStore, patches: Sequence[PatchCommit]) -> None:
        self._patches = patches
        found = changes_of(store, [p.commit for p in patches])
        self._touched = [{change.path for change in found[p.commit]} for p in patches]
        commits = [store.commit(p.commit) for p in patches]
        pairs = [(store.commit(one.parents[0]).tree, one.tree) for one in commits]
        diffs = diffs_between(store, pairs, renames=False) if len(patches) > 1 else [b""]
        self._bodies = [
            {(part.new_path, h.before, h.after) for part in parts(diff) for h in part.hunks}
            for diff in diffs
        ]

    def of(self, path: bytes, hunk: Hunk | None) -> tuple[str, ...]:
        """All patches that change the path; only the one that has the hunk, where one has."""
        some = [n for n, touched in enumerate(self._touched) if path in touched]
        if len(some) > 1 and hunk is not None:
            body = path, hunk.before, hunk.after
            with_it = [n for n in some if body in self._bodies[n]]
            some = with_it if len(with_it) == 1 else some
        return tuple(self._patches[n].file for n in some)
