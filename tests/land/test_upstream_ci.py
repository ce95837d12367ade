"""What upstream's CI says: shown to the porter, waited for by who lands, never taken on trust."""

from __future__ import annotations

import shutil

import pytest
import upstream_ci
from land_world import (
    CHAIN,
    GROUP,
    STAGING,
    UPSTREAM,
    all_or_none,
    git,
    inside,
    land,
    landing_pull,
    life,
    master,
    methods,
    protect,
    reasons,
    refs,
    status,
)
from upstream_ci import CHECK, PLATFORM, TEST, ends

from stacker.series.plan.reading import read_plan
from stacker.verify.trust import trust

TIP_ONLY = f'{GROUP}{PLATFORM}{TEST}must_pass = "group-tip"\n'


@pytest.fixture
def made(approved, monkeypatch):
    """`made(plan)`: an approved group of two whose platform upstream's CI builds."""
    upstream_ci.with_apps(monkeypatch)

    def make(more=GROUP + PLATFORM + TEST):
        world = approved(more=more)
        trust(world.folder / ".stacker", read_plan(world.folder / "series.toml"))
        return world

    return make


def head(world, stage):
    return world.lock.stage(stage).published.head


def number(world, stage):
    return world.lock.stage(stage).pull


def verify(world, *arguments, code=0):
    """By stage: the verdict and why, as scripts see it."""
    ran = world.run("verify", "--trust", *arguments)
    assert ran.code == code, (ran.code, ran.out, ran.err)
    return {one["stage"]: one for one in ran.document["results"]}


def text(world, *arguments):
    return world._run(*arguments, cwd=world.folder).out


def test_the_porter_sees_what_ci_said_and_of_what(made):
    world = made()
    before = verify(world)
    where = f"#{number(world, 'a')}'s head {head(world, 'a')[:7]}"
    assert before["a"]["verdict"] == "could-not-run"
    assert before["a"]["reason"] == f"no run of '{CHECK}' on {where} yet"
    ends(world, head(world, "a"))
    ends(world, head(world, "b"), "failure")
    after = verify(world, code=4)
    assert (after["a"]["verdict"], after["a"]["origin"]) == ("passed", "upstream-ci")
    assert (after["b"]["verdict"], after["b"]["url"]) == ("failed", "https://ci.example/7")
    shown = text(world, "verify")
    assert "  a   passed\n  b   failed\n" in shown
    assert "  All of it: https://ci.example/7\n" in shown
    rows = {one["id"]: one["evidence"] for one in world.good("status")["stages"]}
    assert (rows["a"]["passed"], rows["b"]["passed"]) == (1, 0)


def test_a_run_for_a_pull_request_is_unbound_once_the_branch_has_moved(made):
    world = made()
    world.drift("Moved")
    ends(world, head(world, "a"))
    found = verify(world)["a"]
    assert (found["verdict"], found["shown"]) == ("could-not-run", "passed, unbound")
    moved = f"the merge of #{number(world, 'a')} with master, which has moved on to"
    assert f"{moved} {master(world)[:7]}" in found["reason"]
    ends(world, head(world, "b"), event="pu\x1b[2Jsh")
    said = text(world, "verify")
    assert "  a   passed, unbound\n  b   passed, unbound\n" in said
    assert "started by pu\\u{1b}[2Jsh, which" in said
    assert moved in text(world, "verify", "--why")
    assert world.good("status")["stages"][0]["evidence"]["passed"] == 0


def test_a_gap_says_what_ci_said(made):
    world = made()
    where = f"#{number(world, 'a')}'s head {head(world, 'a')[:7]}"

    def gap(stage):
        """What status says of it, and scripts are told."""
        [one] = next(
            one["evidence"]["matrix"]
            for one in world.good("status", "--refresh")["stages"]
            if one["id"] == stage
        )  # fmt: skip
        assert one["reason"] in text(world, "status", stage)
        return one["reason"]

    assert gap("a") == f"no run of '{CHECK}' on {where} yet"
    ends(world, head(world, "a"))
    assert gap("a") == (
        f"'{CHECK}' passed on {where}, which `stacker verify` takes in if it is not too old"
    )
    world.drift("Moved")
    assert f"'{CHECK}' passed on {where}, unbound: it built the merge" in gap("a")


def test_required_evidence_does_not_wait_for_ci_that_needs_the_push(made):
    world = made()
    more = GROUP + PLATFORM + TEST
    world.plan(CHAIN, more=more, series='name = "s"\nrequire_evidence = true')
    world.edit_patch("b", b"+b\n", b"+better\n")
    world.good("submit")
    assert "the github runner upstream-ci has said nothing that counts" in world.pull("b")["body"]
    ends(world, head(world, "b"), "failure")
    assert verify(world, code=4)["b"]["verdict"] == "failed"
    world.plan(CHAIN, more=more, series='name = "s"\nrequire_evidence = true\ntitle = "T"')
    world.text("b", "Other words.")
    world.good("submit")  # words alone are never refused


def test_what_ci_said_of_a_head_is_not_said_of_the_next(made):
    world = made()
    ends(world, head(world, "a"))
    ends(world, head(world, "b"))
    assert world.good("status", "--refresh")
    world.edit_patch("a", b"+a\n", b"+other\n")
    world.good("submit")
    found = verify(world, "--no-fetch")
    assert {one["verdict"] for one in found.values()} == {"could-not-run"}
    assert found["a"]["reason"].endswith(f"head {head(world, 'a')[:7]} yet")


def test_what_was_said_is_known_without_the_forge(made):
    world = made()
    ends(world, head(world, "a"))
    assert verify(world)["a"]["verdict"] == "passed"
    ends(world, head(world, "b"))
    said = world._run("verify", "--no-fetch", cwd=world.folder)
    assert "upstream's CI was not asked (--no-fetch), but" in said.err
    world.close()
    lost = world._run("--json", "verify", cwd=world.folder)
    assert [one["verdict"] for one in lost.document["results"]] == ["passed", "could-not-run"]
    world.serve()
    assert verify(world)["b"]["verdict"] == "passed"


def test_a_fresh_clone_fetches_what_ci_built(made):
    world = made()
    ends(world, head(world, "a"))
    copied = world.root / "another"
    shutil.copytree(world.folder, copied, ignore=shutil.ignore_patterns(".stacker"))
    world.folder = copied
    assert verify(world)["a"]["verdict"] == "passed"


def test_bisecting_takes_in_what_ci_said(made):
    world = made()
    ends(world, head(world, "a"))
    ends(world, head(world, "b"), "failure")
    ran = world.run("verify", "--trust", "--first-bad")
    assert ran.code == 4, (ran.out, ran.err)
    [one] = ran.document["first_bad"]
    assert (one["stage"], one["passes_at"], one["builds"]) == ("b", "a", 0)
    assert world.run("verify", "--first-bad", "--rerun").document["first_bad"] == [one]


def test_one_question_for_all(made):
    world = made()
    verify(world)
    world.door.seen.clear()
    said = world._run("verify", cwd=world.folder)
    assert [path for _, path, _ in world.door.seen] == ["/api/graphql"]
    assert said.err.startswith("0 builds to run, 2 asked of the forge\n")


def test_only_the_named_app_is_believed(made):
    """Who may push can set a status of any name, and make a check run that no app made."""
    world = made(TIP_ONLY)
    status(world, head(world, "b"), CHECK)
    assert "a status, and whoever may push can set one" in verify(world)["b"]["reason"]
    ends(world, head(world, "b"), who="zed", event="push")
    assert verify(world)["b"]["shown"] == "passed, not counted"
    said = land(world, code=5)
    assert said["state"] == "waiting"
    candidate = git(world.upstream.path, "rev-parse", STAGING)
    status(world, candidate, CHECK)
    ends(world, candidate, who="zed", event="push")
    said = land(world, code=5)
    [(who, stage, why)] = reasons(said)
    assert (said["state"], who, stage) == ("waiting", "CI", "b")
    assert "not counted" in why
    assert life(world) == []


def test_without_a_named_app_it_is_only_shown(made):
    world = made(TIP_ONLY.replace('app = "github-actions"\n', ""))
    ends(world, head(world, "b"))
    assert verify(world)["b"]["shown"] == "passed, not counted"


def test_the_plan_names_another_check_and_what_was_shown_counts_no_more(made):
    world = made()
    ends(world, head(world, "a"))
    assert verify(world)["a"]["verdict"] == "passed"
    plan = world.folder / "series.toml"
    override = '[checks.on.arm32]\nbuilder = "Docs"\n'
    plan.write_text(plan.read_text() + override)
    assert verify(world)["a"]["verdict"] == "could-not-run"
    ends(world, head(world, "a"), name="Docs")
    assert verify(world)["a"]["verdict"] == "passed"


def test_the_coordinator_waits_until_ci_has_passed_on_the_candidate(made):
    world = made(TIP_ONLY)
    world.drift("Moved")
    ends(world, head(world, "b"))
    said = land(world, "--group", "final", "--dry-run", code=5)
    assert (said["state"], refs(world)) == ("waiting", [])
    said = land(world, code=5)
    candidate = git(world.upstream.path, "rev-parse", STAGING)
    assert said["state"] == "waiting"
    assert reasons(said) == [
        ("CI", "b", f"test on arm32: CI has not seen the candidate {candidate[:10]} yet")
    ]
    ends(world, candidate, None, event="push")
    said = land(world, code=5)
    assert f"'{CHECK}' has not ended on the candidate" in reasons(said)[0][2]
    ends(world, candidate, event="push")
    said = land(world)
    assert (said["state"], said["commit"]) == ("landed", candidate)
    assert all_or_none(world) == 1
    assert refs(world) == []


def test_ci_that_failed_on_the_candidate_blocks(made):
    world = made(TIP_ONLY)
    land(world, code=5)
    ends(world, git(world.upstream.path, "rev-parse", STAGING), "failure", event="push")
    said = land(world, code=5)
    assert (said["state"], reasons(said)) == (
        "blocked",
        [("porter", "b", "test on arm32: CI says failed: https://ci.example/7")],
    )
    assert said["reasons"][0]["command"] == "mend the patches, or have CI run it again"
    assert life(world) == []


def test_a_member_whose_head_was_left_behind_has_to_be_moved(made):
    world = made()
    world.drift("Moved")
    for stage in "ab":
        ends(world, head(world, stage))
    said = land(world, code=5)
    assert (said["state"], refs(world)) == ("blocked", [])
    stuck, waits = said["reasons"]
    assert (stuck["who"], stuck["stage"], waits["who"]) == ("porter", "a", "CI")
    assert stuck["command"] == "stacker rebase, then stacker submit --move-base a"
    world.good("rebase")
    world.submit("--move-base")
    for stage in "ab":
        world.approve(stage)
        ends(world, head(world, stage))
    assert land(world)["state"] == "landed"


def test_the_landing_pull_request_is_not_merged_before(made):
    world = made(TIP_ONLY)
    world.drift("Moved")
    protect(world, approvals=1)
    said = land(world, code=5)
    assert (said["state"], said["way"]) == ("waiting", "pull-request")
    pull = landing_pull(world)
    path = f"/repos/{UPSTREAM}/pulls/{pull['number']}/reviews"
    world.ask("POST", path, {"event": "APPROVE", "body": "Good."}, "zed")
    assert land(world, code=5)["state"] == "waiting"
    assert inside(world, "master") == set()
    ends(world, pull["head"]["sha"])
    assert land(world)["state"] == "landed"
    assert inside(world, "master") == {"a", "b"}


def test_a_stage_that_is_squashed_shows_its_candidate_too(made):
    world = made(PLATFORM + TEST)
    world.drift("Moved")
    protect(world, approvals=1)
    methods(world, "squash")
    assert land(world, "a", code=5)["state"] == "waiting"
    candidate = git(world.upstream.path, "rev-parse", "stacker-landing/master/a")
    assert land(world, "a", code=5)["state"] == "waiting"
    assert inside(world, "master") == set()
    ends(world, candidate, event="push")
    said = land(world, "a")
    assert (said["state"], said["tree"]) == (
        "landed", git(world.upstream.path, "rev-parse", f"{candidate}^{{tree}}"),
    )  # fmt: skip
    assert refs(world) == []


def test_who_merges_the_landing_pull_request_by_hand_has_landed_it(made):
    world = made(TIP_ONLY)
    protect(world, approvals=1)
    land(world, code=5)
    pull = landing_pull(world)["number"]
    approval = {"event": "APPROVE", "body": "Good."}
    world.ask("POST", f"/repos/{UPSTREAM}/pulls/{pull}/reviews", approval, "zed")
    world.ask("PUT", f"/repos/{UPSTREAM}/pulls/{pull}/merge", {"merge_method": "rebase"}, "zed")
    assert land(world)["state"] == "landed"
    assert [world.pull(stage)["state"] for stage in "ab"] == ["closed", "closed"]
