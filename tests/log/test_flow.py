"""`stacker log` through the command line: what became of each stage, proved by replays."""

from __future__ import annotations

import subprocess

import pytest
from world import begin
from world import numbered as edited


@pytest.fixture
def world(once, run_stacker, history):
    """Three stages, each on the one before; then upstream changes what lies beside their lines."""
    return once("three stages that moved", lambda folder: drawn(folder, run_stacker, history))


def drawn(folder, run_stacker, history):
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": edited(), "b.c": edited(), "c.c": edited()})],
        "port": [
            "start",
            ("First", {"a.c": edited((8, "first"))}),
            ("Second", {"b.c": edited((8, "second"))}),
            ("Third", {"c.c": edited((8, "third"))}),
        ],
    })  # fmt: skip
    made = begin(run_stacker, folder, upstream,
                 (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip
    upstream.add("master", ("drift", {
        "a.c": edited((10, "up")), "b.c": edited((10, "up")), "d.c": "new\n",
    }))  # fmt: skip
    return made


def how(one):
    return {stage["id"]: stage["change"] for stage in one["stages"]}


def test_each_step_says_what_became_of_the_stages(world):
    world.stacker("rebase")
    world.change_by_hand("second", b"+second", b"+other")
    world.stacker("rebase")
    [hand, *_] = [v for v in world.stacker("log")["versions"] if v["command"] == "see"]
    assert hand["edited"] == ["patches/second/0001-second.patch"]
    text = world.run("log", cwd=world.home).out
    assert "edited patches of second\n" in text
    assert "    moved by upstream only: first, second, third\n" in text
    assert "    moved by second: third\n" in text
    told = [v for v in world.stacker("log")["versions"] if v["command"] != "see"]
    assert [(v["version"], v["command"], how(v)) for v in told] == [
        (3, "restack", {"first": "same", "second": "changed", "third": "moved"}),
        (2, "rebase", {"first": "moved", "second": "moved", "third": "moved"}),
        (1, "import", {"first": "new", "second": "new", "third": "new"}),
        (0, "init", {}),
    ]
    assert told[0]["stages"][2]["moved_by"] == ["second"]
    assert told[1]["stages"][2]["moved_by"] == ["upstream"]
    assert told[1]["base"] == world.upstream["drift"]
    assert told[1]["bases"] == {"upstream": world.upstream["drift"]}
    assert [v["operation"] for v in world.stacker("log", "-n", "2")["versions"]] == [
        told[0]["operation"], hand["operation"],
    ]  # fmt: skip


def test_only_what_a_person_changed_is_called_changed(world):
    """The context of the patches changed with upstream, so their texts and patch-ids differ."""
    world.stacker("rebase")
    newest, oldest = world.stacker("log")["versions"][:2]
    ids = [[s["patches"][0]["patch_id"] for s in v["stages"]] for v in (newest, oldest)]
    assert ids[0][:2] != ids[1][:2]
    assert ids[0][2] == ids[1][2]
    assert set(how(newest).values()) == {"moved"}


def test_patch_ids_are_those_of_git(world):
    [newest, *_] = world.stacker("log")["versions"]
    for stage in newest["stages"]:
        shown = subprocess.run(
            ["git", "show", "--full-index", stage["commit"]],
            cwd=world.home / ".stacker" / "store.git", capture_output=True, check=True,
        )  # fmt: skip
        said = subprocess.run(["git", "patch-id", "--verbatim"], input=shown.stdout,
                              capture_output=True, check=True)  # fmt: skip
        assert stage["patches"] == [
            {"file": world.patch(stage["id"]).name, "patch_id": said.stdout.decode().split()[0]}
        ]


def test_who_did_it_is_remembered(world, home):
    (home / ".gitconfig").write_text("[user]\n\tname = Ann <of> Arm\n", encoding="utf-8")
    world.stacker("rebase")
    newest, oldest = world.stacker("log")["versions"][:2]
    assert newest["author"] == "Ann of Arm"
    assert oldest["author"]
    ran = world.run("log", cwd=world.home)
    assert "Ann of Arm: rebase" in ran.out


def test_undo_is_a_step_too(world):
    world.stacker("rebase")
    world.stacker("undo")
    [newest, *_] = world.stacker("log")["versions"]
    assert (newest["version"], newest["command"]) == (1, "undo")
    assert how(newest) == {"first": "moved", "second": "moved", "third": "moved"}


def test_new_renamed_and_dropped_stages(world):
    plan = world.home / "series.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace('id = "second"', 'id = "two"\nwas = "second"'),
                    encoding="utf-8", newline="\n")  # fmt: skip
    world.stacker("rebase", "--onto", world.upstream["start"])
    [newest, *_] = world.stacker("log")["versions"]
    assert how(newest) == {"first": "same", "two": "renamed", "third": "same"}
    assert newest["stages"][1]["was"] == "second"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace('[[stages]]\nid = "third"\n', ""), encoding="utf-8", newline="\n")
    world.patch("third").unlink()
    world.stacker("rebase", "--onto", world.upstream["start"])
    [newest, *_] = world.stacker("log")["versions"]
    assert newest["dropped"] == ["third"]


def test_what_landed_is_named_with_its_commit(world):
    landed = world.upstream.add("master", ("First (#7)", {"a.c": edited((8, "first"), (10, "up"))}))
    world.stacker("rebase")
    [newest, *_] = world.stacker("log")["versions"]
    assert how(newest) == {"first": "landed", "second": "moved", "third": "moved"}
    assert newest["stages"][0]["landing"] == landed
    ran = world.run("log", cwd=world.home)
    assert f"landed: first as {landed[:10]}" in ran.out


def test_a_difference_of_versions_parts_people_from_upstream(world):
    world.change_by_hand("second", b"+second", b"+other")
    world.stacker("rebase")
    document = world.stacker("log", "--diff", "v1", "v3")
    first, second, third = document["stages"]
    assert (document["from"]["version"], document["to"]["version"]) == (1, 3)
    assert first["change"] == third["change"] == "moved"
    assert first["interdiff"] == third["interdiff"] == ""
    assert first["moved_by"] == ["upstream"]
    assert third["moved_by"] == ["upstream", "second"]
    # git's range-diff has upstream's line, the interdiff has not.
    assert "up" in second["range_diff"]
    changed = [x for x in second["interdiff"].splitlines() if x[0] in "+-" and x[:3] not in
               ("+++", "---")]  # fmt: skip
    assert changed == ["-second", "+other"]
    [alone] = world.stacker("log", "--diff", "v1", "v3", "second")["stages"]
    assert alone == second
    text = world.run("log", "--diff", "1", "3", cwd=world.home).out
    assert "first   moved by upstream only" in text
    assert "+other" in text


def test_where_the_old_version_conflicts_the_range_diff_remains(world):
    world.upstream.add("master", ("harder", {"b.c": edited((8, "theirs"))}))
    assert world.stacker("rebase", code=3)
    world.stacker("resolve", "second", "--take", "mine")
    world.stacker("rebase")
    second = world.stacker("log", "--diff", "v1", "v2")["stages"][1]
    assert second["change"] == "changed"
    assert second["interdiff"] is None
    assert second["clash"] == {"subject": "Second", "paths": ["b.c"]}
    assert second["range_diff"].startswith("1:  ")
    text = world.run("log", "--diff", "v1", "v2", cwd=world.home).out
    assert "changed: v1 conflicts where v2 stands, in b.c" in text


def test_other_words_are_a_change_of_the_same_files(world):
    world.change_by_hand("first", b"Subject: [PATCH] First", b"Subject: [PATCH] Reworded")
    world.stacker("rebase", "--onto", world.upstream["start"])
    first = world.stacker("log", "--diff", "v1", "v2")["stages"][0]
    assert (first["change"], first["interdiff"]) == ("changed", "")
    text = world.run("log", "--diff", "v1", "v2", "first", cwd=world.home).out
    assert "the same files in the end" in text


def test_looking_writes_nothing(world):
    world.stacker("rebase")
    world.change_by_hand("first", b"+first", b"+other")
    world.stacker("rebase")
    state = world.home / ".stacker"
    before = {p: p.read_bytes() for p in state.rglob("*") if p.is_file()}
    world.stacker("log")
    world.stacker("log", "--diff", "v1", "v3")
    assert {p: p.read_bytes() for p in state.rglob("*") if p.is_file()} == before


def test_all_versions_outlive_a_thorough_clean_up(world):
    """Whatever was a version hangs on the operations, so git throws nothing of it away."""
    world.stacker("rebase")
    world.change_by_hand("second", b"+second", b"+other")
    world.stacker("rebase")
    world.stacker("undo", "--to", "v1")
    world.upstream.add("master", ("more", {"c.c": edited((20, "more"))}))
    world.stacker("rebase")
    before = world.stacker("log")
    wanted = {v["version"] for v in before["versions"]}
    assert len(wanted) == 5
    world.git("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all")
    world.git("gc", "-q", "--prune=now")
    assert world.stacker("log") == before
    diff = world.stacker("log", "--diff", "v1", "v3")
    assert "unknown" not in {s["change"] for s in diff["stages"]}
    for one in before["versions"]:
        for stage in one["stages"]:
            assert world.git("rev-parse", f"{stage['commit']}^{{tree}}") == stage["tree"]
            world.git("rev-list", "--objects", "--quiet", stage["commit"])
    for number in sorted(wanted - {0}):
        world.stacker("undo", "--to", f"v{number}")
        world.stacker("rebase", "--onto", world.upstream["more"])


def test_what_the_store_lacks_is_not_guessed(world):
    world.stacker("rebase")
    commits = [stage["commit"] for stage in world.stacker("log")["versions"][1]["stages"]]
    store = world.home / ".stacker" / "store.git"
    packs = [pack.rename(store / pack.name) for pack in store.glob("objects/pack/*.pack")]
    for rest in store.glob("objects/pack/*"):
        rest.unlink()
    for pack in packs:
        with pack.open("rb") as file:
            subprocess.run(["git", "unpack-objects", "-q"], cwd=store, stdin=file, check=True)
    for commit in commits:
        (store / "objects" / commit[:2] / commit[2:]).unlink()
    document = world.stacker("log", "--diff", "v1", "v2")
    assert [stage["change"] for stage in document["stages"]] == ["unknown"] * 3
    text = world.run("log", "--diff", "v1", "v2", cwd=world.home).out
    assert "first   not known: this store lacks its commits" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--diff", "v1", "v9"), "there is no v9"),
        (("--diff", "v1", "x"), "'x' is no version"),
        (("--diff", "v0", "v1", "nothing"), "there is no stage 'nothing'"),
        (("first",), "a stage alone"),
        (("--diff", "v0", "v1", "-n", "2"), "choose one"),
    ],
)
def test_mistakes_are_told(world, arguments, said):
    document = world.stacker("log", *arguments, code=2)
    assert said in document["error"]["message"]


def test_a_fresh_clone_has_no_versions_yet(world, tmp_path, run_stacker):
    (world.home / ".stacker").rename(tmp_path / "elsewhere")
    document = world.stacker("log", code=1)
    assert "no versions yet" in document["error"]["message"]


def test_lines_fit_a_terminal(world):
    world.stacker("rebase")
    for arguments in (("log",), ("log", "--diff", "v1", "v2")):
        text = world.run(*arguments, cwd=world.home).out
        assert max(map(len, text.splitlines())) <= 80
        assert sum(line.startswith("Next:") for line in text.splitlines()) <= 1
