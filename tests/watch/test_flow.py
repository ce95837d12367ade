"""A box builds what home has and lacks evidence, and nothing of it is lost or done twice."""

from __future__ import annotations

import shutil

import pytest
from keys import new_key
from sync_world import edit, git
from watch_world import begin, builds, check, ended, told

from stacker.errors import BusyError, UsageError
from stacker.evidence.signing import Checker, signing_key
from stacker.evidence.store import EvidenceStore
from stacker.verify.known import EVIDENCE
from stacker.watch.value import Came, Changed, Sent, Trouble, Waits, Watching

ALL = ["three", "two", "one"]
PASSED = [(stage, "arm", "passed") for stage in sorted(ALL)]


def nothing():
    pass


def test_what_home_has_is_built_and_the_team_hears_of_it(post):
    said = post.run(nothing)
    assert isinstance(said[0], Watching)
    assert [one.version for one in told(said, Came)] == [1]
    assert builds(said) == ALL
    assert told(said, Sent) == [Sent(3)]
    assert told(said, Trouble) == []
    assert post.results() == PASSED
    taken = post.ann.stacker("sync")
    assert taken["evidence"] == {"sent": 0, "taken": 3}
    status = post.ann.stacker("status")
    assert [one["evidence"]["passed"] for one in status["stages"]] == [1, 1, 1]
    [box] = status["boxes"]
    assert (box["host"], box["platforms"], box["doing"], box["version"]) == (
        "pi-4", ["arm"], "idle", 1,
    )  # fmt: skip


def test_what_a_box_signs_comes_signed(post, tmp_path):
    path, _ = new_key(tmp_path, "box")
    key = signing_key(path)
    post.run(signing=key)
    post.ann.stacker("sync")
    with EvidenceStore(post.ann.home / ".stacker" / EVIDENCE) as evidence:
        records = evidence.every()
    checker = Checker(tmp_path / "held")
    assert [checker.flaw(record, key.public) for record in records] == [""] * 3


def test_a_new_version_is_taken_while_it_watches(post):
    def ann_edits():
        edit(post.ann, "two", "two\n", "zwei\n")
        post.ann.stacker("sync")

    said = post.run(ann_edits, nothing)
    assert [one.version for one in told(said, Came)] == [1, 2]
    assert builds(said) == [*ALL, "three", "two"]
    assert post.sign()["version"] == 2


def test_a_box_sends_results_and_its_sign_and_nothing_else(post):
    """Edits by hand, versions that home does not have, a plan that is none: it looks at nothing
    of them."""
    before = post.refs()
    edit(post.clone, "one", "one\n", "uno\n")
    [patch] = (post.clone.home / "patches" / "two").glob("*.patch")
    patch.write_bytes(patch.read_bytes().replace(b"+two", b"+deux"))
    files = post.clone.files()
    said = post.run()
    after = post.refs()
    boxes = {name for name in after if name.startswith("refs/stacker/boxes/")}
    assert after.keys() - before.keys() == {"refs/stacker/evidence", *boxes}
    assert {name: after[name] for name in before} == before
    assert post.clone.files() == files
    assert builds(said) == ALL
    stages = post.ann.stacker("status")["stages"]
    assert [one["evidence"]["passed"] for one in stages] == [0, 0, 0]
    post.ann.stacker("sync")
    stages = post.ann.stacker("status")["stages"]
    assert [one["evidence"]["passed"] for one in stages] == [1, 1, 1]


def test_what_others_have_shown_is_not_built_again(post):
    post.ann.stacker("verify", "--trust", "--platform", "arm", "two")
    post.ann.stacker("sync")
    assert builds(post.run(nothing)) == ["three", "one"]


def test_commands_that_nobody_agreed_to_do_not_run(post):
    said = post.run(nothing, trust=False)
    assert builds(said) == []
    [waits] = told(said, Waits)  # said once
    assert "exit(0)" in waits.commands[0]
    assert post.sign()["doing"] == "waiting"
    assert not (post.directory.state / "logs").exists()
    assert builds(post.run(post.agree, nothing, trust=False)) == ALL
    assert post.sign()["doing"] == "idle"


def test_what_a_box_lacks_is_tried_once_in_a_version(post):
    post.agree()
    said = post.run(
        lambda: post.plan("exit(0)", "exit(127)"), nothing, nothing,
        lambda: post.plan("exit(127)", "exit(1)"), nothing,
    )  # fmt: skip
    assert builds(said) == [*ALL, "three", *ALL]
    assert [verdict for _, verdict in ended(said)[3:]] == ["could-not-run"] + ["failed"] * 3


@pytest.mark.parametrize("trust", [True, False])
def test_commands_that_change_while_it_watches(post, trust):
    post.agree()
    said = post.run(
        lambda: post.plan("exit(0)", "exit(1)"), nothing, lambda: post.plan("exit(1)", "exit(2)"),
        nothing, trust=trust,
    )  # fmt: skip
    kind = Changed if trust else Waits
    assert [one.commands[0].split("exit")[1] for one in told(said, kind)] == ["(1)'", "(2)'"]
    assert len(builds(said)) == (9 if trust else 3)
    assert post.sign()["doing"] == ("idle" if trust else "waiting")
    assert [verdict for _, verdict in ended(said)[3:]] == (["failed"] * 6 if trust else [])


def test_home_is_away_for_a_while(post):
    away = post.home.with_name("away.git")
    said = post.run(
        lambda: post.home.rename(away), nothing, lambda: away.rename(post.home), nothing
    )
    [trouble] = told(said, Trouble)  # said once, though it looked twice
    assert "home.git" in trouble.message
    assert builds(said) == ALL
    assert post.results() == PASSED


def test_home_refuses_for_a_while_and_gets_all_later(post):
    hook = post.home / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not now >&2\nexit 1\n", encoding="utf-8", newline="\n")
    hook.chmod(0o755)
    said = post.run(nothing)
    assert {"not now" in one.message for one in told(said, Trouble)} == {True}
    assert builds(said) == ALL
    assert post.results() == []
    hook.unlink()
    again = post.run()
    assert builds(again) == []
    assert told(again, Sent) == [Sent(3)]
    assert post.results() == PASSED


def test_what_is_recorded_in_its_folder_goes_home_though_nothing_else_is_to_say(post):
    def by_hand():
        post.clone.stacker("verify", "--trust", "--platform", "x64", "one")

    said = post.run(by_hand)
    assert told(said, Sent) == [Sent(3), Sent(1)]
    assert post.results() == sorted([*PASSED, ("one", "x64", "passed")])


def test_what_somebody_let_go_of_is_made_again(post):
    """Commits that no ref names go with `doctor --prune`, say."""

    def clean_up():
        git(post.directory.store, "gc", "-q", "--prune=now")
        post.agree()

    said = post.run(clean_up, trust=False)
    assert told(said, Trouble) == []
    assert builds(said) == ALL


def test_others_send_while_it_builds(post):
    post.ann.stacker("verify", "--trust", "--platform", "x64", "one")

    def meanwhile(one):
        if ended([one]) == [("one", "passed")]:  # the last one: what comes next is the push
            post.ann.stacker("sync")

    said = post.run(heard=meanwhile)
    assert told(said, Trouble) == []
    assert post.results() == sorted([*PASSED, ("one", "x64", "passed")])


def test_a_version_that_comes_while_it_builds_is_built_next(post):
    def meanwhile(one):
        if builds([one]) == ["three"] and post.sign()["version"] == 1:
            edit(post.ann, "one", "one\n", "uno\n")
            post.ann.stacker("sync")
            post.clock.on(300)

    said = post.run(heard=meanwhile)
    assert builds(said) == ["three", *ALL]
    assert [one.version for one in told(said, Came)] == [1, 2]
    assert len(post.results()) == 4


def test_what_cannot_run_here_is_tried_once(tmp_path, run_stacker, history):
    folder = tmp_path / "team"
    folder.mkdir()
    post = begin(run_stacker, folder, history, check("exit(125)"))
    said = post.run(nothing, nothing)
    assert builds(said) == ALL
    assert post.results() == []
    sign = post.sign()
    assert (sign["doing"], sign["what"].split(":")[0]) == ("idle", "test for arm could not run")
    assert builds(post.run()) == ALL  # started anew


def test_what_home_has_cannot_be_built(post):
    """Nothing, then what no stacker wrote: the box says so, and goes on with what comes next."""
    version = git(post.home, "rev-parse", "refs/stacker/versions")
    git(post.home, "update-ref", "-d", "refs/stacker/versions")
    said = []

    def spoil():
        said.append(post.sign()["doing"])
        strange = git(post.home, "commit-tree", "-m", "x", f"{version}^{{tree}}")
        git(post.home, "update-ref", "refs/stacker/versions", strange)

    def mend():
        said.append(post.sign()["doing"])
        git(post.home, "update-ref", "refs/stacker/versions", version)

    heard = post.run(spoil, nothing, mend)
    none, strange = (one.message for one in told(heard, Trouble))
    assert "no version" in none
    assert "does not read as a step" in strange
    assert said == ["trouble", "trouble"]
    assert builds(heard) == ALL


def test_without_upstream_where_the_base_is_there(post):
    post.run()
    shutil.rmtree(post.ann.upstream.path)
    edit(post.ann, "three", "three\n", "tre\n")
    post.ann.stacker("sync", "--no-fetch")
    assert builds(post.run()) == ["three"]


def test_a_mistake_of_who_starts_it(post):
    with pytest.raises(UsageError, match="amr"):
        post.run(platforms=("amr",))
    with pytest.raises(UsageError, match="tset"):
        post.run(checks=("tset",))

    def second():  # one box a folder
        with pytest.raises(BusyError, match="--watch"):
            post.run()

    post.run(second)


def test_signs_are_few_while_nothing_happens(post):
    signs = []

    def look():
        signs.append(post.sign()["at"])

    post.run(*[look] * 8)
    assert [at - signs[0] for at in signs] == [0] * 6 + [1800] * 2


def test_submodules_come_from_beside_upstream(post):
    folder = post.ann.home.parent
    work = folder / "work"
    git(folder, "init", "-q", "-b", "main", "lib")
    git(folder / "lib", "commit", "-q", "--allow-empty", "-m", "lib")
    git(folder, "clone", "-q", "-b", "master", "upstream", "work")
    (work / ".gitmodules").write_text('[submodule "l"]\n\tpath = ext\n\turl = ../lib\n')
    link = f"160000,{git(folder / 'lib', 'rev-parse', 'HEAD')},ext"
    git(work, "add", ".gitmodules")
    git(work, "update-index", "--add", "--cacheinfo", link)
    git(work, "commit", "-q", "-m", "ext")
    git(work, "push", "-q", "origin", "master")
    post.ann.stacker("rebase")
    post.plan('name = "test"\n', 'name = "test"\nsubmodules = true\n')
    assert ended(post.run()) == [(stage, "passed") for stage in ALL]
