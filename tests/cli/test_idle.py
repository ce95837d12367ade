"""What was said of a rebase with nothing to do is said again only while it is true."""

from __future__ import annotations

import json
import shutil

import pytest
from world import begin

import stacker

LINES = "".join(f"line {n}\n" for n in range(9))


@pytest.fixture
def world(tmp_path, run_stacker, history):
    """A series that stands on upstream's tip, of which a rebase has said so."""
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES}), ("drift", {"z.c": LINES})],
        "port": ["start", ("First", {"a.c": LINES.replace("line 8", "port")}),
                 ("Second", {"b.c": LINES.replace("line 8", "port")})],
    })  # fmt: skip
    made = begin(
        run_stacker, tmp_path, upstream, (f"{upstream['start']}..port", "--stage-per-commit")
    )
    made.stacker("rebase")
    made.stacker("rebase")
    return made


def kept(world):
    return world.home / ".stacker" / "idle.json"


def is_said_again(world):
    """Whether the next rebase only says what was kept: whatever that is."""
    before = json.loads(kept(world).read_text(encoding="utf-8"))
    kept(world).write_text(json.dumps({**before, "text": "KEPT"}), encoding="utf-8")
    said = world.run("rebase", cwd=world.home).out
    assert said
    return said == "KEPT\n"


def test_it_is_said_again(world):
    assert is_said_again(world)


def test_it_is_what_was_said(world):
    said = [world.run(*more, "rebase", cwd=world.home) for more in ((), ["--json"], ["-q"])]
    kept(world).unlink()
    assert [world.run("rebase", cwd=world.home)] == said[:1]
    kept(world).unlink()
    assert [world.run("--json", "rebase", cwd=world.home)] == said[1:2]
    assert said[2].out == ""


def edit(path):
    path.write_bytes(path.read_bytes() + b"\n")


def master_at(world, name):
    world.upstream.git("update-ref", "refs/heads/master", world.upstream[name])


CHANGES = {
    "the plan": lambda world: edit(world.home / "series.toml"),
    "the lock": lambda world: edit(world.home / "series.lock"),
    "a patch": lambda world: edit(world.patch("first")),
    "a patch is gone": lambda world: world.patch("second").unlink(),
    "a new patch": lambda world: shutil.copy(
        world.patch("first"), world.home / "patches" / "first" / "0002-again.patch"
    ),
    "a text": lambda world: edit(world.home / "series" / "first.md"),
    "upstream went on": lambda world: world.upstream.add("master", ("more", {"y.c": "y\n"})),
    "upstream went back": lambda world: master_at(world, "start"),
    "upstream is gone": lambda world: world.upstream.path.rename(world.home.parent / "gone"),
    "upstream's branch is gone": lambda world: world.upstream.git("branch", "-m", "master", "main"),
    "another version": lambda world: world.stacker("undo"),
    "a fetch": lambda world: world.git(
        "update-ref", "refs/stacker/upstream/upstream", world.upstream["start"]
    ),
    "the store is gone": lambda world: shutil.rmtree(world.home / ".stacker" / "store.git"),
    "a target is remembered": lambda world: (world.home / ".stacker" / "attempt.json").write_text(
        json.dumps({"targets": {"upstream": world.upstream["start"]}, "picks": [], "dropped": []}),
        encoding="utf-8",
    ),
    "it cannot be read": lambda world: kept(world).write_text("{", encoding="utf-8"),
    "it is of another form": lambda world: kept(world).write_text("[]", encoding="utf-8"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_it_is_not_said_when_anything_has_changed(world, what):
    CHANGES[what](world)
    here = world.home
    shutil.copytree(here, here.with_name("saved"), symlinks=True)
    upstream = world.upstream.path
    there = upstream.is_dir()
    if there:
        shutil.copytree(upstream, upstream.with_name("saved-upstream"))
    with_it = world.run("--json", "rebase", cwd=here)
    files = world.files()
    shutil.rmtree(here)
    here.with_name("saved").rename(here)
    if there:
        shutil.rmtree(upstream)
        upstream.with_name("saved-upstream").rename(upstream)
    kept(world).unlink()
    assert world.run("--json", "rebase", cwd=here) == with_it
    assert world.files() == files


def test_each_change_is_seen(world):
    """The same without running the rebase in full: else a change could be without effect."""
    for what in ("a text", "upstream went on"):
        assert is_said_again(world)
        CHANGES[what](world)
        assert not is_said_again(world)
        world.stacker("rebase")
        world.stacker("rebase")


def test_a_copy_says_its_own(world):
    copy = world.home.with_name("copy")
    shutil.copytree(world.home, copy, symlinks=True)
    said = world.run("--json", "rebase", cwd=copy).document
    assert said["store"] == str(copy / ".stacker" / "store.git")


def test_another_stacker_says_its_own(world, monkeypatch):
    monkeypatch.setattr("stacker.cli.idle.__version__", f"{stacker.__version__}.1")
    assert not is_said_again(world)


def test_without_asking_upstream_nothing_is_said_of_it(world):
    world.upstream.add("master", ("more", {"y.c": "y\n"}))
    assert "unchanged" in world.run("--no-fetch", "rebase", cwd=world.home).out


def test_what_is_not_near_is_asked_each_time(tmp_path, run_stacker, history, world):
    plan = world.home / "series.toml"
    text = plan.read_text(encoding="utf-8")
    path = world.upstream.path.as_posix()
    plan.write_text(text.replace(f'"{path}"', f'"file://{path}"'), encoding="utf-8", newline="\n")
    kept(world).unlink()
    for _ in range(3):
        assert world.run("rebase", cwd=world.home).code == 0
    assert not kept(world).exists()


def test_a_conflict_is_never_kept(world):
    kept(world).unlink()
    world.upstream.add("master", ("break", {"a.c": LINES.replace("line 8", "theirs")}))
    for _ in range(2):
        assert world.run("rebase", cwd=world.home).code == 3
    assert not kept(world).exists()
