"""A group of four on the hub in process: submitted, approved, and begun anew as often as wanted.

The members' heads are a chain on `master`; each brings a file of its own name. `up` owns upstream
and coordinates, `eve` coordinates too, `porter` wrote the members, `zed` reviews.
"""

from __future__ import annotations

import shutil
import sqlite3

import history
from proof.inside import Inside, Nonces, PathRemote
from proof.quick import QuickGit, end
from proof.straight import straighten
from proof.wire import Wire

from stacker.git.objects import Commit, Entry, Oid, Signature
from stacker.git.push import RefUpdate
from stacker.git.store import ObjectStore

NAME = "up/proj"
MASTER = "refs/heads/master"
STAGES = "abcd"
PEOPLE = ("up", "eve", "porter", "zed")
ADA = Signature(b"Ada", b"ada@example.org", b"1556000000 +0000")


class Scene:
    """One hub at `folder`, whose memory and refs are put back by `reset`."""

    def __init__(self, folder, *, straight=False):
        self.straight = straight
        self.folder, self.root = folder, folder / "hub"
        files = {"f.txt": "0\n"}
        chain = [(s, {f"{s}.txt": f"{s}\n"}) for s in STAGES]
        drawn = history.draw(
            self.root / f"{NAME}.git",
            {"master": [("root", {}), ("start", files)], "d": ["start", *chain]},
        )
        self.path = drawn.path
        for stage in STAGES:
            drawn.git("branch", f"s/{stage}", drawn[stage])
        drawn.git("branch", "-D", "d")
        drawn.git("config", "core.logAllRefUpdates", "false")
        drawn.git("config", "core.fsync", "none")
        (self.path / "drawn.marks").unlink()
        self.start = Oid(drawn["start"])
        self.heads = {s: Oid(drawn[s]) for s in STAGES}
        self.hub = Inside(self.root, PEOPLE)
        Wire.hub = self.hub
        self._clients = {}
        self.store = self._store()
        self._inside = {}
        self.files = {
            s: (f"{s}.txt".encode(), self.store.write("blob", f"{s}\n".encode())) for s in STAGES
        }
        self.numbers = self._submitted()
        self.journals = folder / "journals"
        self.forget = lambda: None  # what somebody remembers of the refs
        self._keep()

    def _store(self):
        mine = self.folder / "mine.git"
        mine.mkdir()
        shutil.copy(self.path / "HEAD", mine)
        shutil.copy(self.path / "config", mine)
        (mine / "refs").mkdir()
        (mine / "objects").symlink_to(self.path / "objects", target_is_directory=True)
        return ObjectStore(QuickGit(mine))

    def _submitted(self):
        numbers = {}
        for who in ("eve", "porter", "zed"):
            self.ask("PUT", f"/repos/{NAME}/collaborators/{who}", {"permission": "push"}, "up")
        for stage in STAGES:
            body = {"title": f"Part {stage}", "head": f"s/{stage}", "base": "master", "body": ""}
            numbers[stage] = self.ask("POST", f"/repos/{NAME}/pulls", body, "porter")["number"]
            self.approve(numbers[stage])
        return numbers

    def _keep(self):
        self._refs = self.hub.refs(NAME)
        self._memory = sqlite3.connect(":memory:")
        self.hub._db._connection.backup(self._memory)
        self._seconds = self.hub.seconds

    def reset(self):
        """As it was when it was made; objects stay, for an id is its content."""
        Wire.hub = self.hub
        self._memory.backup(self.hub._db._connection)
        self.hub.seconds = self._seconds
        self.hub.faults.set()
        self.hub.begin("reset")
        Nonces.made = 0
        shutil.rmtree(self.path / "refs")
        (self.path / "refs" / "heads").mkdir(parents=True)
        lines = [f"{oid} {name}\n" for name, oid in sorted(self._refs.items())]
        text = "# pack-refs with: peeled fully-peeled sorted \n" + "".join(lines)
        (self.path / "packed-refs").write_text(text)
        self.forget()
        shutil.rmtree(self.journals, ignore_errors=True)
        self.journals.mkdir()

    def close(self):
        self.store.close()
        for client in self._clients.values():
            client.close()
        self.hub.close()
        self._memory.close()
        writer = QuickGit.writers.pop(self.path, None)
        if writer is not None:
            end(writer)

    # The API and pushes, by somebody's own hand.

    def client(self, who):
        if who not in self._clients:
            client = self.hub.client(who)
            self._clients[who] = straighten(client) if self.straight else client
        return self._clients[who]

    def ask(self, method, path, body=None, who="zed"):
        """A call that the hub must answer well; its document."""
        requester = self.client(who)._connection.github.requester
        return requester.requestJsonAndCheck(method, path, None, None, body)[1]

    def remote(self, who):
        return PathRemote(self.hub, NAME, who, self.store)

    def refs(self, *prefixes):
        return self.hub.refs(NAME, *prefixes)

    @property
    def tip(self):
        return Oid(self.refs(MASTER)[MASTER])

    def push(self, who, ref, new, old=...):
        """Somebody's push, by force if need be; whether it moved."""
        there = self.refs(ref).get(ref) if old is ... else old
        return self.hub.receive(who, NAME, [RefUpdate(ref, there, new)]) == ""

    def approve(self, number, who="zed"):
        self.ask("POST", f"/repos/{NAME}/pulls/{number}/reviews", {"event": "APPROVE"}, who)

    # Commits.

    def commit(self, parents, files, subject, base=None):
        """A commit with the files of its first parent (or of `base`) and these."""
        tree = self.tree_with(self.store.commit(base or parents[0]).tree, files)
        text = f"{subject}\n".encode()
        return self.store.write_commit(Commit(tree, tuple(parents), ADA, ADA, text))

    def tree_with(self, tree, files):
        entries = {e.name: e for e in self.store.tree(tree)}
        for name, content in files.items():
            oid = self.store.write("blob", content.encode())
            entries[name.encode()] = Entry("100644", oid, name.encode())
        return self.store.write_tree(entries)

    def inside(self, commit):
        """The members whose very files a commit has."""
        tree = self.store.commit(commit).tree
        if tree not in self._inside:
            there = {(e.name, e.oid) for e in self.store.tree(tree)}
            self._inside[tree] = frozenset(s for s in STAGES if self.files[s] in there)
        return self._inside[tree]
