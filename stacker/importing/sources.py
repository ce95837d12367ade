"""What can be imported, read into commits of the store: a range of a clone, or mails."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import GitError, SeriesError, StackerError, UsageError
from stacker.git import incomplete, transfer
from stacker.git.history import commits_between, merge_base
from stacker.git.objects import Oid
from stacker.git.process import Git
from stacker.series.patches.committing import commits_of
from stacker.series.patches.patchfile import split_mbox
from stacker.series.patches.portable import refuse_added

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told


@dataclass(frozen=True, slots=True)
class Imported:
    """Commits to import, oldest first; the first one stands on `base`."""

    base: Oid
    commits: tuple[Oid, ...]


def read_range(
    store: ObjectStore, clone: Path, text: str, *, first_parent: bool, told: Told | None = None
) -> Imported:
    """The commits of `BASE..TIP`, as the git of `clone` understands it; merges are refused."""
    base_text, dots, tip_text = text.partition("..")
    if not dots or base_text.startswith("-") or tip_text.startswith(("-", ".")):
        raise UsageError(f"{text!r} is no range", hint="Write it as BASE..TIP.")
    base = _resolve(clone, base_text)
    tip = _resolve(clone, tip_text or "HEAD")
    if not _same(clone, store):
        transfer.fetch(store.git, str(clone.resolve()), [tip, base], told=told)
    fork_point = merge_base(store, base, tip)
    if fork_point is None:
        raise incomplete.reason(clone) or SeriesError(
            f"{base_text} and {tip_text} have no common history",
            hint="Name the upstream commit that the work began on as BASE.",
        )
    if first_parent:
        return Imported(fork_point, _first_parent_line(store, fork_point, tip))
    commits = commits_between(store, fork_point, tip)
    _refuse_merges(store, commits)
    return Imported(fork_point, commits)


def squash(store: ObjectStore, found: Imported) -> Imported:
    """All of it as one commit: the last tree, the first author and message."""
    if not found.commits:
        return found
    first, last = store.commit(found.commits[0]), store.commit(found.commits[-1])
    commit = first.moved(last.tree, (found.base,))
    return Imported(found.base, (store.write_commit(commit),))


def refuse_paths(store: ObjectStore, found: Imported) -> None:
    """Raise `PatchError` for a commit that adds a path which no patch may add."""
    refuse_added(store, found.base, found.commits)


def read_mails(store: ObjectStore, file: Path, bases: Sequence[Oid]) -> Imported:
    """The patches of an mbox or of a directory's `*.patch` files.

    They are put on the commit that they name themselves (`base-commit:`), else on the first of
    `bases` that is their exact preimage; where none is, the error of the most likely one is
    raised.
    """
    mails = _mails(file)
    if not mails:
        raise UsageError(f"no patch in {str(file)!r}", hint="Give an mbox or a patch file.")
    bases = [*_named_base(store, mails), *bases]
    error: StackerError | None = None
    for base in bases:
        try:
            return Imported(base, tuple(commits_of(store, mails, base)))
        except StackerError as exc:
            error = error or exc
    if error is None:
        raise SeriesError(
            "there is no base to put the patches on",
            hint="Fetch upstream first, or name a base with `--onto REV`.",
        )
    raise error


def _mails(file: Path) -> list[tuple[str, bytes]]:
    files = sorted(file.glob("*.patch")) if file.is_dir() else [file]
    found: list[tuple[str, bytes]] = []
    for one in files:
        mails = split_mbox(one.read_bytes())
        many = len(mails) > 1
        found += [(f"{one.name}[{i}]" if many else one.name, m) for i, m in enumerate(mails, 1)]
    return found


def _named_base(store: ObjectStore, mails: Sequence[tuple[str, bytes]]) -> list[Oid]:
    """The base that `git format-patch --base` wrote into a mail, if the store has it."""
    for _, mail in mails:
        named = re.search(rb"^base-commit: ([0-9a-f]{40,64})$", mail, re.MULTILINE)
        if named is not None:
            found = store.resolve(named[1].decode("ascii"))
            return [found] if found is not None else []
    return []


def _resolve(clone: Path, rev: str) -> Oid:
    done = Git(clone).attempt("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}")
    if done.code != 0:
        raise incomplete.reason(clone) or GitError(
            f"{str(clone)!r} has no commit {rev!r}",
            hint="Name the clone that has it with `--from CLONE`.",
        )
    return Oid(done.out.decode("ascii").strip())


def _same(clone: Path, store: ObjectStore) -> bool:
    return clone.resolve() == store.git.directory.resolve()


def _first_parent_line(store: ObjectStore, base: Oid, tip: Oid) -> tuple[Oid, ...]:
    """Each step of the first-parent line as one commit with one parent."""
    said = store.git.text("rev-list", "--first-parent", "--reverse", tip, f"^{base}", "--")
    found, here = [], base
    for line in said.split():
        commit = store.commit(Oid(line))
        here = (
            Oid(line)
            if commit.parents == (here,)
            else store.write_commit(commit.moved(commit.tree, (here,)))
        )
        found.append(here)
    return tuple(found)


def _refuse_merges(store: ObjectStore, commits: Sequence[Oid]) -> None:
    merges = [oid for oid in commits if len(store.commit(oid).parents) != 1]
    if merges:
        shown = ", ".join(f"{oid[:10]} {store.commit(oid).subject!r}" for oid in merges[:3])
        raise SeriesError(
            f"{len(merges)} of {len(commits)} commits are merges: {shown}",
            hint="A patch has one parent. `--first-parent` takes each merge as one change, "
            "`--squash ID` takes it all as one patch of stage ID.",
        )
