"""A stage that goes on with somebody's pull request in one of its own."""

from __future__ import annotations

from pathlib import Path

import adopt_world
import pytest
from adopt_world import push_more, shown
from submit_world import UPSTREAM, git, kinds


@pytest.fixture
def world(adopting):
    return adopting()


def text_of(world, stage="ffi"):
    return world.pull(stage)["body"]


def test_a_new_pull_request_says_so_and_theirs_is_left_alone(world):
    before = shown(world)
    world.text("ffi", "# Finish the new ffi\n\nWhat is new.\n")
    world.door.seen.clear()
    said = world.submit()
    assert kinds(said) == ["push", "open", "open", "edit", "edit"]
    assert said["notes"] == []
    pull = world.pull("ffi")
    assert (pull["number"], pull["head"]["label"]) == (3, "porter:s/ffi")
    own = text_of(world).partition("\n\n")[2]
    assert own.startswith(
        "Continues #1 by zed, whose commits keep their authorship.\n\nWhat is new.\n"
    )
    tip = world.lock.stage("ffi").commit
    authors = git(world.folder / ".stacker" / "store.git", "log", "--format=%an: %s", "-2", tip)
    assert authors == "Zed Begins: Go on\nZed Begins: Begin ffi"
    assert shown(world) == before
    assert [path for _, path, _ in world.door.writes if "/1" in path or "zed" in path] == []
    world.reviewable()
    world.door.seen.clear()
    assert world.submit()["actions"] == []
    assert len(world.door.seen) <= 3
    assert "Continues" not in text_of(world, "a")


def test_what_came_there_since_is_told_and_taken_in_after_what_was_pushed_to_ours(world):
    world.submit()
    there = push_more(world)
    said = world.submit()
    assert said["actions"] == []
    assert said["notes"] == [
        (
            "ffi: #1, which it continues, has 'Zed goes on' by Zed Begins since; "
            "`stacker edit ffi --from-pull` takes it in"
        )
    ]
    ours = world.fix("s/ffi", "Mend ffi", {"more.txt": "m\n"})
    assert world.good("edit", "ffi", "--from-pull")["head"] == ours
    done = world.good("edit", "ffi", "--from-pull")
    assert (done["head"], done["patches"]) == (there, ["0004-zed-goes-on.patch"])
    line = world.lock.stage("ffi")
    assert (line.published.head, line.adopted) == (ours, there)
    assert world.good("edit", "ffi", "--from-pull")["patches"] == []
    assert world.submit()["notes"] == []
    world.reviewable()


def test_what_does_not_go_with_it_is_solved_in_its_folder(world):
    last = world.folder / "patches" / "ffi" / "0002-go-on.patch"
    last.write_bytes(last.read_bytes().replace(b"\n+two", b"\n+TWO"))
    there = push_more(world)
    ran = world.run("edit", "ffi", "--from-pull")
    assert (ran.code, ran.document["conflicts"]) == (3, ["ffi.txt"])
    folder = Path(ran.document["folder"])
    (folder / "ffi.txt").write_text("one\nTWO\nthree\n", encoding="utf-8", newline="\n")
    git(folder, "add", "-A")
    git(folder, "-c", "core.editor=true", "cherry-pick", "--continue")
    world.good("edit", "ffi", "--done")
    assert world.lock.stage("ffi").adopted == there
    assert world.submit()["notes"] == []


def test_a_force_push_there_is_told(world):
    adopt_world.theirs(world).git("update-ref", "refs/heads/fix", "fix^")
    push_more(world)
    assert world.submit()["notes"] == [
        (
            "ffi: #1, which it continues, was force-pushed since; "
            "`stacker status --residue '#1'` tells what it has besides"
        )
    ]
    ran = world.run("edit", "ffi", "--from-pull")
    assert (ran.code, "somebody force-pushed" in ran.document["error"]["message"]) == (1, True)


def test_where_it_stands_is_shown(world):
    assert world.good("status")["stages"][1]["adopts"] == {
        "number": 1, "state": None, "more": None,
    }  # fmt: skip
    world.submit()
    world.ask("PATCH", f"/repos/{UPSTREAM}/pulls/1", {"state": "closed"}, "zed")
    push_more(world)
    shown_now = world.good("status", "--refresh")
    assert shown_now["stages"][1]["adopts"] == {"number": 1, "state": "closed", "more": False}
    world.ask("PATCH", f"/repos/{UPSTREAM}/pulls/1", {"state": "open"}, "zed")
    found = world.good("status", "--refresh")
    assert found["stages"][1]["adopts"] == {"number": 1, "state": "open", "more": True}
    assert found["next"]["command"] == "stacker edit ffi --from-pull"
    assert "adopts #1 (open, more came to it)" in world._run("status", cwd=world.folder).out
    read = world._run("review", "ffi", cwd=world.folder).out
    assert "\nadopts #1 (open, more came to it)\n" in read


IMPORTS = {
    "a stage for each commit": (("--stage-per-commit",), "", None, "`adopts = 1` at one of them"),
    "a stage that is planned": (("--stage", "x"), "", None, "`adopts = 1` at x in the plan"),
    "a stage that says so": (("--stage", "x"), "adopts = 1\n", 1, None),
    "all in one patch": (("--stage", "y", "--fold"), "", 1, "continues #1 of Zed Begins"),
    "a pull request of mine": (("--stage", "y"), "", None, None),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_what_an_import_adopts(world, name, monkeypatch):
    how, more, number, note = IMPORTS[name]
    if name.endswith("mine"):
        monkeypatch.setenv("GIT_AUTHOR_EMAIL", "Zed@example.org")
    world.folder = world.root / "fresh"
    world.good("init", world.folder, "--upstream", UPSTREAM, at=world.root)
    if "x" in how:
        plan = world.folder / "series.toml"
        text = world.plan_text() + f'\n[[stages]]\nid = "x"\nneeds = []\n{more}'
        plan.write_text(text, encoding="utf-8", newline="\n")
    done = world.good("import", "#1", *how)
    assert [note in one for one in done["notes"]] == ([True] if note else [])
    found = [one["adopts"] for one in world.good("status")["stages"]]
    assert found[0] == (number and {"number": number, "state": None, "more": None})
    head = adopt_world.tip(world) if number else None
    assert [one.adopted for one in world.lock.stages] == [head] * len(found)
