"""`land --rehearse`: it lands, or says why not, and nothing landed."""

from __future__ import annotations

import land_world
import pytest
from land_world import UPSTREAM, acting_as, git, inside, land, master, methods, protect, reasons


@pytest.fixture(scope="session")
def groups(tmp_path_factory):
    return {}


@pytest.fixture
def ready(groups, tmp_path, tmp_path_factory, run_stacker, monkeypatch):
    """A submitted and approved group of two on a hub that runs."""
    with land_world.copies(groups, tmp_path, tmp_path_factory, run_stacker, monkeypatch) as made:
        yield made()


def untouched(world):
    """What a landing would change."""
    refs = git(world.upstream.path, "for-each-ref", "--format=%(refname) %(objectname)")
    pulls = [(p["number"], p["state"], p["title"], p["updated_at"]) for p in world.pulls()]
    files = {
        path.relative_to(world.folder): path.read_bytes()
        for path in sorted(world.folder.rglob("*"))
        if path.is_file() and "rehearsal" not in path.parts and ".git" not in path.parts
    }
    return refs, pulls, files


def rehearse(world, *, code=0, who="up"):
    """Rehearse, which writes nothing upstream and nothing of the series."""
    before = untouched(world)
    world.door.seen.clear()
    with acting_as(world, who):
        ran = world.run("land", "--group", "final", "--rehearse")
    assert ran.code == code, (ran.out, ran.err)
    assert world.door.writes == []
    assert untouched(world) == before
    return ran.document


def there(said, *arguments):
    """What the copy of upstream says."""
    return git(f"{said['rehearsal']['root']}/{UPSTREAM}.git", *arguments)


def test_it_lands_there_as_it_will_here(ready):
    said = rehearse(ready)
    assert (said["state"], said["way"], said["rehearsal"]["supposed"]) == ("landed", "push", [])
    assert there(said, "rev-parse", "master") == said["commit"]
    real = land(ready)
    assert [real[k] for k in ("commit", "tree", "tx", "guarantee")] == [
        said[k] for k in ("commit", "tree", "tx", "guarantee")
    ]


def test_what_blocks_it_here_blocks_it_there(ready):
    number = ready.lock.stage("b").pull
    path = f"/repos/{UPSTREAM}/pulls/{number}/reviews"
    ready.ask("POST", path, {"event": "REQUEST_CHANGES", "body": "Wait."}, "zed")
    said = rehearse(ready, code=5)
    assert said["state"] == "blocked"
    assert reasons(said) == reasons(land(ready, code=5))


def test_the_rules_are_there_and_what_only_upstream_does_is_supposed(ready):
    protect(ready, approvals=1, checks=["CI"])
    methods(ready, "squash")
    before = master(ready)
    said = rehearse(ready)
    assert (said["state"], said["way"]) == ("landed", "pull-request")
    assert said["guarantee"] == "one-squashed-commit"
    [pull] = said["rehearsal"]["pulls"]
    number = pull.rpartition("/")[2]
    assert said["rehearsal"]["supposed"] == [
        "that CI passed on what is to land",
        f"that #{number} was approved",
    ]
    assert there(said, "rev-list", "--count", f"{before}..master") == "1"
    assert inside(ready, "master") == set()


def test_a_porter_sees_what_a_maintainer_will_do(ready):
    methods(ready, "squash")
    said = rehearse(ready, who="porter")
    assert said["state"] == "landed"
    [supposed] = said["rehearsal"]["supposed"]
    assert supposed.startswith("that a maintainer pressed the button on #")


def test_a_person_reads_that_nothing_landed(ready):
    with acting_as(ready, "up"):
        out = ready._run("land", "--group", "final", "--rehearse", cwd=ready.folder).out
    assert out.startswith("Rehearsed on a copy; the forge and the series are as they were.\n")
    assert "Landed: final, 2 of 2 in master" in out
    assert inside(ready, "master") == set()


def test_a_landing_that_waits_here_is_rehearsed_from_its_beginning(ready):
    protect(ready, approvals=1)
    assert land(ready, code=5)["state"] == "waiting"
    said = rehearse(ready)
    assert said["state"] == "landed"
    assert land(ready, code=5)["state"] == "waiting"
