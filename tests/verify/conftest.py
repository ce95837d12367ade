from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from stacker.git.process import Git
from stacker.series.plan.reading import parse_plan
from stacker.verify.request import VerifyRequest
from stacker.verify.stage_tree import StageTree

if TYPE_CHECKING:
    from pathlib import Path

PERSON = [("user.name", "A"), ("user.email", "a@example.org")]


class Lab:
    """A store with one commit a stage, and the requests about it."""

    def __init__(self, root: Path):
        self.folder = root / "series" / ".stacker"
        self.store = Git(root / "store.git")
        self.work = Git(root / "work")
        self.work.directory.mkdir()
        self.work.run("init", "-q", ".")
        self.work.run("init", "-q", "--bare", str(self.store.directory))

    def commit(self, files):
        """A commit with exactly these files, in the store."""
        for old in self.work.directory.iterdir():
            if old.name != ".git":
                old.unlink()
        for name, content in files.items():
            (self.work.directory / name).write_text(content, encoding="utf-8", newline="\n")
        self.work.run("add", "-A")
        self.work.run("commit", "-q", "--allow-empty", "-m", "one", config=PERSON)
        self.work.run("push", "-q", "--force", str(self.store.directory), "HEAD:refs/heads/x")
        return self.work.text("rev-parse", "HEAD")

    def stage(self, name, files, repository="main"):
        commit = self.commit(files)
        tree = self.store.text("rev-parse", f"{commit}^{{tree}}")
        return StageTree(name, repository, "b" * 40, commit, tree)

    def request(self, plan, *stages, **more):
        if isinstance(plan, str):
            plan = parse_plan(plan, "series.toml")
        given = {
            "plan": plan,
            "store": self.store,
            "stages": {stage.stage: stage for stage in stages},
            "repo_commits": {},
            "environment": dict(os.environ),
            "folder": self.folder,
            "python": sys.executable,
        }
        return VerifyRequest(**(given | more))


@pytest.fixture
def lab(tmp_path):
    return Lab(tmp_path)
