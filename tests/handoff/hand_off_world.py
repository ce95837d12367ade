"""Stages for a repository that takes no pull requests, and its maintainer.

Stage `d` brings a binary, changes a file and removes one. Alone it is all of a series whose
upstream is a folder; with the hub it is one of three, and `b` of another repository needs it.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil

import history
import submit_world
import world as plain
from submit_world import World, git

DLL = bytes(range(256)) * 3
START = {"manifest.txt": "x86\n", "x86/lib.dll": b"\0x86", "old.txt": "old\n", "readme": "r\n"}
PART = {"manifest.txt": "x86\narm\n", "arm/lib.dll": DLL, "old.txt": None}
TEXT = "# OpenSSL for ARM\n\nBuilt with `nmake`.\n"
PLAN = '[[stages]]\nid = "d"\nneeds = []\n'


def binaries(folder):
    """The repository, and the change as a branch of it."""
    return history.draw(
        folder / "bin.git",
        {"openssl-bin": [("start", START)], "port": ["start", ("Add arm", PART, "Paul <p@x.y>")]},
    )


class Alone(plain.World):
    """Only `d`, without any forge."""

    @classmethod
    def new(cls, folder, run, proof="tree"):
        bins = binaries(folder)
        made = plain.begin(run, folder, bins, (f"{bins['start']}..port", "--stage", "d"))
        world = cls(made.upstream, made.home, made.run)
        world.proved_by(proof)
        bins.git("branch", "-D", "port")
        return world

    def proved_by(self, kind, more=""):
        file = self.home / "series.toml"
        text = file.read_text(encoding="utf-8").partition("landing = ")[0]
        table = text[: text.index("\n", text.index("upstream = ")) + 1]
        file.write_text(
            f'{table}branch = "openssl-bin"\nlanding = "hand-off"\nproof = "{kind}"\n{PLAN}{more}',
            encoding="utf-8", newline="\n",
        )  # fmt: skip

    @property
    def package(self):
        return self.home / ".stacker" / "hand-off" / "d"

    @property
    def line(self):
        return submit_world.parse(self.lock()).stage("d")

    def rebased(self):
        return self.stacker("rebase")["stages"][0]

    def status(self):
        return self.stacker("status")["stages"][0]

    def page(self):
        return self.run("status", cwd=self.home).out


class OnHub(World):
    """`a` and `b` go to the hub, `d` to the folder."""

    bin = None

    def copy(self, root):
        world = super().copy(root)
        world.__class__ = OnHub
        world.bin = history.Repository(root / "bin.git", dict(self.bin.oids))
        return world

    def arrange(self):
        """Write the plan."""
        self.plan({"a": [], "d": [], "b": ["a", "d"]}, series='name = "s"\ntitle = "The port"')
        text = self.plan_text().replace('id = "d"', 'id = "d"\nrepository = "bin"') + (
            '[repositories.bin]\nupstream = "../bin.git"\nbranch = "openssl-bin"\n'
            'landing = "hand-off"\n'
        )
        (self.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")

    @property
    def package(self):
        return self.folder / ".stacker" / "hand-off" / "d"


def new(folder, run, patch):
    """The one on the hub, made from nothing; its hub does not run."""
    world = OnHub.new(folder, run, patch, ids="ab")
    world.bin = binaries(folder)
    world.arrange()
    world.text("d", TEXT)
    span = f"{world.bin['start']}..{world.bin['Add arm']}"
    world.good("import", span, "--from", world.bin.path, "--stage", "d", "--repository", "bin")
    world.bin.git("branch", "-D", "port")
    world.close()
    return world


def commands(package):
    """What TEXT.md says is to be done: to take it, and instead of the merge."""
    text = (package / "TEXT.md").read_text(encoding="utf-8")
    first, instead, *_ = re.findall(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return first.splitlines(), instead.splitlines()


def take(package, upstream, *, instead_of_merge=None):
    """Do it in a maintainer's clone, who has git and what was sent; the clone."""
    clone = package.parents[3] / "maintainer"
    if not clone.exists():
        git(clone.parent, "clone", "-q", str(upstream), str(clone))
    bundle = package / f"{package.name}.bundle"
    shutil.copy(bundle, clone / bundle.name)
    for line in commands(package)[0]:
        [one] = instead_of_merge if instead_of_merge and " merge " in line else [line]
        word, *arguments = shlex.split(one)
        assert word == "git"
        git(clone, *arguments)
    return clone


def revert(clone):
    """The newest commit of the maintainer's is taken out again."""
    git(clone, "revert", "--no-edit", "HEAD")
    git(clone, "push", "-q")
    return git(clone, "rev-parse", "HEAD")


def actions(document):
    """Kind and stage of each."""
    return [(one["kind"], one["stage"]) for one in document["actions"]]


def proof(package):
    return json.loads((package / "proof.json").read_bytes())


def content(package):
    return {p.relative_to(package): p.read_bytes() for p in package.rglob("*") if p.is_file()}
