"""`stacker import`: commits and mails of any origin become stages, exactly as they are."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest
from world import begin, stages, statuses

LINES = "".join(f"line {n}\n" for n in range(20))


def edited(*numbers):
    return "".join(f"{'port' if n in numbers else 'line'} {n}\n" for n in range(20))


def drawn(folder, run_stacker, history):
    made = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES}), ("later", {"z.c": "z\n"})],
        "port": ["start", ("One", {"a.c": edited(1)}), ("Two", {"a.c": edited(1, 8)})],
    })  # fmt: skip
    made.git("tag", "start", made["start"])
    made.git("tag", "one", made["One"])
    return begin(run_stacker, folder, made)


@pytest.fixture
def world(once, run_stacker, history):
    return once("a series to import into", lambda folder: drawn(folder, run_stacker, history))


def trees(world):
    return [
        one["tree"] for one in world.stacker("rebase", "--onto", world.upstream["start"])["stages"]
    ]


def test_a_range_a_stage_for_each_commit(world):
    made = world.stacker("import", "start..port", "--stage-per-commit")
    assert made["stages"] == ["one", "two"]
    assert (made["version"], made["base"]) == (1, world.upstream["start"])
    assert trees(world) == [world.upstream.git("rev-parse", f"{world.upstream[s]}^{{tree}}")
                            for s in ("One", "Two")]  # fmt: skip
    assert (world.home / "series" / "one.md").read_text(encoding="utf-8") == "# One\n"


def test_the_base_is_the_merge_base(world):
    assert (
        world.stacker("import", "master..port", "--stage", "all")["base"]
        == (world.upstream["start"])
    )
    tip = stages(world.stacker("rebase"))["all"]["commit"]
    assert world.git("log", "-1", "--format=%an", tip) == "Ada Upstream"


def test_the_same_range_again_changes_nothing(world):
    world.stacker("import", "start..port", "--stage-per-commit")
    before = world.files()
    again = world.stacker("import", "start..port", "--stage-per-commit")
    assert again["stages"] == ["one", "two"]
    assert world.files() == before


@pytest.mark.parametrize("relative", [False, True])
def test_a_clone_elsewhere_that_may_go_afterwards(world, tmp_path, relative):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", world.upstream.path, clone], check=True)
    (clone / "a.c").write_text(edited(4), encoding="utf-8")
    subprocess.run(
        ["git", "commit", "-qam", "[x] bpo-7: Größe & \U0001f40d"], cwd=clone, check=True
    )
    before = sorted((p, p.stat().st_mtime_ns) for p in clone.rglob("*"))
    place = os.path.relpath(clone, world.home) if relative else clone
    made = world.stacker("import", "HEAD^..HEAD", "--from", str(place), "--stage-per-commit")
    assert made["stages"] == ["bpo-7-gr-e"]
    assert before == sorted((p, p.stat().st_mtime_ns) for p in clone.rglob("*"))
    shutil.rmtree(clone)
    assert statuses(world.stacker("rebase")) == {"bpo-7-gr-e": "unchanged"}


def test_ids_are_unique_and_valid(world, history, tmp_path):
    subjects = ["Fix", "fix!", "README", "con", "漢字", "...", "x" * 90, "x" * 90 + "y", "Fix-2"]
    names = [f"{s}" for s in subjects]
    other = history.draw(tmp_path / "other", {"master": [("base", {"a": "0\n"})] + [
        (s, {"a": f"{n}\n"}) for n, s in enumerate(names)
    ]})  # fmt: skip
    ran = world.run("--json", "init", tmp_path / "h", "--upstream", other.path)
    assert ran.code == 0
    ran = world.run("--json", "-C", tmp_path / "h", "import", f"{other['base']}..master",
                    "--stage-per-commit")  # fmt: skip
    made = ran.document["stages"]
    assert made == ["fix", "fix-2", "stage-readme", "stage-con", "patch", "patch-2", "x" * 40,
                    "x" * 40 + "-2", "fix-2-2"]  # fmt: skip


@pytest.fixture
def merged(world, tmp_path):
    """A clone with a merge on its way; the path of the clone."""
    clone = tmp_path / "clone"
    git = lambda *args: subprocess.run(["git", *args], cwd=clone, check=True)  # noqa: E731
    subprocess.run(["git", "clone", "-q", "-b", "port", world.upstream.path, clone], check=True)
    git("checkout", "-q", "-b", "side", world.upstream["start"])
    (clone / "b.c").write_text("side\n", encoding="utf-8")
    git("add", "-A")
    git("commit", "-qm", "Side")
    git("checkout", "-q", "port")
    git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
    return clone


def test_merges_are_refused_with_the_ways_out(world, merged):
    before = world.files()
    said = world.stacker("import", "start..port", "--from", str(merged), "--stage", "s", code=1)
    assert "1 of 4 commits are merges" in said["error"]["message"]
    assert "--first-parent" in said["error"]["hint"]
    assert "--squash" in said["error"]["hint"]
    assert world.files() == before


def test_first_parent_takes_a_merge_as_one_change(world, merged):
    made = world.stacker("import", "start..port", "--from", str(merged), "--first-parent",
                         "--stage-per-commit")  # fmt: skip
    assert made["stages"] == ["one", "two", "merge-side"]
    whole = subprocess.run(["git", "rev-parse", "port^{tree}"], cwd=merged, check=True,
                           capture_output=True, text=True).stdout.strip()  # fmt: skip
    assert trees(world)[-1] == whole


def test_squash_takes_all_as_one_patch(world, merged):
    made = world.stacker("import", "start..port", "--from", str(merged), "--squash", "all")
    assert made["stages"] == ["all"]
    assert world.patch("all").name == "0001-one.patch"
    assert world.git("show", f"{stages(world.stacker('rebase'))['all']['commit']}:b.c") == "side"


@pytest.fixture
def mails(world, tmp_path):
    folder = tmp_path / "mails"
    world.upstream.git("format-patch", "-q", "--full-index", "-o", str(folder), "start..port")
    return folder


def test_a_folder_of_mails(world, mails):
    assert world.stacker("import", str(mails), "--onto", world.upstream["start"],
                         "--stage-per-commit")["stages"] == ["one", "two"]  # fmt: skip
    assert trees(world)[1] == world.upstream.git("rev-parse", "port^{tree}")


def test_mails_that_name_their_base_need_no_other_word(world, tmp_path):
    base, folder = world.upstream["start"], tmp_path / "named"
    world.upstream.add("master", ("drift", {"a.c": "moved on\n"}))
    world.upstream.git("format-patch", "-q", "--full-index", f"--base={base}", "-o", str(folder),
                       "start..port")  # fmt: skip
    other = tmp_path / "other"  # knows upstream's drift from the beginning
    world.run("init", str(other), "--upstream", str(world.upstream.path), cwd=tmp_path)
    ran = world.run("--json", "import", str(folder), "--stage-per-commit", cwd=other)
    assert (ran.code, ran.document.get("base")) == (0, base)


def test_an_mbox_on_the_series_so_far(world, mails, tmp_path):
    world.stacker("import", "start..one", "--stage", "one")
    box = tmp_path / "box"
    box.write_bytes(b"".join(p.read_bytes() for p in sorted(mails.iterdir())[1:]))
    assert world.stacker("import", str(box), "--stage", "two")["stages"] == ["two"]
    plan = (world.home / "series.toml").read_text(encoding="utf-8")
    assert plan.endswith('[[stages]]\nid = "two"\n')
    assert trees(world)[1] == world.upstream.git("rev-parse", "port^{tree}")


def test_a_mail_on_another_base_is_refused(world, mails, tmp_path):
    box = tmp_path / "box"
    box.write_bytes(sorted(mails.iterdir())[1].read_bytes())
    before = world.files()
    said = world.stacker("import", str(box), "--stage", "two", code=1)["error"]
    assert "another a.c" in said["message"]
    assert said["hint"]
    assert world.files() == before


def test_a_list_says_what_goes_where(world, tmp_path):
    one, two = (world.upstream[s][:10] for s in ("One", "Two"))
    file = tmp_path / "list"
    file.write_text(
        f"# c\nstage both\npick {one} One\npick {two} Two\nstage none\n", encoding="utf-8"
    )
    assert world.stacker("import", "start..port", "--as", str(file))["stages"] == ["both"]
    assert len(list((world.home / "patches" / "both").iterdir())) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [("pick 1234 x\n", "not understood"), ("stage a\npick ffffffff\n", "names 0 commits"),
     ("stage a b\nstage a\n", "is twice"), ("stage ../x\n", "'../x'"),
     ("stage cover\n", "reserved"),
     ("stage a\npick {one}\npick {one}\n", "twice"), ("", "nothing was chosen")],
)  # fmt: skip
def test_a_list_that_makes_no_sense(world, tmp_path, text, said):
    file = tmp_path / "list"
    file.write_text(text.format(one=world.upstream["One"]), encoding="utf-8")
    error = world.stacker("import", "start..port", "--as", str(file), code=2)["error"]
    assert said in error["message"]


def test_a_later_range_stands_where_it_begins(world):
    world.stacker("import", "start..one", "--stage", "one")
    world.stacker("import", "one..port", "--stage", "two")
    world.upstream.add("beside", ("Beside", {"b.c": "b\n"}), start="start")
    world.stacker("import", "start..beside", "--stage", "beside")
    found = stages(world.stacker("rebase", "--onto", world.upstream["start"]))
    assert world.git("rev-parse", f"{found['two']['commit']}^") == found["one"]["commit"]
    assert world.git("rev-parse", f"{found['beside']['commit']}^") == world.upstream["start"]
    world.upstream.add("off", ("Off", {"c.c": "c\n"}), start="later")
    said = world.stacker("import", f"{world.upstream['later']}..off", "--stage", "off", code=1)
    assert "no point of the series" in said["error"]["message"]


WRONG = {
    "no such range": ("nothing..port", "--stage", "s"),
    "no common history": ("start..alone", "--stage", "s"),
    "empty": ("port..port", "--stage", "s"),
    "neither": ("nothing", "--stage", "s"),
    "an option": ("start..--all", "--stage", "s"),
    "no choice": ("start..port",),
    "two choices": ("start..port", "--stage", "s", "--stage-per-commit"),
    "a bad id": ("start..port", "--stage", "../s"),
    "a reserved id": ("start..port", "--stage", "cover"),
    "no such clone": ("start..port", "--stage", "s", "--from", "nowhere"),
    "no such list": ("start..port", "--as", "nowhere"),
    "no such repository": ("start..port", "--stage", "s", "--repository", "other"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_imported_is_explained(world, name):
    alone = world.upstream.git("commit-tree", "-m", "alone", "master^{tree}")
    world.upstream.git("branch", "alone", alone)
    before = world.files()
    ran = world.run("--json", "import", *WRONG[name], cwd=world.home)
    assert ran.code in (1, 2), ran.out
    assert json.loads(ran.out)["error"]["message"]
    assert world.files() == before


def test_a_taken_id_is_refused(world):
    world.stacker("import", "start..one", "--stage", "one")
    world.upstream.add("beside", ("Beside", {"b.c": "b\n"}), start="start")
    for name in ("one", "ONE"):
        said = world.stacker("import", "start..beside", "--stage", name, code=2)["error"]
        assert "already" in said["message"]
