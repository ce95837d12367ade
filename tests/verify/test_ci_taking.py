"""What upstream's CI says becomes evidence under the key of what it built, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from verify_world import HEAD, builds, silent

from stacker.evidence.sharing import name_of, read, text_of
from stacker.evidence.store import EvidenceStore
from stacker.forge.api import CIResult, CISource, CIState
from stacker.verify.ci_binding import Seen
from stacker.verify.flow import verify, why
from stacker.verify.known import EVIDENCE

PLAN = f"""{HEAD}
[runners.upstream-ci]
kind = "github"
app = "github-actions"
[platforms.arm]
runner = "upstream-ci"
builder = "Tests"
[platforms.here]
[[checks]]
name = "test"
run = ["{{python}}", "-c", ""]
"""
NOW = datetime.now(UTC)


def run(conclusion="success", url="https://ci/1", ended=NOW, seconds=60):
    began = (ended - timedelta(seconds=seconds)).isoformat() if ended else ""
    state = CIState.SUCCESS if conclusion == "success" else CIState.FAILURE
    return CIResult(
        "Tests", CISource.CHECK_RUN, state, "", "github-actions", conclusion, "push", url,
        began, ended.isoformat() if ended else "",
    )  # fmt: skip


def seen(stage, *runs, where="#1's head"):
    return Seen(where, stage.commit, stage.tree, stage.base, None, runs)


@pytest.fixture
def one(lab):
    return lab.stage("one", {"code": "0", "other": "x"})


@pytest.fixture
def asked(lab, one):
    """`asked(*sights, more=…)`: the result of stage one on the platform that CI builds."""

    def ask(*sights, more="", **given):
        request = lab.request(PLAN + more, one, ci={"one": sights}, platforms=("arm",), **given)
        [result] = verify(request, silent).results
        return result

    return ask


def records(lab):
    with EvidenceStore(lab.folder / EVIDENCE) as evidence:
        return evidence.every()


def test_a_run_is_recorded_once_with_all_that_is_known_of_it(lab, one, asked):
    for _ in range(2):
        found = asked(seen(one, run()))
        assert (found.verdict, found.origin, found.url) == ("passed", "upstream-ci", "https://ci/1")
    [record] = records(lab)
    assert (record.runner, record.builder, record.host) == ("upstream-ci", "Tests", "upstream-ci")
    assert (record.commit, record.tree, record.seconds) == (one.commit, one.tree, 60)
    assert record.clean
    shared = text_of(record)
    assert read(name_of(shared), shared) == replace(record, shared=True)


def test_the_newest_run_holds_in_whatever_order_they_are_told(one, asked):
    old = run("failure", "https://ci/old", NOW - timedelta(hours=2))
    new = run("success", "https://ci/new", NOW - timedelta(hours=1))
    for sights in ((old, new), (new, old), (old,)):
        assert asked(*[seen(one, told) for told in sights]).verdict == "passed"
    assert asked(seen(one, run("failure", "https://ci/newest"))).verdict == "failed"


def test_other_files_are_other_evidence(lab, one, asked):
    before = lab.stage("one", {"code": "0", "other": "y"})
    found = asked(seen(before, run()))
    assert (found.verdict, found.shown) == ("could-not-run", "passed, other files")
    assert found.reason == "#1's head has other files than one has now"
    [record] = records(lab)
    assert (record.tree, record.parts["tree"]) == (before.tree, before.tree)
    assert asked(seen(before, run()), more='paths = ["code"]\n').verdict == "passed"


def test_the_commands_of_the_plan_are_no_part_of_it(one, asked):
    asked(seen(one, run()))
    other = 'env = ["HOME"]\n[checks.on.arm]\nrun = ["other"]\n'
    assert asked(seen(one), more=other).verdict == "passed"


def test_what_another_forge_said_is_other_evidence(one, asked):
    """What is played on a hub proves nothing for the forge of the plan."""
    played = asked(seen(one, run()), environment={"STACKER_FORGE": "http://127.0.0.1:1"})
    assert played.verdict == "passed"
    assert asked().verdict == "could-not-run"


def test_rerun_runs_nothing_there_and_loses_nothing(one, asked):
    asked(seen(one, run()))
    assert asked(seen(one), rerun=True).verdict == "passed"


@pytest.mark.parametrize(("ended", "shown"), [
    (NOW, ""), (NOW - timedelta(days=2), "passed, too old"), (None, "passed, too old"),
])  # fmt: skip
def test_its_age_is_that_of_the_run(one, asked, ended, shown):
    found = asked(seen(one, run(ended=ended)), more='max_age = "1d"\n')
    assert (found.verdict, found.shown) == ("could-not-run" if shown else "passed", shown)
    assert found.reason == ("the run on #1's head is too old" if shown else "")


def test_what_was_built_beside_other_repositories_is_unbound(one, asked):
    beside = '[checks.on.arm]\nrun = ["x", "{repo:deps}"]\n'
    assert asked(seen(one, run()), more=beside).shown == "passed, unbound"


def test_a_run_gives_no_address_but_one_of_the_web(one, asked):
    assert asked(seen(one, run(url="javascript:alert(1)"))).url == ""


def test_own_evidence_takes_it(one, asked):
    assert asked(seen(one, run()), own_evidence=True).verdict == "passed"


def test_why_says_what_ci_says_and_the_price_what_is_asked(lab, one):
    request = lab.request(PLAN, one)
    [local, ci] = sorted(why(request), key=lambda missing: missing.cell.ci is not None)
    assert (local.cell.cannot, ci.cell.cannot) == ("", "the forge told nothing of one")
    said = []
    verify(request, said.append)
    assert str(said[0].price) == "1 build to run, 1 asked of the forge; first: one"
    assert builds(request) == 0
