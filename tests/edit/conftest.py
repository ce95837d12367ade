"""A series of two stages to edit: `first` of two patches, `second` on top of it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from submit_world import copies
from world import begin

LINES = "".join(f"line {n}\n" for n in range(30))


def edited(*pairs):
    """LINES with other words in some lines."""
    text = LINES
    for number, word in pairs:
        text = text.replace(f"line {number}\n", f"{word}\n")
    return text


@dataclass
class Desk:
    """A series directory, and what a person does in the folder of an open stage."""

    world: object
    folder: Path | None = None

    def __getattr__(self, name):
        return getattr(self.world, name)

    def open(self, stage="first"):
        """Open a stage."""
        self.folder = Path(self.stacker("edit", stage)["folder"])
        return self.folder

    def write(self, name, text):
        """A file in the folder."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, subject, *more):
        """Commit all that is in the folder, as the person's own git does."""
        self.inside("add", "-A")
        self.inside("commit", "-q", "-m", subject, *more)

    def inside(self, *arguments):
        """git in the folder."""
        return self.git(*arguments, where=self.folder)

    def done(self, *arguments, code=0):
        """Take it back."""
        return self.stacker("edit", "--done", "-m", "why it was edited", *arguments, code=code)

    def file(self, commit, path):
        """A file as a commit has it."""
        return self.git("show", f"{commit}:{path}") + "\n"

    def subjects(self, commit):
        """The subjects of the commits on top of upstream's start."""
        return self.git("log", "--format=%s", f"{self.upstream['start']}..{commit}").split("\n")

    def head(self):
        """Reason and command of the newest operation."""
        return self.git("log", "-1", "--format=%s", "refs/stacker/head")

    def patches(self, stage):
        """The names of a stage's patch files."""
        return sorted(p.name for p in (self.home / "patches" / stage).glob("*.patch"))


@pytest.fixture
def desk(once, run_stacker, history):
    return Desk(once("a desk", lambda folder: drawn(folder, run_stacker, history)))


def drawn(folder, run_stacker, history):
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES, ".gitignore": "*.o\n"})],
        "port": ["start", ("First", {"a.c": edited((3, "one"))}, "Eve <eve@example.org>"),
                 ("Again", {"a.c": edited((3, "one"), (9, "two"))}, "Eve <eve@example.org>"),
                 ("Second", {"b.c": edited((3, "one")), "a.c": edited((3, "one"), (9, "two"),
                                                                       (20, "far"))})],
    })  # fmt: skip
    upstream.git("tag", "start", upstream["start"])
    upstream.git("tag", "again", upstream["Again"])
    imports = (("start..again", "--stage", "first"), ("again..port", "--stage", "second"))
    world = begin(run_stacker, folder, upstream, *imports)
    subprocess.run(["git", "config", "user.name", "Paul"], cwd=world.home, check=True)
    return world


@pytest.fixture(scope="session")
def published_models(tmp_path_factory):
    return {}


@pytest.fixture
def published(published_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """`published(ids=…)`: a series on a hub that runs, submitted."""
    with copies(published_models, tmp_path, tmp_path_factory, run_stacker, monkeypatch) as made:
        yield lambda **options: made(submitted=True, **options)


@pytest.fixture
def sent(published):
    """A chain of three, submitted."""
    return published()
