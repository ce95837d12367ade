"""The commit point: one update of one ref, by our push or by the forge's merge of one PR.

The lock ref is taken before and let go in the very push that moves the target branch. Whoever
recovers a dead landing moves the lock first; from then on the dead run's push must fail, for its
lease on the lock no longer holds.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from stacker.errors import GitError
from stacker.forge.api import MergeMethod, MergeRefused, PullState
from stacker.git import transfer
from stacker.git.history import first_parents, is_ancestor
from stacker.git.merge import Merged
from stacker.git.objects import Commit, Oid, Signature
from stacker.git.push import PushOutcome, PushRefused, RefUpdate, push
from stacker.git.quarantine import merge_trees
from stacker.land import intent as journal
from stacker.land.classify import Reads
from stacker.land.outcome import Way
from stacker.land.preflight import unmet
from stacker.series.workspace import bring, fetch_tip

if TYPE_CHECKING:
    from stacker.forge.api import MergeAnswer, PullRequest
    from stacker.git.store import ObjectStore
    from stacker.land.intent import Intent
    from stacker.land.preflight import Ready
    from stacker.series.workspace import Upstream, Workspace


class MergeForge(Protocol):
    """What the pull-request way asks of a forge."""

    def pull(self, repository: str, number: int) -> PullRequest:
        """One pull request, read fresh."""
        ...

    def merge(
        self,
        repository: str,
        number: int,
        *,
        sha: str,
        method: MergeMethod,
        title: str | None = None,
        message: str | None = None,
    ) -> MergeAnswer:
        """Merge it if its head is `sha`."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody else's landing holds the lock."""

    by: str


def acquire(work: Workspace, intent: Intent) -> Intent | Held:
    """Take the target branch's lock; its value is a commit that only this landing can make."""
    upstream = work.upstreams[intent.repository]
    who = Signature(b"stacker", b"stacker@localhost", f"{work.now} +0000".encode())
    empty = work.store.write("tree", b"")
    # Two that claim at once must not make the same commit: git would let both have the lock.
    nonce = secrets.token_hex(8)
    text = f"landing of {intent.name} by {work.person}\n\nStacker-Landing: {intent.tx} {nonce}\n"
    lock = work.store.write_commit(Commit(empty, (), who, who, text.encode()))
    locked = replace(intent, lock=lock)
    journal.write(work.directory.state, locked)
    done = _push(work, upstream, [RefUpdate(intent.lock_ref, None, lock)])
    if isinstance(done, PushRefused):
        return Held(_holder(work, upstream, intent) or done.words)
    return locked


def take_over(work: Workspace, intent: Intent) -> None:
    """Break the lock of a landing that nobody will finish; its late push must fail from now on."""
    upstream = work.upstreams[intent.repository]
    there = _lock_now(work, upstream, intent)
    if there is not None:
        _push(work, upstream, [RefUpdate(intent.lock_ref, there, None)])


def release(work: Workspace, intent: Intent) -> None:
    """Let the lock go if this landing still holds it."""
    upstream = work.upstreams[intent.repository]
    if intent.lock is not None and _lock_now(work, upstream, intent) == intent.lock:
        _push(work, upstream, [RefUpdate(intent.lock_ref, intent.lock, None)])


def fence(work: Workspace, intent: Intent) -> None:
    """Make sure that a push of a dead run of this landing can no longer arrive."""
    if intent.way is Way.PUSH:
        release(work, intent)


def commit_by_push(work: Workspace, ready: Ready, intent: Intent) -> PushOutcome:
    """The commit point by push: target branch and lock move in one atomic step, under leases."""
    assert ready.way is Way.PUSH
    if not is_ancestor(work.store, intent.base, intent.candidate):
        raise GitError("the candidate does not stand on the branch's tip; nothing was pushed")
    target = RefUpdate(f"refs/heads/{intent.branch}", intent.base, intent.candidate)
    unlock = RefUpdate(intent.lock_ref, intent.lock, None)
    return _push(work, work.upstreams[intent.repository], [target, unlock])


def commit_by_merge(
    forge: MergeForge, ready: Ready, intent: Intent, repository: str, *, title: str, message: str
) -> MergeAnswer:
    """The commit point by the forge: it merges the landing pull request if its head is ours."""
    assert ready.way is Way.PULL_REQUEST
    assert ready.method is not None
    assert intent.landing_pull is not None
    pull = forge.pull(repository, intent.landing_pull)
    if pull.state is not PullState.OPEN:
        return MergeRefused(405, f"#{pull.number} is {pull.state}")
    lacking = unmet(ready.protection, pull)
    if lacking:  # an admin's token could merge all the same, and shall not
        return MergeRefused(405, lacking)
    squash = ready.method is MergeMethod.SQUASH
    return forge.merge(
        repository, pull.number, sha=intent.pinned, method=ready.method,
        title=title if squash else None, message=message if squash else None,
    )  # fmt: skip


def read(work: Workspace, forge: MergeForge, intent: Intent, repository: str) -> Reads:
    """Read what the server has now, whatever any answer said."""
    store, upstream = work.store, work.upstreams[intent.repository]
    tip = fetch_tip(store, upstream)
    landed: Oid | None = intent.candidate
    if intent.way is Way.PULL_REQUEST and intent.landing_pull is not None:
        pull = forge.pull(repository, intent.landing_pull)
        landed = Oid(pull.merge_commit) if pull.merge_commit else None
        if landed is not None and store.find(landed) is None:
            bring(store, upstream, landed)
    # A landing of another machine: what the tip's history does not have has not landed.
    if landed is not None and (store.find(landed) is None or not is_ancestor(store, landed, tip)):
        landed = None
    expected = {intent.tree}
    if landed is not None and landed != intent.candidate:
        if store.find(intent.candidate) is None:
            bring(store, upstream, intent.candidate)
        expected |= _moved(store, intent, landed)
    return Reads(
        tip=tip, base=intent.base, has_base=is_ancestor(store, intent.base, tip), landed=landed,
        tree=store.commit(landed).tree if landed else None, expected=frozenset(expected),
    )  # fmt: skip


def _moved(store: ObjectStore, intent: Intent, landed: Oid) -> set[Oid]:
    """The trees that the candidate's change makes of what the branch was before it landed.

    A merge and a squash are one commit of the branch; a rebase is as many as the candidate has.
    """
    base, before = store.commit(intent.base).tree, landed
    found = set()
    for _ in first_parents(store, intent.base, intent.candidate):
        parents = store.commit(before).parents
        if not parents:
            break
        before = parents[0]
        moved = merge_trees(store, base, store.commit(before).tree, intent.tree)
        found |= {moved.tree} if isinstance(moved, Merged) else set()
    return found


def _push(work: Workspace, upstream: Upstream, updates: list[RefUpdate]) -> PushOutcome:
    return push(work.store.git, upstream.url, updates, credential=upstream.credential)


def _lock_now(work: Workspace, upstream: Upstream, intent: Intent) -> Oid | None:
    refs = transfer.ask(upstream.url, work.store.git.directory, upstream.credential).refs
    return refs.get(intent.lock_ref)


def _holder(work: Workspace, upstream: Upstream, intent: Intent) -> str:
    """Who holds the lock, as the lock's own commit says."""
    there = _lock_now(work, upstream, intent)
    if there is None:
        return ""
    if work.store.find(there) is None:
        bring(work.store, upstream, there)
    return work.store.commit(there).subject
