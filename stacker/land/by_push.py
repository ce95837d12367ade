"""Landing by our own push: target branch and lock move in one atomic step, under leases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.forge.api import CIState, RequiredCheck
from stacker.forge.required import lacking, why_not
from stacker.gate.context import CONTEXT
from stacker.git.push import Pushed, RefUpdate
from stacker.land import lock, showing
from stacker.land.journal import Step
from stacker.land.lander import Answer
from stacker.land.outcome import Reason, Way, Who

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.land.intent import Intent
    from stacker.land.journal import Landing
    from stacker.land.preflight import Ready
    from stacker.land.site import Site

GATE = RequiredCheck(CONTEXT)
"""The gate as we may pass it: bound to an app it is not ours to pass."""


@dataclass(frozen=True, slots=True)
class ByPush:
    """`required` are the CI checks that the branch demands of what is pushed; with `show` CI has
    to see the candidate in any case."""

    at: Site
    required: tuple[RequiredCheck, ...] = ()
    show: bool = False

    def prepare(self, landing: Landing) -> tuple[Landing, tuple[Reason, ...]]:
        """Show the candidate to the checks that the branch requires; which have not passed yet.

        Where the gate itself is required, it passes here: the candidate holds the whole group.
        """
        intent = landing.intent
        if self.required or self.show:
            landing = self.at.journal.about(landing, Step.SHOW)
            showing.show(self.at.upstream, intent)
        if not self.required:
            return landing, ()
        results = self.at.forge.ci_results(self.at.repository, intent.candidate)
        missing = lacking(results, self.required)
        if GATE in missing:
            open_gate(self.at, intent)
        where = f"on the candidate {intent.candidate[:10]}"
        return landing, tuple(
            Reason(Who.CI, None, why_not(one, results, where)) for one in missing if one != GATE
        )

    def commit(self, landing: Landing, ready: Ready) -> Answer:
        """One `git push --atomic`; a lease switches off git's own fast-forward check."""
        intent = landing.intent
        assert ready.way is Way.PUSH
        if not self.at.upstream.contains(intent.candidate, intent.base):
            raise GitError("the candidate does not stand on the branch's tip; nothing was pushed")
        target = RefUpdate(f"refs/heads/{intent.branch}", intent.base, intent.candidate)
        unlock = RefUpdate(intent.lock_ref, landing.lock, None)
        done = self.at.upstream.push([target, unlock])
        if isinstance(done, Pushed):
            return Answer("", final=True)
        return Answer(done.words, final=False, outrun=self._outrun(landing))

    def _outrun(self, landing: Landing) -> bool:
        """Whether the branch has gone on, and nobody has taken the lock from us."""
        tip, base = self.at.upstream.tip(), landing.intent.base
        forward = tip != base and self.at.upstream.contains(tip, base)
        return forward and lock.current(self.at, landing.intent) == landing.lock

    def fence(self, landing: Landing) -> Landing:
        """Move the lock away from what the attempt would have taken it from.

        Where somebody else holds it, the attempt can no longer arrive, and it stays theirs.
        """
        there = lock.current(self.at, landing.intent)
        if there is not None and there != landing.lock and not _of(self.at, landing, there):
            return landing
        held = lock.seize(self.at, landing, there)
        return landing if isinstance(held, lock.Holder) else held

    def landed(self, landing: Landing, tip: Oid) -> Oid | None:
        """The candidate itself."""
        del tip
        return landing.intent.candidate

    def clear_away(self, landing: Landing) -> None:
        """The branch on which CI saw it."""
        showing.clear_away(self.at.upstream, landing.intent)


def open_gate(at: Site, intent: Intent) -> None:
    """Let the gate pass what holds the whole of it, and only that commit."""
    at.forge.set_status(
        at.repository, intent.pinned, context=CONTEXT, state=CIState.SUCCESS,
        description=f"{intent.name} is complete",
    )  # fmt: skip


def _of(at: Site, landing: Landing, there: Oid) -> bool:
    """Whether a lock is of this landing, made by whichever run of it."""
    found = lock.holder(at, there).intent
    return found is not None and found.tx == landing.intent.tx
