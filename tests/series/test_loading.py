"""A series directory that people edited, cloned or pulled is read as what it says."""

from __future__ import annotations

import re
import shutil

import pytest
from world import begin, stages, statuses

from stacker.series.patches import committing

LINES = "".join(f"line {n}\n" for n in range(20))
ONE = LINES.replace("line 3\n", "one\n")
TWO = ONE.replace("line 9\n", "two\n")
THREE = TWO.replace("line 15\n", "three\n")


@pytest.fixture
def world(once, run_stacker, history):
    """Stages one, two, three, each on the one before, all in a.c."""

    def make(folder):
        upstream = history.draw(folder / "upstream", {
            "master": [("start", {"a.c": LINES, "z": "z\n"})],
            "port": ["start", ("One", {"a.c": ONE}), ("Two", {"a.c": TWO}),
                     ("Three", {"a.c": THREE})],
        })  # fmt: skip
        return begin(run_stacker, folder, upstream,
                     (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip

    return once("three stages to be loaded", make)


def clone_of(world):
    """The directory as git would give it to somebody else."""
    shutil.rmtree(world.home / ".stacker")
    return world


def rename(world, old, new):
    plan = world.home / "series.toml"
    text = plan.read_text(encoding="utf-8")
    text = text.replace(f'id = "{old}"', f'id = "{new}"\nwas = "{old}"')
    plan.write_text(text, encoding="utf-8", newline="\n")


def replace(world, stage, old, new):
    patch = world.patch(stage)
    assert old in patch.read_bytes()
    patch.write_bytes(patch.read_bytes().replace(old, new))


def test_a_fresh_clone_gets_the_same_commits(world):
    before, files = world.stacker("rebase"), world.files()
    clone_of(world)
    after = world.stacker("rebase")
    assert after["stages"] == before["stages"]
    assert world.files() == files
    assert set(statuses(after).values()) == {"unchanged"}


def test_a_fresh_clone_reads_stages_that_stand_on_each_other_at_once(world, monkeypatch):
    asked, real = [], committing.commits_of

    def commits_of(store, mails, onto):
        asked.append([name for name, _ in mails])
        return real(store, mails, onto)

    monkeypatch.setattr(committing, "commits_of", commits_of)
    replace(world, "two", b"Subject: [PATCH] Two", b"Subject: [PATCH] Zwei")
    document = clone_of(world).stacker("rebase")
    names = [f"patches/{stage}/0001-{stage}.patch" for stage in ("one", "two", "three")]
    assert {tuple(mails) for mails in asked} == {tuple(names)}
    assert document["edits"] == ["patches of two were edited"]
    tip = stages(document)["three"]["commit"]
    assert world.git("log", "-3", "--format=%s", tip).split() == ["Three", "Zwei", "One"]


def test_a_fresh_clone_brings_a_base_that_upstream_left_behind(world):
    world.upstream.git("branch", "kept", "master")
    world.upstream.git("update-ref", "refs/heads/master", world.upstream.git(
        "commit-tree", "-m", "rewritten", "master^{tree}"))  # fmt: skip
    assert stages(clone_of(world).stacker("rebase", "--no-fetch"))["one"]["status"]


def test_a_patch_edited_by_hand_restacks_and_makes_a_version(world):
    replace(world, "one", b"+one\n", b"+uno\n")
    document = world.stacker("rebase")
    assert document["edits"] == ["patches of one were edited"]
    assert document["version"] == 2
    tip = stages(document)["three"]["commit"]
    assert world.git("show", f"{tip}:a.c") == THREE.replace("one", "uno").strip()
    assert b"-one" not in world.patch("two").read_bytes()
    again = world.stacker("rebase")
    assert (again["version"], again["edits"]) == (2, [])


def test_a_message_edited_by_hand_is_taken(world):
    replace(world, "two", b"Subject: [PATCH] Two", b"Subject: [PATCH] Zwei")
    tip = stages(world.stacker("rebase"))["two"]["commit"]
    assert world.git("log", "-1", "--format=%s", tip) == "Zwei"


def test_a_damaged_patch_is_an_error_that_names_it(world):
    replace(world, "two", b"+two\n", b"two\n")
    before = world.files()
    said = world.stacker("rebase", code=1)["error"]
    assert "patches/two/0001-two.patch" in said["message"]
    assert said["hint"]
    assert world.files() == before


def test_an_edit_below_in_a_fresh_clone_is_explained(world):
    replace(world, "one", b"+one\n", b"+uno\n")
    said = clone_of(world).stacker("rebase", code=1)["error"]
    assert "patches/two/0001-two.patch" in said["message"]
    assert "another a.c" in said["message"]
    assert said["hint"]


def test_an_edit_at_the_top_in_a_fresh_clone_is_taken(world):
    replace(world, "three", b"+three\n", b"+tre\n")
    document = clone_of(world).stacker("rebase")
    assert document["edits"] == ["patches of three were edited"]
    assert document["version"] == 2


def test_stages_in_another_order(world):
    plan = world.home / "series.toml"
    head, one, two, three = plan.read_text(encoding="utf-8").split("\n[[stages]]\n")
    one, two = one.replace("needs = []\n", ""), two.rstrip("\n") + "\nneeds = []\n\n"
    text = "\n[[stages]]\n".join([head, two, one, three])
    plan.write_text(text, encoding="utf-8", newline="\n")
    document = world.stacker("rebase")
    assert [s["id"] for s in document["stages"]] == ["two", "one", "three"]
    found = stages(document)
    assert world.git("rev-parse", f"{found['one']['commit']}^") == found["two"]["commit"]
    assert world.git("show", f"{found['three']['commit']}:a.c") == THREE.strip()
    assert clone_of(world).stacker("rebase")["stages"] == world.stacker("rebase")["stages"]


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_renamed_stage_keeps_its_patches_and_text(world, by_hand):
    text = (world.home / "series" / "two.md").read_bytes()
    patch = world.patch("two").read_bytes()
    rename(world, "two", "zwei")
    if by_hand:
        (world.home / "patches" / "two").rename(world.home / "patches" / "zwei")
        (world.home / "series" / "two.md").rename(world.home / "series" / "zwei.md")
    document = world.stacker("rebase")
    assert "two is zwei now" in document["edits"]
    assert [s["id"] for s in document["stages"]] == ["one", "zwei", "three"]
    assert world.patch("zwei").read_bytes() == patch
    assert (world.home / "series" / "zwei.md").read_bytes() == text
    assert not (world.home / "patches" / "two").exists()
    assert world.stacker("rebase")["edits"] == []
    assert set(statuses(clone_of(world).stacker("rebase")).values()) == {"unchanged"}


def test_a_stage_taken_out_of_the_plan(world):
    plan = world.home / "series.toml"
    head, one, _, three = plan.read_text(encoding="utf-8").split("\n[[stages]]\n")
    plan.write_text("\n[[stages]]\n".join([head, one, three]), encoding="utf-8", newline="\n")
    document = world.stacker("rebase")
    assert "two was taken out of the plan" in document["edits"]
    tip = stages(document)["three"]["commit"]
    assert world.git("show", f"{tip}:a.c") == THREE.replace("two\n", "line 9\n").strip()
    assert not (world.home / "patches" / "two").exists()
    world.stacker("undo")
    assert world.patch("two").is_file()


def test_a_stage_added_by_hand(world):
    plan = world.home / "series.toml"
    with plan.open("a", encoding="utf-8", newline="\n") as file:
        file.write('\n[[stages]]\nid = "four"\n')
    assert statuses(world.stacker("rebase"))["four"] == "rebased"  # nothing in it yet
    four = world.home / "patches" / "four"
    four.mkdir(parents=True)
    tip = stages(world.stacker("rebase"))["three"]["commit"]
    world.git("worktree", "add", "-q", "--detach", str(world.home / ".stacker" / "w"), tip)
    work = world.home / ".stacker" / "w"
    (work / "a.c").write_text(THREE.replace("line 18", "four"), encoding="utf-8", newline="\n")
    world.git("commit", "-qam", "Four", where=work)
    mail = world.git("format-patch", "--stdout", "--full-index", "-1", where=work)
    (four / "0001-four.patch").write_text(mail + "\n", encoding="utf-8", newline="\n")
    (four / "notes.txt").write_text("mine\n", encoding="utf-8")
    document = world.stacker("rebase")
    assert document["edits"] == ["four has 0001-four.patch now"]
    assert world.git("show", f"{stages(document)['four']['commit']}:a.c").endswith("four\nline 19")
    assert (four / "notes.txt").read_text(encoding="utf-8") == "mine\n"
    assert world.stacker("rebase")["edits"] == []


def test_a_pulled_newer_lock_is_adopted(world, tmp_path, run_stacker):
    other = tmp_path / "other"
    shutil.copytree(world.home, other, ignore=shutil.ignore_patterns(".stacker"))
    world.upstream.add("master", ("drift", {"a.c": LINES.replace("line 0\n", "drift\n")}))
    there = run_stacker("--json", "rebase", cwd=other).document
    for name in ("series.lock", "patches"):
        target = world.home / name
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        copy = shutil.copytree if (other / name).is_dir() else shutil.copy
        copy(other / name, target)
    here = world.stacker("rebase", "--no-fetch", "--onto", world.upstream["drift"])
    assert here["version"] == there["version"] == 2
    assert [s["commit"] for s in here["stages"]] == [s["commit"] for s in there["stages"]]
    assert here["edits"] == []
    assert world.stacker("undo")["version"] == 1


def test_a_lock_that_does_not_fit_is_explained(world):
    lock = world.home / "series.lock"
    text = lock.read_text(encoding="utf-8")
    lock.write_text(text.replace("version = 1", "version = 1\n<<<<<<< HEAD"), encoding="utf-8")
    assert "conflict markers" in world.stacker("rebase", code=1)["error"]["message"]
    lock.write_text(text, encoding="utf-8", newline="\n")
    world.patch("two").unlink()
    document = world.stacker("rebase")
    assert document["edits"] == ["0001-two.patch was taken out of two"]
    tip = stages(document)["three"]["commit"]
    assert world.git("show", f"{tip}:a.c") == THREE.replace("two\n", "line 9\n").strip()


def test_a_lock_without_the_base_of_a_stage_is_explained(world):
    file = world.home / "series.lock"
    file.write_bytes(world.lock().replace(b'\n"upstream" = ', b'\n"downstream" = '))
    for command in ("status", "rebase"):
        error = world.stacker(command, code=1)["error"]
        assert error["message"] == "series.lock has no base in 'upstream', where one stands"


def test_patches_put_where_the_series_has_no_base_yet(world):
    plan = world.home / "series.toml"
    text = plan.read_text(encoding="utf-8")
    other = f"\n[repositories.other]\nupstream = {world.upstream.path.as_posix()!r}\n"
    other += '[[stages]]\nid = "four"\nrepository = "other"\nneeds = []\n'
    plan.write_text(text + other, encoding="utf-8", newline="\n")
    shutil.copytree(world.home / "patches" / "one", world.home / "patches" / "four")
    for command in ("status", "rebase"):
        error = world.stacker(command, code=1)["error"]
        assert error["message"].startswith("four has patches in 'other', where the series has no")


def test_a_stage_renamed_without_saying_so_is_refused(world):
    plan, patches = world.home / "series.toml", world.home / "patches"
    text = plan.read_text(encoding="utf-8")
    old = next(p.name for p in sorted(patches.iterdir()))
    plan.write_text(text.replace(f'"{old}"', '"other-name"'), encoding="utf-8", newline="\n")
    (patches / old).rename(patches / "other-name")
    said = world.stacker("rebase", code=1)["error"]
    assert said["message"] == f"the stage {old!r} vanished, and 'other-name' has its patches"
    assert f"was = {old!r}" in said["hint"]


def test_what_an_adopted_lock_names_is_kept_in_the_store(world):
    """Nothing else reaches the commits that a fresh clone rebuilds."""
    clone_of(world).stacker("rebase", "--no-fetch")
    lock = world.lock().decode()
    tips = re.findall(r'commit = "([0-9a-f]+)"', lock)
    assert len(tips) == 3
    for tip in tips:
        assert world.git("merge-base", tip, "refs/stacker/head") == tip
