"""The hub in process is the hub: the same story over HTTP and git comes to the same end.

There the client has sockets, git pushes packs and fetches, and the update hook is a process; here
nothing of that is left. What was refused and what is at the end must be the same.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from proof.coordinator import Coordinator, Options
from proof.scene import MASTER, NAME, PEOPLE, STAGES
from proof.story import Story

from stacker.forge.github import GitHub
from stacker.forge.pace import Pace
from stacker.git.process import Credential, Git
from stacker.git.push import Pushed, RefUpdate
from stacker.git.refs import listed
from stacker.git.store import ObjectStore
from stacker.hub.call import Limits
from stacker.hub.server import User, start
from stacker.land.journal import Journal
from stacker.land.remote import GitRemote
from stacker.series.plan.choices import Landing
from stacker.series.workspace import Upstream

WAYS = (
    Options(),
    Options(protected=True),
    Options(Landing.PULL_REQUEST, method="squash", protected=True),
)
OTHER = "refs/heads/other"


class Sides:
    """What the story is told with on one side: ports by person, and the end as it is there."""

    def __init__(self, scene, root, remote, client, journal):
        self.scene, self.root, self.remote = scene, root, remote
        self.client, self.journal = client, journal

    def refs(self):
        return listed(self.root / f"{NAME}.git", "refs/heads")

    def pushed(self, who, *updates):
        return isinstance(self.remote(who).push([RefUpdate(*one) for one in updates]), Pushed)

    def end(self):
        with closing(sqlite3.connect(self.root / "hub.sqlite")) as memory:
            said = [
                memory.execute(sql).fetchall()
                for sql in (
                    "SELECT number, is_open, merged_at IS NULL, head_ref, base_ref FROM pulls",
                    "SELECT c.pull, u.login FROM comments c JOIN users u ON u.id = c.author",
                    "SELECT oid, context, state FROM statuses ORDER BY id",
                )
            ]
        refs = self.refs()
        tree = self.scene.store.commit(refs[MASTER]).tree
        return tree, sorted(refs), {n: o for n, o in refs.items() if "/s/" in n}, said


@contextmanager
def inside(scene, folder):
    """In this process."""
    with closing(Journal(folder / "inside", lambda: scene.hub.seconds)) as journal:
        yield Sides(scene, scene.root, scene.remote, scene.client, journal)


@contextmanager
def outside(scene, folder):
    """Over HTTP and git, from a copy of the hub as it is now."""
    root, mine = folder / "hub", folder / "mine.git"
    shutil.copytree(scene.root, root, ignore=shutil.ignore_patterns("hub.sqlite*"))
    with closing(sqlite3.connect(root / "hub.sqlite")) as there:
        scene.hub._db._connection.backup(there)
    shutil.copytree(scene.path, mine, ignore=shutil.ignore_patterns("refs", "packed-refs"))
    (mine / "refs").mkdir()
    now = datetime.fromtimestamp(scene.hub.seconds, UTC)
    users = [User(name, f"token-{name}") for name in PEOPLE]
    limits = Limits(creations_a_minute=10**6, creations_an_hour=10**6)
    with ExitStack() as held:
        hub = held.enter_context(start(root, users, clock=lambda: now, limits=limits))
        store = held.enter_context(ObjectStore(Git(mine)))

        def remote(who):
            seen = Credential(hub.url, f"token-{who}")
            return GitRemote(store, Upstream("proj", f"{hub.url}/{NAME}.git", "master", seen))

        def client(who):
            return held.enter_context(GitHub(hub.api, f"token-{who}", Pace(here=True)))

        journal = held.enter_context(closing(Journal(folder / "outside", lambda: 0)))
        other = SimpleNamespace(
            store=store, numbers=scene.numbers, heads=scene.heads, files=scene.files, _inside={},
            inside=lambda commit: type(scene).inside(other, commit),
            hub=SimpleNamespace(seconds=scene.hub.seconds),
            tree_with=lambda tree, files: type(scene).tree_with(other, tree, files),
        )  # fmt: skip
        yield Sides(other, root, remote, client, journal)


def story(sides, options, drift):
    """Pushes of all kinds, and a landing: what was taken and said, and the end."""
    tip, head = drift.parents[0], sides.refs()["refs/heads/s/b"]
    sides.scene.store.write_commit(drift)
    moved = sides.scene.store.write_commit(drift)
    taken = [
        sides.pushed("zed", (MASTER, tip, moved)),  # its check is not green, where that is a rule
        sides.pushed("zed", (MASTER, moved, tip)),  # backwards
        sides.pushed("zed", (MASTER, tip, None)),
        sides.pushed("zed", (OTHER, None, head), (MASTER, head, moved)),  # a stale lease: none
        sides.pushed("zed", (OTHER, None, head)),
        sides.pushed("zed", (OTHER, head, moved)),
        sides.pushed("porter", (OTHER, moved, None)),
        sides.pushed("up", (MASTER, sides.refs()[MASTER], moved)),
    ]
    who = Coordinator(
        sides.scene, "up", remote=sides.remote("up"), forge=sides.client("up"),
        journal=sides.journal, options=options,
    )  # fmt: skip
    said = [who.land().state, who.land().state]
    return taken, said, sides.end()


@pytest.mark.parametrize("options", WAYS)
def test_the_same_story_comes_to_the_same_end(scene, tmp_path, options):
    Story(scene, options).wrong.close()  # upstream's settings
    parent = scene.store.commit(scene.tip)
    drift = parent._replace(parents=(scene.tip,), message=b"On it\n")
    with outside(scene, tmp_path) as there:
        wanted = story(there, options, drift)
    with inside(scene, tmp_path) as here:
        assert story(here, options, drift) == wanted
    assert wanted[1] == ["landed", "landed"]
    assert len(set(wanted[0])) == 2
    assert scene.inside(scene.tip) == set(STAGES)
