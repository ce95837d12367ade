"""The hub in this process: its own WSGI application and its own rules for pushes, no sockets.

The real forge client talks to it: PyGithub's connection ends in `Wire` instead of a socket. What a
`git push` does there, `Inside.receive` does with the hub's functions; refs are moved by git itself.
"""

from __future__ import annotations

import hashlib
from contextlib import ExitStack, closing
from datetime import UTC, datetime

import graphql
from proof.quick import QuickGit
from proof.wire import HOST, PORT, Call, Wire, environ_of
from urllib3.connectionpool import HTTPConnectionPool

from stacker.errors import GitError
from stacker.forge.github import GitHub
from stacker.forge.pace import Pace
from stacker.git.push import Pushed, PushRefused
from stacker.git.refs import listed
from stacker.hub import bare, hook, pushes, repositories
from stacker.hub.app import Application
from stacker.hub.auth import account, remember
from stacker.hub.call import Limits, Site
from stacker.hub.faults.layer import Faults
from stacker.hub.reconcile import reconcile
from stacker.hub.state import connect
from stacker.land import lock

API = f"http://{HOST}:{PORT}/api/v3"
ZERO = "0" * 40
_NO_LIMIT = Limits(creations_a_minute=10**6, creations_an_hour=10**6, calls_an_hour=10**9)


class Inside:
    """A hub at `root` whose clock goes on by a second with each change.

    Whatever it says depends on what was done to it since it was as now (`begin`) and on nothing
    else. So an answer to a question is remembered by that history, also for later lives that go
    the same way; one of `checked` is asked all the same, and must be what is remembered.
    `watch(call, who)` hears of every change when it has been made.
    """

    def __init__(self, root, people, *, seconds=1_700_000_000):
        self.root, self.seconds = root, seconds
        hook.install(root)
        self._tokens = {f"token-{p}": p for p in people}
        self.site = Site(root, self._tokens, self._now, _NO_LIMIT, {})
        self._held = ExitStack()
        # While one connection stays, those of the requests need not check the log in when closing.
        with connect(root) as db, db.writing():
            for name in sorted(people):
                remember(db, name)
        self._db = self._held.enter_context(connect(root))
        self.faults = self._held.enter_context(
            closing(Faults(self.site, Application, pause=lambda seconds: None))
        )
        self.serve = self.answer
        self.watch = lambda call, who: None
        self._remembered, self.checked, self._asked = {}, 50, 0
        self.begin("made")

    def begin(self, what):
        """From here on the answers depend on `what` and on what is done from now on."""
        self.histories = [what]

    def _happened(self, what, who):
        wrong = [rule.fault for rule, _ in self.faults._counts]
        text = f"{self.histories[-1]}\n{self.seconds} {who} {what} {wrong}"
        self.histories.append(hashlib.sha1(text.encode()).hexdigest())
        self.seconds += 1

    def _now(self):
        return datetime.fromtimestamp(self.seconds, UTC)

    def close(self):
        self._held.close()

    def __call__(self, asked):
        """One request of the API: status, headers, content."""
        return self.serve(asked)

    def answer(self, asked):
        """The right answer, or what a fault makes of it."""
        if asked.writes:
            self._happened(asked.call.what, asked.actor)
            try:
                return self._fresh(asked)
            finally:
                self.watch(asked.call, asked.actor)
        key = self.histories[-1], asked
        known = self._remembered.get(key)
        self._asked += 1
        if known is None or self.faults._counts or self._asked % self.checked == 0:
            said = self._fresh(asked)
            if not self.faults._counts:
                assert known is None or known[::2] == said[::2], asked
                self._remembered[key] = said
            return said
        return known

    def stale(self, asked):
        """What the answer was before the last changes, as far as somebody asked then."""
        for history in self.histories[-2:-8:-1]:
            if (history, asked) in self._remembered:
                return self._remembered[history, asked]
        return self.answer(asked)

    def _fresh(self, asked):
        told = []
        chunks = self.faults(environ_of(asked), lambda s, h, *_: told.append((s, h)))
        data = b"".join(chunks)
        return (*told[0], data)

    def client(self, login):
        """The real client, with the token of somebody."""
        return GitHub(API, f"token-{login}", Pace(here=True))

    def path(self, name):
        return self.root / f"{name}.git"

    def refs(self, name, *prefixes):
        """What git would advertise."""
        found = listed(self.path(name), *prefixes)
        assert found is not None
        return found

    def receive(self, login, name, updates):
        """A push of somebody, as `stacker.hub.githttp` serves it; why it was refused, or ""."""
        words = " ".join(f"{u.ref}:{u.old}:{u.new}" for u in updates)
        self._happened(words, login)
        said = self._received(login, name, updates)
        self.watch(Call("push", words, writes=True, detail=tuple(updates)), login)
        return said

    def _received(self, login, name, updates):
        site, db = self.site, self._db
        owner, _, short = name.partition("/")
        repository, user = repositories.find(site, db, owner, short), account(db, login)
        if not pushes.may_push(db, repository, user):
            return f"Permission to {name}.git denied to {login}."
        there = self.refs(name, "refs/heads")
        if any(there.get(u.ref) != u.old for u in updates):
            return "[rejected] (stale info)"  # git does not even send it
        reconcile(site, db, repository)
        with db.reading():
            wanted = [pushes.Command(u.ref, u.new or ZERO) for u in updates]
            most = site.limits.refs_a_push
            verdict = pushes.judge(site, db, repository, user, wanted, most=most)
        git = repositories.bare(site, repository)
        said = [w for u in updates for w in _against(git, verdict, u)]
        if said:
            return "; ".join(said)
        if not git._git.move({u.ref: (u.new or ZERO, u.old or ZERO) for u in updates}):
            return "[remote rejected] (failed to update ref)"
        reconcile(site, db, repository, user)
        return ""


def _against(git, verdict, update):
    """What the update hook says of one ref: the rules of `stacker.hub.hook`, in its order."""
    if verdict.most:
        yield f"Pushes can not update more than {verdict.most} branches or tags."
    yield from (said for ref, said in verdict.refused if ref == update.ref)
    if update.new is None:
        if update.ref == bare.HEADS + git.default_branch():
            yield "deletion of the current branch prohibited"
        return
    forward = update.old is None or git.contains(update.new, update.old)
    if update.ref in verdict.forward_only and not forward:
        yield "Cannot force-push to this protected branch"
    known = [update.old] if update.old else git.refs().values()
    asked = "rev-list", "--merges", "--max-count=1", update.new, "--not", *known
    if update.ref in verdict.linear and git.raw(*asked):
        yield "This branch must not contain merge commits."


class PathRemote:
    """`stacker.land.remote.Remote` on a hub in process; what it has, the store sees at once."""

    def __init__(self, hub, name, login, store, branch="master"):
        self.hub, self.name, self.login = hub, name, login
        self.store, self.branch = store, branch

    def refs(self, *names):
        found = self.hub.refs(self.name, *names)
        return {name: found[name] for name in names if name in found}

    def push(self, updates):
        words = self.hub.receive(self.login, self.name, updates)
        there = self.hub.refs(self.name, *(u.ref for u in updates))
        if all(there.get(u.ref) == u.new for u in updates):
            return Pushed()
        return PushRefused(words or "the server refused it")

    def tip(self):
        ref = f"refs/heads/{self.branch}"
        try:
            return self.refs(ref)[ref]
        except KeyError as exc:
            raise GitError(f"there is no {self.branch}") from exc

    def bring(self, oid):
        if self.store.find(oid) is None:
            raise GitError(f"the server has no {oid}")

    def contains(self, tip, oid):
        done = self.store.git.attempt("merge-base", "--is-ancestor", oid, tip)
        return done.code == 0


def installed(patch):
    """From here on `HOST` is in this process, and git's answers about objects are remembered."""
    patch.setattr(HTTPConnectionPool, "ConnectionCls", Wire)
    patch.setattr(bare, "Git", QuickGit)
    patch.setattr(lock, "secrets", Nonces)
    for name in ("parse", "validate"):
        patch.setattr(graphql, name, _once(getattr(graphql, name)))


class Nonces:
    """What makes a lock's value its claimant's own: as in other lives, but never twice in one."""

    made = 0

    @classmethod
    def token_hex(cls, size):
        cls.made += 1
        return f"{cls.made:0{2 * size}x}"


def _once(function):
    """The same documents are asked again and again."""
    known = {}

    def remembered(*args, **options):
        key = tuple(map(id, args)) if not isinstance(args[0], str) else args
        if key not in known:
            known[key] = args, function(*args, **options)
        return known[key][1]

    return remembered
