"""Two people and their home: each has a clone of the series directory, and a store of his own."""

from __future__ import annotations

import subprocess
from dataclasses import replace

from world import World, begin

LINES = "".join(f"line {n}\n" for n in range(40))


def edited(*changes):
    """The file a.c with some lines replaced."""
    text = LINES
    for line, new in changes:
        text = text.replace(f"line {line}\n", f"{new}\n")
    return text


ONE, TWO, THREE = (3, "one"), (15, "two"), (27, "three")


def git(where, *arguments):
    done = subprocess.run(["git", *arguments], cwd=where, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def team(run, folder, history):
    """Ann's series of three stages, in step with a home; nobody else has it yet."""
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES, "z": "z\n"})],
        "port": ["start", ("One", {"a.c": edited(ONE)}), ("Two", {"a.c": edited(ONE, TWO)}),
                 ("Three", {"a.c": edited(ONE, TWO, THREE)})],
    })  # fmt: skip
    ann = begin(run, folder, upstream, (f"{upstream['start']}..port", "--stage-per-commit"))
    git(folder, "init", "-q", "--bare", "-b", "main", "home.git")
    git(ann.home, "remote", "add", "origin", str(folder / "home.git"))
    commit(ann)
    return ann


def commit(world):
    """Commit what is there, and push it as people do."""
    git(world.home, "add", "-A")
    git(world.home, "commit", "-q", "--allow-empty", "-m", "as it is")
    git(world.home, "push", "-q", "origin", "HEAD:refs/heads/main")


def clone(world: World, name: str) -> World:
    """Somebody else's clone of home, named after him."""
    folder = world.home.parent / name
    git(world.home.parent, "clone", "-q", "-b", "main", str(world.home.parent / "home.git"), name)
    git(folder, "config", "user.name", name)
    return replace(world, home=folder)


def edit(world, stage, old, new, *, file="a.c"):
    """Change a stage as `edit` lets one do."""
    folder = world.home / ".stacker" / "edit" / stage
    world.stacker("edit", stage)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8", newline="\n")
    return world.stacker("edit", stage, "--done", "-m", f"{old.strip()} is {new.strip()}")


def a_c(world, stage="three"):
    """The file a.c as a stage has it."""
    status = {s["id"]: s for s in world.stacker("status")["stages"]}
    return world.git("show", f"{status[stage]['commit']}:a.c") + "\n"


def versions(world):
    """Number, author and command of every step, oldest first."""
    return [
        (one["version"], one["author"], one["command"])
        for one in reversed(world.stacker("log")["versions"])
    ]
