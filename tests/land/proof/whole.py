"""Landings by whole processes: `stacker land` over HTTP and git, killed at random times.

The hub is a process of its own, and what goes wrong there are its own faults. `Crowd` is one group
of four, submitted and approved; `landing` lands a copy of it, by as many runs as it takes.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from contextlib import suppress
from random import Random
from types import SimpleNamespace

import land_world
import pytest
from land_world import acting_as, git, life, refs
from submit_world import PEOPLE

from stacker.cli import app
from stacker.hub.call import Limits
from stacker.hub.faults.rules import After, Before, Reply, Rule
from stacker.hub.server import User, start
from stacker.land.journal import all_in, unfinished_in

STAGES = "abcd"
CHAIN = {s: [STAGES[n - 1]] if n else [] for n, s in enumerate(STAGES)}
GROUP = '[groups.final]\nstages = ["a", "b", "c", "d"]\napprovals = 1\n'
LAND = ("--json", "land", "--group", "final")
_RUNS = 12
_NO_LIMIT = Limits(creations_a_minute=10**6, creations_an_hour=10**6, calls_an_hour=10**9)
_BROKEN = Reply(502, {"message": "Bad Gateway"})
_PATHS = ("/**/git-receive-pack", "/repos/**", "/graphql", "")


def say(line):
    """Print at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def served_by_a_fork(root, faults=()):
    """A hub in a process of its own, so that this one has no threads and may fork."""
    told, tell = os.pipe()
    ended, end = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(end)
        users = [User(name, f"token-{name}") for name in PEOPLE]
        with start(root, users, faults=faults, limits=_NO_LIMIT) as hub:
            os.write(tell, f"{hub.url}\n".encode())
            os.read(ended, 1)  # returns when the other end is closed
        os._exit(0)
    os.close(tell)
    os.close(ended)
    with os.fdopen(told) as text:
        url = text.readline().strip()

    def stop():
        os.close(end)
        os.waitpid(child, 0)

    return SimpleNamespace(url=url, api=f"{url}/api/v3", stop=stop)


def opened(model, root, faults=()):
    """A copy of a world; its hub is another process."""
    world = model.copy(root)
    world.hub = served_by_a_fork(root / "hub", faults)
    world._patch.setenv("STACKER_FORGE", world.hub.url)
    return world


def begun(folder, out, before=lambda: None):
    """`stacker land` in a fork, which prints into the file `out`: its process id."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.setpgid(0, 0)
        os.chdir(folder)
        said = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        before()
        code = app.run(LAND)
        sys.stdout.flush()
    finally:
        os._exit(code)


class Crowd:
    """The group of four, as it is before it lands."""

    def __init__(self, folder, run, patch):
        self.folder = folder
        self.model = land_world.new(folder / "model", run, patch, more=GROUP, stages=CHAIN)
        self.took = 1.0  # seconds of a run that meets nothing, about


def crowd(folder):
    """One for this process, made of command lines that run in it."""
    if folder not in _CROWDS:
        patch = pytest.MonkeyPatch()
        _CROWDS[folder] = Crowd(folder, _run, patch)
    return _CROWDS[folder]


_CROWDS = {}


def _run(*arguments, cwd):
    """`run_stacker` of the tests' conftest."""
    import io  # noqa: PLC0415 - only here
    from contextlib import chdir, redirect_stderr, redirect_stdout  # noqa: PLC0415 - as above

    raws = io.BytesIO(), io.BytesIO()
    out, err = (io.TextIOWrapper(raw, "utf-8", newline="\n") for raw in raws)
    with chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        code = app.run([str(argument) for argument in arguments])
    out.flush()
    err.flush()
    text, said = (raw.getvalue().decode() for raw in raws)
    return SimpleNamespace(
        code=int(code), out=text, err=said, document=json.loads(text) if text[:1] == "{" else None
    )


def landing(folder, seed):
    """One landing under faults, to its end; what happened in it, counted."""
    chance, base = Random(seed), crowd(folder)
    way = chance.choice(("push", "push", "pull-request"))
    rules = [_rule(chance) for _ in range(chance.randrange(4))]
    place = folder / f"landing{seed}"
    world = opened(base.model, place, rules)
    land_world.landing_by(world, way)
    seen, broken = Counter({"landings": 1, "faults": len(rules)}), []
    try:
        with acting_as(world, "up"):
            state = _to_its_end(world, base, chance, seen, broken)
        broken += _after(world, state, seen)
    finally:
        world.close()
        shutil.rmtree(place)
    for words in broken:
        say(f"seed {seed} ({way}): {words}")
    return seen + Counter({"violations": len(broken), "landed": state == "landed"})


def _rule(chance):
    fault = chance.choice((Before(), After(), Before(_BROKEN), After(_BROKEN)))
    return Rule(fault, path=chance.choice(_PATHS), actor="up", nth=chance.randrange(1, 30))


def _to_its_end(world, base, chance, seen, broken):
    state = None
    for number in range(_RUNS):
        seen["runs"] += 1
        if chance.random() < 0.3:
            seen["others' doings"] += 1
            world.drift(f"Later {number}")
        killed = number < 6 and chance.random() < 0.5
        out, since = world.root / "out.json", time.monotonic()
        child = begun(world.folder, out)
        if killed:
            time.sleep(chance.uniform(0.0, 1.2) * base.took)
            # git, the child of the child, may live on and finish what it was sent to do
            with suppress(ProcessLookupError):
                (os.killpg if chance.random() < 0.5 else os.kill)(child, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code == -signal.SIGKILL:
            seen["kills"] += 1
            continue
        base.took = 0.8 * base.took + 0.2 * (time.monotonic() - since)
        document = json.loads(text) if (text := out.read_text()).startswith("{") else {}
        state = document.get("state")
        broken += _untrue(world, document)
        if state == "landed" and not document.get("follow_up"):
            return state
    return state


def inside(world, commit):
    names = git(world.upstream.path, "ls-tree", "--name-only", commit).split()
    return {name.removesuffix(".txt") for name in names} & set(STAGES)


def _untrue(world, document):
    """What a verdict says that is not so."""
    has = inside(world, "master") == set(STAGES)
    if document.get("state") == "landed" and not has:
        yield "landed was said, and it is not there"
    if document.get("state") in ("not-landed", "stale", "blocked") and has:
        yield f"{document['state']} was said, and it is there: {document['reasons']}"


def _after(world, state, seen):
    """What is wrong at the end."""
    at_each = [inside(world, commit) for commit in life(world)]
    if not all(one in (set(), set(STAGES)) for one in at_each):
        yield f"all-or-none: {at_each}"
    came = sum(now != was for was, now in zip([set(), *at_each], at_each, strict=False))
    if came > 1:
        yield "it came in more than once"
    if state != "landed":
        yield f"after {_RUNS} runs: {state}"
        return
    left = [r for r in refs(world) if r.startswith("refs/heads/stacker-")]
    if left and not seen["kills"]:
        yield f"left: {left}"
    if unfinished_in(world.folder / ".stacker"):
        yield "a landing is not ended"
    tries = len(all_in(world.folder / ".stacker"))
    for stage in STAGES:
        if world.pull(stage)["state"] != "closed":
            yield f"{stage} is open"
        said = [c for c in land_world.comments(world, stage) if "stacker:landed" in c]
        if len(said) > 1 + seen["kills"] or (not said and not world.pull(stage)["merged"]):
            yield f"{stage} has {len(said)} announcements after {tries} tries"
