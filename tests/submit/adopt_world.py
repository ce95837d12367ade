"""Zed's pull request #1, from a fork of his, that the porter's series goes on with as stage `ffi`.

Beside it the series has stage `a`. `up` may write upstream, the porter may not.
"""

from __future__ import annotations

import history
from submit_world import UPSTREAM, World, git

ZED = "Zed Begins <zed@example.org>"
THEIRS = "zed/proj"


def new(folder, run, patch, *, by="", maintainer=False):
    """Made from nothing; its hub does not run."""
    world = World.new(folder, run, patch, ids="a")
    world.ask("POST", f"/repos/{UPSTREAM}/forks", {}, "zed")
    begin(world)
    if maintainer:
        right = {"permission": "push"}
        world.ask("PUT", f"/repos/{UPSTREAM}/collaborators/porter", right, "up")
    world.good("import", "#1", "--stage", "ffi")
    if by:
        text = world.plan_text().replace("adopts = 1\n", f'adopts = 1\nadopts_by = "{by}"\n')
        (world.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")
    world.close()
    return world


def begin(world):
    """Zed pushes two commits and opens the pull request."""
    fork = theirs(world)
    fork.add("fix", ("Begin ffi", {"ffi.txt": "one\n"}, ZED), start="start")
    fork.add("fix", ("Go on", {"ffi.txt": "one\ntwo\n"}, ZED))
    fields = {"title": "Use a new ffi", "head": "zed:fix", "base": "master", "body": "Mine."}
    world.ask("POST", f"/repos/{UPSTREAM}/pulls", fields, "zed")


def theirs(world):
    """Zed's fork."""
    where = world.root / "hub" / f"{THEIRS}.git"
    return history.Repository(where, dict(world.upstream.oids))


def push_more(world, subject="Zed goes on", text="one\ntwo\nthree\n"):
    """Zed pushes another commit to his branch."""
    return theirs(world).add("fix", (subject, {"ffi.txt": text}, ZED))


def tip(world):
    """What is on zed's branch."""
    return git(theirs(world).path, "rev-parse", "refs/heads/fix")


def shown(world, number=1):
    """The pull request as everybody sees it, and what was said about it."""
    pull = world.ask("GET", f"/repos/{UPSTREAM}/pulls/{number}")
    said = world.ask("GET", f"/repos/{UPSTREAM}/issues/{number}/comments")
    fields = {name: pull[name] for name in ("title", "body", "state", "draft", "updated_at")}
    fields |= {"head": pull["head"]["sha"], "base": pull["base"]["ref"]}
    return fields, [(one["user"]["login"], one["body"]) for one in said]
