"""One life of a scene: runs of coordinators in which things go wrong, and what others do meanwhile.

The end of a story is that all faults stop: then a few runs more must bring it to an end.
"""

from __future__ import annotations

from contextlib import closing
from functools import partial

from proof.coordinator import Coordinator, Options
from proof.invariants import LANDING, LOCK, Invariants
from proof.scene import MASTER, NAME, STAGES
from proof.turns import Killed, Remote, Turn, Written, Wrong

from stacker.errors import StackerError
from stacker.land.outcome import State

_AGAIN = (State.UNKNOWN, State.NOT_LANDED, State.STALE)
_ENOUGH = 5  # runs without faults, in which everything has come to an end

OF_MEMBERS = (
    "push", "amend", "close", "reopen", "draft", "ready", "retarget", "merge", "squash", "rebase",
    "dismiss", "approve", "refuse", "flip", "remove",
)  # fmt: skip
"""What is done to one member."""


class Story:
    """A life of `scene`, which is put back first; `broken` tells what went against the rules."""

    def __init__(self, scene, options=None, coordinator=Coordinator):
        scene.reset()
        self.scene, self.options = scene, options or Options()
        self.make = coordinator
        self.wrong = Wrong(scene)
        self._arrange()
        self.rules = Invariants(scene)
        self.rules.late = lambda: self.wrong.arrived
        self.runs, self.faults, self.kills, self.doings = 0, 0, 0, 0
        self.told, self.running = [], set()

    @property
    def broken(self):
        return self.rules.broken

    def _arrange(self):
        """Upstream's settings for the way of landing."""
        if self.options.protected:
            checks = {"strict": False, "contexts": ["land-together"]}
            body = {
                "required_status_checks": checks, "required_pull_request_reviews": None,
                "enforce_admins": True, "restrictions": None,
            }  # fmt: skip
            self.scene.ask("PUT", f"/repos/{NAME}/branches/master/protection", body, "up")
        if self.options.method is not None:
            names = {"merge": "merge_commit", "squash": "squash_merge", "rebase": "rebase_merge"}
            body = {f"allow_{n}": w == self.options.method for w, n in names.items()}
            self.scene.ask("PATCH", f"/repos/{NAME}", body, "up")

    def run(self, who="up", events=(), *, take_over=False):
        """One run; its verdict, and None of one that died. Runs may begin within runs, but not in
        one series directory: whoever runs is there alone."""
        outer = self.wrong.turn
        if who in self.running:
            return None
        self.running.add(who)
        turn = self.wrong.turn = Turn(who, dict(events))
        since = len(self.rules.life)
        self.runs += 1
        try:
            result = self._landed(who, take_over)
        finally:
            self.wrong.turn = outer
            self.running.discard(who)
            self.faults += len(turn.struck)
            self.kills += turn.dead
        self.told.append((who, turn, result))
        if result is not None:
            self.rules.ended(who, result, since)
        return result

    def _landed(self, who, take_over):
        scene, wrong = self.scene, self.wrong
        try:
            with closing(Written(wrong, scene.journals / who, who, self.rules)) as journal:
                one = self.make(
                    scene, who, remote=Remote(wrong, who), forge=scene.client(who),
                    journal=journal, options=self.options,
                )  # fmt: skip
                return one.land(take_over=take_over)
        except (Killed, StackerError):
            return None

    def end(self):
        """Faults stop; what is under way arrives; some runs more, and all has come to an end.

        What others have done is put right as people would, unless it cannot be: a member that was
        merged alone, a conflict.
        """
        self.later()  # whoever died holding the lock has had his time
        while self.wrong.pending:
            self.wrong.arrive()
        for who in {who for who, *_ in self.told} - {"up"}:  # all that were killed come back
            self.run(who)
        result = self._run_on()
        if result is not None and result.state in (State.BLOCKED, State.WAITING):
            self._truly_refused(result)
            self.mend()
            result = self._run_on()
        self._finished(result)
        return result

    def _run_on(self):
        for number in range(_ENOUGH):
            result = self.run(take_over=number > 1)
            if result is None or result.follow_up or result.state in _AGAIN:
                continue
            break
        return result

    def _truly_refused(self, result):
        if not result.reasons or not all(r.text for r in result.reasons):
            self.rules._say("truthful", f"{result.state} without a reason")

    def mend(self):
        """People put right what they did: heads, bases, approvals; nobody asks for changes."""
        scene = self.scene
        for stage in STAGES:
            ref = f"refs/heads/s/{stage}"
            if scene.refs(ref).get(ref) != scene.heads[stage]:
                scene.push("porter", ref, scene.heads[stage])
            self.reopen(stage)
            self.ready(stage)
            self._quietly("PATCH", self._pull(stage), {"base": "master"})
            self.approve(stage)

    def _finished(self, result):
        say, scene = self.rules._say, self.scene
        there = scene.inside(scene.tip)
        if result is None:
            say("alive", f"after {_ENOUGH} runs without faults there is no verdict")
        elif result.state is State.LANDED:
            if self.wrong.arrived:  # a lock that nobody waited for: the next run takes it away
                self.run()
            before = scene.refs(), scene.hub.histories[-1]
            again = self.run()
            if again is None or again.state is not State.LANDED:
                say("again", f"landed, and then {again and again.state}")
            if (scene.refs(), scene.hub.histories[-1]) != before:
                say("again", "a second run changed something")
            left = {LOCK} if self.wrong.arrived else {LOCK, LANDING}
            if left & set(scene.refs("refs/heads")):
                say("released", f"left: {sorted(scene.refs('refs/heads'))}")
        elif not self._must_stop(result, there):
            words = [r.text for r in result.reasons]
            say("alive", f"after {_ENOUGH} runs without faults: {result.state} {words}")
        elif LOCK in scene.refs("refs/heads"):
            say("released", f"{result.state}, and the lock is still there")

    def _must_stop(self, result, there):
        """Whether others did what nobody can land after."""
        if 0 < len(there) < len(STAGES):
            return result.state in (State.TORN, State.BLOCKED, State.STALE)
        gone = [
            s for s, n in self.scene.numbers.items()
            if self.rules._one("SELECT merged_at FROM pulls WHERE number = ?", n)
            or not self.rules._one("SELECT is_open FROM pulls WHERE number = ?", n)
        ]  # fmt: skip
        if gone:  # it was merged, and rewound; or the forge does not open it again
            return result.state in (State.BLOCKED, State.TORN, State.NOT_LANDED, State.UNKNOWN)
        meets = b"b.txt" in {e.name for e in self.scene.store.tree(
            self.scene.store.commit(self.scene.tip).tree)}  # fmt: skip
        return meets and result.state is State.STALE

    # What others do.

    def happenings(self):
        """By name, everything that others may do at any moment."""
        found = {
            "drift": self.drift, "conflict": self.conflict, "rewind": self.rewind,
            "later": self.later, "arrive": self.wrong.arrive, "eve lands": partial(self.run, "eve"),
            "button": self.button, "no lock": partial(self.delete, LOCK),
            "no landing branch": partial(self.delete, LANDING),
        }  # fmt: skip
        for stage in STAGES:
            for name in OF_MEMBERS:
                found[f"{name} {stage}"] = partial(getattr(self, name), stage)
        return {name: partial(self._done, act) for name, act in found.items()}

    def _done(self, act):
        self.doings += 1
        act()

    def _quietly(self, method, path, body, who="zed"):
        """What the hub may well refuse."""
        outer, self.wrong.turn = self.wrong.turn, None
        try:
            self.scene.client(who)._connection.github.requester.requestJsonAndCheck(
                method, path, None, None, body
            )
        except Exception:  # noqa: BLE001 - it was only an attempt
            pass
        finally:
            self.wrong.turn = outer

    def _pull(self, stage):
        return f"/repos/{NAME}/pulls/{self.scene.numbers[stage]}"

    def drift(self):
        tip = self.scene.tip
        new = self.scene.commit([tip], {"f.txt": f"{tip}\n"}, f"On {tip[:10]}")
        self.scene.push("zed", MASTER, new)

    def conflict(self):
        """A change that meets a member's; of what has landed nobody changes the files here."""
        tip = self.scene.tip
        name = "f.txt" if "b" in self.scene.inside(tip) else "b.txt"
        self.scene.push("zed", MASTER, self.scene.commit([tip], {name: "other\n"}, "Meets b"))

    def rewind(self):
        parents = self.scene.store.commit(self.scene.tip).parents
        if parents:
            self.scene.push("zed", MASTER, parents[0])

    def later(self):
        self.scene.hub.seconds += 20 * 60

    def button(self):
        """A maintainer merges the landing pull request, if there is one."""
        sql = "SELECT number FROM pulls WHERE is_open AND head_ref LIKE 'stacker-landing/%'"
        number = self.rules._one(sql)
        if number:
            method = self.options.method or "merge"
            path = f"/repos/{NAME}/pulls/{number}/merge"
            self._quietly("PUT", path, {"merge_method": method})

    def delete(self, ref):
        if ref in self.scene.refs(ref):
            self.scene.push("zed", ref, None)

    def push(self, stage):
        ref = f"refs/heads/s/{stage}"
        if (old := self.scene.refs(ref).get(ref)) is not None:
            self.scene.push("porter", ref, self.scene.commit([old], {"more": f"{old}\n"}, "More"))

    def amend(self, stage):
        ref = f"refs/heads/s/{stage}"
        if (old := self.scene.refs(ref).get(ref)) is not None:
            before = self.scene.store.commit(old)
            text = before.message + b"\nAmended.\n"
            self.scene.push(
                "porter", ref, self.scene.store.write_commit(before._replace(message=text))
            )

    def remove(self, stage):
        self.delete(f"refs/heads/s/{stage}")

    def close(self, stage):
        self._quietly("PATCH", self._pull(stage), {"state": "closed"})

    def reopen(self, stage):
        self._quietly("PATCH", self._pull(stage), {"state": "open"})

    def retarget(self, stage):
        self._quietly("PATCH", self._pull(stage), {"base": "s/a"})

    def draft(self, stage, verb="convertPullRequestToDraft"):
        row = self.rules._one("SELECT id FROM pulls WHERE number = ?", self.scene.numbers[stage])
        text = f'mutation {{ {verb}(input: {{pullRequestId: "PR_{row}"}}) {{ clientMutationId }} }}'
        self._quietly("POST", "/graphql", {"query": text}, "porter")

    def ready(self, stage):
        self.draft(stage, "markPullRequestReadyForReview")

    def merge(self, stage, method="merge"):
        self._quietly("PUT", f"{self._pull(stage)}/merge", {"merge_method": method})

    def squash(self, stage):
        self.merge(stage, "squash")

    def rebase(self, stage):
        self.merge(stage, "rebase")

    def dismiss(self, stage):
        sql = "SELECT r.id FROM reviews r JOIN pulls p ON p.id = r.pull WHERE p.number = ?"
        row = self.rules._one(sql + " ORDER BY r.id DESC", self.scene.numbers[stage])
        path = f"{self._pull(stage)}/reviews/{row}/dismissals"
        self._quietly("PUT", path, {"message": "No."})

    def approve(self, stage):
        self._quietly("POST", f"{self._pull(stage)}/reviews", {"event": "APPROVE"})

    def refuse(self, stage):
        body = {"event": "REQUEST_CHANGES", "body": "No."}
        self._quietly("POST", f"{self._pull(stage)}/reviews", body)

    def flip(self, stage):
        path = f"/repos/{NAME}/statuses/{self.scene.heads[stage]}"
        self._quietly("POST", path, {"state": "failure", "context": "CI"})
