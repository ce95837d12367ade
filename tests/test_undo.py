"""`stacker undo`: back and forth over versions; what people wrote and what is published stays."""

from __future__ import annotations

import re

import pytest
from world import begin

LINES = "".join(f"line {n}\n" for n in range(9))


@pytest.fixture
def world(once, run_stacker, history):
    return once("a stage to be undone", lambda folder: drawn(folder, run_stacker, history))


def drawn(folder, run_stacker, history):
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES})],
        "port": ["start", ("First", {"a.c": LINES.replace("line 8", "port")})],
    })  # fmt: skip
    made = begin(run_stacker, folder, upstream,
                 (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip
    upstream.add("master", ("drift", {"a.c": LINES.replace("line 1", "drift")}))
    return made


def test_back_and_forth(world):
    first = world.files()
    world.stacker("rebase")
    second = world.files()
    assert world.stacker("undo") == {"before": 2, "version": 1, "edits_kept": False}
    assert world.files() == first
    assert world.stacker("undo")["version"] == 2
    assert world.files() == second
    assert world.stacker("undo", "--to", "v0")["version"] == 0
    assert "patches" not in {name.split("/")[0] for name in world.files()}
    assert world.stacker("undo", "--to", "2")["version"] == 2
    assert world.files() == second


def test_the_same_version_again_has_its_number_and_another_one_a_new_number(world):
    world.stacker("rebase")
    world.stacker("undo")
    assert world.stacker("rebase")["version"] == 2
    world.stacker("undo")
    world.upstream.add("master", ("more", {"b.c": "b\n"}))
    assert world.stacker("rebase")["version"] == 3


def test_what_was_edited_by_hand_can_be_had_again(world):
    world.stacker("rebase")
    (world.home / "series" / "cover.md").write_text("# Mine\n", encoding="utf-8", newline="\n")
    patch = world.patch("first")
    patch.write_bytes(patch.read_bytes().replace(b"+port", b"+edited"))
    edited = world.files()
    assert world.stacker("undo")["edits_kept"] is True
    assert b"edited" not in world.patch("first").read_bytes()
    world.stacker("undo")
    assert world.files() == edited
    document = world.stacker("rebase")
    assert document["edits"] == ["patches of first were edited"]
    assert b"+edited" in world.patch("first").read_bytes()


def test_a_number_means_the_version_not_what_was_edited_in_it(world):
    world.stacker("rebase")
    second = world.files()
    patch = world.patch("first")
    patch.write_bytes(patch.read_bytes().replace(b"+port", b"+edited"))
    assert world.stacker("undo", "--to", "v2")["edits_kept"] is True
    assert world.files() == second


def test_what_is_published_is_not_undone(world):
    world.stacker("rebase")
    lock = world.home / "series.lock"
    text = lock.read_text(encoding="utf-8")
    lock.write_text(re.sub(r"(first = .*) }", r"\1, pull = 7 }", text.replace('"first"', "first")),
                    encoding="utf-8", newline="\n")  # fmt: skip
    world.stacker("undo")
    assert b"pull = 7" in world.lock()


@pytest.mark.parametrize(("to", "said"), [("v9", "there is no v9"), ("x", "no version")])
def test_a_version_that_is_not_there(world, to, said):
    before = world.files()
    ran = world.run("--json", "undo", "--to", to, cwd=world.home)
    assert ran.code == 2
    assert said in ran.document["error"]["message"]
    assert world.files() == before


def test_undo_lets_go_of_a_stopped_rebase(world):
    world.upstream.add("master", ("break", {"a.c": LINES.replace("line 8", "theirs")}))
    world.stacker("rebase", code=3)
    world.stacker("undo")
    assert "no rebase has stopped" in world.stacker("resolve", code=2)["error"]["message"]
