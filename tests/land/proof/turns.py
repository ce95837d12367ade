"""Where things go wrong: every call of a run passes a gate, where it may fail, die or wait.

A run is told beforehand what happens at which of its calls. A dead run does nothing more; what it
had sent may still arrive, as a push does whose git outlives its parent.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from proof.inside import PathRemote
from proof.scene import NAME
from proof.wire import Call

from stacker.errors import GitError, OutcomeUnknown
from stacker.git.push import PushRefused
from stacker.hub.faults.rules import After, Before, Reply, Rule
from stacker.land.journal import Journal


class Killed(BaseException):
    """The process is no more; `BaseException`, for nobody may handle it."""


class Bad(StrEnum):
    """What may become of a call."""

    KILL_BEFORE = "kill before"
    KILL_AFTER = "kill after"
    OUTLIVE = "kill, and it arrives later"
    LATE = "no answer, and it arrives later"
    CUT_BEFORE = "hang up before"
    CUT_AFTER = "hang up after"
    ERROR_BEFORE = "502 before"
    ERROR_AFTER = "502 after"
    LIMIT = "403: rate limit"
    REFUSE = "404"
    STALE = "the answer of before the last change"


_FAULTS = {
    Bad.CUT_BEFORE: Before(),
    Bad.CUT_AFTER: After(),
    Bad.ERROR_BEFORE: Before(Reply(502, {"message": "Bad Gateway"})),
    Bad.ERROR_AFTER: After(Reply(502, {"message": "Bad Gateway"})),
    Bad.LIMIT: Before(
        Reply(403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "0"})
    ),
    Bad.REFUSE: Before(Reply(404, {"message": "Not Found"})),
}
KILLS = (Bad.KILL_BEFORE, Bad.KILL_AFTER, Bad.OUTLIVE)

Happening = Bad | Callable[[], None]


@dataclass
class Turn:
    """One run's way through its calls: `events` by their number, from 0."""

    who: str
    events: dict[int, Happening] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    struck: list[Bad] = field(default_factory=list)
    dead: bool = False

    def next(self, call):
        """What is to become of this call; others act before it, where they are to."""
        if self.dead:
            raise Killed
        event = self.events.get(len(self.calls))
        self.calls.append(call)
        if event is None or isinstance(event, Bad):
            if event is not None:
                self.struck.append(event)
            return event
        event()
        return None

    def die(self):
        """From now on nothing of it comes."""
        self.dead = True
        raise Killed


class Wrong:
    """Stands before a scene's hub and lets go wrong what the present turn says.

    `pending` are effects under way, in the order in which they were sent.
    """

    def __init__(self, scene):
        self.scene, self.turn, self.pending, self.arrived = scene, None, [], 0
        scene.hub.serve = self.answer

    def close(self):
        """Let the hub answer rightly again."""
        self.scene.hub.serve = self.scene.hub.answer

    def arrive(self, number=0):
        """One of the effects that are under way happens, whatever it then comes to."""
        if self.pending:
            effect = self.pending.pop(min(number, len(self.pending) - 1))
            self.arrived += 1
            effect()

    def answer(self, asked):
        """A request of the API."""
        hub, turn = self.scene.hub, self.turn
        if turn is None or asked.actor != turn.who:
            return hub.answer(asked)
        bad = turn.next(asked.call)
        if bad is Bad.KILL_BEFORE:
            turn.die()
        if bad in (Bad.OUTLIVE, Bad.LATE) and asked.writes:
            self.pending.append(partial(hub.answer, asked))
            if bad is Bad.OUTLIVE:
                turn.die()
            raise ConnectionError("no answer")
        if bad is Bad.STALE and not asked.writes:
            return hub.stale(asked)
        try:
            if bad in _FAULTS:
                hub.faults.set(Rule(_FAULTS[bad]))
            answer = hub.answer(asked)
        finally:
            hub.faults.set()
        if bad in KILLS:
            turn.die()
        return answer


class Remote(PathRemote):
    """git on the hub, for the run whose turn it is."""

    def __init__(self, wrong, who):
        super().__init__(wrong.scene.hub, NAME, who, wrong.scene.store)
        self.wrong = wrong

    def refs(self, *names):
        return self._read(f"refs {' '.join(names)}", lambda: super(Remote, self).refs(*names))

    def tip(self):
        return self._read("tip", lambda: super(Remote, self).tip())

    def bring(self, oid):
        self._read(f"bring {oid}", lambda: super(Remote, self).bring(oid))

    def _read(self, what, effect):
        turn = self.wrong.turn
        bad = turn.next(Call("git", what, writes=False))
        if bad in KILLS:
            turn.die()
        if bad is not None and bad is not Bad.STALE:
            raise GitError("cannot read the repository: the connection ended")
        return effect()

    def push(self, updates):
        words = " ".join(f"{u.ref}:{u.old}:{u.new}" for u in updates)
        turn, call = self.wrong.turn, Call("push", words, writes=True)
        bad = turn.next(call)
        if bad is Bad.KILL_BEFORE:
            turn.die()
        if bad in (Bad.OUTLIVE, Bad.LATE):
            seen = self.hub.refs(self.name, "refs/heads")  # git has read them by then
            late = [u for u in updates if seen.get(u.ref) == u.old]
            if len(late) == len(updates):
                effect = partial(self.hub.receive, self.login, self.name, updates)
                self.wrong.pending.append(effect)
            if bad is Bad.OUTLIVE:
                turn.die()
            return PushRefused("the connection ended")
        if bad is Bad.CUT_BEFORE:
            return self._unknown()
        if bad in (Bad.ERROR_BEFORE, Bad.LIMIT, Bad.REFUSE):  # the refs can be read all the same
            return PushRefused("the server refused it")
        outcome = super().push(updates)
        if bad is Bad.KILL_AFTER:
            turn.die()
        return self._unknown() if bad is Bad.CUT_AFTER else outcome

    def _unknown(self):
        raise OutcomeUnknown("a push was sent, and the server cannot be read since")


class Written(Journal):
    """The journal of the run whose turn it is; its disk may be full. `hears` is told each line."""

    def __init__(self, wrong, state, who, hears):
        self.wrong, self.who, self.hears = wrong, who, hears
        super().__init__(state, lambda: wrong.scene.hub.seconds)

    def begin(self, intent, *, own=True):
        landing = super().begin(intent, own=own)
        self.hears.journalled(self.who, intent, None)
        return landing

    def _write(self, statement, values):
        turn = self.wrong.turn
        bad = turn.next(Call("journal", str(values[1:4]), writes=False))
        if bad is Bad.KILL_BEFORE:
            turn.die()
        if bad is not None and bad not in KILLS:
            with_full_disk(super()._write, statement)
        super()._write(statement, values)
        if "steps" in statement:
            tx, _, kind, step, detail = values
            line = (tx, kind, step, json.loads(detail))
            self.hears.journalled(self.who, None, line)
        if bad in KILLS:
            turn.die()


def with_full_disk(write, statement):
    """What SQLite says then: nothing was written."""

    class Full:
        def execute(self, *_):
            raise sqlite3.OperationalError("database or disk is full")

    journal = write.__self__
    database, journal._database = journal._database, Full()
    try:
        write(statement, ())
    finally:
        journal._database = database
