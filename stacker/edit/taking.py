"""What was made in a stage's folder becomes patches: part of the last one, or new ones."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import ExitCode, SeriesError, UsageError
from stacker.git.objects import Commit, Oid, Signature
from stacker.git.pick import Pick, Picked, Stopped
from stacker.git.replay.engine import replay
from stacker.series.compose import PatchCommit
from stacker.series.patches.patchfile import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.edit.found import Found
    from stacker.edit.place import Opened
    from stacker.git.store import ObjectStore

_NOBODY = Signature(b"stacker", b"stacker@localhost", b"0 +0000")


class MovedError(SeriesError):
    """The stage moved while it was edited, and the work does not fit what it is now."""

    exit_code = ExitCode.CONFLICT


@dataclass(frozen=True, slots=True)
class Target:
    """The stage as the series has it now: its patches, the tip of its chain, the version."""

    patches: tuple[PatchCommit, ...]
    tip: Oid
    version: int


@dataclass(frozen=True, slots=True)
class Asked:
    """How to take it: as `new` patches, or not, if the stage has any.

    `why` is the message of what nobody committed, by `who`: `Name <mail> seconds zone`.
    """

    new: bool
    why: str
    who: Callable[[], str]


def taken(
    store: ObjectStore, opened: Opened, target: Target, found: Found, asked: Asked
) -> tuple[PatchCommit, ...]:
    """The stage's patches with the work in them, on the chain below it.

    Raises `MovedError` where the stage moved meanwhile and the work conflicts with that.
    """
    if found.amended and not target.patches:
        raise MovedError(
            f"{opened.stage} has no patch any more that could be replaced",
            hint=f"In {opened.folder}: `git rebase --onto {target.tip[:12]} HEAD~1`.",
        )
    if asked.new:
        return _as_new(store, opened, target, found, asked)
    last = target.patches[-1]
    if found.amended:
        if found.commits is None:
            raise _merges(opened)
        instead = store.commit(found.commits[0])
        whole = store.write_commit(instead.moved(found.tree, instead.parents))
        [done] = _placed(store, opened, target, [whole], _below(store, target))
        return (*target.patches[:-1], PatchCommit(last.file, done.commit))
    whole = store.write_commit(Commit(found.tree, (found.start,), _NOBODY, _NOBODY, b"work\n"))
    [done] = _placed(store, opened, target, [whole], target.tip)
    before = store.commit(last.commit)
    commit = before.moved(store.commit(done.commit).tree, before.parents)
    return (*target.patches[:-1], PatchCommit(last.file, store.write_commit(commit)))


def put_together(
    store: ObjectStore, tip: Oid, commits: Sequence[Oid] | None, tree: Oid, rest: Commit
) -> tuple[Oid, ...]:
    """The commits made on `tip`, and `rest` with what is in `tree` and in none of them.

    All of it is in `rest` where there are no such commits (`None`).
    """
    made = list(commits or ())
    last = made[-1] if made else tip
    if store.commit(last).tree != tree:
        made.append(store.write_commit(rest.moved(tree, (last,))))
    return tuple(made)


def next_file(files: Sequence[str], subject: str) -> str:
    """A name for a patch file that sorts behind those of a stage, of which `files` are in order."""
    if not files:
        return f"0001-{slug(subject)}.patch"
    last = files[-1]
    number = re.match(r"\d{1,9}", last)
    name = f"{int(number[0]) + 1 if number else 0:04d}-{slug(subject)}.patch"
    return name if name > last else f"{last.removesuffix('.patch')}_{slug(subject)}.patch"


def _as_new(
    store: ObjectStore, opened: Opened, target: Target, found: Found, asked: Asked
) -> tuple[PatchCommit, ...]:
    if found.commits is None:
        raise _merges(opened)
    made, files = found.commits, [patch.file for patch in target.patches]
    last = made[-1] if made else found.start
    if store.commit(last).tree != found.tree:
        made = put_together(store, found.start, made, found.tree, _commit(asked))
    onto = _below(store, target) if found.amended else target.tip
    patches = list(target.patches[:-1] if found.amended else target.patches)
    for n, done in enumerate(_placed(store, opened, target, made, onto)):
        if n == 0 and found.amended:
            patches.append(PatchCommit(files[-1], done.commit))
        elif not done.emptied:
            files.append(next_file(files, store.commit(done.commit).subject))
            patches.append(PatchCommit(files[-1], done.commit))
    return tuple(patches)


def _merges(opened: Opened) -> UsageError:
    return UsageError(
        f"there are merges among the commits in {opened.folder}",
        hint="A patch has one parent: make the history straight with `git rebase`. What is "
        "committed on top of the stage can become part of its last patch, without `--new`.",
    )


def _commit(asked: Asked) -> Commit:
    """What nobody committed, as a commit without tree and parents."""
    if not asked.why:
        raise UsageError(
            "a new patch needs a message", hint="Say what the changes are for: `-m WHY`."
        )
    who = Signature.parse(asked.who().encode("utf-8", "surrogateescape"))
    message = f"{asked.why}\n".encode("utf-8", "surrogateescape")
    return Commit(Oid(""), (), who, who, message)


def _below(store: ObjectStore, target: Target) -> Oid:
    """What the stage's last patch stands on."""
    [parent] = store.commit(target.patches[-1].commit).parents
    return parent


def _placed(
    store: ObjectStore, opened: Opened, target: Target, made: Sequence[Oid], onto: Oid
) -> list[Picked]:
    """The commits, each on the one before, the first on `onto`."""
    picks = [Pick(oid, n - 1 if n else onto) for n, oid in enumerate(made)]
    found: list[Picked] = []
    for outcome in replay(store, picks):
        match outcome:
            case Picked():
                found.append(outcome)
            case Stopped(conflict=conflict):
                paths = [c.path.decode("utf-8", "replace") for c in conflict.conflicts]
                raise MovedError(
                    f"{opened.stage} moved while it was edited (it is v{target.version} now), and "
                    f"the work conflicts with that in {', '.join(paths)}",
                    hint=f"Nothing is lost. In {opened.folder}: commit what you have, then "
                    f"`git rebase --onto {target.tip[:12]} {opened.tip[:12]}`, solve it there, "
                    f"and run `stacker edit {opened.stage} --done` again.",
                )
            case None:
                raise AssertionError("what conflicts before it is met first")
    return found
