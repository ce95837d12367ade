"""How far the lock of another landing is believed: anybody who may push a branch can write one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.land.words.trailers import landing_told

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.land.intent import Intent
    from stacker.series.lock import Lock


def is_of(lock: Lock, repository: str, intent: Intent) -> bool:
    """Whether an intent is of this series: its members are stages with just these pull requests.

    Of any other, nothing that it names is touched.
    """
    known = {
        (line.stage, line.pull)
        for line in lock.stages
        if line.repository == repository and line.pull is not None
    }
    return intent.repository == repository and all(
        (m.stage, m.number) in known for m in intent.members
    )


def says_so(store: ObjectStore, intent: Intent, commit: Oid) -> bool:
    """Whether a commit says of itself that it is this landing, with these members.

    A maintainer who shortened the message may have left the members out.
    """
    told = landing_told(store.commit(commit).message)
    if told is None or told.tx != intent.tx:
        return False
    meant = {(m.number, m.head) for m in intent.members if m.number is not None}
    return not told.members or set(told.members) == meant
