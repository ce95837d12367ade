"""`review --since vN`: what people changed, without what upstream moved; from this clone alone."""

from __future__ import annotations

import pytest
from world import begin
from world import numbered as edited


@pytest.fixture
def world(tmp_path, run_stacker, history):
    """Two stages, each a file of its own, on an upstream that stands still so far."""
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": edited(), "b.c": edited()})],
        "port": [
            "start",
            ("First", {"a.c": edited((8, "first"))}),
            ("Second", {"b.c": edited((8, "second"), (30, "more"))}),
        ],
    })  # fmt: skip
    return begin(run_stacker, tmp_path, upstream,
                 (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip


def since(world, stage, version):
    found = world.stacker("review", stage, "--since", version)
    return found["since"], found["diff"]


def changed_lines(diff):
    marks = ("+++", "---")
    return [x for x in diff.splitlines() if x[:1] in ("+", "-") and not x.startswith(marks)]


def test_what_people_changed_and_nothing_that_moved(world):
    world.upstream.add("master", ("drift", {"b.c": edited((10, "up"))}))
    world.stacker("rebase")
    assert since(world, "second", "v1")[0]["diff"] == ""
    assert "Nothing of it changed since v1." in world.run(
        "review", "second", "--since", "v1", cwd=world.home
    ).out  # fmt: skip
    world.change_by_hand("second", b"+second", b"+other")
    world.stacker("rebase")
    for version in ("v1", "v2"):
        found, whole = since(world, "second", version)
        assert (found["how"], found["version"]) == ("interdiff", int(version[1:]))
        assert changed_lines(found["diff"]) == ["-second", "+other"]
        assert "+more" in whole
    text = world.run("review", "second", "--since", "v1", cwd=world.home).out
    assert "What changed since v1, without what upstream moved\n b.c | 2 +-\n" in text
    assert "+more" not in text  # the whole change is another question
    assert since(world, "first", "1")[0]["diff"] == ""  # the stage below did not change
    plan = world.home / "series.toml"
    text = plan.read_text(encoding="utf-8").replace('id = "second"', 'id = "other"\nwas = "second"')
    plan.write_text(text, encoding="utf-8", newline="\n")
    world.stacker("rebase")
    assert changed_lines(since(world, "other", "v1")[0]["diff"]) == ["-second", "+other"]


def test_an_old_change_that_does_not_fit_any_more_is_compared_patch_by_patch(world):
    meets = ("meets", {"b.c": edited((8, "theirs"))})
    world.upstream.add("master", meets)
    world.stacker("rebase", code=3)
    world.stacker("resolve", "--take", "mine")
    found, _ = since(world, "second", "v1")
    assert (found["how"], found["conflicts"]) == ("range-diff", ["b.c"])
    assert "1:  " in found["diff"]
    assert "    --line 8\n    +-theirs\n" in found["diff"]
    text = world.run("review", "second", "--since", "v1", cwd=world.home).out
    assert (
        "What changed since v1, which conflicts where it stands now (b.c): patch by patch" in text
    )


def test_versions_that_there_are_not_or_that_lack_the_stage(world):
    world.upstream.add("later", ("Third", {"c.c": "new\n"}), start="Second")
    world.stacker("import", f"{world.upstream['Second']}..later", "--stage", "third")
    found, _ = since(world, "third", "v1")
    assert (found["how"], found["why"][:20]) == ("whole", "v1 does not have it,")
    text = world.run("review", "third", "--since", "v1", cwd=world.home).out
    assert "Nothing to compare with: v1 does not have it" in text
    assert "+new" in text
    done = world.run("review", "third", "--since", "v9", cwd=world.home)
    assert (done.code, "there is no v9" in done.err) == (2, True)
    assert world.run("review", "third", "--since", "yesterday", cwd=world.home).code == 2
    done = world.run("review", "third", "--since", "my-review", cwd=world.home)
    assert (done.code, "it has no pull request" in done.err) == (1, True)
