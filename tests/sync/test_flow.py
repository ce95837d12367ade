"""Two people work on one series at once, and nothing of either is lost."""

from __future__ import annotations

import pytest
from sync_world import ONE, THREE, TWO, a_c, clone, commit, edit, edited, git, team, versions
from world import World, begin

from stacker.evidence.record import Record, Verdict
from stacker.evidence.store import EvidenceStore
from stacker.verify.known import EVIDENCE


@pytest.fixture
def ann(once, run_stacker, history):
    return once("ann, who syncs", lambda folder: team(run_stacker, folder, history))


@pytest.fixture
def both(once, run_stacker, history):
    """Ann and Bob, in step."""

    def make(folder):
        ann = team(run_stacker, folder, history)
        ann.stacker("sync")
        bob = clone(ann, "bob")
        bob.stacker("sync")
        return ann, bob

    return once("ann and bob, who sync", make)


def drift(world, subject, *changes):
    world.upstream.add("master", (subject, {"a.c": edited(*changes)}))


def test_the_first_sync_gives_all_to_home_and_the_second_finds_nothing(ann):
    first = ann.stacker("sync")
    assert (first["state"], first["version"]) == ("sent", 1)
    assert git(ann.home.parent / "home.git", "for-each-ref", "--format=%(refname)").split() == [
        "refs/heads/main", "refs/stacker/versions",
    ]  # fmt: skip
    before = ann.files()
    again = ann.stacker("sync")
    assert (again["state"], again["steps"]) == ("in-step", {"sent": 0, "taken": 0})
    assert ann.files() == before


def test_home_gets_no_history_of_upstream(ann):
    ann.stacker("sync")
    home = ann.home.parent / "home.git"
    reachable = git(home, "rev-list", "--objects", "refs/stacker/versions")
    assert ann.upstream["start"] not in reachable


def test_a_fresh_clone_and_a_sync_are_the_whole_series(ann):
    drift(ann, "drift", (0, "up"))
    ann.stacker("rebase")
    edit(ann, "two", "two\n", "zwei\n")
    ann.stacker("sync")
    commit(ann)
    bob = clone(ann, "bob")
    assert bob.stacker("sync")["state"] == "in-step"
    assert bob.files() == ann.files()
    assert versions(bob) == versions(ann)
    assert bob.stacker("log", "--diff", "v1", "v3") == ann.stacker("log", "--diff", "v1", "v3")
    assert bob.stacker("rebase")["version"] == 3
    assert bob.stacker("undo", "--to", "v1")["version"] == 1
    assert a_c(bob) == edited(ONE, TWO, THREE)


def test_what_was_not_committed_comes_with_sync_too(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    edit(ann, "one", "one\n", "uno\n")
    ann.stacker("sync")
    taken = bob.stacker("sync")
    assert (taken["state"], taken["version"]) == ("taken", 2)
    assert bob.files() == ann.files()
    edit(bob, "three", "three\n", "tre\n")
    assert bob.stacker("sync")["state"] == "sent"
    assert ann.stacker("sync")["state"] == "taken"
    assert a_c(ann) == edited((3, "uno"), TWO, (27, "tre"))


def test_two_who_worked_at_once_on_two_stages(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    edit(ann, "one", "one\n", "uno\n")
    edit(bob, "three", "three\n", "tre\n")
    ann.stacker("sync")
    merged = bob.stacker("sync")
    assert (merged["state"], merged["renumbered"]) == ("merged", {"2": 3})
    assert a_c(bob) == edited((3, "uno"), TWO, (27, "tre"))
    assert ann.stacker("sync")["state"] == "taken"
    assert ann.files() == bob.files()
    assert versions(ann) == versions(bob)


def test_the_same_patch_in_two_places(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    edit(ann, "two", "line 10\n", "ten\n")
    edit(bob, "two", "line 20\n", "twenty\n")
    ann.stacker("sync")
    assert bob.stacker("sync")["clashes"] == []
    assert a_c(bob) == edited(ONE, TWO, THREE, (10, "ten"), (20, "twenty"))


def test_the_same_line_of_the_same_patch_keeps_both_as_versions(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    edit(ann, "two", "two\n", "zwei\n")
    edit(bob, "two", "two\n", "deux\n")
    ann.stacker("sync")
    clash = bob.stacker("sync", code=3)
    assert [(c["stage"], c["file"]) for c in clash["clashes"]] == [("two", "0001-two.patch")]
    assert a_c(bob) == edited(ONE, (15, "zwei"), THREE)
    assert clash["ours"] == 3
    bob.stacker("undo", "--to", "v3")
    assert a_c(bob) == edited(ONE, (15, "deux"), THREE)


def test_one_rebased_while_the_other_edited(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    drift(ann, "drift", (0, "up"), (36, "down"))
    ann.stacker("rebase")
    edit(bob, "two", "two\n", "zwei\n")
    bob.stacker("sync")
    assert ann.stacker("sync")["state"] == "merged"
    assert a_c(ann) == edited(ONE, (15, "zwei"), THREE, (0, "up"), (36, "down"))
    bob.stacker("sync")
    assert bob.files() == ann.files()
    assert bob.stacker("rebase")["base"] == ann.upstream["drift"]


def test_both_rebased_the_newer_base_stays(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    drift(ann, "first", (0, "up"))
    ann.stacker("rebase")
    drift(ann, "second", (0, "up"), (36, "down"))
    bob.stacker("rebase")
    ann.stacker("sync")
    assert bob.stacker("sync")["state"] == "merged"
    assert ann.stacker("sync")["state"] == "taken"
    assert ann.stacker("rebase", "--no-fetch")["base"] == ann.upstream["second"]


def test_an_edit_that_does_not_go_with_the_other_side_is_solved_and_then_sent(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    edit(ann, "one", "line 34\n", "near\n")
    edit(bob, "three", "line 34\n", "close\n")
    ann.stacker("sync")
    home = ann.home.parent / "home.git"
    before = git(home, "rev-parse", "refs/stacker/versions")
    stopped = bob.stacker("sync", code=3)
    assert (stopped["state"], stopped["stopped"]) == ("stopped", ["three"])
    assert git(home, "rev-parse", "refs/stacker/versions") == before
    shown = bob.stacker("resolve", "three", "--take", "mine")
    assert shown
    assert bob.stacker("sync")["state"] == "sent"
    assert "close" in a_c(bob)
    assert ann.stacker("sync")["state"] == "taken"
    assert ann.files() == bob.files()


def test_a_rebase_that_had_stopped_before_waits_behind_it(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    drift(ann, "drift", (3, "up"))
    bob.stacker("rebase", code=3)
    edit(ann, "one", "line 34\n", "near\n")
    edit(bob, "three", "line 34\n", "close\n")
    ann.stacker("sync")
    bob.stacker("sync", code=3)
    ann.upstream.add("master", ("later", {"z": "later\n"}))
    stopped = bob.stacker("resolve", "three", "--take", "mine", code=3)
    assert [s["id"] for s in stopped["stages"] if s["status"] == "conflict"] == ["one"]
    assert bob.stacker("resolve", "one", "--take", "mine")["base"] == ann.upstream["drift"]


def test_two_who_each_added_a_stage(ann, tmp_path):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    for world, name, line in ((ann, "four", 33), (bob, "five", 36)):
        tip = edited(ONE, TWO, THREE, (line, name))
        world.upstream.add(name, (name, {"a.c": tip}), start="Three")
        world.stacker("import", f"port..{name}", "--stage", name)
    ann.stacker("sync")
    assert bob.stacker("sync")["clashes"] == []
    assert [s["id"] for s in bob.stacker("status")["stages"]][:3] == ["one", "two", "three"]
    tip = bob.stacker("status")["stages"][-1]["id"]
    assert a_c(bob, tip) == edited(ONE, TWO, THREE, (33, "four"), (36, "five"))


def test_texts_and_plan_are_merged_line_by_line(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    text = ann.home / "series" / "one.md"
    text.write_bytes(b"# One of ann\n")
    plan = bob.home / "series.toml"
    plan.write_text(
        plan.read_text("utf-8") + '\n[groups.final]\nstages = ["two", "three"]\n', "utf-8"
    )
    ann.stacker("sync")
    bob.stacker("sync")
    ann.stacker("sync")
    assert ann.files() == bob.files()
    assert (bob.home / "series" / "one.md").read_bytes() == b"# One of ann\n"
    assert b"groups.final" in (ann.home / "series.toml").read_bytes()


def test_hand_made_edits_are_a_version_before_anything_is_merged(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    edit(ann, "one", "one\n", "uno\n")
    ann.stacker("sync")
    patch = bob.patch("three")
    patch.write_bytes(patch.read_bytes().replace(b"+three", b"+tre"))
    merged = bob.stacker("sync")
    assert (merged["state"], merged["renumbered"]) == ("merged", {"2": 3})
    assert merged["edits"] == ["patches of three were edited"]
    assert a_c(bob) == edited((3, "uno"), TWO, (27, "tre"))


def test_a_clone_whose_store_is_gone_takes_everything_from_home(ann):
    import shutil  # noqa: PLC0415

    edit(ann, "one", "one\n", "uno\n")
    ann.stacker("sync")
    before, steps = ann.files(), versions(ann)
    shutil.rmtree(ann.home / ".stacker")
    assert ann.stacker("sync")["state"] == "in-step"
    assert (ann.files(), versions(ann)) == (before, steps)


def test_work_in_a_fresh_clone_before_its_first_sync_is_not_lost(ann):
    ann.stacker("sync")
    commit(ann)
    edit(ann, "one", "one\n", "uno\n")
    ann.stacker("sync")
    bob = clone(ann, "bob")
    edit(bob, "three", "three\n", "tre\n")
    assert bob.stacker("sync")["state"] == "merged"
    assert a_c(bob) == edited((3, "uno"), TWO, (27, "tre"))


def test_a_dry_run_moves_nothing(ann):
    said = ann.stacker("sync", "--dry-run")
    assert (said["state"], said["steps"]["sent"]) == ("sent", 2)
    assert git(ann.home.parent / "home.git", "for-each-ref", "refs/stacker") == ""
    assert ann.stacker("sync")["steps"]["sent"] == 2


def test_a_dry_run_makes_no_version_of_what_was_edited_by_hand(ann):
    ann.stacker("sync")
    patch = ann.patch("three")
    patch.write_bytes(patch.read_bytes().replace(b"+three", b"+tre"))
    before, steps = ann.files(), versions(ann)
    said = ann.stacker("sync", "--dry-run")
    assert (said["edits"], said["state"]) == (["patches of three were edited"], "sent")
    assert (ann.files(), versions(ann)) == (before, steps)
    assert ann.stacker("sync")["steps"] == said["steps"]
    (ann.home / "series" / "one.md").write_bytes(b"# Another\n")
    said = ann.stacker("sync", "--dry-run")
    assert ann.stacker("sync")["steps"] == said["steps"] == {"sent": 1, "taken": 0}


def test_a_stage_that_landed_here_and_was_edited_there_is_named(both):
    ann, bob = both
    drift(ann, "One landed", ONE)
    edit(bob, "one", "one\n", "uno\n")
    ann.stacker("rebase")
    ann.stacker("sync")
    clash = bob.stacker("sync", code=3)
    assert [(c["stage"], c["file"]) for c in clash["clashes"]] == [("one", "0001-one.patch")]
    assert "one/0001-one.patch" in bob.stacker("log")["versions"][0]["reason"]
    bob.stacker("undo", "--to", f"v{clash['ours']}")
    assert a_c(bob) == edited((3, "uno"), TWO, THREE)


def test_a_landing_that_was_taken_back_does_not_come_again(both):
    ann, bob = both
    drift(ann, "One landed", ONE)
    ann.stacker("rebase")
    ann.stacker("sync")
    bob.stacker("sync")
    ann.stacker("undo")
    edit(bob, "three", "line 33\n", "bob\n")
    bob.stacker("sync")
    assert ann.stacker("sync")["clashes"] == []
    landed = {s["id"]: s["landed"] for s in ann.stacker("status")["stages"]}
    assert landed == {"one": False, "two": False, "three": False}
    assert a_c(ann) == edited(ONE, TWO, THREE, (33, "bob"))


def test_without_a_home_it_says_how_to_name_one(ann):
    git(ann.home, "remote", "remove", "origin")
    said = ann.stacker("sync", code=2)["error"]
    assert "home" in said["message"]
    assert "series.toml" in said["hint"]


def test_a_home_that_is_gone_is_said_and_nothing_moves(ann):
    ann.stacker("sync")
    edit(ann, "one", "one\n", "uno\n")
    before = ann.files()
    (ann.home.parent / "home.git").rename(ann.home.parent / "away.git")
    assert "home.git" in ann.stacker("sync", code=1)["error"]["message"]
    assert ann.files() == before


def test_nobody_loses_the_plan_when_both_change_the_same_line(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    bob.stacker("sync")
    for world, title in ((ann, "Ann's"), (bob, "Bob's")):
        plan = world.home / "series.toml"
        text = plan.read_text("utf-8").replace("[series]\n", f'[series]\ntitle = "{title}"\n', 1)
        plan.write_text(text, "utf-8", newline="\n")
    ann.stacker("sync")
    clash = bob.stacker("sync", code=3)
    assert [c["file"] for c in clash["clashes"]] == ["series.toml"]
    assert b"Ann's" in (bob.home / "series.toml").read_bytes()
    bob.stacker("undo", "--to", f"v{clash['ours']}")
    assert b"Bob's" in (bob.home / "series.toml").read_bytes()


def test_a_repository_that_only_homes_plan_names(both, tmp_path, history):
    ann, bob = both
    other = history.draw(tmp_path / "other", {
        "master": [("begin", {"b": "b\n"})], "topic": ["begin", ("Four", {"b": "c\n"})],
    })  # fmt: skip
    plan = ann.home / "series.toml"
    added = f'\n[repositories.other]\nupstream = "{other.path}"\nbranch = "master"\n'
    added += '\n[[stages]]\nid = "four"\nrepository = "other"\nneeds = ["three"]\n'
    plan.write_text(plan.read_text("utf-8") + added, "utf-8", newline="\n")
    ann.stacker("import", f"{other['begin']}..topic", "--from", str(other.path), "--stage", "four")
    edit(bob, "two", "line 33\n", "bob\n")
    ann.stacker("sync")
    assert bob.stacker("sync")["state"] == "merged"
    assert bob.stacker("rebase")["bases"]["other"] == other["begin"]
    # Each goes ahead in one of the two repositories.
    drift(ann, "drift", (0, "up"))
    other.add("master", ("other drift", {"z": "z"}))
    ann.stacker("sync")
    ann.stacker("rebase", "--onto", "master")
    bob.stacker("rebase", "--onto", "other=master")
    ann.stacker("sync")
    assert bob.stacker("sync")["state"] == "merged"
    wanted = {"upstream": ann.upstream["drift"], "other": other["other drift"]}
    assert bob.stacker("status")["bases"] == wanted


def test_what_came_by_git_before_is_no_change_of_ours(both):
    ann, bob = both
    edit(ann, "two", "line 20\n", "not so\n")
    ann.stacker("sync")
    commit(ann)
    git(bob.home, "pull", "-q", "origin", "main")
    assert a_c(bob) == edited(ONE, TWO, THREE, (20, "not so"))
    edit(bob, "three", "line 33\n", "bob\n")
    ann.stacker("undo")
    ann.stacker("sync")
    merged = bob.stacker("sync")
    assert (merged["state"], merged["clashes"]) == ("merged", [])
    assert a_c(bob) == edited(ONE, TWO, THREE, (33, "bob"))


def test_what_came_by_git_alone_is_taken(both):
    ann, bob = both
    edit(ann, "two", "line 20\n", "ann\n")
    ann.stacker("sync")
    commit(ann)
    git(bob.home, "pull", "-q", "origin", "main")
    bob.stacker("rebase", "--no-fetch")
    taken = bob.stacker("sync")
    assert (taken["state"], taken["steps"]) == ("taken", {"sent": 0, "taken": 1})
    assert versions(bob) == versions(ann)


def test_a_name_that_others_could_not_have_is_refused_before_it_is_sent(both):
    ann, bob = both
    patch = ann.patch("two")
    patch.rename(patch.with_name("0001-fix: two.patch"))
    said = ann.stacker("sync", code=1)["error"]
    assert "0001-fix: two.patch" in said["message"]
    assert "another name" in said["hint"]
    assert bob.stacker("sync")["state"] == "in-step"


def test_records_that_home_has_are_not_written_again(both):
    ann, _ = both
    with EvidenceStore(ann.home / ".stacker" / EVIDENCE) as store:
        store.add(*(Record(
            key=f"k{n}", stage="one", check="c", platform="p", host="h", commit="c", tree="t",
            base="b", verdict=Verdict.PASSED, exit_code=0, seconds=1.0, started_at=1.0 + n,
            clean=True, log="",
        ) for n in range(20)))  # fmt: skip
    assert ann.stacker("sync")["evidence"]["sent"] == 20
    before = ann.git("count-objects", "-v")
    assert ann.stacker("sync")["evidence"] == {"sent": 0, "taken": 0}
    assert ann.git("count-objects", "-v") == before


def test_another_series_in_that_home_stays_apart(ann, tmp_path, run_stacker, history):
    ann.stacker("sync")
    folder = tmp_path / "another"
    folder.mkdir()
    upstream = history.draw(folder / "upstream", {
        "master": [("begin", {"q": "q\n"})], "port": ["begin", ("Q", {"q": "p\n"})],
    })  # fmt: skip
    other = begin(run_stacker, folder, upstream, ("master..port", "--stage-per-commit"))
    plan = other.home / "series.toml"
    plan.write_text(plan.read_text("utf-8").replace('name = "home"', 'name = "q"'), "utf-8")
    git(other.home, "remote", "add", "origin", str(ann.home.parent / "home.git"))
    head = git(ann.home.parent / "home.git", "rev-parse", "refs/stacker/versions")
    before = other.files()
    assert "another series, 'home'" in other.stacker("sync", code=1)["error"]["message"]
    assert other.files() == before
    assert git(ann.home.parent / "home.git", "rev-parse", "refs/stacker/versions") == head


def test_two_who_began_apart_have_one_beginning(ann, tmp_path, run_stacker):
    ann.stacker("sync")
    (tmp_path / "apart").mkdir()
    begun = (f"{ann.upstream['start']}..{ann.upstream['Two']}", "--stage-per-commit")
    bob = begin(run_stacker, tmp_path / "apart", ann.upstream, begun)
    git(bob.home, "remote", "add", "origin", str(ann.home.parent / "home.git"))
    bob.stacker("sync", code=None)
    begun = [number for number, _, command in versions(bob) if command == "init"]
    assert set(begun) == {0}
    assert a_c(bob) == edited(ONE, TWO, THREE)


def test_a_home_with_other_ids_is_said_to_be_one(tmp_path, run_stacker, history):
    folder = tmp_path / "upstream"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "master", "--object-format=sha256")
    for text in ("a", "b"):
        (folder / "file").write_text(text, encoding="utf-8")
        git(folder, "add", "file")
        git(folder, "commit", "-q", "-m", f"Part {text}")
    ran = run_stacker("--json", "init", "home", "--upstream", str(folder), cwd=tmp_path)
    assert ran.code == 0, ran.err
    world = World(None, tmp_path / "home", run_stacker)
    world.stacker("import", "master~1..master", "--stage-per-commit")
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "home.git")
    git(world.home, "remote", "add", "origin", str(tmp_path / "home.git"))
    assert "sha256" in world.stacker("sync", code=1)["error"]["hint"]
    commit(world)
    assert "sha256" in world.stacker("sync", code=1)["error"]["message"]


def test_a_run_of_new_numbers_is_one_line(both):
    ann, bob = both
    edit(ann, "one", "line 6\n", "ann\n")
    ann.stacker("sync")
    for line in (30, 32, 34):
        edit(bob, "three", f"line {line}\n", f"bob {line}\n")
    said = bob.run("sync", cwd=bob.home).out
    assert "our v2 to v4 are v3 to v5 now: home had a v2 already" in said


def test_a_message_edited_before_the_first_command_of_a_clone_stays(ann):
    ann.stacker("sync")
    bob = clone(ann, "bob")
    patch = bob.patch("two")
    patch.write_bytes(patch.read_bytes().replace(b"Subject: [PATCH] Two", b"Subject: [PATCH] Zwei"))
    assert bob.stacker("sync")["edits"] == ["patches of two were edited"]
    assert ann.stacker("sync")["state"] == "taken"
    assert b"Zwei" in ann.patch("two").read_bytes()
    [tip] = [s["commit"] for s in ann.stacker("status")["stages"] if s["id"] == "two"]
    assert ann.git("log", "-1", "--format=%s", tip) == "Zwei"


def test_undo_of_what_came_together_leaves_what_others_did(both):
    ann, bob = both
    edit(ann, "one", "line 6\n", "ann\n")
    ann.stacker("sync")
    edit(bob, "three", "line 30\n", "bob\n")
    bob.stacker("sync")
    assert bob.stacker("undo")["version"] == 2
    assert a_c(bob) == edited(ONE, TWO, THREE, (6, "ann"))
    bob.stacker("undo")
    assert a_c(bob) == edited(ONE, TWO, THREE, (6, "ann"), (30, "bob"))


def test_undo_of_a_sync_that_stopped_leaves_what_others_did(both):
    ann, bob = both
    edit(ann, "one", "line 34\n", "near\n")
    edit(bob, "three", "line 34\n", "close\n")
    ann.stacker("sync")
    bob.stacker("sync", code=3)
    assert bob.stacker("undo")["version"] == 2
    assert bob.stacker("sync")["state"] == "sent"
    assert a_c(bob) == a_c(ann) == edited(ONE, TWO, THREE, (34, "near"))
    bob.stacker("undo", "--to", "v3")
    assert a_c(bob) == edited(ONE, TWO, THREE, (34, "close"))
