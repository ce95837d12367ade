"""Whether others pushed to a stage's branch, as far as the forge's last answer tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.git.history import is_ancestor
from stacker.git.objects import Oid

if TYPE_CHECKING:
    from stacker.forge.cache import KnownPull
    from stacker.git.store import ObjectStore
    from stacker.series.lock import Published


def pushed_by_others(store: ObjectStore, published: Published, pull: KnownPull) -> Oid | None:
    """The head that others made, on top of ours or in its place; `None` where there is none.

    What the forge said before the newest push of ours is a head that the store has, and ours is
    not in it.
    """
    head = Oid(pull.head)
    if pull.state is not PullState.OPEN or head == published.head:
        return None
    if store.find(published.head) is None:
        return None  # a fresh clone cannot tell
    if store.find(head) is None or is_ancestor(store, published.head, head):
        return head
    return None
