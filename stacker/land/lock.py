"""The lock of a target branch: a ref upstream that one landing at a time can hold.

Its value is a commit that nobody else can make, whose message says who holds it, until when, and
the whole intent. Whoever moves it under a lease has it; from then on a push that was to move the
branch together with the former value must fail, whenever it arrives. So no clock decides who holds
it: the time in it only says when others may take a dead landing over unasked.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import StackerError
from stacker.git.objects import Commit, Signature
from stacker.git.push import PushRefused, RefUpdate
from stacker.land import intent as intents
from stacker.land.journal import Step

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.land.intent import Intent
    from stacker.land.journal import Landing
    from stacker.land.site import Site

SECONDS = 15 * 60
"""How long a landing that holds the lock is left alone by other machines."""

_INTENT, _EXPIRES = "Stacker-Intent: ", "Stacker-Expires: "


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock, as its commit says; `intent` is None where that cannot be read."""

    oid: Oid
    said: str
    expires: int
    intent: Intent | None


def acquire(at: Site, landing: Landing) -> Landing | Holder:
    """Take it if nobody has it."""
    return _move(at, landing, None)


def seize(at: Site, landing: Landing, there: Oid | None) -> Landing | Holder:
    """Take it from the value `there`, that of a dead run: what that still sends must fail now."""
    return _move(at, landing, there)


def release(at: Site, landing: Landing) -> Landing:
    """Let it go if this landing still holds it."""
    ref = landing.intent.lock_ref
    if landing.lock is None:
        return landing
    if current(at, landing.intent) != landing.lock:  # the push that landed took it along
        return at.journal.observed(landing, Step.RELEASE)
    landing = at.journal.about(landing, Step.RELEASE)
    done = at.upstream.push([RefUpdate(ref, landing.lock, None)])
    if isinstance(done, PushRefused) and current(at, landing.intent) == landing.lock:
        raise StackerError(
            f"the lock of {landing.intent.branch} could not be let go: {done.words}",
            hint="Run this again: it lets go what it holds.",
        )
    return at.journal.observed(landing, Step.RELEASE)


def current(at: Site, intent: Intent) -> Oid | None:
    """The lock's value now."""
    return at.upstream.refs(intent.lock_ref).get(intent.lock_ref)


def holder(at: Site, oid: Oid) -> Holder:
    """Who holds it; what is no lock of ours is told as it is."""
    at.upstream.bring(oid)
    return parse(at.store, oid)


def parse(store: ObjectStore, oid: Oid) -> Holder:
    """Read a lock's commit, whoever made it."""
    commit = store.commit(oid)
    intent, expires = None, 0
    for line in commit.message.decode("utf-8", "replace").splitlines():
        try:
            if line.startswith(_INTENT):
                intent = intents.parse(line.removeprefix(_INTENT))
            elif line.startswith(_EXPIRES):
                expires = int(line.removeprefix(_EXPIRES))
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
    return Holder(oid, commit.subject, expires, intent)


def _move(at: Site, landing: Landing, old: Oid | None) -> Landing | Holder:
    intent = landing.intent
    value = _value(at, intent)
    landing = at.journal.about(landing, Step.LOCK, lock=value)
    done = at.upstream.push([RefUpdate(intent.lock_ref, old, value)])
    if not isinstance(done, PushRefused):
        return landing
    at.journal.observed(landing, Step.RELEASE)
    there = current(at, intent)
    if there is None:  # a rule refuses the ref, or it was let go just now
        raise StackerError(
            f"the lock of {intent.branch} cannot be taken: {done.words}",
            hint="Nothing landed. If another landing just ended, run this again; "
            "`stacker doctor --for land` tells what the token may do.",
        )
    return holder(at, there)


def _value(at: Site, intent: Intent) -> Oid:
    now = at.now()
    who = Signature(b"stacker", b"stacker@localhost", f"{now} +0000".encode())
    # Two that claim at once must not make the same commit: git would let both have the lock.
    nonce = secrets.token_hex(8)
    text = (
        f"landing of {intent.name} by {at.person}\n\n{_INTENT}{intents.serialise(intent)}\n"
        f"{_EXPIRES}{now + SECONDS}\nStacker-Landing: {intent.tx} {nonce}\n"
    )
    empty = at.store.write("tree", b"")
    return at.store.write_commit(Commit(empty, (), who, who, text.encode()))
