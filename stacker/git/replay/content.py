"""Files that both sides changed, merged by git, all files of all patches in few processes.

A merge on the outcome of another one has to wait for it; instead, its outcome is guessed and git
is asked for both at once. An answer counts only if the merge before it came to what was guessed;
where it did not, the rest of that line is asked again. So every outcome is git's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.changes import Leaf
from stacker.git.merge import Merged
from stacker.git.objects import Oid
from stacker.git.pack import object_id
from stacker.git.replay.guess import guess, hunks_of
from stacker.git.replay.plan import Merge
from stacker.git.replay.question import MergedFile, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.git.quarantine import Quarantine, Sides
    from stacker.git.replay.guess import Hunk
    from stacker.git.replay.question import Assumed, Outcomes

_MOST_GUESSED = 48 << 20  # bytes of guessed files that are held at once
_UNKNOWN = MergedFile(Leaf("", Oid("")), None)

Memory = dict[tuple["Oid", bytes, Leaf], MergedFile]
"""What files came to in earlier passes over one ground: by patch, path and upstream's version."""


class ContentMerger:
    """Merges files; holds what is known of the patches' hunks and of contents."""

    def __init__(
        self,
        quarantine: Quarantine,
        rules: Mapping[bytes, Oid],
        text_of: Callable[[Oid], bytes],
        memory: Memory,
    ) -> None:
        """`rules` are the `.gitattributes` files that hold; `text_of` gives a patch's text."""
        self._quarantine = quarantine
        self._rules = rules
        self._text_of = text_of
        self._memory = memory
        self._hunks: dict[Oid, Mapping[bytes, tuple[Hunk, ...]]] = {}

    def run(self, merges: Sequence[Merge]) -> Outcomes:
        """The outcome of each merge; those on a conflict's outcome are left out."""
        done: Outcomes = {}
        waiting = [merge for merge in merges if not self._recalled(merge, done)]
        while waiting:
            waiting = self._round(waiting, done)
        for merge, file in done.items():
            if file is not None and not merge.move:
                self._memory[merge.patch, merge.path, _leaf(merge.upstream, done)] = file
        return done

    def _recalled(self, merge: Merge, done: Outcomes) -> bool:
        """Whether an earlier pass did just this."""
        before = merge.upstream
        upstream = done.get(before) if isinstance(before, Merge) else _UNKNOWN
        if merge.move or upstream is None:
            return False
        leaf = before if isinstance(before, Leaf) else upstream.leaf
        known = self._memory.get((merge.patch, merge.path, leaf))
        if known is not None:
            done[merge] = known
        return known is not None

    def _round(self, waiting: Sequence[Merge], done: Outcomes) -> list[Merge]:
        """Ask git for all that can be asked; what is left for the next round."""
        guesses = self._guess(waiting, done)
        known = {merge: file for merge, file in done.items() if file is not None}
        thought = {**guesses, **known}
        moved = [m for m in waiting if m.move and all(need in thought for need in m.needs)]
        questions = _layers([m for m in waiting if not m.move], thought)
        if moved:
            questions += self._about_moved(moved, thought, done)
        answers = self._ask(questions, guesses)
        left: list[Merge] = []
        lost: set[Merge] = set()
        for merge in waiting:
            if any(need in lost or done.get(need, _UNKNOWN) is None for need in merge.needs):
                lost.add(merge)  # it stands on a conflict
            elif merge in answers and _holds(answers[merge][0], done):
                done[merge] = answers[merge][1]
            elif merge not in done:
                left.append(merge)
        return left

    def _about_moved(
        self, merges: Sequence[Merge], thought: Mapping[Merge, MergedFile], done: Outcomes
    ) -> list[Question]:
        """Questions about files that upstream moved; where that cannot be asked, it is noted."""
        from stacker.git.replay.moved import names_kinds, question_of  # noqa: PLC0415 - few need it

        kinds = any(
            names_kinds(path, self._quarantine.reader.blob(oid))
            for path, oid in self._rules.items()
        )
        contents = {f.leaf.oid: f.content for f in thought.values() if f.content is not None}

        def content_of(oid: Oid) -> bytes:
            if oid not in contents:
                contents[oid] = self._quarantine.reader.blob(oid)
            return contents[oid]

        questions: list[Question] = []
        for merge in merges:
            question = question_of(merge, lambda end: _leaf(end, thought), content_of, kinds=kinds)
            if question is None:
                done[merge] = None
            else:
                questions.append(question)
        return questions

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
            before = merge.upstream
            if room < 0:
                break
            if isinstance(before, Merge):
                known = guesses.get(before) or done.get(before)
                if known is None:
                    continue
                upstream, content = known
            else:
                upstream, content = before, contents.get(before.oid)
            new = guess(content, self._known(merge)) if content is not None else None
            if new is not None:
                room -= len(new)
                leaf = Leaf(
                    _mode(merge, upstream),
                    object_id(self._quarantine.reader.algorithm, "blob", new),
                )
                guesses[merge] = MergedFile(leaf, new)
        return guesses

    def _known(self, merge: Merge) -> tuple[Hunk, ...]:
        if merge.patch not in self._hunks:
            self._hunks[merge.patch] = hunks_of(self._text_of(merge.patch))
        return self._hunks[merge.patch].get(merge.source, ())

    def _ask(
        self, questions: Sequence[Question], guesses: Mapping[Merge, MergedFile]
    ) -> dict[Merge, tuple[Assumed, MergedFile | None]]:
        """git's answers: what was assumed of earlier merges, and the outcome."""
        pack = self._quarantine.pack()
        sides: list[Sides] = []
        expected: list[Oid | None] = []
        for question in questions:
            sides.append(question.sides(pack))
            for merge in guesses.keys() & question.named:
                guessed = guesses[merge]
                pack.add_named(guessed.leaf.oid, "blob", guessed.content or b"")
            expected.append(question.expected(pack, guesses))
        outcomes = self._quarantine.merge(sides, self._rules, pack)
        answers: dict[Merge, tuple[Assumed, MergedFile | None]] = {}
        for question, outcome, wanted in zip(questions, outcomes, expected, strict=True):
            if isinstance(outcome, Merged) and outcome.tree == wanted:
                answers |= {m: (assumed, guesses[m]) for m, assumed in question.assumed.items()}
                continue
            for merge, leaf in question.read(outcome, self._leaves(outcome.tree)).items():
                file = self._file(leaf, guesses.get(merge)) if leaf else None
                answers[merge] = (question.assumed[merge], file)
        return answers

    def _file(self, leaf: Leaf, guessed: MergedFile | None) -> MergedFile:
        if guessed is not None and guessed.leaf.oid == leaf.oid:
            return MergedFile(leaf, guessed.content)
        made = self._quarantine.made(leaf.oid)
        return MergedFile(leaf, made[2] if made else None)

    def _leaves(self, tree: Oid) -> dict[bytes, Leaf]:
        entries = self._quarantine.reader.files(tree)
        return {e.name: Leaf(e.mode, e.oid) for e in entries}


def _layers(merges: Sequence[Merge], thought: Mapping[Merge, MergedFile]) -> list[Question]:
    """Questions about files that are where they were: a file's next merge in the next one."""
    layers: list[Question] = []
    height: dict[Merge, int] = {}
    for merge in merges:
        before = merge.upstream
        if isinstance(before, Merge) and before not in thought:
            continue
        level = height.get(before, -1) + 1 if isinstance(before, Merge) else 0
        while level < len(layers) and not layers[level].has_room(merge.path):
            level += 1
        if level == len(layers):
            layers.append(Question())
        layers[level].add(merge, _leaf(before, thought))
        height[merge] = level
    return layers


def _leaf(end: Leaf | Merge, thought: Mapping[Merge, MergedFile | None]) -> Leaf:
    """The version of a file; of a merge, what is known or thought of its outcome."""
    if isinstance(end, Leaf):
        return end
    file = thought[end]
    assert file is not None, "nothing is asked about what stands on a conflict"
    return file.leaf


def _holds(assumed: Assumed, done: Outcomes) -> bool:
    """Whether earlier merges came to what was assumed of them."""
    known = ((done.get(merge), leaf) for merge, leaf in assumed.items())
    return all(file is not None and file.leaf == leaf for file, leaf in known)


def _mode(merge: Merge, upstream: Leaf) -> str:
    return merge.mine.mode if upstream.mode == merge.base.mode else upstream.mode
