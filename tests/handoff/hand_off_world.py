"""A series whose stage `d` goes to a repository that takes no pull requests, and its maintainer.

Stages `a` and `b` go to the hub; `b` needs `d`, which brings a binary, changes and removes files.
"""

from __future__ import annotations

import json
import shlex
import shutil

import history
import submit_world
from submit_world import UPSTREAM, World, git

DLL = bytes(range(256)) * 3
NEXT_DLL = DLL + b"\r\nnext"
START = {"manifest.txt": "x86\n", "x86/lib.dll": b"\0x86", "old.txt": "old\n", "readme": "r\n"}
PART = {"manifest.txt": "x86\narm\n", "arm/lib.dll": DLL, "old.txt": None}
TITLE = "OpenSSL for ARM"


class HandOff(World):
    """The same on a copy; `bin` is the repository with the binaries."""

    bin = None

    def copy(self, root):
        world = super().copy(root)
        world.__class__ = HandOff
        world.bin = history.Repository(root / "bin.git", dict(self.bin.oids))
        return world

    def arrange(self, proof="tree", *, upstream="../bin.git", more="", landing="hand-off"):
        """Write the plan."""
        fork = f'fork = "{self.fork_name}"\npublish = "append"\n' if self.fork_name else ""
        text = (
            f'[series]\nname = "s"\ntitle = "The port"\n\n[repositories.proj]\n'
            f'upstream = "{UPSTREAM}"\nbranch = "master"\n{fork}\n'
            f'[repositories.bin]\nupstream = "{upstream}"\nbranch = "openssl-bin"\n'
            f'landing = "{landing}"\nproof = "{proof}"\n\n'
            '[[stages]]\nid = "a"\nneeds = []\n\n'
            '[[stages]]\nid = "d"\nrepository = "bin"\nneeds = []\n\n'
            '[[stages]]\nid = "b"\nneeds = ["a", "d"]\n' + more
        )
        (self.folder / "series.toml").write_text(text, encoding="utf-8", newline="\n")

    @property
    def package(self):
        return self.folder / ".stacker" / "hand-off" / "d"

    def stage(self, document, stage="d"):
        return next(one for one in document["stages"] if one["id"] == stage)

    def status(self, stage="d"):
        return self.stage(self.good("status"), stage)

    def page(self):
        ran = self._run("status", cwd=self.folder)
        assert ran.code == 0
        return ran.out

    # The maintainer, who has git and what was sent.

    def take(self, *, merge="git merge --ff-only FETCH_HEAD"):
        """Do what TEXT.md says, by its very commands; with another one for the merge."""
        clone = self.root / "maintainer"
        if not clone.exists():
            git(self.root, "clone", "-q", str(self.bin.path), str(clone))
        bundle = self.package / "d.bundle"
        shutil.copy(bundle, clone / bundle.name)
        blocks = (self.package / "TEXT.md").read_text(encoding="utf-8").split("```\n")[1::2]
        again = next(b for b in blocks if "cherry-pick" in b).strip()
        for line in blocks[0].splitlines():
            command = again if merge == "cherry-pick" and " merge " in line else line
            words = shlex.split(command)
            assert words[0] == "git"
            git(clone, *words[1:])
        return clone


def new(folder, run, patch):
    """Made from nothing; its hub does not run."""
    world = HandOff.new(folder, run, patch, ids="ab")
    world.bin = history.draw(
        folder / "bin.git",
        {"openssl-bin": [("start", START)], "port": ["start", ("Add arm", PART, "Paul <p@x.y>")]},
    )
    world.arrange()
    world.text("d", f"# {TITLE}\n\nBuilt with `nmake`.\n")
    span = f"{world.bin['start']}..{world.bin['Add arm']}"
    world.good("import", span, "--from", world.bin.path, "--stage", "d", "--repository", "bin")
    world.bin.git("branch", "-D", "port")
    world.close()
    return world


def copies(models, tmp_path, factory, run, patch):
    """A maker of such worlds on hubs that run."""
    return submit_world.copies(models, tmp_path, factory, run, patch, new=new)


def actions(document):
    """Kind and stage of each."""
    return [(one["kind"], one["stage"]) for one in document["actions"]]


def proof(world):
    return json.loads((world.package / "proof.json").read_bytes())
