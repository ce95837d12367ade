"""What a landing puts on the forge before its commit point: the candidate where CI sees it, or
the landing pull request. Nothing here touches the target branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.forge.api import CIState, PullState
from stacker.gate.context import CONTEXT
from stacker.git import transfer
from stacker.git.push import PushRefused, RefUpdate, push
from stacker.land import message
from stacker.land.outcome import Reason, Who
from stacker.land.preflight import passed

if TYPE_CHECKING:
    from stacker.land.candidate import Candidate
    from stacker.land.gather import Gathered, LandForge
    from stacker.land.intent import Intent
    from stacker.land.preflight import LandFacts
    from stacker.series.workspace import Workspace


def landing_branch(intent: Intent) -> str:
    """The branch that carries the candidate until it has landed; it belongs to the tool."""
    return f"stacker-landing/{intent.branch}/{intent.name}"


def stage_for_push(
    work: Workspace, forge: LandForge, facts: LandFacts, intent: Intent
) -> tuple[Reason, ...]:
    """Show the candidate to the CI checks that the branch requires; what has not passed yet.

    Where the gate itself is required, it passes here: the candidate holds the whole group.
    """
    required = facts.protection.required_checks if facts.protection else ()
    if not required:
        return ()
    show_candidate(work, intent)
    repository = facts.repository.upstream
    there = passed(forge.ci_results(repository, intent.candidate))
    if CONTEXT in required and CONTEXT not in there:
        _open_gate(forge, repository, intent)
    return tuple(
        Reason(Who.CI, None, f"{name} has not passed on the candidate {intent.candidate[:10]}")
        for name in required
        if name not in there and name != CONTEXT
    )


def _open_gate(forge: LandForge, repository: str, intent: Intent) -> None:
    forge.set_status(
        repository, intent.candidate, context=CONTEXT, state=CIState.SUCCESS,
        description=f"{intent.name} is complete",
    )  # fmt: skip


def stage_pull(
    work: Workspace, forge: LandForge, found: Gathered, intent: Intent, candidate: Candidate
) -> int:
    """The pull request whose merge is the landing.

    A stage alone is landed by its own where that is squashed; else the history of its review
    would land with it.
    """
    own = found.facts.members[0].pull
    if intent.squash and len(intent.members) == 1 and own is not None:
        if own.draft:
            forge.set_draft(own, False)
        return own.number
    show_candidate(work, intent)
    repository = found.facts.repository.upstream
    owner = repository.partition("/")[0]
    head = f"{owner}:{landing_branch(intent)}"
    there = [p for p in forge.pulls(repository, heads=[head]) if p.state is PullState.OPEN]
    title = message.landing_title(found.series, intent.name, found.facts.members)
    end = message.trailers(intent.tx, intent.name, found.facts.members)
    authors = message.authors_of(work.store, found.series, found.members)
    text = message.squash_message(found.series, found.facts.members, authors, end)
    body = message.landing_body(found.facts.members, candidate, text)
    if not there:
        opened = forge.open_pull(
            repository, head=head, base=intent.branch, title=title, body=body, draft=False
        )
        # The branch may have been there before, with checks.
        there = list(forge.shown(repository, [opened.number]))
    required = found.facts.protection.required_checks if found.facts.protection else ()
    if CONTEXT in required and CONTEXT not in passed(there[0].checks):
        _open_gate(forge, repository, intent)
    if there[0].body.replace("\r\n", "\n") != body:
        forge.edit_pull(repository, there[0].number, body=body)
    return there[0].number


def show_candidate(work: Workspace, intent: Intent) -> None:
    """Put the candidate on its branch, where CI sees it."""
    upstream = work.upstreams[intent.repository]
    url, credential = upstream.url, upstream.credential
    ref = f"refs/heads/{landing_branch(intent)}"
    old = transfer.ask(url, work.store.git.directory, credential).refs.get(ref)
    if old == intent.candidate:
        return
    done = push(work.store.git, url, [RefUpdate(ref, old, intent.candidate)], credential=credential)
    if isinstance(done, PushRefused):
        raise ForgeError(
            f"the candidate could not be put on {ref}: {done.words}",
            hint="`stacker doctor` tells what the token may do. Nothing has landed.",
        )


def clear_away(work: Workspace, intent: Intent) -> None:
    """Delete the branch that carried the candidate, if it still is what this landing put there."""
    upstream = work.upstreams[intent.repository]
    ref = f"refs/heads/{landing_branch(intent)}"
    there = transfer.ask(upstream.url, work.store.git.directory, upstream.credential).refs.get(ref)
    if there == intent.candidate:
        push(
            work.store.git, upstream.url, [RefUpdate(ref, there, None)],
            credential=upstream.credential,
        )  # fmt: skip
