"""`stacker landed`: every shape in which upstream may have a stage, told from each other."""

from __future__ import annotations

import pytest
from landed_world import ALONE, LINES, ONE, TWO, drift, edited, port
from world import statuses


@pytest.fixture
def world(once, run_stacker, history):
    return once("a port", lambda folder: port(folder, run_stacker, history))


def landed(world, *arguments):
    """The stages of the document by id."""
    return {one["id"]: one for one in world.stacker("landed", *arguments)["stages"]}


def states(world):
    return {name: one["state"] for name, one in landed(world).items()}


def hunks(stage):
    """(hunk's first line, state, subject of the commit, of the one after it) of each hunk."""
    return [
        (h["hunk"].split()[1], h["state"], (h["commit"] or {}).get("subject"),
         (h["by"] or {}).get("subject"))
        for h in stage["hunks"]
    ]  # fmt: skip


def merge(world, into, other, subject, tree=None):
    """A merge commit on `into`; its tree is git's merge, or `tree`."""
    up = world.upstream
    tree = tree or up.git("merge-tree", "--write-tree", into, other)
    made = up.git("commit-tree", tree, "-m", subject, "-p", into, "-p", other)
    up.git("update-ref", f"refs/heads/{into}", made)
    return made


def test_nothing_has_landed(world):
    drift(world)
    assert states(world) == dict.fromkeys(("one", "two", "alone"), "not-landed")


def test_landed_under_other_words_by_somebody_else(world):
    drift(world)
    up = world.upstream
    commit = up.add("master", ("Rewritten (#7)\n\nCloses #3\n", ONE, "Eve <eve@example.org>"))
    drift(world, "more")
    one = landed(world)["one"]
    assert (one["state"], one["commit"]["commit"]) == ("landed", commit)
    told = (one["commit"]["subject"], one["commit"]["author"], one["commit"]["pull"])
    assert told == ("Rewritten (#7)", "Eve", 7)


def test_it_touches_nothing(world):
    world.upstream.add("master", ("L1", ONE))
    refs, files = world.git("for-each-ref", "refs/stacker/head"), world.files()
    objects = world.git("count-objects", "-v")
    world.stacker("landed", "--no-fetch")
    assert (world.git("for-each-ref", "refs/stacker/head"), world.files()) == (refs, files)
    assert world.git("count-objects", "-v") == objects


def test_a_title_and_a_number_prove_nothing(world):
    world.upstream.add("master", ("One (#1)\n\nCloses #1\n", {"z": "something else\n"}))
    assert states(world)["one"] == "not-landed"


def test_a_stack_squashed_into_one_commit(world):
    commit = world.upstream.add("master", ("Both (#1)", TWO))
    found = landed(world)
    assert [found[s]["commit"]["commit"] for s in ("one", "two")] == [commit, commit]
    assert (found["one"]["together_with"], found["two"]["together_with"]) == (["two"], ["one"])


def test_a_stack_that_changes_the_same_lines_in_one_commit(tmp_path, run_stacker, history):
    world = port(tmp_path, run_stacker, history, close=True)
    world.upstream.add("master", ("Both", {"a.c": edited(n3="one", n4="two")}))
    drift(world)
    found = landed(world)
    assert {found[s]["state"] for s in ("one", "two")} == {"landed"}
    assert statuses(world.stacker("rebase")) == {
        "one": "landed",
        "two": "landed",
        "alone": "rebased",
    }


def test_independent_stages_in_one_commit(world):
    world.upstream.add("master", ("All three", {**TWO, **ALONE}))
    assert set(states(world).values()) == {"landed"}
    assert set(statuses(world.stacker("rebase")).values()) == {"landed"}


def test_independent_stages_in_one_commit_with_something_else(world):
    world.upstream.add("master", ("All and more", {**TWO, **ALONE, "z": "more\n"}))
    assert set(states(world).values()) == {"changed"}
    assert set(statuses(world.stacker("rebase")).values()) == {"rebased"}


def test_merged_with_a_merge_commit(world):
    drift(world)
    commit = merge(world, "master", world.upstream["Two"], "Merge pull request #9 from x/y")
    one = landed(world)["one"]
    assert (one["commit"]["commit"], one["commit"]["pull"]) == (commit, 9)


def test_merged_together_with_others(world):
    """A roll-up: of the merge it is the commit inside that is the landing."""
    up = world.upstream
    drift(world)
    rollup = [("Taken one", ONE), ("Other", {"z": "other\n"})]
    up.add("rollup", *rollup, start="start")
    up.git("update-ref", "refs/heads/rollup", up["Other"])
    merge(
        world,
        "master",
        up["Taken one"],
        "Rollup of 1",
        up.git("rev-parse", f"{up['Other']}^{{tree}}"),
    )
    one = landed(world)["one"]
    assert (one["state"], one["commit"]["commit"]) == ("landed", up["Taken one"])


def test_a_stage_as_several_commits(tmp_path, run_stacker, history, world):
    up = world.upstream
    half = edited(n3="three")
    both = edited(n3="three", n15="fifteen")
    up.add(
        "pair",
        ("First half", {"c.c": LINES, "a.c": half}),
        ("Second half", {"a.c": both}),
        start="start",
    )
    world.stacker("import", f"{up['start']}..pair", "--stage", "pair")
    up.add("master", ("L first", {"c.c": LINES, "a.c": half}))
    drift(world)
    assert hunks(landed(world)["pair"])[:1] == [("-1,7", "landed", "L first", None)]
    last = up.add("master", ("L second", {"a.c": both}))
    pair = landed(world)["pair"]
    assert (pair["state"], pair["commit"]["commit"]) == ("landed", last)


def test_landed_before_what_it_needs(world):
    commit = world.upstream.add("master", ("Two first", {"a.c": edited(n9="two")}))
    found = landed(world)
    assert (found["two"]["state"], found["two"]["commit"]["commit"]) == ("landed", commit)
    assert found["one"]["state"] == "not-landed"


def test_landed_and_reverted(world):
    landing = world.upstream.add("master", ("L1", ONE))
    by = world.upstream.add("master", ("Revert L1", {"a.c": LINES}))
    drift(world)
    one = landed(world)["one"]
    assert (one["state"], one["commit"]["commit"], one["reverted_by"]["commit"]) == (
        "reverted", landing, by,
    )  # fmt: skip


def test_reverted_and_the_same_lines_changed_since(world):
    """That it conflicts now hides nothing."""
    world.upstream.add("master", ("L1", ONE), ("Revert L1", {"a.c": LINES}))
    world.upstream.add("master", ("Otherwise", {"a.c": edited(n3="otherwise")}))
    assert states(world)["one"] == "reverted"
    assert statuses(world.stacker("rebase", code=3))["one"] == "conflict"


def test_reverted_and_landed_again(world):
    again = world.upstream.add("master", ("L1", ONE), ("Revert L1", {"a.c": LINES}), ("Again", ONE))
    one = landed(world)["one"]
    assert (one["state"], one["commit"]["commit"]) == ("landed", again)
    assert statuses(world.stacker("rebase"))["one"] == "landed"


def test_back_and_forth_ends_as_it_ends(world):
    up = world.upstream
    for n in range(3):
        up.add("master", (f"L{n}", ONE), (f"Revert {n}", {"a.c": LINES}))
    one = landed(world)["one"]
    assert (one["state"], one["commit"]["subject"], one["reverted_by"]["subject"]) == (
        "reverted", "L2", "Revert 2",
    )  # fmt: skip


def test_upstream_built_on_it(world):
    """The landing is in force, although the stage conflicts with what upstream has now."""
    landing = world.upstream.add("master", ("L1", ONE))
    drift(world)
    world.upstream.add("master", ("Better", {"a.c": edited(n3="one, and better")}))
    one = landed(world)["one"]
    assert (one["state"], one["commit"]["commit"]) == ("landed", landing)
    assert hunks(one) == [("-1,7", "changed", "L1", "Better")]
    assert statuses(world.stacker("rebase"))["one"] == "landed"


def test_landed_with_other_edits_in_the_same_commit(world):
    commit = world.upstream.add("master", ("L1 and more", {**ONE, "z": "more\n"}))
    one = landed(world)["one"]
    assert (one["state"], one["commit"]["commit"]) == ("changed", commit)
    assert hunks(one) == [
        ("-1,7", "landed", "L1 and more", None), ("-1", "upstream-only", "L1 and more", None),
    ]  # fmt: skip
    document = world.stacker("rebase")
    assert statuses(document)["one"] == "rebased"
    assert "see `stacker landed one`" in document["stages"][0]["because"]


def two_hunks(world):
    """A stage of two hunks and a file."""
    up = world.upstream
    up.add(
        "wide", ("Wide", {"b.c": edited(n8="first", n16="second"), "new.c": "new\n"}), start="start"
    )
    world.stacker("import", f"{up['start']}..wide", "--stage", "wide")


def test_landed_with_a_hunk_that_differs(world):
    two_hunks(world)
    world.upstream.add("master", ("Wide (#5)", {
        "b.c": edited(n8="first", n16="second, tweaked"), "new.c": "new\n"}))  # fmt: skip
    wide = landed(world)["wide"]
    assert (wide["state"], wide["commit"]["pull"]) == ("changed", 5)
    assert [(s, c) for _, s, c, _ in hunks(wide)] == [
        ("landed", "Wide (#5)"), ("differs", "Wide (#5)"), ("landed", "Wide (#5)"),
    ]  # fmt: skip


def test_landed_with_its_only_hunk_tweaked(world):
    """Most of what it adds is there, and that is said; a rebase stops all the same."""
    world.upstream.add("master", ("One, tweaked", {"a.c": edited(n3="one, tweaked")}))
    one = landed(world)["one"]
    assert (one["state"], [h[1] for h in hunks(one)]) == ("changed", ["differs"])
    document = world.stacker("rebase", code=3)
    assert statuses(document)["one"] == "conflict"
    assert "may be it, with changes: see `stacker landed one`" in document["stages"][0]["because"]


def test_an_unrelated_change_of_the_same_line_is_no_landing(world):
    world.upstream.add("master", ("Other words", {"a.c": edited(n3="something else")}))
    assert states(world)["one"] == "not-landed"


def test_partly_landed_in_two_commits(world):
    two_hunks(world)
    world.upstream.add("master", ("Part", {"b.c": edited(n8="first")}))
    drift(world)
    world.upstream.add("master", ("File", {"new.c": "new\n"}))
    wide = landed(world)["wide"]
    assert wide["state"] == "partly"
    assert [(h["path"], h["state"], (h["commit"] or {}).get("subject")) for h in wide["hunks"]] == [
        ("b.c", "landed", "Part"), ("b.c", "not-landed", None), ("new.c", "landed", "File"),
    ]  # fmt: skip
    assert {h["patch"] for h in wide["hunks"]} == {"0001-wide.patch"}
    assert statuses(world.stacker("rebase"))["wide"] == "rebased"


def test_one_hunk_reverted(world):
    two_hunks(world)
    whole = {"b.c": edited(n8="first", n16="second"), "new.c": "new\n"}
    world.upstream.add("master", ("L", whole), ("Half back", {"b.c": edited(n8="first")}))
    wide = landed(world)["wide"]
    assert (wide["state"], wide["reverted_by"]["subject"]) == ("reverted", "Half back")
    assert [h["state"] for h in wide["hunks"]] == ["landed", "reverted", "landed"]
    assert statuses(world.stacker("rebase"))["wide"] == "rebased"


def test_another_indent_is_another_change(tmp_path, run_stacker, history, world):
    """git's patch-id leaves blanks out, and takes the two for the same."""
    up = world.upstream
    up.add("indent", ("Indent", {"b.c": edited(n5="    return")}), start="start")
    world.stacker("import", f"{up['start']}..indent", "--stage", "indent")
    up.add("master", ("Indent otherwise", {"b.c": edited(n5="return")}))
    assert states(world)["indent"] != "landed"


def test_made_taken_back_and_made_again(world):
    up = world.upstream
    up.add("again", ("P", ALONE), ("Undo P", {"b.c": LINES}), ("P again", ALONE), start="start")
    world.stacker("import", f"{up['start']}..again", "--stage", "again")
    landing = up.add("master", ("Just P", ALONE))
    found = landed(world)
    assert (found["again"]["state"], found["again"]["commit"]["commit"]) == ("landed", landing)


def test_upstream_renamed_the_file_since(world):
    landing = world.upstream.add("master", ("L1", ONE))
    world.upstream.add("master", ("Move", {"a.c": None, "moved.c": ONE["a.c"]}))
    one = landed(world)["one"]
    assert (one["state"], one["commit"]["commit"]) == ("landed", landing)


def test_what_left_the_series_is_told_of_too(world):
    landing = world.upstream.add("master", ("L1", ONE))
    world.stacker("rebase")
    one = landed(world)["one"]
    assert (one["state"], one["gone"], one["commit"]["commit"]) == ("landed", True, landing)
    by = world.upstream.add("master", ("Revert L1", {"a.c": LINES}))
    one = landed(world)["one"]
    assert (one["state"], one["reverted_by"]["commit"]) == ("reverted", by)
    world.stacker("rebase")
    one = landed(world)["one"]
    assert (one["state"], one["gone"], one["reverted_by"]["commit"]) == ("reverted", False, by)


def test_some_stages_and_another_target(world):
    world.upstream.add("master", ("L1", ONE))
    assert set(landed(world, "one")) == {"one"}
    at = world.upstream["start"]
    assert landed(world, "one", "--onto", at)["one"]["state"] == "not-landed"
    error = world.stacker("landed", "nobody", code=2)["error"]
    assert "nobody" in error["message"]
