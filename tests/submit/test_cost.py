"""What a submit asks of the forge: calls, pushes, and how many branches a push may move."""

from __future__ import annotations

import pytest
from submit_world import FORK, IDS, UPSTREAM, World, git

from stacker.hub import server
from stacker.hub.call import Limits
from stacker.hub.state import connect

FOREIGN = """
WITH RECURSIVE n(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < ?)
INSERT INTO pulls (repository, number, title, body, author, head_repository, head_ref, head,
  base_ref, base, draft, maintainer_can_modify, created_at, updated_at)
SELECT u.id, n.number, 'Another''s', '', p.id, f.id, 'others', ?, 'master', ?, 0, 1,
  '2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z'
FROM n, repositories u, repositories f, users p
WHERE u.id = 1 AND f.id = 2 AND p.login = 'porter'
"""


def crowd(world, many=2000):
    """So many open pull requests of other series, from the same fork."""
    upstream, fork = (world.root / "hub" / f"{name}.git" for name in (UPSTREAM, FORK))
    tip = git(upstream, "rev-parse", "master")
    head = git(fork, "commit-tree", f"{tip}^{{tree}}", "-p", tip, "-m", "Another's")
    git(fork, "update-ref", "refs/heads/others", head)
    git(upstream, "fetch", "-q", str(fork), "others")
    git(upstream, "pack-refs", "--all")
    with (upstream / "packed-refs").open("a") as file:  # refs one by one take git minutes
        file.writelines(
            sorted(f"{head} refs/pull/{number}/head\n" for number in range(1, many + 1))
        )
    with connect(world.root / "hub") as db, db.writing():
        db.run(FOREIGN, many, head, tip)
        db.run("UPDATE repositories SET last_number = ? WHERE id = 1", many)
        assert db.number("SELECT count(*) FROM pulls WHERE is_open") == many


def test_calls_grow_with_the_stages_and_not_with_the_forge(tmp_path, run_stacker, monkeypatch):
    world = World.new(tmp_path, run_stacker, monkeypatch, ids=IDS)
    crowd(world)
    world.door.seen.clear()
    world.submit()
    pushes = [one for one in world.door.seen if one[0] == "PUSH"]
    assert len(pushes) == 1
    assert len(world.door.seen) - len(pushes) <= 2 * len(IDS) + 5
    world.door.seen.clear()
    assert world.submit()["actions"] == []
    assert len(world.door.seen) <= 3
    assert world.door.writes == []
    world.close()


@pytest.fixture
def narrow(monkeypatch):
    """A forge with a push policy: no more than two branches at a time."""
    monkeypatch.setattr(server, "LIMITS", Limits(refs_a_push=2))
    monkeypatch.setitem(server.start.__kwdefaults__, "limits", Limits(refs_a_push=2))


@pytest.mark.usefixtures("narrow")
def test_a_forge_that_takes_few_branches_gets_them_in_parts(tmp_path, run_stacker, monkeypatch):
    world = World.new(tmp_path, run_stacker, monkeypatch, ids="abcde")
    seen = []
    world.door.act = lambda method, path: (
        seen.append(sorted(world.branches())) if path.endswith("git-receive-pack") else None
    )
    done = world.submit()
    assert [one["kind"] for one in done["actions"]].count("push") == 1
    # Below comes first, so nothing is ever there without what it stands on.
    assert [len(branches) for branches in seen if branches] == [2, 4]
    assert ["s/a", "s/b"] in seen
    world.reviewable()
    assert world.submit()["actions"] == []
    world.close()


@pytest.mark.usefixtures("narrow")
def test_a_part_that_is_refused_is_told_and_finished_later(tmp_path, run_stacker, monkeypatch):
    world = World.new(tmp_path, run_stacker, monkeypatch, ids="abcde")
    hook = world.root / "hub" / ".hub" / "hooks" / "update"
    script = hook.read_text()

    def closing(method, path):
        if path.endswith("git-receive-pack") and len(world.branches()) == 2:
            hook.write_text("#!/bin/sh\necho 'GH006: not now' >&2\nexit 1\n")

    world.door.act = closing
    ran = world.run("submit")
    assert ran.code == 1
    assert "2 of 5 branches moved in porter/proj" in ran.document["error"]["message"]
    assert "GH006: not now" in ran.document["error"]["message"]
    world.door.act = None
    hook.write_text(script)
    world.submit()
    world.reviewable()
    assert len(world.ask("GET", f"/repos/{UPSTREAM}/pulls")) == 5
    world.close()
