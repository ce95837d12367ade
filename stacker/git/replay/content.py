"""Files that both sides changed, merged by git, all files of all patches in few processes.

A merge on the outcome of another one has to wait for it; instead, its outcome is guessed and git
is asked for both at once. An answer counts only if the merge before it came to what was guessed;
where it did not, the rest of that line is asked again. So every outcome is git's own.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.git.merge import Conflicted, Merged
from stacker.git.objects import Oid
from stacker.git.pack import object_id
from stacker.git.replay.changes import Leaf
from stacker.git.replay.guess import guess, hunks_of
from stacker.git.replay.plan import Merge, folders_above

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.git.pack import Pack
    from stacker.git.quarantine import Quarantine, Sides
    from stacker.git.replay.guess import Hunk

_MOST_GUESSED = 48 << 20  # bytes of guessed files that are held at once


@dataclass(frozen=True, slots=True)
class MergedFile:
    """A merge's outcome: the file, and its content where it is new."""

    leaf: Leaf
    content: bytes | None


Outcomes = dict[Merge, MergedFile | None]
"""What merges came to; `None` is a conflict."""

_NOTHING = MergedFile(Leaf("", Oid("")), None)


class _Layer:
    """Merges that git can be asked about as one: none of their paths is another's, or in it."""

    def __init__(self) -> None:
        self.asked: list[tuple[Merge, Leaf]] = []
        self._paths: set[bytes] = set()
        self._folders: set[bytes] = set()

    def has_room(self, path: bytes) -> bool:
        """Whether `path` may come in."""
        return (
            path not in self._paths
            and path not in self._folders
            and self._paths.isdisjoint(folders_above(path))
        )

    def add(self, merge: Merge, upstream: Leaf) -> None:
        """Take one in."""
        self.asked.append((merge, upstream))
        self._paths.add(merge.path)
        self._folders.update(folders_above(merge.path))


class ContentMerger:
    """Merges files; holds what is known of the patches' hunks and of contents."""

    def __init__(
        self,
        quarantine: Quarantine,
        algorithm: str,
        rules: Mapping[bytes, Oid],
        text_of: Callable[[Oid], bytes],
    ) -> None:
        """`rules` are the `.gitattributes` files that hold; `text_of` gives a patch's text."""
        self._quarantine = quarantine
        self._algorithm = algorithm
        self._rules = rules
        self._text_of = text_of
        self._hunks: dict[Oid, Mapping[bytes, tuple[Hunk, ...]]] = {}

    def run(self, merges: Sequence[Merge]) -> Outcomes:
        """The outcome of each merge; those on a conflict's outcome are left out."""
        done: Outcomes = {}
        waiting = list(merges)
        while waiting:
            waiting = self._round(waiting, done)
        return done

    def _round(self, waiting: Sequence[Merge], done: Outcomes) -> list[Merge]:
        """Ask git for all that can be asked; what is left for the next round."""
        guesses = self._guess(waiting, done)
        layers: list[_Layer] = []
        height: dict[Merge, int] = {}
        for merge in waiting:
            upstream = _upstream(merge, done, guesses)
            if upstream is None:
                continue
            before = merge.upstream
            level = height.get(before, -1) + 1 if isinstance(before, Merge) else 0
            while level < len(layers) and not layers[level].has_room(merge.path):
                level += 1
            if level == len(layers):
                layers.append(_Layer())
            layers[level].add(merge, upstream)
            height[merge] = level
        answers = self._ask(layers, guesses)
        left: list[Merge] = []
        lost: set[Merge] = set()
        for merge in waiting:
            before = merge.upstream
            if isinstance(before, Merge) and (before in lost or done.get(before, _NOTHING) is None):
                lost.add(merge)  # it stands on a conflict
                continue
            upstream = _upstream(merge, done, {})
            if merge in answers and upstream is not None and answers[merge][0] == upstream:
                done[merge] = answers[merge][1]
            else:
                left.append(merge)
        return left

    def _guess(self, waiting: Sequence[Merge], done: Outcomes) -> dict[Merge, MergedFile]:
        """Guessed outcomes, each on what is known or guessed of the merge before it."""
        heads = {m.upstream.oid for m in waiting if isinstance(m.upstream, Leaf) and self._known(m)}
        contents: dict[Oid, bytes] = {}
        if heads:
            for found in self._quarantine.reader.find_many(sorted(heads)):
                if found is not None:
                    contents[found[1]] = found[2]
        guesses: dict[Merge, MergedFile] = {}
        room = _MOST_GUESSED
        for merge in waiting:
            upstream = _upstream(merge, done, guesses)
            if upstream is None or room < 0:
                continue
            before = merge.upstream
            content = contents.get(upstream.oid)
            if isinstance(before, Merge):
                known = guesses.get(before) or done.get(before)
                content = known.content if known else None
            new = guess(content, self._known(merge)) if content is not None else None
            if new is not None:
                room -= len(new)
                leaf = Leaf(_mode(merge, upstream), object_id(self._algorithm, "blob", new))
                guesses[merge] = MergedFile(leaf, new)
        return guesses

    def _known(self, merge: Merge) -> tuple[Hunk, ...]:
        if merge.patch not in self._hunks:
            self._hunks[merge.patch] = hunks_of(self._text_of(merge.patch))
        return self._hunks[merge.patch].get(merge.path, ())

    def _ask(
        self, layers: Sequence[_Layer], guesses: Mapping[Merge, MergedFile]
    ) -> dict[Merge, tuple[Leaf, MergedFile | None]]:
        """git's answers: the version of upstream that was asked about, and the outcome."""
        pack = self._quarantine.pack()
        sides: list[Sides] = []
        expected: list[Oid | None] = []
        for layer in layers:
            sides.append((
                _nested(pack, [(m.path, m.base) for m, _ in layer.asked]),
                _nested(pack, [(m.path, upstream) for m, upstream in layer.asked]),
                _nested(pack, [(m.path, m.mine) for m, _ in layer.asked]),
            ))  # fmt: skip
            guessed = [(m.path, guesses[m]) for m, _ in layer.asked if m in guesses]
            for _, file in guessed:
                pack.add_named(file.leaf.oid, "blob", file.content or b"")
            whole = len(guessed) == len(layer.asked)
            expected.append(_nested(pack, [(p, f.leaf) for p, f in guessed]) if whole else None)
        outcomes = self._quarantine.merge(sides, self._rules, pack)
        answers: dict[Merge, tuple[Leaf, MergedFile | None]] = {}
        for layer, outcome, wanted in zip(layers, outcomes, expected, strict=True):
            if isinstance(outcome, Merged) and outcome.tree == wanted:
                answers |= {m: (u, guesses[m]) for m, u in layer.asked}
                continue
            stopped: set[bytes] = set()
            if isinstance(outcome, Conflicted):
                stopped = {c.path for c in outcome.conflicts}
            leaves = self._leaves(outcome.tree)
            for merge, upstream in layer.asked:
                if merge.path in stopped or merge.path not in leaves:
                    answers[merge] = (upstream, None)
                else:
                    answers[merge] = (upstream, self._file(leaves[merge.path], guesses.get(merge)))
        return answers

    def _file(self, leaf: Leaf, guessed: MergedFile | None) -> MergedFile:
        if guessed is not None and guessed.leaf.oid == leaf.oid:
            return MergedFile(leaf, guessed.content)
        made = self._quarantine.made(leaf.oid)
        return MergedFile(leaf, made[2] if made else None)

    def _leaves(self, tree: Oid) -> dict[bytes, Leaf]:
        entries = self._quarantine.reader.files(tree)
        return {e.name: Leaf(e.mode, e.oid) for e in entries}


def _upstream(merge: Merge, done: Outcomes, guesses: Mapping[Merge, MergedFile]) -> Leaf | None:
    """The version that the patch is put on; `None` when nothing is known of it yet."""
    before = merge.upstream
    if isinstance(before, Leaf):
        return before
    known = done[before] if before in done else guesses.get(before)
    return known.leaf if known else None


def _mode(merge: Merge, upstream: Leaf) -> str:
    return merge.mine.mode if upstream.mode == merge.base.mode else upstream.mode


def _nested(pack: Pack, files: Sequence[tuple[bytes, Leaf]]) -> Oid:
    """Write nested trees for some files; no path is a folder of another."""
    folders: dict[bytes, list[tuple[bytes, Leaf]]] = defaultdict(list)
    here: list[tuple[bytes, Leaf]] = []
    for path, leaf in files:
        head, slash, rest = path.partition(b"/")
        if slash:
            folders[head].append((rest, leaf))
        else:
            here.append((path, leaf))
    lines = [
        (n, leaf.mode.encode() + b" " + n + b"\0" + bytes.fromhex(leaf.oid)) for n, leaf in here
    ]
    for name, below in folders.items():
        oid = bytes.fromhex(_nested(pack, below))
        lines.append((name + b"/", b"40000 " + name + b"\0" + oid))
    return pack.add("tree", b"".join(line for _, line in sorted(lines)))
