"""What a submit is about to do is on disk before it does it, and a person is told."""

from __future__ import annotations

import json
import os

from submit_world import World

from stacker.hub.faults.rules import Before, Reply, Rule
from stacker.submit import journal


def test_each_action_is_on_disk_before_it_is_begun(tmp_path, run_stacker, monkeypatch):
    world = World.new(tmp_path, run_stacker, monkeypatch, ids="ab")
    file = world.folder / ".stacker" / "submit.jsonl"
    seen, synced = [], []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(handle) or real(handle))

    def look(method, path):
        if path.endswith(("git-receive-pack", "/pulls")) and method == "POST":
            lines = file.read_text("utf-8").splitlines()
            seen.append(json.loads(lines[-1])["about"])

    world.door.act = look
    world.submit()
    assert seen == [
        "move 2 branches of proj", "open the pull request of a", "open the pull request of b",
    ]  # fmt: skip
    assert len(synced) >= 5
    assert not file.exists()
    world.close()


def test_a_person_is_told_how_far_one_came_that_failed(tmp_path, run_stacker, monkeypatch):
    world = World.new(tmp_path, run_stacker, monkeypatch, ids="ab")
    broken = Before(Reply(502, {"message": "Server Error"}))
    world.hub.faults.set(Rule(broken, method="POST", path="/repos/*/*/pulls"))
    assert world.run("submit").code != 0
    assert len(world.hub.faults.struck) == 1
    [one] = world.good("status")["unfinished"]
    assert (
        "a submit is unfinished: after 1 action it was about to open the pull request of a"
        in str(one)
    )
    world.submit()
    assert world.good("status")["unfinished"] == []
    world.close()


def test_half_a_line_is_no_error(tmp_path):
    (tmp_path / "submit.jsonl").write_text('{"about": "open"}\n{"abo', "utf-8")
    assert journal.begun(tmp_path) == ("open",)
    journal.forget(tmp_path)
    assert journal.begun(tmp_path) == ()
