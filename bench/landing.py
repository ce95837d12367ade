"""What landing a group costs, and how it fares while upstream moves under it.

    python bench/landing.py [--rounds 5] [--series 100] [--every 1.0]

Whole processes over HTTP and git; the forge is the hub, on this machine. In each round two
coordinators land a group each, of four and of two, on the same branch. Meanwhile ten people move
the branch, one of them every second; a bot pushes to a member, takes it back, and it is approved
anew; somebody presses the merge button of members at random. Nobody may starve, and no member may
be merged alone.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("land", "submit", "kit")]

import land_world  # noqa: E402 - found through the path set above
import pytest  # noqa: E402
from land_world import git, life  # noqa: E402
from proof.whole import _run as run  # noqa: E402
from submit import Place  # noqa: E402
from submit_world import UPSTREAM  # noqa: E402

GROUPS = {"one": "abcd", "two": "gh"}  # those between touch lines, or a file, of others
STAGES = "".join(GROUPS.values())
CHAINS = {s: [] if s in "ag" else [chr(ord(s) - 1)] for s in STAGES}
PLAN = "".join(
    f"[groups.{name}]\nstages = {json.dumps(list(stages))}\napprovals = 1\n\n"
    for name, stages in GROUPS.items()
)
MOST_RUNS = 40
_AUTHOR = {
    f"GIT_{who}_{what}": word
    for who in ("AUTHOR", "COMMITTER")
    for what, word in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))
}


def land(world, folder, who, group):
    """One `stacker land`; its document and seconds."""
    since = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "stacker", "-q", "--json", "land", "--group", group],
        cwd=folder, capture_output=True, check=False,
        env=os.environ | {"GITHUB_TOKEN": f"token-{who}", "STACKER_FORGE": world.hub.url},
    )  # fmt: skip
    text = done.stdout.decode()
    return json.loads(text) if text[:1] == "{" else {}, time.monotonic() - since


def cost(models, folder):
    """A line about one landing that meets nothing."""
    world = models.copy(folder)
    world.serve()
    world.drift("Later")
    world.door.seen.clear()
    said, took = land(world, world.folder, "up", "one")
    assert said["state"] == "landed", said
    writes = [method for method, *_ in world.door.writes]
    pushes = writes.count("PUSH")
    reads = len(world.door.seen) - len(writes)
    world.close()
    return f"| land 4 members | {len(writes) - pushes} | {reads} | {pushes} | {took:.1f} |"


def status(stages, folder):
    """A line about `status` of a series that is submitted."""
    place = Place(folder, stages)
    place.stacker("submit")
    place.door.seen.clear()
    since = time.monotonic()
    place.stacker("status", "--refresh")
    took = time.monotonic() - since
    reads = len(place.door.seen)
    place.hub.stop()
    return f"| status, {stages} pull requests | 0 | {reads} | 0 | {took:.1f} |"


class Crowd:
    """Everybody who is not a coordinator, each in a thread, until `stop`."""

    def __init__(self, world, seed, every):
        self.every = every
        self.world, self.chance = world, random.Random(seed)
        self.done, self.moves, self.pressed, self.merged, self.pushed = (
            threading.Event(),
            0,
            0,
            0,
            0,
        )
        acts = (self.move, self.press, self.push)
        self.threads = [threading.Thread(target=act, daemon=True) for act in acts]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.done.set()
        for thread in self.threads:
            thread.join()

    def move(self):
        """Ten people, of whom each second one moves the branch."""
        while not self.done.wait(self.every):
            who = f"Person {self.moves % 10} <p{self.moves % 10}@example.org>"
            tip = git(self.world.upstream.path, "rev-parse", "master")
            env = {"GIT_AUTHOR_NAME": who.partition(" <")[0], "GIT_AUTHOR_EMAIL": who[-17:-1]}
            new = subprocess.run(
                ["git", "commit-tree", "-p", tip, "-m", f"Move {self.moves}", f"{tip}^{{tree}}"],
                cwd=self.world.upstream.path, env=os.environ | env, capture_output=True, check=True,
            ).stdout.decode().strip()  # fmt: skip
            moved = git(
                self.world.upstream.path, "update-ref", "refs/heads/master", new, tip, check=False
            )
            self.moves += moved is not None

    def press(self):
        """A maintainer merges some member alone, if the branch lets him."""
        while not self.done.wait(self.chance.uniform(0.2, 3.0)):
            stage = self.chance.choice(STAGES)
            number = self.world.lock.stage(stage).pull
            path = f"/repos/{UPSTREAM}/pulls/{number}/merge"
            said = self.world.ask("PUT", path, {"merge_method": "squash"}, "zed", ok=False)
            self.pressed += 1
            self.merged += said is not None

    def push(self):
        """A bot puts a commit on a member's branch, and takes it back."""
        while not self.done.wait(self.chance.uniform(3.0, 8.0)):
            stage = self.chance.choice(STAGES)
            line = self.world.lock.stage(stage)
            ref = f"refs/heads/{line.published.branch}"
            if git(self.world.fork, "rev-parse", ref) != line.published.head:
                continue
            self.world.push_foreign(line.published.branch)
            self.pushed += 1
            self.done.wait(0.7)
            git(self.world.fork, "update-ref", ref, line.published.head)
            with contextlib.suppress(urllib.error.HTTPError, AssertionError):
                self.world.approve(stage)


def contended(model, folder, seed, every=1.0):
    """One round: of each group the seconds until it had landed and its runs; and the crowd."""
    world = model.copy(folder)
    world.serve()
    contexts = {"strict": False, "contexts": ["land-together"]}
    rules = {
        "required_status_checks": contexts, "required_pull_request_reviews": None,
        "enforce_admins": False, "restrictions": None,
    }  # fmt: skip
    world.ask("PUT", f"/repos/{UPSTREAM}/branches/master/protection", rules, "up")
    other = folder / "other"
    shutil.copytree(world.folder, other)
    found, said_so = {}, Counter()
    crowd = Crowd(world, seed, every)

    def coordinate(where, who, group):
        since = time.monotonic()
        for runs in range(1, MOST_RUNS + 1):
            said, _ = land(world, where, who, group)
            said_so[said.get("state")] += 1
            if said.get("state") == "landed":
                found[group] = time.monotonic() - since, runs
                return

    both = [
        threading.Thread(target=coordinate, args=args)
        for args in ((world.folder, "up", "one"), (other, "zed", "two"))
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    crowd.stop()
    at_each = [inside(world, commit) for commit in life(world)]
    torn = sum(0 < len(one & set(g)) < len(g) for one in at_each for g in GROUPS.values())
    world.close()
    return found, crowd, torn, said_so


def inside(world, commit):
    names = git(world.upstream.path, "ls-tree", "--name-only", commit).split()
    return {name.removesuffix(".txt") for name in names} & set(STAGES)


def main() -> None:
    """Print the figures as lines of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--series", type=int, default=100)
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two moves")
    asked = parser.parse_args()
    os.environ.update(_AUTHOR)
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        top = Path(name)
        model = land_world.new(top / "model", run, patch, more=PLAN, stages=CHAINS)
        print("| what | API writes | API reads | pushes | s |\n|---|---|---|---|---|")
        print(cost(model, top / "cost"), flush=True)
        print(status(asked.series, top / "status"), flush=True)
        print(
            "\n| round | landed | s | runs | branch moved | buttons | merged alone | bot | torn "
            "| runs that said |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|")
        took = []
        for number in range(asked.rounds):
            found, crowd, torn, said_so = contended(model, top / str(number), number, asked.every)
            took += [seconds for seconds, _ in found.values()]
            seconds = ", ".join(f"{s:.0f}" for s, _ in found.values())
            runs = ", ".join(str(r) for _, r in found.values())
            states = ", ".join(f"{state} {count}" for state, count in said_so.items())
            print(
                f"| {number} | {len(found)} of 2 | {seconds} | {runs} | {crowd.moves} "
                f"| {crowd.pressed} | {crowd.merged} | {crowd.pushed} | {torn} | {states} |",
                flush=True,
            )  # fmt: skip
        if took:
            print(f"\nmedian {statistics.median(took):.1f} s, worst {max(took):.1f} s a landing")


if __name__ == "__main__":
    main()
