"""What must be true of a landing after every single thing that happens on the server.

`Invariants` is told of every change when it has been made, and of every line of every journal. It
knows nothing of how a landing is done: it reads the hub's refs and memory itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from proof.scene import MASTER, STAGES

from stacker.gate.context import CONTEXT
from stacker.land.outcome import State, Way

COORDINATORS = ("up", "eve")
LOCK = "refs/heads/stacker-lock/master"
LANDING = "refs/heads/stacker-landing/master/final"
_ALL = frozenset(STAGES)
_MARKER = re.compile(r"<!-- stacker:landed (\w+) -->")


@dataclass(frozen=True)
class Line:
    """One line of a journal."""

    who: str
    tx: str
    kind: str
    step: str
    detail: dict = field(hash=False)


class Invariants:
    """Looks at one life of a scene; what was violated is in `broken`, in words."""

    def __init__(self, scene):
        self.scene, self.broken = scene, []
        self.lines, self.intents = [], {}
        self.landed, self.denied, self.announced = {}, set(), set()
        self.refs = scene.refs("refs/heads")
        self.life = [self.refs[MASTER]]
        self.approved = self._approved()
        self.attempts = set()
        self.late = lambda: 0  # how many requests arrived after their run had given them up
        scene.hub.watch = self.seen

    # What is heard.

    def journalled(self, who, intent, line):
        """A line that is on disk now."""
        if intent is not None:
            self.intents[intent.tx] = intent
            return
        self.lines.append(Line(who, *line))
        if line[1:3] == ("about", "commit"):
            self.denied.discard(line[0])  # it may try again, having said so

    def seen(self, call, who):
        """A change was made, or was tried."""
        before, self.refs = self.refs, self.scene.refs("refs/heads")
        self.approved |= self._approved()
        if who in COORDINATORS:
            self._written_before(call, who, before)
        if self.refs.get(MASTER) != before.get(MASTER):
            self.life.append(self.refs.get(MASTER))
            self._moved(call, who, before)

    def ended(self, who, result, since):
        """A run gave its verdict; `since` is how long the branch's life was when it began."""
        tips = self.life[since - 1 :]
        match result.state:
            case State.LANDED:
                self._claimed(result, tips)
            case State.NOT_LANDED | State.STALE | State.BLOCKED if result.tx:
                if any(self._has(self.life[-1], c) for c in self.landed.get(result.tx, ())):
                    self._say("untruthful", f"{result.state} was said of what has landed")
                if self.intents[result.tx].way is Way.PUSH:
                    self.denied.add(result.tx)

    # The target branch.

    def _moved(self, call, who, before):
        old, new = before.get(MASTER), self.refs.get(MASTER)
        intent = self._intent_of(call, who)
        if intent is None:
            if who in COORDINATORS:
                self._say("planned", f"{who} moved the branch without an intent: {call.what[:200]}")
            return
        by_push = intent.way is Way.PUSH
        if old is None or new is None:
            self._say("forward", "the branch came or went")
            return
        landed = self.landed.get(intent.tx, ())
        unmeant = who in COORDINATORS and len(landed) >= self._meant(intent.tx)
        if landed and (unmeant or any(self._has(old, one) for one in landed)):
            self._say("once", f"{intent.tx} moved the branch twice")
        self.landed.setdefault(intent.tx, []).append(new)
        if intent.tx in self.denied:
            self._say("late", f"{intent.tx} landed after it was said that it had not")
        if by_push and old != intent.base:
            self._say("cas", f"the branch was {old}, and not {intent.base}")
        if not self._has(new, old):
            self._say("forward", f"{new} does not contain {old}")
        self._whole(intent, old, new)
        self._bytes(intent, old, new)
        if by_push:
            self._held(who, intent, before)
        if who in COORDINATORS:
            self._reviewed(intent)
            self._frozen(intent)

    def _meant(self, tx):
        """How often a run was about to land it: once more, where others took it out again."""
        commits = [x for x in self.lines if (x.tx, x.kind, x.step) == (tx, "about", "commit")]
        return len(commits)

    def _intent_of(self, call, who):
        """The landing that made a change of the branch, by the commit that was sent."""
        if call.port == "push":
            sent = {u.new for u in call.detail if u.ref == MASTER and who in COORDINATORS}
        else:
            pull = re.fullmatch(r".*/pulls/(\d+)/merge", call.detail.url)
            if pull is None:
                return None
            head = self._one("SELECT head FROM pulls WHERE number = ?", int(pull[1]))
            sent = {head}
        found = [i for i in self.intents.values() if i.candidate in sent]
        return found[-1] if found else None

    def _whole(self, intent, old, new):
        """A merge by the forge pins no base: there somebody else's merge of a part may be below."""
        was, now = self.scene.inside(old), self.scene.inside(new)
        meant = {m.stage for m in intent.members}
        if now != _ALL or (intent.way is Way.PUSH and meant != _ALL - was):
            self._say("all-or-none", f"from {sorted(was)} to {sorted(now)}")

    def _bytes(self, intent, old, new):
        scene, git = self.scene, self.scene.store.git
        tree = scene.store.commit(new).tree
        if intent.way is Way.PUSH:
            if tree != intent.tree or new != intent.candidate:
                self._say("bytes", f"{new} has another tree than {intent.tree}")
        elif tree != git.text("merge-tree", "--write-tree", "--no-messages", old, intent.candidate):
            self._say("bytes", f"{new} is not the candidate on {old}")
        came = git.text("rev-list", new, f"^{old}").split()
        planned = git.text("rev-list", intent.candidate, f"^{intent.base}").split()
        if intent.way is Way.PUSH and set(came) != set(planned):
            self._say("planned", "other commits came in than were planned")
        # A merge pins no base: what was taken out of the branch just before comes back with it.
        if self._has(old, intent.base) and len(came) > len(planned) + 1:
            self._say("planned", f"{len(came)} commits came in, {len(planned)} were planned")

    def _held(self, who, intent, before):
        mine = [
            line.detail.get("lock") for line in self.lines
            if (line.who, line.tx, line.kind, line.step) == (who, intent.tx, "about", "lock")
        ]  # fmt: skip
        if before.get(LOCK) not in mine:
            self._say("lock", f"{who} moved the branch; the lock was {before.get(LOCK)}")

    def _reviewed(self, intent):
        for member in intent.members:
            if (member.number, member.head) not in self.approved:
                self._say("reviewed", f"{member.stage} at {member.head} was never approved")

    def _frozen(self, intent):
        """No member could have been merged alone: its newest gate is failing."""
        for member in intent.members:
            state = self._one(
                "SELECT state FROM statuses WHERE oid = ? AND context = ? ORDER BY id DESC LIMIT 1",
                member.head, CONTEXT,
            )  # fmt: skip
            if state != "failure" and len(intent.members) > 1:
                self._say("gate", f"the gate of {member.stage} was {state}")

    # What is written down before it is done.

    def _written_before(self, call, who, before):
        if call.port == "push":
            for update in call.detail:
                self._about_ref(who, update, before)
            return
        method, url, body = call.detail.method, call.detail.url, call.detail.body
        said = json.loads(body) if body.strip() else {}
        if "graphql" in url:
            self._about(who, call, "show", "fence")
        elif "/statuses/" in url:
            self._about(who, call, *(("freeze",) if said["state"] == "failure" else ("show",)))
        elif url.endswith("/merge"):
            self._about(who, call, "commit")
        elif url.endswith("/pulls"):
            self._about(who, call, "show")
        elif url.endswith("/comments"):
            self._about(who, call, "settle")
            self._announced(who, url, said.get("body", ""))
        elif said.get("state") == "closed":
            self._about(who, call, "settle")
            self._linked(int(url.rpartition("/")[2]))
        elif method == "PATCH":
            self._about(who, call, "settle" if "base" in said else "show")

    def _about_ref(self, who, update, before):
        if update.ref == LOCK and update.new is not None:
            wanted = [x for x in self._told(who, "lock") if x.detail.get("lock") == update.new]
            if not wanted:
                self._say("write-ahead", f"a lock that no journal of {who} names")
        elif update.ref == LOCK:
            self._about(who, update, "release", "commit")
        elif update.ref == MASTER:
            told = [x for x in self._told(who, "commit") if x.detail["candidate"] == update.new]
            if not told or id(told[-1]) in self.attempts:
                self._say("write-ahead", f"a push of the branch that no journal of {who} names")
            self.attempts |= {id(told[-1])} if told else set()
        elif update.new is None and self._is_base(update.ref) and update.ref in before:
            self._say("bases", f"{update.ref} went, and an open pull request stands on it")
        elif update.ref.startswith("refs/heads/stacker-landing/"):
            self._about(who, update, "show", "fence")
        else:
            self._say("write-ahead", f"{who} moved {update.ref}")

    def _told(self, who, step):
        return [x for x in self.lines if (x.who, x.kind, x.step) == (who, "about", step)]

    def _about(self, who, what, *steps):
        if not any(self._told(who, step) for step in steps):
            self._say("write-ahead", f"{who}: nothing of {steps} before {str(what)[:200]}")

    # What people are told.

    def _announced(self, who, url, text):
        marker = _MARKER.search(text)
        if marker is None:
            return
        tx, key = marker[1], (marker[1], url)
        if not self._has_landed(tx):
            self._say("announced", f"{tx} was announced and has not landed")
        rows = self._all_comments(int(re.search(r"/issues/(\d+)/", url)[1]), who)
        if sum(marker[0] in row for row in rows) > 1 + self.late():
            self._say("announced", f"{key} was announced twice")

    def _linked(self, number):
        if not any(_MARKER.search(text) for text in self._all_comments(number)):
            self._say("linked", f"#{number} was closed without a link")

    def _has_landed(self, tx):
        if self.landed.get(tx):
            return True
        line = f"Stacker-Landing: {tx}"
        return tx in self.intents and any(
            tip is not None and line in self._history(tip) for tip in self.life
        )

    def _history(self, tip):
        return self.scene.store.git.text("rev-list", "--header", tip)

    def _claimed(self, result, tips):
        if not any(tip and self._has(tip, result.commit) for tip in tips):
            self._say("untruthful", f"landed was said as {result.commit}, which was not there")
        elif self.scene.inside(result.commit) != _ALL:
            self._say("untruthful", f"landed was said as {result.commit}, which has not all")

    # Reading.

    def _has(self, tip, oid):
        done = self.scene.store.git.attempt("merge-base", "--is-ancestor", oid, tip)
        return done.code == 0

    def _one(self, sql, *args):
        row = self.scene.hub._db._connection.execute(sql, args).fetchone()
        return row and row[0]

    def _all_comments(self, number, who="%"):
        """What is said under a pull request; each says once what he has to say."""
        sql = (
            "SELECT c.body FROM comments c JOIN pulls p ON p.id = c.pull JOIN users u"
            " ON u.id = c.author WHERE p.number = ? AND u.login LIKE ?"
        )
        rows = self.scene.hub._db._connection.execute(sql, (number, who)).fetchall()
        return [row[0] for row in rows]

    def _approved(self):
        sql = (
            "SELECT p.number, r.oid FROM reviews r JOIN pulls p ON p.id = r.pull"
            " WHERE r.state = 'APPROVED'"
        )
        rows = self.scene.hub._db._connection.execute(sql).fetchall()
        return {(row[0], row[1]) for row in rows}

    def _is_base(self, ref):
        name = ref.removeprefix("refs/heads/")
        return bool(self._one("SELECT 1 FROM pulls WHERE is_open AND base_ref = ?", name))

    def _say(self, which, words):
        self.broken.append(f"{which}: {words}")
