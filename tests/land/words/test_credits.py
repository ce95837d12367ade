"""Whoever had a part in a stage is credited by a squash, a foreign pull request's author first."""

from __future__ import annotations

from pathlib import Path

import pytest
from land_world import UPSTREAM, git

from stacker import wiring
from stacker.land.words.told import authors_of

ZED, HELPER, PAUL = (
    "Zed <zed@fork.org>", "Helper <helper@fork.org>", "Paul Porter <paul@example.org>",
)  # fmt: skip


@pytest.fixture
def proposed(ready, monkeypatch):
    """A pull request of two commits by two people, from a fork that the porter has no part in."""
    ready.ask("POST", f"/repos/{UPSTREAM}/forks", {}, "zed")
    fork = ready.root / "hub" / "zed" / "proj.git"
    tip = git(fork, "rev-parse", "master")
    for name, mail in (("Zed", "zed@fork.org"), ("Helper", "helper@fork.org")):
        monkeypatch.setenv("GIT_AUTHOR_NAME", name)
        monkeypatch.setenv("GIT_AUTHOR_EMAIL", mail)
        file = ready.root / "blob"
        file.write_text(f"{name}\n", encoding="utf-8")
        blob = git(fork, "hash-object", "-w", str(file))
        listing = git(fork, "ls-tree", tip) + f"\n100644 blob {blob}\t{name}.txt\n"
        file.write_text(listing, encoding="utf-8")
        with file.open("rb") as entries:
            tree = git(fork, "mktree", stdin=entries)
        tip = git(fork, "commit-tree", "-p", tip, "-m", f"By {name}", tree)
    git(fork, "update-ref", "refs/heads/topic", tip)
    body = {"title": "Foreign", "head": "zed:topic", "base": "master"}
    number = ready.ask("POST", f"/repos/{UPSTREAM}/pulls", body, "zed")["number"]
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Paul Porter")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "paul@example.org")
    return ready, number


def people(world, *stages):
    with wiring.workspace(world.folder) as work:
        return [who.text() for who in authors_of(work.store, work.load(), stages)]


@pytest.mark.parametrize("folded", [[], ["--fold"]])
def test_the_authors_of_a_pull_request_stay_whatever_becomes_of_the_stage(proposed, folded):
    world, number = proposed
    made = world.good("import", f"#{number}", "--stage", "foreign", *folded)
    assert made["stages"] == ["foreign"]
    assert len(list((world.folder / "patches" / "foreign").iterdir())) == 2 - len(folded)
    assert people(world, "foreign") == [ZED, HELPER]
    opened = world.good("edit", "foreign")["folder"]
    (Path(opened) / "Zed.txt").write_text("mended\n", encoding="utf-8")
    world.good("edit", "--done", "-m", "Mend it")
    assert people(world, "foreign") == [ZED, HELPER]
    (Path(world.good("edit", "foreign")["folder"]) / "Paul.txt").write_text("p\n", "utf-8")
    world.good("edit", "--done", "--new", "-m", "More")
    assert people(world, "foreign", "a") == [ZED, HELPER, PAUL, "Ada Upstream <ada@example.org>"]
