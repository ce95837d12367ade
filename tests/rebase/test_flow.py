"""`stacker rebase` through the command line: git's own result for every stage, or nothing moves."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest
from world import begin, stages, statuses

LINES = "".join(f"line {n}\n" for n in range(30))


def edited(*pairs):
    text = LINES
    for number, word in pairs:
        text = text.replace(f"line {number}\n", f"{word}\n")
    return text


@pytest.fixture
def diamond(once, run_stacker, history):
    """Two stages on the base, and one on both, in a.c, b.c and c.c."""
    return once("a diamond", lambda folder: drawn(folder, run_stacker, history))


def drawn(folder, run_stacker, history):
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES, "c.c": LINES})],
        "one": ["start", ("One", {"a.c": edited((3, "one"))})],
        "two": ["start", ("Two", {"b.c": edited((3, "two"))})],
        "both": ["one", ("Two again", {"b.c": edited((3, "two"))}), ("Three", {"c.c": "three\n"})],
    })  # fmt: skip
    world = begin(run_stacker, folder, upstream,
                  ("start..one", "--stage", "one"), ("start..two", "--stage", "two"))  # fmt: skip
    world.plan('[[stages]]\nid = "one"\nneeds = []\n\n[[stages]]\nid = "two"\nneeds = []\n\n'
               '[[stages]]\nid = "three"\nneeds = ["one", "two"]\n')  # fmt: skip
    world.stacker("import", f"{upstream['Two again']}..both", "--stage", "three")
    return world


@pytest.fixture(autouse=True)
def _short_names(monkeypatch, history):
    """`draw` names commits by subject, git by branch and id: here ranges use branches."""
    draw = history.draw

    def with_tags(path, branches):
        made = draw(path, branches)
        for subject, oid in made.oids.items():
            if subject.isalpha():
                made.git("tag", subject, oid)
        return made

    monkeypatch.setattr(history, "draw", with_tags)


def test_needs_in_a_diamond_share_their_commits(diamond):
    diamond.upstream.add(
        "master", ("drift", {"a.c": edited((20, "up")), "b.c": edited((20, "up"))})
    )
    found = stages(diamond.stacker("rebase"))
    tip = found["three"]["commit"]
    chain = diamond.git("rev-list", "--reverse", f"{diamond.upstream['drift']}..{tip}").split()
    assert len(chain) == 3
    assert chain[0] == found["one"]["commit"]
    assert diamond.git("rev-parse", f"{found['two']['commit']}^") == diamond.upstream["drift"]
    assert diamond.git("show", f"{tip}:b.c") == edited((3, "two"), (20, "up")).strip()


def test_the_same_series_gets_the_same_ids_elsewhere(diamond, tmp_path, run_stacker):
    diamond.upstream.add("master", ("drift", {"a.c": edited((20, "up"))}))
    before = tmp_path / "copy"
    shutil.copytree(diamond.home, before, ignore=shutil.ignore_patterns(".stacker"))
    here = diamond.stacker("rebase")
    there = run_stacker("--json", "rebase", cwd=before)
    assert there.code == 0
    pick = ("id", "commit", "tree", "status")
    assert [[s[k] for k in pick] for s in there.document["stages"]] == [
        [s[k] for k in pick] for s in here["stages"]
    ]
    assert (before / "series.lock").read_bytes() == diamond.lock()


def test_nothing_to_do_is_unchanged_and_writes_nothing(diamond):
    diamond.stacker("rebase")
    before, head = diamond.files(), diamond.git("rev-parse", "refs/stacker/head")
    again = diamond.stacker("rebase")
    assert set(statuses(again).values()) == {"unchanged"}
    assert diamond.files() == before
    assert diamond.git("rev-parse", "refs/stacker/head") == head


def test_a_patch_whose_files_upstream_left_alone_keeps_its_file(diamond):
    before = diamond.files()
    diamond.upstream.add("master", ("drift", {"a.c": edited((20, "up"))}))
    diamond.stacker("rebase")
    after = diamond.files()
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {"series.lock", diamond.patch("one").relative_to(diamond.home).as_posix()}


def test_a_conflict_moves_nothing_and_tells_who_broke_it(diamond):
    diamond.upstream.add(
        "master",
        ("before", {"z.c": "z\n"}),
        ("bpo-1: break it (GH-11797)", {"a.c": edited((3, "theirs"))}, "Eve <eve@example.org>"),
        ("after", {"z.c": "zz\n"}),
    )
    files, refs = diamond.files(), diamond.git("for-each-ref", "refs/stacker/head")
    document = diamond.stacker("rebase", code=3)
    assert diamond.files() == files
    assert diamond.git("for-each-ref", "refs/stacker/head") == refs
    assert statuses(document) == {"one": "conflict", "two": "rebased", "three": "blocked"}
    assert document["version"] == 3
    assert document["base"] == diamond.upstream["start"]
    assert document["bases"] == {"upstream": diamond.upstream["start"]}
    one = stages(document)["one"]
    assert one["commit"] is None
    assert one["old_commit"]
    assert one["resolutions"] == []
    [conflict] = one["conflicts"]
    assert {key: conflict[key] for key in ("path", "kind", "in")} == {
        "path": "a.c", "kind": "content", "in": "one"
    }  # fmt: skip
    assert conflict["culprit"] == {
        "commit": diamond.upstream["bpo-1: break it (GH-11797)"],
        "subject": "bpo-1: break it (GH-11797)", "author": "Eve", "pull": 11797,
        "date": conflict["culprit"]["date"], "inside": None,
        "inside_subject": None, "inside_author": None,
    }  # fmt: skip
    two = stages(document)["two"]
    assert diamond.git("cat-file", "-t", two["commit"], where=document["store"]) == "commit"


def test_a_conflict_inside_anothers_chain_is_that_stages(diamond):
    """`one` and `two` are clean alone; `two` does not fit on `one` any more."""
    patch = diamond.patch("two")
    [theirs] = list((diamond.home / "patches" / "one").iterdir())
    text = (
        theirs.read_text(encoding="utf-8")
        .replace("+one", "+another")
        .replace("Subject: [PATCH] One", "Subject: [PATCH] Two")
    )
    patch.write_text(text, encoding="utf-8", newline="\n")
    document = diamond.stacker("rebase", "--no-fetch", code=3)
    assert statuses(document) == {"one": "unchanged", "two": "rebased", "three": "conflict"}
    [conflict] = stages(document)["three"]["conflicts"]
    assert (conflict["path"], conflict["in"]) == ("a.c", "two")


def test_the_target_is_remembered_until_told_otherwise(diamond):
    up = diamond.upstream
    up.add("master", ("break", {"a.c": edited((3, "theirs"))}))
    first = diamond.stacker("rebase", code=3)
    up.add("master", ("mend", {"a.c": LINES}))
    assert diamond.stacker("rebase", code=3)["stages"] == first["stages"]
    ran = diamond.run("rebase", cwd=diamond.home)
    assert "the target of the rebase that stopped" in ran.out
    assert ran.out.strip().endswith("Next: stacker resolve one")
    assert diamond.stacker("rebase", "--fetch")["base"] == up["mend"]
    diamond.stacker("rebase", "--onto", up["break"], code=3)
    assert diamond.stacker("rebase", "--abort") == {"aborted": True}
    assert diamond.stacker("rebase", "--abort") == {"aborted": False}
    assert set(statuses(diamond.stacker("rebase")).values()) == {"unchanged"}


@pytest.mark.parametrize("rev", ["branch", "tag", "annotated", "oid"])
def test_onto_names_an_upstream_commit(diamond, rev):
    up = diamond.upstream
    up.add("release", ("wanted", {"z.c": "z\n"}), start="start")
    up.git("tag", "v1", "release")
    up.git("tag", "-m", "x", "v2", "release")
    names = {"branch": "release", "tag": "v1", "annotated": "v2", "oid": up["wanted"]}
    assert diamond.stacker("rebase", "--onto", names[rev])["base"] == up["wanted"]
    back = diamond.stacker("rebase", "--onto", f"upstream={up['start']}")
    assert back["base"] == up["start"]


@pytest.mark.parametrize("rev", ["nothing", "--upload-pack=x", "", "0" * 40, "nowhere=master"])
def test_onto_what_is_not_there_is_an_error(diamond, rev):
    before = diamond.files()
    ran = diamond.run("--json", "rebase", f"--onto={rev}", cwd=diamond.home)
    assert ran.code in (1, 2)
    assert ran.document["error"]["message"]
    assert diamond.files() == before


def test_no_fetch_works_when_upstream_is_gone(diamond):
    diamond.upstream.add("master", ("drift", {"a.c": edited((20, "up"))}))
    diamond.stacker("rebase")
    shutil.rmtree(diamond.upstream.path)
    assert set(statuses(diamond.stacker("rebase", "--no-fetch")).values()) == {"unchanged"}
    back = diamond.stacker("rebase", "--no-fetch", "--onto", diamond.upstream["start"])
    assert back["base"] == diamond.upstream["start"]
    assert diamond.stacker("rebase", code=1)["error"]["hint"] is not None


def test_a_hand_edit_while_a_rebase_is_stopped_keeps_its_target(diamond):
    up = diamond.upstream
    up.add("master", ("break", {"a.c": edited((3, "theirs"))}))
    diamond.stacker("rebase", code=3)
    up.add("master", ("later", {"z.c": "z\n"}))
    patch = diamond.patch("two")
    patch.write_bytes(patch.read_bytes().replace(b"+two\n", b"+zwei\n"))
    document = diamond.stacker("rebase", code=3)
    assert document["edits"] == ["patches of two were edited"]
    done = diamond.stacker("resolve", "--take", "mine")
    assert done["base"] == up["break"]
    assert diamond.git("show", f"{stages(done)['three']['commit']}:b.c") == (
        edited((3, "zwei")).strip()
    )


def test_stages_of_two_repositories_move_apart(tmp_path, run_stacker, history, diamond):
    deps = history.draw(tmp_path / "deps", {
        "bin": [("deps", {"x": LINES})], "arm": ["deps", ("Arm", {"x": edited((3, "arm"))})],
    })  # fmt: skip
    plan = diamond.home / "series.toml"
    text = plan.read_text(encoding="utf-8")
    table = f'[repositories.deps]\nupstream = "{deps.path.as_posix()}"\nbranch = "bin"\n\n'
    plan.write_text(text.replace("[[stages]]", table + "[[stages]]", 1) + (
        '\n[[stages]]\nid = "arm"\nrepository = "deps"\nneeds = ["one"]\n\n'
        '[[stages]]\nid = "last"\nneeds = ["three", "arm"]\n'
    ), encoding="utf-8", newline="\n")  # fmt: skip
    early = statuses(diamond.stacker("rebase"))
    assert early["arm"] == "blocked"
    diamond.stacker("import", "deps..arm", "--from", str(deps.path), "--stage", "arm")
    deps.add("bin", ("more", {"y": "y\n"}))
    diamond.upstream.add("master", ("drift", {"a.c": edited((20, "up"))}))
    only = diamond.stacker("rebase", "--onto", "deps=bin")
    assert only["bases"] == {"upstream": diamond.upstream["start"], "deps": deps["more"]}
    assert statuses(only)["one"] == "unchanged"
    both = diamond.stacker("rebase")
    assert both["bases"] == {"upstream": diamond.upstream["drift"], "deps": deps["more"]}
    found = stages(both)
    assert diamond.git("rev-parse", f"{found['arm']['commit']}^") == deps["more"]
    assert found["last"]["commit"] == found["three"]["commit"]  # a need elsewhere adds no commits


def test_where_the_first_repository_has_no_stage_the_base_of_another_is_told(
    tmp_path, run_stacker, history
):
    deps = history.draw(tmp_path / "deps", {
        "bin": [("deps", {"x": LINES})], "arm": ["deps", ("Arm", {"x": edited((3, "arm"))})],
    })  # fmt: skip
    first = history.draw(tmp_path / "first", {"master": [("start", {"a": "a\n"})]})
    home = tmp_path / "home"
    assert run_stacker("init", "--json", home, "--upstream", first.path).code == 0
    with (home / "series.toml").open("a", encoding="utf-8", newline="\n") as plan:
        plan.write(f'\n[repositories.deps]\nupstream = "{deps.path.as_posix()}"\nbranch = "bin"\n')
        plan.write('\n[[stages]]\nid = "arm"\nrepository = "deps"\nneeds = []\n')
    taken = run_stacker("-C", home, "import", "--json", "deps..arm", "--from", deps.path,
                        "--stage", "arm")  # fmt: skip
    assert taken.code == 0, taken.err
    more = deps.add("bin", ("more", {"y": "y\n"}))
    ran = run_stacker("-C", home, "rebase")
    assert ran.out.startswith(f"The series stands on bin {more[:10]} as v2.\n")
    document = run_stacker("-C", home, "rebase", "--json").document
    assert (document["base"], document["bases"]) == (None, {"deps": more})


def test_the_trees_are_those_of_git_rebase_over_a_hundred_commits(tmp_path, run_stacker):
    """Any project: init, import, rebase; upstream moves files and edits beside the series."""
    clone = tmp_path / "clone"
    base, tip, onto = project(clone, random.Random(7))
    home = tmp_path / "home"
    made = run_stacker("init", "--json", home, "--upstream", clone)
    assert made.code == 0, made.err
    ran = run_stacker("-C", home, "import", "--json", f"{base}..{tip}", "--from", clone,
                      "--stage-per-commit")  # fmt: skip
    assert ran.code == 0, ran.err
    ran = run_stacker("-C", home, "rebase", "--json", "--onto", onto)
    assert ran.code == 0, ran.err
    worktree(clone, "checkout", "-q", "--detach", tip)
    worktree(clone, "rebase", "-q", "--onto", onto, base)
    wanted = worktree(clone, "log", "--reverse", "--format=%T %an %ae %ad %s", f"{onto}..").split(
        "\n"
    )
    store = ran.document["store"]
    got = [
        worktree(store, "log", "-1", "--format=%T %an %ae %ad %s", one["commit"])
        for one in ran.document["stages"]
    ]
    assert got == wanted
    assert [one["tree"] for one in ran.document["stages"]] == [line.split()[0] for line in wanted]


def worktree(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def project(clone, chance):
    """100 commits of drift beside 12 of a series; they share files, never lines."""
    clone.mkdir()
    worktree(clone, "init", "-q", "-b", "main", ".")
    for number in range(20):
        file = clone / f"dir{number % 4}" / f"f{number}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(f"{number} line {n}\n" for n in range(100)), encoding="utf-8")
    worktree(clone, "add", "-A")
    worktree(clone, "commit", "-q", "-m", "base")
    base = worktree(clone, "rev-parse", "HEAD")

    def change(low, high, word, count):
        for number in range(count):
            file = chance.choice(sorted(clone.glob("*/f*.txt")))
            lines = file.read_text(encoding="utf-8").split("\n")
            lines[chance.randrange(low, high)] = f"{word} {number}"
            file.write_text("\n".join(lines), encoding="utf-8")
            if word == "drift" and number % 25 == 24:
                folder = min(p for p in clone.iterdir() if p.name != ".git")
                worktree(clone, "mv", folder.name, f"moved{number}")
            worktree(clone, "add", "-A")
            worktree(clone, "commit", "-q", "-m", f"{word} {number}")
        return worktree(clone, "rev-parse", "HEAD")

    tip = change(5, 40, "series", 12)
    worktree(clone, "checkout", "-q", "-b", "drift", base)
    onto = change(60, 95, "drift", 100)
    worktree(clone, "checkout", "-q", "main")
    worktree(clone, "reset", "-q", "--hard", base)
    return base, tip, onto
