"""A repository on a server as a landing sees it: its refs, read fresh, and pushes under leases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stacker.git import push as pushing
from stacker.git import transfer
from stacker.git.history import is_ancestor
from stacker.series.workspace import Upstream, bring, fetch_tip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.process import Credential
    from stacker.git.push import PushOutcome, RefUpdate
    from stacker.git.store import ObjectStore


class Remote(Protocol):
    """What a landing asks of a repository through git."""

    def refs(self, *names: str) -> Mapping[str, Oid]:
        """Those of these refs (full names) that it has now."""
        ...

    def push(self, updates: Sequence[RefUpdate]) -> PushOutcome:
        """Move all of them or none, each under a lease; raises `OutcomeUnknown`."""
        ...

    def tip(self) -> Oid:
        """The tip of the branch that is followed; its history is here then."""
        ...

    def bring(self, oid: Oid) -> None:
        """Have a commit of it here."""
        ...

    def contains(self, tip: Oid, oid: Oid) -> bool:
        """Whether the history of `tip` has that commit."""
        ...


@dataclass(frozen=True, slots=True)
class GitRemote:
    """The real one. What is not upstream itself, but a fork, has no branch that is followed."""

    store: ObjectStore
    upstream: Upstream

    def refs(self, *names: str) -> Mapping[str, Oid]:
        """One `git ls-remote`."""
        there = self.upstream
        here = self.store.git.directory
        found = transfer.ask(there.url, here, there.credential, *names).refs
        return {name: found[name] for name in names if name in found}

    def push(self, updates: Sequence[RefUpdate]) -> PushOutcome:
        """One `git push --atomic`, whose outcome is read back."""
        there = self.upstream
        return pushing.push(self.store.git, there.url, updates, credential=there.credential)

    def tip(self) -> Oid:
        """Fetch it."""
        return fetch_tip(self.store, self.upstream)

    def bring(self, oid: Oid) -> None:
        """Fetch it by its id."""
        if self.store.find(oid) is None:
            bring(self.store, self.upstream, oid)

    def contains(self, tip: Oid, oid: Oid) -> bool:
        """What is not even here, after a fetch of `tip`, is not in its history."""
        return self.store.find(oid) is not None and is_ancestor(self.store, oid, tip)


def fork_of(store: ObjectStore, name: str, url: str, credential: Credential | None) -> GitRemote:
    """A fork that is only pushed to."""
    return GitRemote(store, Upstream(name, url, None, credential))
