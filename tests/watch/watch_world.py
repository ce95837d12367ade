"""A team with a home, and a box with a clone of its own that watches it, in this process."""

from __future__ import annotations

import json
import os
import shutil
import sys
from functools import partial

import pytest
from sync_world import clone, commit, git, team

from stacker import wiring
from stacker.series.directory import SeriesDirectory
from stacker.series.plan.reading import read_plan
from stacker.series.workspace import alone_in
from stacker.verify import trust as trusting
from stacker.verify.request import Ended, Started
from stacker.watch.account import Account
from stacker.watch.flow import watch
from stacker.watch.value import Box

PLATFORMS = "\n[platforms.arm]\n[platforms.x64]\n"


def check(code="exit(0)", name="test"):
    """A check of the plan that runs Python."""
    run = json.dumps(["{python}", "-c", code])
    return f'\n[[checks]]\nname = "{name}"\nrun = {run}\n'


class Clock:
    """A clock that stands still until somebody moves it on."""

    def __init__(self):
        self.time = 1_800_000_000

    def __call__(self):
        return self.time

    def on(self, seconds):
        self.time += seconds


class Post:
    """A box in a clone of the team's directory, and the home that it watches."""

    def __init__(self, ann):
        self.ann = ann
        self.home = ann.home.parent / "home.git"
        self.clone = clone(ann, "box")
        self.directory = SeriesDirectory(self.clone.home)
        self.clock = Clock()
        self._saved = ann.home.parent.with_name(f"{ann.home.parent.name}.saved")
        shutil.copytree(ann.home.parent, self._saved, symlinks=True)

    def restore(self):
        """All as it was at first."""
        shutil.rmtree(self.ann.home.parent)
        shutil.copytree(self._saved, self.ann.home.parent, symlinks=True)
        self.clock = Clock()

    def box(self, **more):
        given = {
            "directory": self.directory,
            "home": wiring.home(read_plan(self.directory.plan_file), self.directory),
            "opened": partial(alone_in, self.directory),
            "upstreams": partial(wiring.public_upstreams, self.directory),
            "host": "pi-4", "account": Account("builder", mighty=False),
            "environment": dict(os.environ), "python": sys.executable,
            "platforms": ("arm",), "checks": (), "jobs": 1, "trust": True,
            "signing": None, "every": 300.0,
            "now": self.clock, "stacker": "1.0",
        }  # fmt: skip
        return Box(**(given | more))

    def run(self, *between, heard=None, **more):
        """What a box says that looks once, and again after each of `between`, while it waits.

        `heard` is called with each thing that it says.
        """
        said, left = [], iter(between)

        def say(one):
            said.append(one)
            if heard is not None:
                heard(one)

        def wait(seconds):
            step = next(left, None)
            if step is None:
                raise KeyboardInterrupt
            self.clock.on(int(seconds))
            step()

        with pytest.raises(KeyboardInterrupt):
            watch(self.box(**more), wait, say)
        return said

    def agree(self):
        """Somebody read the commands of the box's plan."""
        trusting.trust(self.directory.state, read_plan(self.directory.plan_file))

    def refs(self):
        """What home has, by ref."""
        lines = git(self.home, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split() for line in lines)

    def sign(self):
        """The box's sign of life in home."""
        [ref] = [name for name in self.refs() if name.startswith("refs/stacker/boxes/")]
        return json.loads(git(self.home, "show", f"{ref}:sign.json"))

    def results(self):
        """The results that home has: stage, platform and verdict, in no order."""
        if "refs/stacker/evidence" not in self.refs():
            return []
        names = git(self.home, "ls-tree", "-r", "--name-only", "refs/stacker/evidence").split()
        found = (json.loads(git(self.home, "show", f"refs/stacker/evidence:{n}")) for n in names)
        return sorted((one["stage"], one["platform"], one["verdict"]) for one in found)

    def plan(self, old, new):
        """Ann changes the plan and shares it."""
        file = self.ann.home / "series.toml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")
        self.ann.stacker("sync")


def begin(run, folder, history, plan=""):
    """Ann's three stages with a check, in step with home, and a box that never looked yet."""
    ann = team(run, folder, history)
    file = ann.home / "series.toml"
    text = file.read_text(encoding="utf-8") + PLATFORMS + (plan or check())
    file.write_text(text, encoding="utf-8", newline="\n")
    ann.stacker("sync")
    commit(ann)
    return Post(ann)


def builds(said):
    """The stages whose builds began, in order."""
    return [one.cell.stage for one in said if isinstance(one, Started)]


def ended(said):
    """What the builds showed."""
    return [(one.result.stage, str(one.result.verdict)) for one in said if isinstance(one, Ended)]


def told(said, kind):
    """All of one kind that was said."""
    return [one for one in said if isinstance(one, kind)]
