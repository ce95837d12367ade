"""Branches and pull requests: what they have that upstream has not, moved to where it stands."""

from __future__ import annotations

import subprocess

import pytest
from world import begin, stages, statuses

LINES = "".join(f"line {n}\n" for n in range(20))


def edited(*numbers):
    return "".join(f"{'port' if n in numbers else 'line'} {n}\n" for n in range(20))


@pytest.fixture
def world(once, run_stacker, history):
    """`port` began before upstream's last commit; #7 is a pull request from somewhere else."""
    return once(
        "a series to import branches into", lambda folder: drawn(folder, run_stacker, history)
    )


def drawn(folder, run_stacker, history):
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES}), ("later", {"z.c": "z\n"})],
        "port": ["start", ("One", {"a.c": edited(1)}), ("Two", {"a.c": edited(1, 8)})],
        "pull": ["start", ("Foreign\n\nText.", {"f.c": "f\n"}, "Fay <fay@fork.org>")],
    })  # fmt: skip
    upstream.git("update-ref", "refs/pull/7/head", upstream["Foreign"])
    upstream.git("update-ref", "-d", "refs/heads/pull")
    return begin(run_stacker, folder, upstream)


def test_a_branch_of_upstream(world):
    made = world.stacker("import", "port", "--stage-per-commit")
    assert (made["stages"], made["base"]) == (["one", "two"], world.upstream["start"])
    before = world.files()
    assert world.stacker("import", "port", "--stage-per-commit")["stages"] == ["one", "two"]
    assert world.files() == before


def test_a_branch_of_a_clone_and_what_upstream_has_by_now(world, tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", world.upstream.path, clone], check=True)
    subprocess.run(["git", "checkout", "-q", "-b", "mine"], cwd=clone, check=True)
    (clone / "m.c").write_text("m\n", encoding="utf-8")
    subprocess.run(["git", "add", "-A"], cwd=clone, check=True)
    subprocess.run(["git", "commit", "-qm", "Mine"], cwd=clone, check=True)
    made = world.stacker("import", "mine", "--from", str(clone), "--stage-per-commit")
    assert (made["stages"], made["base"]) == (["mine"], world.upstream["later"])
    # Upstream went on, and the clone has that too: it is asked, so that nothing of it is ours.
    world.upstream.add("master", ("news", {"n.c": "n\n"}))
    subprocess.run(["git", "fetch", "-q"], cwd=clone, check=True)
    subprocess.run(["git", "checkout", "-q", "-B", "mine", "origin/master"], cwd=clone, check=True)
    (clone / "o.c").write_text("o\n", encoding="utf-8")
    subprocess.run(["git", "add", "-A"], cwd=clone, check=True)
    subprocess.run(["git", "commit", "-qm", "Other"], cwd=clone, check=True)
    made = world.stacker("import", "mine", "--from", str(clone), "--stage-per-commit")
    assert made["stages"] == ["other"]
    assert world.patch("other").read_text(encoding="utf-8").count("diff --git") == 1


def test_what_upstream_has_already_is_nothing(world):
    world.upstream.git("branch", "old", "master~1")
    error = world.stacker("import", "old", "--stage", "s", code=2)["error"]
    assert error["message"] == "there is nothing to import: upstream has all of it"


def test_a_pull_request_keeps_its_author(world):
    made = world.stacker("import", "#7", "--stage", "libffi")
    assert (made["stages"], made["base"]) == (["libffi"], world.upstream["start"])
    tip = stages(world.stacker("rebase"))["libffi"]["commit"]
    assert world.git("log", "-1", "--format=%an <%ae> %at%n%B", tip) == (
        "Fay <fay@fork.org> 1556000300\nForeign\n\nText."
    )
    assert world.git("for-each-ref", "--format=%(refname)", "refs/pull") == ""


def test_a_pull_request_that_began_elsewhere_is_moved_to_the_series(world):
    world.stacker("import", "port", "--stage", "port")
    world.stacker("rebase")  # on `later`
    made = world.stacker("import", "#7", "--stage-per-commit")
    assert made["stages"] == ["foreign"]
    start, later = (world.upstream[s][:10] for s in ("start", "later"))
    assert made["notes"] == [f"moved from {start} to {later}, where the series has its place"]
    found = stages(world.stacker("rebase"))["foreign"]
    assert found["status"] == "unchanged"
    assert world.git("rev-parse", f"{found['commit']}^") == world.upstream["later"]
    before = world.files()
    assert world.stacker("import", "#7", "--stage-per-commit")["stages"] == ["foreign"]
    assert world.files() == before


def test_it_goes_on_all_that_its_stage_needs(world):
    world.stacker("import", "port", "--stage", "port")
    plan = world.home / "series.toml"
    plan.write_text(plan.read_text(encoding="utf-8") + '\n[[stages]]\nid = "next"\n',
                    encoding="utf-8", newline="\n")  # fmt: skip
    world.stacker("import", "#7", "--stage", "next")
    found = stages(world.stacker("rebase", "--onto", world.upstream["start"]))
    assert world.git("rev-parse", f"{found['next']['commit']}^") == found["port"]["commit"]
    assert statuses({"stages": found.values()}) == {"port": "unchanged", "next": "unchanged"}


def test_what_conflicts_with_the_series_is_said_and_nothing_is_done(world):
    world.stacker("import", "port", "--stage", "port")
    world.upstream.add("master", ("clash", {"f.c": "theirs\n"}))
    world.stacker("rebase")
    before = world.files()
    error = world.stacker("import", "#7", "--stage", "s", code=3)["error"]
    assert "'Foreign' conflicts with" in error["message"]
    assert error["message"].endswith("in f.c")
    assert world.files() == before


@pytest.mark.parametrize("what", ["#8", "#0", "nowhere", "--first-parent"])
def test_what_is_not_there_is_explained(world, what):
    before = world.files()
    ran = world.run("--json", "import", "--stage", "s", "--", what, cwd=world.home)
    assert ran.code in (1, 2)
    assert ran.document["error"]["hint"]
    assert world.files() == before
