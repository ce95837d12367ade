"""`stacker forecast` through the command line: it says what a rebase would, and touches nothing."""

from __future__ import annotations

import shutil

import pytest
from forecast_world import CODE, LINES, line
from world import stages, statuses


def untouched(world):
    """What a forecast may not change: files, refs but upstream's, objects, what was remembered."""
    refs = [r for r in world.git("for-each-ref").splitlines() if "stacker/upstream/" not in r]
    state = world.home / ".stacker"
    here = {p.relative_to(state).as_posix() for p in state.rglob("*") if p.is_file()}
    return world.files(), refs, here - {"store.git/FETCH_HEAD"}


def test_what_upstream_has_not_touched_is_clean(three):
    found = three.stacker("forecast")
    assert statuses(found) == dict.fromkeys(("one", "two", "three"), "clean")
    assert found["upstream"] == three.upstream["start"]
    assert found["new_commits"] == 0


def test_a_conflict_is_told_with_what_broke_it_and_nothing_is_touched(three):
    up = three.upstream
    up.add("master", ("before", {"z": "z\n"}),
           ("bpo-1: break it (GH-11797)", {"a.c": line(3, "theirs")}, "Eve <eve@example.org>"),
           ("after", {"z": "zz\n"}))  # fmt: skip
    three.stacker("forecast")  # fetches
    before = untouched(three)
    found = three.stacker("--no-fetch", "forecast")
    assert untouched(three) == before
    assert found["upstream"] == up["after"]
    assert found["new_commits"] == 3
    assert statuses(found) == {"one": "conflict", "two": "clean", "three": "blocked"}
    one = stages(found)["one"]
    assert (one["paths"], one["in"], one["patch"]) == (["a.c"], "one", "0001-one.patch")
    assert one["conflicts"] == [{"path": "a.c", "kind": "content"}]
    assert one["culprit"] == {
        "commit": up["bpo-1: break it (GH-11797)"], "subject": "bpo-1: break it (GH-11797)",
        "author": "Eve", "date": "2019-04-23T06:19:20+00:00", "pull": 11797, "inside": None,
        "inside_subject": None, "inside_author": None,
        "paths": ["a.c"],
        "hunks": [{"path": "a.c", "upstream": "theirs\n", "before": "line 3\n", "mine": "one\n"}],
    }  # fmt: skip
    assert stages(found)["three"]["waits_for"] == "one"
    assert stages(found)["two"]["culprit"] is None


def test_it_says_what_rebase_says(three):
    three.upstream.add("master", ("Break", {"a.c": line(3, "x"), "b.c": line(20, "y")}))
    said = three.stacker("forecast")
    done = three.stacker("rebase", code=3)
    [conflict] = stages(done)["one"]["conflicts"]
    culprit = stages(said)["one"]["culprit"]
    assert {key: culprit[key] for key in conflict["culprit"]} == conflict["culprit"]
    assert statuses(done) == {"one": "conflict", "two": "rebased", "three": "blocked"}


def test_the_exit_code_tells_only_when_asked(three):
    three.upstream.add("master", ("Break", {"a.c": line(3, "theirs")}))
    three.stacker("forecast", code=0)
    three.stacker("forecast", "--exit-code", code=3)
    three.stacker("forecast", "--exit-code", "--onto", three.upstream["start"], code=0)


def test_for_people(three):
    subject = "Break it for everybody who came near this place in the whole of the code (GH-7)"
    three.upstream.add("master", (subject, {"a.c": line(3, "theirs")}), ("more", {"z": "z\n"}))
    said = three.run("forecast", cwd=three.home)
    tip, broke = three.upstream["more"], three.upstream[subject]
    assert said.out == (
        f"1 of 3 stages fit master {tip[:10]} (2 new commits). 1 conflict.\n"
        "  one  0001-one.patch\n"
        "    a.c   content\n"
        f"    first broken by {broke[:10]} (GH-7, Ada Upstream, 2019-04-23)\n"
        "      Break it for everybody who came near this place in the whole of the code …\n"
        "  three  waits for one\n"
        "Next: stacker rebase     (moves nothing before all is solved)\n"
    )
    assert max(map(len, said.out.splitlines())) <= 80


def test_for_people_when_all_is_well(three):
    assert "Next:" not in three.run("forecast", cwd=three.home).out
    three.upstream.add("master", ("more", {"z": "z\n"}))
    said = three.run("forecast", "--onto", "master", cwd=three.home).out
    assert said.startswith("3 of 3 stages fit master ")
    assert said.endswith("(1 new commit).\nNext: stacker rebase --onto master\n")


def test_what_landed_is_told_and_leaves_the_chains(three):
    up = three.upstream
    up.add("master", ("One (#5)", {"a.c": line(3, "one")}), ("more", {"z": "z\n"}))
    found = three.stacker("forecast")
    assert statuses(found) == {"one": "landed", "two": "clean", "three": "clean"}
    assert stages(found)["one"]["landing"] == up["One (#5)"]
    three.stacker("rebase")
    up.add("master", ("Later", {"a.c": line(3, "otherwise")}))
    assert statuses(three.stacker("forecast")) == statuses(found)
    assert f"one  landed in {up['One (#5)'][:10]}" in three.run("forecast", cwd=three.home).out


def test_a_stage_over_one_that_landed_has_its_own_culprit(three):
    up = three.upstream
    up.add("master", ("One (#5)", {"a.c": line(3, "one")}),
           ("Break", {"src/d.c": CODE.replace("c;", "theirs;")}))  # fmt: skip
    found = stages(three.stacker("forecast"))
    assert found["one"]["status"] == "landed"
    assert found["three"]["culprit"]["commit"] == up["Break"]


def test_a_rebase_that_stopped_stays_where_it_was(three):
    up = three.upstream
    up.add("master", ("Break", {"a.c": line(3, "theirs")}))
    three.stacker("rebase", code=3)
    attempt = (three.home / ".stacker" / "attempt.json").read_bytes()
    up.add("master", ("mend", {"a.c": LINES}))
    found = three.stacker("forecast")
    assert found["upstream"] == up["mend"]
    assert set(statuses(found).values()) == {"clean"}
    assert (three.home / ".stacker" / "attempt.json").read_bytes() == attempt


def test_remembered_solutions_are_reckoned_with(three):
    three.upstream.add("master", ("Break", {"a.c": line(3, "theirs")}))
    three.stacker("rebase", code=3)
    three.stacker("resolve", "--take", "mine")
    three.stacker("undo")
    assert set(statuses(three.stacker("forecast")).values()) == {"clean"}


def test_what_was_edited_by_hand_is_counted_in_and_stays_an_edit(three):
    patch = three.patch("two")
    patch.write_bytes(patch.read_bytes().replace(b"+two\n", b"+zwei\n"))
    three.upstream.add("master", ("Zwei", {"b.c": line(3, "zwei")}))
    before = three.files()
    found = three.stacker("forecast")
    assert found["edits"] == ["patches of two were edited"]
    assert stages(found)["two"]["status"] == "landed"
    assert three.files() == before
    assert three.stacker("rebase")["edits"] == ["patches of two were edited"]


def test_edits_that_do_not_fit_together_are_an_error(three):
    text = three.patch("one").read_text(encoding="utf-8").replace("+one", "+another")
    text = text.replace("Subject: [PATCH] One", "Subject: [PATCH] Two")
    three.patch("two").write_text(text, encoding="utf-8", newline="\n")
    plan = three.home / "series.toml"
    over = plan.read_text(encoding="utf-8").replace('"two"\nneeds = []', '"two"\nneeds = ["one"]')
    plan.write_text(over, encoding="utf-8", newline="\n")
    assert "does not fit together" in three.stacker("forecast", code=1)["error"]["message"]


@pytest.mark.parametrize("rev", ["nothing", "--upload-pack=x", "0" * 40, "nowhere=master"])
def test_onto_what_is_not_there_is_an_error(three, rev):
    ran = three.run("--json", "forecast", f"--onto={rev}", cwd=three.home)
    assert ran.code in (1, 2)
    assert ran.document["error"]["message"]


def test_no_fetch_needs_no_upstream(three):
    three.upstream.add("master", ("Break", {"a.c": line(3, "theirs")}))
    three.stacker("forecast")
    shutil.rmtree(three.upstream.path)
    assert statuses(three.stacker("--no-fetch", "forecast"))["one"] == "conflict"
    three.stacker("forecast", code=1)


def test_a_fresh_clone_stays_one(three, tmp_path, run_stacker):
    """Nothing is taken note of: the next command finds the series as new as it was."""
    clone = tmp_path / "clone"
    shutil.copytree(three.home, clone, ignore=shutil.ignore_patterns(".stacker"))
    ran = run_stacker("--json", "forecast", cwd=clone)
    assert set(statuses(ran.document).values()) == {"clean"}
    assert three.git("for-each-ref", "refs/stacker/head", where=clone / ".stacker/store.git") == ""


def test_stages_of_two_repositories(three, tmp_path, history):
    deps = history.draw(tmp_path / "deps", {
        "bin": [("deps", {"x": LINES})], "arm": ["deps", ("Arm", {"x": line(3, "arm")})],
    })  # fmt: skip
    plan = three.home / "series.toml"
    text = plan.read_text(encoding="utf-8")
    table = f'[repositories.deps]\nupstream = "{deps.path.as_posix()}"\nbranch = "bin"\n\n'
    plan.write_text(text.replace("[[stages]]", table + "[[stages]]", 1) + (
        '\n[[stages]]\nid = "arm"\nrepository = "deps"\nneeds = ["one"]\n'
    ), encoding="utf-8", newline="\n")  # fmt: skip
    assert statuses(three.stacker("forecast"))["arm"] == "blocked"
    assert "arm  nothing was imported" in three.run("forecast", cwd=three.home).out
    three.stacker("import", f"{deps['deps']}..arm", "--from", str(deps.path), "--stage", "arm")
    three.upstream.add("master", ("drift", {"z": "z\n"}))
    deps.add("bin", ("Break (#3)", {"x": line(3, "theirs")}))
    found = three.stacker("forecast")
    assert found["upstreams"] == {"upstream": three.upstream["drift"], "deps": deps["Break (#3)"]}
    assert stages(found)["arm"]["culprit"]["pull"] == 3
    assert statuses(three.stacker("forecast", "--onto", f"deps={deps['deps']}"))["arm"] == "clean"


def test_neighbours_of_a_clean_stage(three):
    up = three.upstream
    up.add("master", ("same", {"src/d.c": CODE.replace("d;", "d;\n\tadded;\n\tmore;\n\t;")}),
           ("other function", {"src/d.c": CODE.replace("a;", "A;")}),
           ("its makefile", {"src/Makefile": "all:\n"}), ("a pin", {"ci/.python-version": "3.8\n"}),
           ("far makefile", {"tool/Makefile": "y\n"}),
           ("move (#9)", {"src/d.c": None, "lib/d.c": CODE.replace("a;", "A;")}))  # fmt: skip
    found = stages(three.stacker("forecast"))
    assert found["three"]["status"] == "clean"
    near = [(n["kind"], n["path"], n["detail"], n["subject"]) for n in found["three"]["nearby"]]
    assert near == [
        ("same function", "src/d.c", "int two(void)", "same"),
        ("same function", "src/d.c", "int two(void)", "other function"),  # it takes `same` back
        ("build file", "src/Makefile", "", "its makefile"),
        ("toolchain", "ci/.python-version", "", "a pin"),
        ("moved", "src/d.c", "lib/d.c", "move (#9)"),
    ]
    assert [n["kind"] for n in found["two"]["nearby"]] == ["toolchain"]
    assert found["three"]["nearby"][-1]["pull"] == 9
    said = three.run("forecast", cwd=three.home).out
    assert "  three  fits; worth a look:\n" in said
    assert f"    src/d.c   {up['other function'][:10]} (Ada Upstream) and 1 more\n" in said
    assert "      moved to lib/d.c\n" in said
