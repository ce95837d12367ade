"""Patch files that people move about in `patches/` stay the commits that they were."""

from __future__ import annotations

import pytest
from world import begin, stages, statuses

LINES = "".join(f"line {n}\n" for n in range(20))
A1 = LINES.replace("line 3\n", "a1\n")
A2 = A1.replace("line 5\n", "a2\n")
A3 = A2.replace("line 9\n", "a3\n")
B1 = A3.replace("line 15\n", "b1\n")


@pytest.fixture
def world(once, run_stacker, history):
    """Stage a with three patches, stage b with one on top, all in a.c."""

    def make(folder):
        upstream = history.draw(folder / "upstream", {
            "master": [("start", {"a.c": LINES})],
            "port": ["start", ("A1", {"a.c": A1}), ("A2", {"a.c": A2}), ("A3", {"a.c": A3}),
                     ("B1", {"a.c": B1})],
        })  # fmt: skip
        a, b = (f"{upstream['start']}..port~1", "--stage", "a"), ("port~1..port", "--stage", "b")
        return begin(run_stacker, folder, upstream, a, b)

    return once("four patches to be read again", make)


def move(world, old, new):
    (world.home / "patches" / new).parent.mkdir(exist_ok=True)
    (world.home / "patches" / old).rename(world.home / "patches" / new)


def subjects(world, document, stage):
    found = world.git("log", "--format=%s", "--reverse", f"{document['base']}.."
                      f"{stages(document)[stage]['commit']}")  # fmt: skip
    return found.split()


def content(world, document, stage):
    return world.git("show", f"{stages(document)[stage]['commit']}:a.c") + "\n"


def test_to_the_stage_above(world):
    move(world, "a/0003-a3.patch", "b/0000-a3.patch")
    document = world.stacker("rebase")
    assert document["edits"] == ["0000-a3.patch moved from a to b"]
    assert subjects(world, document, "a") == ["A1", "A2"]
    assert subjects(world, document, "b") == ["A1", "A2", "A3", "B1"]
    assert content(world, document, "b") == B1
    again = world.stacker("rebase")
    assert (again["edits"], statuses(again)) == ([], {"a": "unchanged", "b": "unchanged"})


def test_out_of_the_middle_to_the_end(world):
    move(world, "a/0002-a2.patch", "b/0009-a2.patch")
    document = world.stacker("rebase")
    assert document["edits"] == ["0009-a2.patch moved from a to b"]
    assert subjects(world, document, "b") == ["A1", "A3", "B1", "A2"]
    assert content(world, document, "b") == B1
    assert b"a2" not in (world.home / "patches/a/0003-a3.patch").read_bytes()


def test_to_the_stage_below_while_another_is_edited(world):
    move(world, "b/0001-b1.patch", "a/0004-b1.patch")
    file = world.home / "patches/a/0001-a1.patch"
    file.write_bytes(file.read_bytes().replace(b"+a1\n", b"+eins\n"))
    document = world.stacker("rebase")
    assert sorted(document["edits"]) == [
        "0004-b1.patch moved from b to a",
        "patches of a were edited",
    ]
    assert content(world, document, "a") == B1.replace("a1", "eins")
    assert subjects(world, document, "b") == ["A1", "A2", "A3", "B1"]


def test_into_a_new_stage(world):
    with (world.home / "series.toml").open("a", encoding="utf-8", newline="\n") as plan:
        plan.write('\n[[stages]]\nid = "c"\n')
    move(world, "a/0002-a2.patch", "c/0001-a2.patch")
    document = world.stacker("rebase")
    assert document["edits"] == ["0001-a2.patch moved from a to c", "c is new"]
    assert subjects(world, document, "c") == ["A1", "A3", "B1", "A2"]
    assert content(world, document, "c") == B1


def test_in_another_order(world):
    move(world, "a/0003-a3.patch", "a/0000-a3.patch")
    document = world.stacker("rebase")
    assert document["edits"] == ["0003-a3.patch of a is 0000-a3.patch now"]
    assert subjects(world, document, "a") == ["A3", "A1", "A2"]
    assert content(world, document, "a") == A3
    assert statuses(world.stacker("rebase")) == {"a": "unchanged", "b": "unchanged"}


def test_an_order_that_does_not_go_stops_at_a_conflict(world):
    file = world.home / "patches/b/0001-b1.patch"
    file.write_bytes(file.read_bytes().replace(b"-line 15\n", b"-a3\n").replace(
        b"@@ -13,7 +13,7 @@ line 11", b"@@ -7,7 +7,7 @@ line 6").replace(
        b" line 12\n line 13\n line 14\n", b" line 6\n line 7\n line 8\n").replace(
        b" line 16\n line 17\n line 18\n", b" line 10\n line 11\n line 12\n"))  # fmt: skip
    assert world.stacker("rebase")["edits"] == ["patches of b were edited"]
    before, lock = world.files(), world.lock()
    move(world, "b/0001-b1.patch", "a/0000-b1.patch")
    document = world.stacker("rebase", code=3)
    assert document["edits"] == ["0000-b1.patch moved from b to a"]
    assert [c["path"] for c in stages(document)["a"]["conflicts"]] == ["a.c"]
    assert world.lock() == lock
    move(world, "a/0000-b1.patch", "b/0001-b1.patch")
    assert world.stacker("rebase")["edits"] == []
    assert world.files() == before


def test_one_of_three_is_edited_and_the_others_follow(world):
    file = world.home / "patches/a/0002-a2.patch"
    file.write_bytes(file.read_bytes().replace(b"+a2\n", b"+zwei\n"))
    document = world.stacker("rebase")
    assert document["edits"] == ["patches of a were edited"]
    assert content(world, document, "b") == B1.replace("a2", "zwei")


def test_the_text_of_an_earlier_version_is_what_it_was(world):
    old = (world.home / "patches/a/0002-a2.patch").read_bytes()
    world.upstream.add("master", ("drift", {"a.c": LINES.replace("line 0\n", "up\n")}))
    world.stacker("rebase")
    file = world.home / "patches/a/0002-a2.patch"
    file.write_bytes(file.read_bytes().replace(b"+a2\n", b"+zwei\n"))
    world.stacker("rebase")
    file.write_bytes(old)  # made on another a.c than the series has now
    document = world.stacker("rebase")
    assert document["edits"] == ["patches of a were edited"]
    assert content(world, document, "b") == B1.replace("line 0\n", "up\n")


def test_never_into_another_repository(world, history, tmp_path):
    history.draw(tmp_path / "tools", {"master": [("tools", {"a.c": LINES})]})
    plan = world.home / "series.toml"
    text = plan.read_text(encoding="utf-8")
    text = text.replace("\n[[stages]]", f'\n[repositories.tools]\nupstream = "{tmp_path}/tools"\n'
                        'branch = "master"\n\n[[stages]]', 1)  # fmt: skip
    text += '\n[[stages]]\nid = "t"\nrepository = "tools"\nneeds = ["b"]\n'
    plan.write_text(text, encoding="utf-8", newline="\n")
    move(world, "b/0001-b1.patch", "t/0001-b1.patch")
    before = world.files()
    said = world.stacker("rebase", code=1)["error"]
    assert "tools" in said["message"]
    assert world.files() == before
