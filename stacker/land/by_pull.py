"""Landing by the forge's merge of one pull request, whose merge is one update of the branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.forge.api import MergeDone, MergeMethod, PullState
from stacker.forge.required import lacking
from stacker.git.objects import Oid
from stacker.land import showing
from stacker.land.by_push import GATE, open_gate
from stacker.land.journal import Step
from stacker.land.lander import Answer
from stacker.land.outcome import Reason, Way, Who
from stacker.land.rules import unmet
from stacker.land.words.pulls import BUTTONS
from stacker.submit.words.body import as_our_draft, says, with_block

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.forge.api import Protection, PullRequest
    from stacker.land.intent import Intent
    from stacker.land.journal import Landing
    from stacker.land.preflight import Ready
    from stacker.land.site import Site


@dataclass(frozen=True, slots=True)
class Texts:
    """What the landing pull request says, and the message of a commit that the forge makes.

    `numbered` gives them once that has a number.
    """

    title: str
    body: str
    message: str
    numbered: Callable[[int], Texts] | None = None

    def of(self, number: int) -> Texts:
        """The same with its number where that belongs."""
        return self.numbered(number) if self.numbered else self


@dataclass(frozen=True, slots=True)
class ByPull:
    """`may_merge`: this token may press the button; else a maintainer has to. With `show` CI has
    to see the candidate in any case.

    Whoever recovers a landing knows no texts and no rules: then nothing is prepared.
    """

    at: Site
    may_merge: bool = False
    method: MergeMethod | None = None
    protection: Protection | None = None
    texts: Texts | None = None
    show: bool = False

    def prepare(self, landing: Landing) -> tuple[Landing, tuple[Reason, ...]]:
        """The landing pull request as it should be, and what it lacks to be merged."""
        at, intent = self.at, landing.intent
        if intent.own_pull is None or self.show:
            landing = at.journal.about(landing, Step.SHOW)
            showing.show(at.carrier, intent)
        if intent.own_pull is None:
            pull = self._open(intent)
        else:
            pull = at.forge.pull(at.repository, intent.own_pull)
            if pull.draft and pull.state is PullState.OPEN:
                at.forge.set_draft(pull, False)
        landing = at.journal.observed(landing, Step.SHOW, pull=pull.number)
        required = self.protection.required_checks if self.protection else ()
        if self.may_merge and GATE in lacking(pull.checks, required):
            open_gate(at, intent)
            pull = at.forge.pull(at.repository, pull.number)
        return landing, self._lacking(pull)

    def _open(self, intent: Intent) -> PullRequest:
        at, texts = self.at, self.texts
        assert texts is not None
        owner = intent.carrier.partition("/")[0]
        head = f"{owner}:{intent.landing_branch}"
        found = at.forge.pulls(at.repository, heads=[head])
        there = [p for p in found if p.state is PullState.OPEN]
        if not there:
            opened = at.forge.open_pull(
                at.repository, head=head, base=intent.branch, title=texts.title, body=texts.body,
                draft=False,
            )  # fmt: skip
            # The branch may have been there before, with checks.
            there = list(at.forge.shown(at.repository, [opened.number]))
        present, number = there[0].body, there[0].number
        body = texts.of(number).body
        if not says(present, body):
            at.forge.edit_pull(at.repository, number, body=with_block(present, body))
        return there[0]

    def _lacking(self, pull: PullRequest) -> tuple[Reason, ...]:
        missing = unmet(self.protection, pull)
        reasons = (Reason(Who.MAINTAINER, None, missing, pull.url),) if missing else ()
        if self.protection is not None and self.protection.queue:
            text = f"put #{pull.number} into the merge queue, and none of the parts"
            return (*reasons, Reason(Who.MAINTAINER, None, text, pull.url))
        if self.may_merge:
            return reasons
        button = f'press "{BUTTONS[self.method]}" on #{pull.number}, and on none of the parts'
        return (*reasons, Reason(Who.MAINTAINER, None, button, pull.url))

    def commit(self, landing: Landing, ready: Ready) -> Answer:
        """One merge, if the pull request's head still is what was cleared, and the rules let it."""
        assert ready.way is Way.PULL_REQUEST
        assert ready.method is not None
        assert self.texts is not None
        at, intent = self.at, landing.intent
        pull = at.forge.pull(at.repository, number_of(landing))
        if pull.state is not PullState.OPEN:
            return Answer(f"#{pull.number} is {pull.state}", final=True)
        if pull.base_tip not in ("", intent.base):  # the merge itself pins no base
            return Answer(f"{intent.branch} moved to {pull.base_tip[:10]} meanwhile", final=True)
        missing = "" if ready.bypass else unmet(ready.protection, pull)
        if missing:  # an admin's token could merge all the same, and shall not
            return Answer(missing, final=True)
        squash, texts = ready.method is MergeMethod.SQUASH, self.texts.of(pull.number)
        try:
            done = at.forge.merge(
                at.repository, pull.number, sha=intent.pinned, method=ready.method,
                title=texts.title if squash else None,
                message=texts.message if squash else None,
            )  # fmt: skip
        except ForgeError as exc:  # the merge may have been made, or be under way
            return Answer(exc.message, final=False)
        return Answer("" if isinstance(done, MergeDone) else done.message, final=True)

    def fence(self, landing: Landing) -> Landing:
        """Give the pull request another head (409 then), or make the stage's own one a draft."""
        at, intent = self.at, landing.intent
        if intent.own_pull is None:
            showing.replace_shown(at.carrier, intent, self._barrier(intent))
            return landing
        pull = at.forge.pull(at.repository, intent.own_pull)
        if pull.state is PullState.OPEN and not pull.draft:
            at.forge.edit_pull(at.repository, pull.number, body=as_our_draft(pull.body))
            at.forge.set_draft(pull, True)
        return landing

    def landed(self, landing: Landing, tip: Oid) -> Oid | None:
        """What the forge made of the pull request."""
        del tip
        if landing.pull is None and landing.intent.own_pull is None:
            return None
        pull = self.at.forge.pull(self.at.repository, number_of(landing))
        return Oid(pull.merge_commit) if pull.merge_commit else None

    def clear_away(self, landing: Landing) -> None:
        """The landing branch; the forge closes what is open of it."""
        barrier = self._barrier(landing.intent)
        showing.clear_away(self.at.carrier, landing.intent, barrier)

    def _barrier(self, intent: Intent) -> Oid:
        """A commit on the base that changes nothing, should anybody merge it."""
        self.at.upstream.bring(intent.base)
        base = self.at.store.commit(intent.base)
        text = f"Not to be merged: the landing {intent.tx} was given up\n"
        return self.at.store.write_commit(
            base._replace(parents=(intent.base,), message=text.encode(), extra=())
        )


def number_of(landing: Landing) -> int:
    """The landing pull request."""
    number = landing.intent.own_pull or landing.pull
    assert number is not None
    return number
