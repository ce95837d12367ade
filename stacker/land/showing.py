"""The landing branch: the candidate where upstream's CI and people see it. It is the tool's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.git.push import PushRefused, RefUpdate

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.land.intent import Intent
    from stacker.land.remote import Remote


def show(carrier: Remote, intent: Intent) -> None:
    """Put the candidate there, whatever was there before."""
    ref = _ref(intent)
    old = carrier.refs(ref).get(ref)
    if old == intent.candidate:
        return
    done = carrier.push([RefUpdate(ref, old, intent.candidate)])
    if isinstance(done, PushRefused):
        raise ForgeError(
            f"the candidate could not be put on {ref}: {done.words}",
            hint="`stacker doctor` tells what the token may do. Nothing has landed.",
        )


def replace_shown(carrier: Remote, intent: Intent, other: Oid) -> None:
    """Let the branch have `other` if it has the candidate: no merge of that can come any more."""
    ref = _ref(intent)
    if carrier.refs(ref).get(ref) == intent.candidate:
        done = carrier.push([RefUpdate(ref, intent.candidate, other)])
        if isinstance(done, PushRefused):
            raise ForgeError(f"{ref} could not be moved: {done.words}")


def clear_away(carrier: Remote, intent: Intent, *others: Oid) -> None:
    """Delete the branch, if it still has what this landing (or its fence) put there."""
    ref = _ref(intent)
    there = carrier.refs(ref).get(ref)
    if there is not None and there in (intent.candidate, *others):
        done = carrier.push([RefUpdate(ref, there, None)])
        if isinstance(done, PushRefused) and carrier.refs(ref).get(ref) == there:
            raise ForgeError(f"{ref} could not be deleted: {done.words}", hint="Run this again.")


def _ref(intent: Intent) -> str:
    return f"refs/heads/{intent.landing_branch}"
