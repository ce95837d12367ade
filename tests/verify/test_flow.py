from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from verify_world import HEAD, builds, plan, silent

from stacker.evidence.record import Verdict
from stacker.evidence.store import EvidenceStore
from stacker.verify.cells import cells_of
from stacker.verify.flow import verify
from stacker.verify.known import EVIDENCE, held
from stacker.verify.lane import lane_of
from stacker.verify.request import Ended, Priced, Started


@pytest.fixture
def stages(lab):
    return lab.stage("one", {"code": "0"}), lab.stage("two", {"code": "1"})


def test_every_stage_is_built_once_and_remembered(lab, stages):
    request = lab.request(plan(), *stages)
    result = verify(request, silent)
    assert [(one.stage, one.verdict, one.cached) for one in result.results] == [
        ("one", Verdict.PASSED, False),
        ("two", Verdict.FAILED, False),
    ]
    assert [one.stage for one in result.failed] == ["two"]
    again = verify(request, silent)
    assert [(one.verdict, one.cached) for one in again.results] == [
        (Verdict.PASSED, True),
        (Verdict.FAILED, True),
    ]
    assert again.results[0].origin
    assert builds(request) == 0


def test_what_is_said_on_the_way(lab, stages):
    said = []
    result = verify(lab.request(plan(), *stages), said.append)
    assert str(said[0].price) == "2 builds to run; first: two"
    assert [type(event) for event in said] == [Priced, Started, Ended, Started, Ended]
    assert [(event.number, event.total) for event in said if isinstance(event, Started)] == [
        (1, 2),
        (2, 2),
    ]
    assert said[2].result in result.results


def test_a_changed_tree_a_changed_command_and_rerun_build_again(lab, stages):
    one, two = stages
    verify(lab.request(plan(), one, two), silent)
    changed = replace(lab.stage("one", {"code": "0", "more": "x"}), base=one.base)
    assert builds(lab.request(plan(), changed, two)) == 1
    assert builds(lab.request(plan(words=["x"]), one, two)) == 2
    assert builds(lab.request(plan(), one, two, rerun=True)) == 2


def test_another_base_or_commit_with_the_same_tree_does_not(lab, stages):
    one, two = stages
    verify(lab.request(plan(), one, two), silent)
    moved = replace(lab.stage("one", {"code": "0"}), base="d" * 40)
    assert builds(lab.request(plan(), moved, two)) == 0
    asks_for_the_base = plan(words=["{base}"])
    verify(lab.request(asks_for_the_base, one, two), silent)
    assert builds(lab.request(asks_for_the_base, moved, two)) == 1


def test_equal_trees_are_built_once(lab, stages):
    one, _ = stages
    request = lab.request(plan(), one, replace(one, stage="two"))
    assert builds(request) == 1
    assert len(verify(request, silent).results) == 2


def test_only_the_files_that_matter_decide(lab):
    some = plan(more='paths = ["code"]')
    one = lab.stage("one", {"code": "0", "README": "a"})
    verify(lab.request(some, one), silent)
    assert builds(lab.request(some, lab.stage("one", {"code": "0", "README": "b"}))) == 0
    assert builds(lab.request(some, lab.stage("one", {"code": "2", "README": "b"}))) == 1


def test_could_not_run_is_neither_pass_nor_fail_and_is_asked_again(lab):
    request = lab.request(plan(), lab.stage("one", {"code": "125"}))
    result = verify(request, silent)
    assert [one.verdict for one in result.results] == [Verdict.COULD_NOT_RUN]
    assert "cannot tell" in result.results[0].reason
    assert result.failed == ()
    assert result.unknown == result.results
    assert builds(request) == 1


def test_could_not_run_does_not_hide_what_was_shown_before(lab):
    stage = lab.stage("one", {"code": "0"})
    flaky = plan("import os; exit(125 if 'GONE' in os.environ.get('PATH', '') else 0)")
    request = lab.request(flaky, stage)
    verify(request, silent)
    broken = request.environment | {"PATH": os.environ["PATH"] + os.pathsep + "GONE"}
    again = verify(replace(request, environment=broken, rerun=True), silent)
    assert again.results[0].verdict is Verdict.COULD_NOT_RUN
    assert verify(request, silent).results[0].verdict is Verdict.PASSED


def test_a_platform_of_another_machine(lab, stages):
    other = plan(more='[platforms.here]\n[platforms.far]\nhost = "plan9-mips"\n')
    result = verify(lab.request(other, stages[0]), silent)
    assert [(one.platform, one.verdict) for one in result.results] == [
        ("here", Verdict.PASSED),
        ("far", Verdict.COULD_NOT_RUN),
    ]
    assert "plan9-mips" in result.results[1].reason
    assert result.results[1].log == ""


def test_a_timeout_is_a_failure_that_is_remembered(lab):
    slow = plan("import time; time.sleep(600)", more='timeout = "1s"')
    request = lab.request(slow, lab.stage("one", {"code": "0"}))
    result = verify(request, silent)
    assert [one.verdict for one in result.failed] == [Verdict.TIMED_OUT]
    assert builds(request) == 0


def test_a_member_of_a_group_may_fail_alone(lab):
    grouped = plan(more='must_pass = "group-tip"\n[groups.g]\nstages = ["one", "two"]\n')
    one, two = lab.stage("one", {"code": "1"}), lab.stage("two", {"code": "0"})
    result = verify(lab.request(grouped, one, two), silent)
    assert [(r.verdict, r.required) for r in result.results] == [
        (Verdict.FAILED, False),
        (Verdict.PASSED, True),
    ]
    assert result.failed == ()


def test_the_log_is_kept_and_nothing_else(lab, stages):
    request = lab.request(plan("print('hello', '{stage}', '{platform}')"), *stages)
    result = verify(request, silent)
    logs = [Path(one.log).read_text(encoding="utf-8") for one in result.results]
    assert logs[0].endswith("hello one local\n")
    assert logs[1].endswith("hello two local\n")
    assert {path.name for path in lab.folder.iterdir()} == {EVIDENCE, "lanes", "logs"}


def test_a_build_sees_neither_repository_nor_home_nor_secrets(lab):
    lab.work.run("init", "-q", str(lab.folder.parent))
    code = (
        "import os, subprocess\n"
        "up = subprocess.run(['git', 'rev-parse', '--git-dir'], capture_output=True).returncode\n"
        "home = os.path.expanduser('~')\n"
        "print(up, os.listdir(home))\n"
        "exit(up == 0 or bool(os.listdir(home)) or 'GITHUB_TOKEN' in os.environ)"
    )
    request = lab.request(plan(code), lab.stage("one", {"a": ""}))
    secret = {**request.environment, "GITHUB_TOKEN": "t", "GIT_DIR": str(lab.store.directory)}
    (result,) = verify(replace(request, environment=secret), silent).results
    assert result.verdict is Verdict.PASSED, Path(result.log).read_text(encoding="utf-8")


def test_a_variable_that_the_plan_names_is_given_and_counts(lab):
    code = "import os; exit(os.environ.get('FLAVOUR') != 'a')"
    request = lab.request(plan(code, more='env = ["FLAVOUR"]'), lab.stage("one", {"a": ""}))
    sweet = replace(request, environment={**request.environment, "FLAVOUR": "a"})
    assert verify(sweet, silent).results[0].verdict is Verdict.PASSED
    other = replace(request, environment={**request.environment, "FLAVOUR": "b"})
    assert verify(other, silent).results[0].verdict is Verdict.FAILED


def test_another_repository_beside(lab):
    code = "import sys; exit(open(sys.argv[1] + '/lib').read() != 'arm')"
    beside = plan(code, words=["{repo:deps}"])
    one = lab.stage("one", {"a": ""})
    arm, x86 = lab.commit({"lib": "arm"}), lab.commit({"lib": "x86"})
    with_arm = lab.request(beside, one, repo_commits={"one": {"deps": arm}})
    assert verify(with_arm, silent).results[0].verdict is Verdict.PASSED
    with_x86 = lab.request(beside, one, repo_commits={"one": {"deps": x86}})
    assert verify(with_x86, silent).results[0].verdict is Verdict.FAILED
    without = verify(lab.request(beside, one), silent).results[0]
    assert (without.verdict, without.reason) == (
        Verdict.COULD_NOT_RUN,
        "nothing of deps goes with one yet",
    )


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="root and Windows write where they like"
)
def test_the_repository_beside_is_read_only(lab):
    code = "import sys; open(sys.argv[1] + '/lib', 'w')"
    one, deps = lab.stage("one", {"a": ""}), lab.commit({"lib": "arm"})
    request = lab.request(
        plan(code, words=["{repo:deps}"]), one, repo_commits={"one": {"deps": deps}}
    )
    assert verify(request, silent).failed


def test_a_stage_whose_tree_cannot_be_built_yet_is_left_out(lab, stages):
    assert [one.stage for one in verify(lab.request(plan(), stages[1]), silent).results] == ["two"]


def test_selection(lab, stages):
    request = lab.request(plan(), *stages, selection=("one",))
    assert [one.stage for one in verify(request, silent).results] == ["one"]


def test_an_interrupt_keeps_what_was_recorded(lab, stages):
    request = lab.request(plan(), *stages)

    def impatient(event):
        if isinstance(event, Ended):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(request, impatient)
    assert not request.builds.exists()
    assert builds(request) == 1


def test_what_a_killed_run_left_is_cleared(lab, stages):
    request = lab.request(plan("import os; exit(os.path.exists('left'))"), stages[0])
    for cell in cells_of(request):
        left = request.lanes / lane_of(cell) / "tree"
        left.mkdir(parents=True)
        (left / "left").touch(mode=0o400)
    (request.builds / "repo-x").mkdir(parents=True)
    assert verify(request, silent).failed == ()
    assert not request.builds.exists()


def test_evidence_can_be_asked_for_without_running_anything(lab, stages):
    request = lab.request(plan(), *stages)
    verify(replace(request, selection=("one",)), silent)
    cells = cells_of(request)
    with EvidenceStore(lab.folder / EVIDENCE) as evidence:
        known = held(evidence, cells)
    assert {cell.stage: cell.key in known for cell in cells} == {"one": True, "two": False}
    (record,) = known.values()
    assert (record.commit, record.tree, record.base) == (
        stages[0].commit,
        stages[0].tree,
        stages[0].base,
    )
    assert record.clean


def test_the_interpreter_is_the_one_given(lab):
    code = f"import sys; exit(sys.executable != {sys.executable!r})"
    assert verify(lab.request(plan(code), lab.stage("one", {"a": ""})), silent).failed == ()


ORDERED = (
    HEAD
    + """
[[checks]]
name = "test"
run = ["{python}", "-c", "print(1)"]
needs = ["build"]
[[checks]]
name = "build"
run = ["{python}", "-c", "exit(int(open('code').read()))"]
"""
)


def test_what_a_check_needs_comes_first_and_holds_it_back(lab, stages):
    result = verify(lab.request(ORDERED, *stages, checks=("test",)), silent)
    said = {(one.stage, one.check): (str(one.verdict), one.reason) for one in result.results}
    assert said == {
        ("one", "build"): ("passed", ""),
        ("one", "test"): ("passed", ""),
        ("two", "build"): ("failed", ""),
        ("two", "test"): ("could-not-run", "it needs build, which failed there"),
    }
    assert [one.check for one in result.failed] == ["build"]


def test_what_a_check_needs_is_waited_for_when_several_run_at_once(lab, stages):
    said = []
    result = verify(lab.request(ORDERED, *stages, jobs=4), said.append)
    begun = [e.cell.check.name for e in said if isinstance(e, Started) and e.cell.stage == "one"]
    ended = [e.result.check for e in said if isinstance(e, Ended) and e.result.stage == "one"]
    assert (begun, ended) == (["build", "test"], ["build", "test"])
    assert [str(one.verdict) for one in result.results] == [
        "passed", "passed", "failed", "could-not-run",
    ]  # fmt: skip


def test_fail_fast_builds_nothing_after_a_failure(lab, stages):
    request = lab.request(plan(), *stages, fail_fast=True)
    said = []
    result = verify(request, said.append)
    assert sum(isinstance(event, Started) for event in said) == 1
    one, two = result.results
    assert (one.verdict, one.reason) == (Verdict.COULD_NOT_RUN, "left out after test failed at two")
    assert two.verdict is Verdict.FAILED


def test_a_platform_has_commands_of_its_own(lab, stages):
    text = plan(more='[checks.on.b]\nrun = ["{python}", "-c", "exit(5)"]\n')
    text += "[platforms.a]\n[platforms.b]\n"
    result = verify(lab.request(text, stages[0]), silent)
    assert [(one.platform, str(one.verdict)) for one in result.results] == [
        ("a", "passed"),
        ("b", "failed"),
    ]
