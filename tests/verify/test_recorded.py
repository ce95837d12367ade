"""Where a stage stands, from what is recorded: every kind of gap has its reason."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from stacker.boxes.known import Known, write
from stacker.boxes.sign import Doing, Sign
from stacker.verify.flow import verify
from stacker.verify.known import EVIDENCE
from stacker.verify.recorded import evidence_of
from stacker.verify.stage_tree import own_change, own_changes
from stacker.verify.standing import State

PLAN = """
[series]
name = "s"
[repositories.main]
upstream = "./up"
[[stages]]
id = "one"
[platforms.here]
[[checks]]
name = "c"
run = ["{python}", "-c", "import sys; sys.exit(open('code').read() == 'bad')"]
"""
MORE = {
    "elsewhere": '[platforms.vax]\nhost = "plan9-vax"\n',
    "a bot": '[runners.bots]\nkind = "buildbot"\nurl = "https://b.example"\n'
    '[platforms.vax]\nrunner = "bots"\n',
    "needs": '[[checks]]\nname = "d"\nrun = ["x"]\nneeds = ["c"]\n',
    "beside": '[repositories.deps]\nupstream = "./deps"\n[[checks]]\nname = "d"\n'
    'run = ["x", "{repo:deps}"]\n',
}

NOW = 1_800_000_000
BOX = Sign(
    box="pi-4-0a", host="pi-4", account="builder", platforms=("vax",), doing=Doing.IDLE, what="",
    version=3, looked_at=NOW, at=NOW, stacker="1.0",
)  # fmt: skip


def plan(more=""):
    return PLAN.replace("[platforms.here]\n", f"[platforms.here]\n{more}")


def shown(request):
    """Of the only stage each check on each platform: state, words, who has to bring it."""
    (evidence,) = evidence_of(request).values()
    return {one.where: (one.state, one.words, one.by) for one in evidence.results}


def run(request):
    verify(request, lambda event: None)


@pytest.fixture
def stage(lab):
    return lab.stage("one", {"code": "good"})


def test_what_ran_and_what_never_did(lab, stage):
    request = lab.request(plan(), stage)
    assert shown(request) == {
        ("c", "here"): (State.MISSING, "no evidence (has never run)", ""),
    }
    assert not (lab.folder / EVIDENCE).exists()
    run(request)
    assert shown(request) == {("c", "here"): (State.PASSED, "passed", "")}
    (evidence,) = evidence_of(request).values()
    assert evidence.complete
    assert evidence.of == stage
    assert evidence.results[0].record.commit == stage.commit


def test_what_fails_holds_back_what_needs_it(lab):
    request = lab.request(plan(MORE["needs"]), lab.stage("one", {"code": "bad"}))
    run(request)
    assert shown(request) == {
        ("c", "here"): (State.FAILED, "failed", ""),
        ("d", "here"): (State.MISSING, "no evidence (it needs c, which failed)", ""),
    }


@pytest.mark.parametrize(
    ("kind", "words", "by"),
    [
        ("elsewhere", "has never run on plan9-vax", "a plan9-vax machine"),
        ("a bot", "the buildbot runner bots has never said anything", "the buildbot runner bots"),
    ],
)
def test_what_is_built_elsewhere_says_where(lab, stage, kind, words, by):
    request = lab.request(plan(MORE[kind]), stage)
    assert shown(request)["c", "vax"] == (State.MISSING, f"no evidence ({words})", by)
    (evidence,) = evidence_of(request).values()
    assert [one.command for one in evidence.results] == [
        "stacker verify one",
        "stacker verify one --platform vax",
    ]


QUIET = 9 * 86_400


@pytest.mark.parametrize(
    ("sign", "words"),
    [
        ({"at": NOW - QUIET}, "box pi-4 silent 9 days"),
        ({"at": NOW - 3 * 3600}, "box pi-4 silent 3 h"),
        ({"at": NOW - 3 * 3600, "doing": Doing.BUILDING}, "has never run on plan9-vax"),
        ({"at": NOW}, "has never run on plan9-vax"),
        ({"doing": Doing.TROUBLE, "what": "no disk"}, "box pi-4 in trouble: no disk"),
        ({"doing": Doing.WAITING, "what": "nobody agreed"}, "box pi-4 waits: nobody agreed"),
        ({"at": NOW - QUIET, "platforms": ("here",)}, "has never run on plan9-vax"),
    ],
)
def test_a_box_that_brings_nothing_is_the_reason(lab, stage, sign, words):
    request = lab.request(plan(MORE["elsewhere"]), stage)
    lab.folder.mkdir(parents=True)
    write(lab.folder, Known(NOW, (replace(BOX, **sign),)))
    assert shown(request)["c", "vax"][1] == f"no evidence ({words})"
    (evidence,) = evidence_of(request).values()
    assert evidence.results[1].plain == "no evidence (has never run on plan9-vax)"


def test_what_a_box_cannot_mend_is_not_put_on_it(lab):
    request = lab.request(plan(MORE["needs"]), lab.stage("one", {"code": "bad"}))
    run(request)
    write(lab.folder, Known(NOW, (replace(BOX, at=NOW - QUIET, platforms=("here",)),)))
    assert shown(request)["d", "here"][1] == "no evidence (it needs c, which failed)"
    found = shown(lab.request(plan(MORE["beside"]), lab.stage("one", {"code": "good"})))
    assert found["d", "here"][1] == "no evidence (nothing of deps goes with one yet)"


def test_stale_evidence_and_a_silent_box_are_told_together(lab, stage):
    aged = plan("").replace('name = "c"', 'name = "c"\nmax_age = "1d"')
    run(lab.request(aged, stage))
    with sqlite3.connect(lab.folder / EVIDENCE) as raw:
        raw.execute("UPDATE evidence SET started_at = started_at - 2 * 86400")
    raw.close()
    write(lab.folder, Known(NOW, (replace(BOX, at=NOW - QUIET, platforms=("here",)),)))
    assert shown(lab.request(aged, stage))["c", "here"][1] == (
        "stale evidence (passed, too old; box pi-4 silent 9 days)"
    )


def test_what_lacks_another_repository_says_so(lab, stage):
    found = shown(lab.request(plan(MORE["beside"]), stage))
    assert found["d", "here"][1] == "no evidence (nothing of deps goes with one yet)"


def test_other_files_or_commands_need_other_evidence(lab, stage):
    run(lab.request(plan(), stage))
    edited = lab.stage("one", {"code": "better"})
    found = shown(lab.request(plan(), edited))
    assert found["c", "here"][1] == "no evidence (has not run since the files changed)"
    found = shown(lab.request(plan().replace("== 'bad'", "== 'worse'"), stage))
    assert found["c", "here"][1] == "no evidence (has not run since the check or its tools changed)"


def test_too_old_evidence_is_stale(lab, stage):
    aged = plan("").replace('name = "c"', 'name = "c"\nmax_age = "1d"')
    run(lab.request(aged, stage))
    with sqlite3.connect(lab.folder / EVIDENCE) as raw:
        raw.execute("UPDATE evidence SET started_at = started_at - 2 * 86400")
    raw.close()
    assert shown(lab.request(aged, stage))["c", "here"] == (
        State.STALE,
        "stale evidence (passed, too old)",
        "",
    )
    (evidence,) = evidence_of(lab.request(aged, stage)).values()
    assert (len(evidence.stale), evidence.missing) == (1, ())


def test_what_others_say_without_a_verdict_is_none(lab, stage):
    request = lab.request(plan(), stage)
    run(request)
    with sqlite3.connect(lab.folder / EVIDENCE) as raw:
        raw.execute("UPDATE evidence SET verdict = 'skipped'")
    raw.close()
    assert shown(request)["c", "here"][0] is State.MISSING


def test_a_verdict_stands_since_it_was_first_shown(lab, stage):
    request = lab.request(plan(), stage)
    run(request)
    (before,) = evidence_of(request).values()
    run(replace(request, rerun=True))
    (after,) = evidence_of(request).values()
    assert after.results[0].since == before.results[0].since
    assert after.results[0].record.started_at > before.results[0].record.started_at


def test_own_changes_at_once_are_those_of_each(lab):
    stages = []
    for number in range(3):
        lab.commit({"other": "x"})
        stages.append(replace(lab.stage(f"s{number}", {"other": "x", "n": f"{number}"}), patches=1))
    unknown = lab.stage("u", {})
    found = own_changes(lab.store, [*stages, unknown])
    assert found == {one.stage: own_change(lab.store, one) for one in stages}
    assert len(set(found.values())) == 3
    assert own_change(lab.store, unknown) == ""
