"""Commits of a clone, of upstream or of a pull request, brought into a store to be imported."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from stacker.errors import GitError, SeriesError
from stacker.git import incomplete, local_clone, transfer
from stacker.git.arriving import complete
from stacker.git.history import commits_between, first_parents, merge_base
from stacker.git.objects import Oid
from stacker.git.process import Git
from stacker.importing.value import Branch, Imported, Pull, Range
from stacker.series.workspace import fetch_tip, known_tip, pull_head, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.importing.value import Commits
    from stacker.series.workspace import Upstream, Workspace


class Merges(Enum):
    """What becomes of merge commits: refused, each as one change, or left as they are."""

    REFUSED = auto()
    FIRST_PARENT = auto()
    KEPT = auto()


def read_commits(
    work: Workspace, store: ObjectStore, source: Commits, upstream: Upstream,
    *, clone: Path | None, merges: Merges, fetch: bool, told: Told | None = None,
) -> Imported:  # fmt: skip
    """The commits that `source` names, in `store`, which has all that the series' own has.

    Of a branch or a pull request it is what `upstream` has not, whose tip is fetched if that is
    allowed.
    """
    near: Path | None
    if isinstance(source, Range):
        near = clone or _folder(upstream) or work.directory.store
        base, tip = _of_clone(near, source.base), _of_clone(near, source.tip)
        _take(store, near, (tip, base), told)
    else:
        near = clone
        tip = _tip(store, source, upstream, clone, told)
        base = _upstream_tip(work, upstream, fetch=fetch, told=told)
    fork_point = merge_base(store, base, tip)
    if fork_point is None:
        raise (incomplete.reason(near) if near is not None else None) or SeriesError(
            f"{base[:10]} and {tip[:10]} have no common history",
            hint="Name the upstream commit that the work began on: `BASE..TIP`.",
        )
    complete(store, upstream.origin, fork_point, known_tip(store, upstream), told=told)
    head = tip if isinstance(source, Pull) else None
    if merges is Merges.FIRST_PARENT:
        line = _first_parent_line(store, fork_point, tip)
        return Imported(fork_point, line, head=head)
    commits = commits_between(store, fork_point, tip)
    if merges is Merges.REFUSED:
        _refuse_merges(store, commits)
    return Imported(fork_point, commits, head=head)


def _tip(
    store: ObjectStore,
    source: Branch | Pull,
    upstream: Upstream,
    clone: Path | None,
    told: Told | None,
) -> Oid:
    match source:
        case Branch(name) if clone is not None:
            tip = _of_clone(clone, name)
            _take(store, clone, (tip,), told)
            return tip
        case Branch(name):
            return resolve(store, upstream, name, told)
        case Pull(number):
            return pull_head(store, upstream, number, told)
        case never:
            assert_never(never)


def _upstream_tip(work: Workspace, upstream: Upstream, *, fetch: bool, told: Told | None) -> Oid:
    tip = fetch_tip(work.store, upstream, told) if fetch else known_tip(work.store, upstream)
    if tip is None:
        raise SeriesError(
            f"nothing is known of {upstream.name} yet", hint="Run it without --no-fetch."
        )
    return tip


def _of_clone(clone: Path, rev: str) -> Oid:
    done = Git(clone).attempt("rev-parse", "--verify", "--quiet", f"{rev}^{{commit}}")
    if done.code != 0:
        raise incomplete.reason(clone) or GitError(
            f"{str(clone)!r} has no commit {rev!r}",
            hint="Name the clone that has it with `--from CLONE`.",
        )
    return Oid(done.out.decode("ascii").strip())


def _take(store: ObjectStore, clone: Path, oids: Sequence[Oid], told: Told | None) -> None:
    if clone.resolve() == store.git.directory.resolve():
        return
    if not local_clone.hand_over(clone, store, oids):
        transfer.fetch(store.git, str(clone.resolve()), oids, told=told)


def _folder(upstream: Upstream) -> Path | None:
    return Path(upstream.url) if Path(upstream.url).is_dir() else None


def _first_parent_line(store: ObjectStore, base: Oid, tip: Oid) -> tuple[Oid, ...]:
    """Each step of the first-parent line as one commit with one parent."""
    found, here = list[Oid](), base
    for oid in first_parents(store, base, tip):
        commit = store.commit(oid)
        if here == base and commit.parents[:1] != (base,):
            raise SeriesError(
                f"upstream was merged into these commits: {oid[:10]} {commit.subject!r} does not "
                f"stand on {base[:10]}, where upstream is joined last",
                hint="`--stage ID --fold` takes all as one patch, just what upstream has not.",
            )
        here = oid if commit.parents == (here,) else store.write_commit(
            commit.moved(commit.tree, (here,))
        )  # fmt: skip
        found.append(here)
    return tuple(found)


def _refuse_merges(store: ObjectStore, commits: Sequence[Oid]) -> None:
    merges = [oid for oid in commits if len(store.commit(oid).parents) != 1]
    if merges:
        shown = ", ".join(f"{oid[:10]} {store.commit(oid).subject!r}" for oid in merges[:3])
        raise SeriesError(
            f"{len(merges)} of {len(commits)} commits are merges: {shown}",
            hint="A patch has one parent. `--first-parent` takes each merge as one change, "
            "`--stage ID --fold` (or `--squash ID`) takes it all as one patch of stage ID.",
        )
