"""`stacker land` by our own push: whole or not at all, against the hub and real git."""

from __future__ import annotations

import pytest
from land_world import (
    GROUP,
    LOCK,
    STAGING,
    UPSTREAM,
    acting_as,
    all_or_none,
    before_push,
    comments,
    git,
    inside,
    land,
    landing_by,
    landings,
    life,
    locked,
    master,
    protect,
    reasons,
    refs,
    status,
    unfinished,
)

from stacker.hub.faults.rules import After, Before, Reply, Rule
from stacker.land import protocol

CHECKED = (
    GROUP
    + """
[[checks]]
name = "looks"
run = [["{python}", "-c", "import pathlib, sys; sys.exit(pathlib.Path('bad').exists())"]]
"""
)
FAILING = CHECKED.replace("'bad'", "'b.txt'")


def test_a_group_lands_by_one_update_of_the_branch(ready):
    before = master(ready)
    heads = {s: ready.lock.stage(s).published.head for s in "ab"}
    said = land(ready)
    assert (said["state"], said["guarantee"], said["way"]) == ("landed", "atomic", "push")
    assert said["commit"] == master(ready)
    assert said["tree"] == git(ready.upstream.path, "rev-parse", "master^{tree}")
    assert git(ready.upstream.path, "rev-parse", "master~2") == before
    assert life(ready) == [said["commit"]]
    assert inside(ready, "master") == {"a", "b"}
    assert [m["landed_as"] for m in said["members"]] == [
        git(ready.upstream.path, "rev-parse", "master~1"), said["commit"],
    ]  # fmt: skip
    assert {m["stage"]: m["head"] for m in said["members"]} == heads
    assert refs(ready) == []
    assert locked(ready) == {m["stage"]: m["landed_as"] for m in said["members"]}
    authors = git(ready.upstream.path, "log", "-2", "--format=%an <%ae>", "master")
    assert set(authors.splitlines()) == {"Ada Upstream <ada@example.org>"}


def test_the_last_commit_names_the_landing_and_its_members(ready):
    said = land(ready)
    text = git(ready.upstream.path, "log", "-1", "--format=%(trailers)", "master")
    lines = [f"Stacker-Member: #{m['number']}@{m['head']}" for m in said["members"]]
    base = git(ready.upstream.path, "rev-parse", "master~2")
    assert text.split("\n") == [
        f"Stacker-Landing: {said['tx']}", "Stacker-Group: final", f"Stacker-Base: {base}",
        "Stacker-Commits: 2", *lines,
    ]  # fmt: skip
    assert "Stacker" not in git(ready.upstream.path, "log", "-1", "--format=%B", "master~1")


def test_members_are_closed_with_one_link_each(ready):
    ready.drift("Later")
    said = land(ready)
    for member, other in zip("ab", "ba", strict=True):
        pull = ready.pull(member)
        assert (pull["state"], pull["merged"]) == ("closed", False)
        [text] = comments(ready, member)
        [landed] = [m["landed_as"] for m in said["members"] if m["stage"] == member]
        assert f"as {landed} together with #{ready.lock.stage(other).pull}" in text
    assert [m["pull_state"] for m in said["members"]] == ["closed", "closed"]


def test_a_member_whose_head_is_in_the_branch_is_merged(ready):
    said = land(ready)
    assert said["members"][0]["head"] == said["members"][0]["landed_as"]
    assert [m["pull_state"] for m in said["members"]] == ["merged", "closed"]
    assert [ready.pull(s)["merged"] for s in "ab"] == [True, False]
    assert comments(ready, "a") == []


def test_landed_is_landed(ready):
    first = land(ready)
    before, lock = life(ready), (ready.folder / "series.lock").read_bytes()
    ready.door.seen.clear()
    again = land(ready)
    assert again["state"] == "landed"
    assert again["commit"] == first["commit"]
    assert again["members"] != []
    assert ready.door.writes == []
    assert life(ready) == before
    assert (ready.folder / "series.lock").read_bytes() == lock
    assert len(comments(ready, "b")) == 1


def test_a_dry_run_does_nothing(ready):
    ready.door.seen.clear()
    said = land(ready, "--group", "final", "--dry-run", code=5)
    assert (said["state"], said["reasons"]) == ("not-landed", [])
    assert ready.door.writes == []
    assert (refs(ready), life(ready), landings(ready)) == ([], [], ())


def test_upstream_that_moved_needs_no_new_approval(ready):
    tip = ready.drift("Later")
    said = land(ready)
    assert said["state"] == "landed"
    assert git(ready.upstream.path, "rev-parse", "master~2") == tip
    assert all_or_none(ready) == 1


def test_upstream_that_moves_under_the_push_is_composed_anew(ready):
    before_push(ready, 2, lambda: ready.drift("Late"))
    said = land(ready)
    assert said["state"] == "landed"
    assert git(ready.upstream.path, "rev-parse", "master~2") == ready.upstream["Late"]
    assert all_or_none(ready) == 1
    assert refs(ready) == []
    assert [one.ended for one in landings(ready)] == [True, True]


def test_upstream_that_moves_while_it_is_looked_at_is_met_under_the_same_lock(ready):
    """Two pushes in all: the lock, and the branch together with it."""
    before_push(ready, 1, lambda: ready.drift("Late"))
    ready.door.seen.clear()
    said = land(ready)
    assert said["state"] == "landed"
    assert git(ready.upstream.path, "rev-parse", "master~2") == ready.upstream["Late"]
    assert len([one for one in ready.door.seen if one[0] == "PUSH"]) == 2
    assert all_or_none(ready) == 1
    assert refs(ready) == []
    assert [one.ended for one in landings(ready)] == [True, True]
    assert landings(ready)[1].landed == said["commit"]


def test_what_somebody_has_to_check_is_not_exchanged_under_the_lock(ready):
    protect(ready, checks=["CI"])
    [candidate] = [land(ready, code=5)["tx"]]
    status(ready, git(ready.upstream.path, "rev-parse", STAGING), "CI")
    before_push(ready, 1, lambda: ready.drift("Late"))
    said = land(ready, code=5)
    assert said["state"] == "waiting"
    assert said["tx"] != candidate
    assert all_or_none(ready) == 0


def test_our_own_gate_passes_on_what_is_met_under_the_lock(ready):
    protect(ready, checks=["land-together"])
    for number in (2, 3, 5):  # the lock, and the branch: outrun twice
        before_push(ready, number, lambda number=number: ready.drift(f"Late {number}"))
    said = land(ready)
    assert said["state"] == "landed"
    assert all_or_none(ready) == 1
    assert refs(ready) == []
    assert unfinished(ready) == ()


def test_of_a_branch_that_is_always_quicker_it_is_said_that_it_moved(ready, monkeypatch):
    """Each lock is good for two pushes here, and three locks are taken."""
    monkeypatch.setattr(protocol, "_PUSHES", 2)
    moves = iter(range(20))
    for number in range(2, 20):
        before_push(ready, number, lambda: ready.drift(f"Busy {next(moves)}", line=40))
    said = land(ready, code=5)
    assert said["state"] == "stale"
    assert next(moves) >= 3 * 2
    assert all_or_none(ready) == 0
    assert refs(ready) == []
    assert unfinished(ready) == ()
    assert land(ready)["state"] == "landed"


def test_a_conflict_with_upstream_is_stale(ready):
    ready.drift("Meets a", line=ready.line_of("a"))
    said = land(ready, code=5)
    assert said["state"] == "stale"
    [(who, stage, text)] = reasons(said)
    assert (who, stage) == ("porter", "a")
    assert "conflicts with" in text
    assert (life(ready), refs(ready)) == ([master(ready)], [])


def test_a_branch_that_is_rewound_under_the_push_is_not_touched(ready):
    ready.drift("Gone soon")
    start = ready.upstream["start"]
    before_push(
        ready, 2, lambda: git(ready.upstream.path, "update-ref", "refs/heads/master", start)
    )
    said = land(ready, code=6)
    assert said["state"] == "unknown"
    assert "rewound" in reasons(said)[0][2]
    assert master(ready) == start
    assert refs(ready) == []
    assert (
        land(ready)["state"] == "landed"
    )  # what was rewound is fetched, and it goes on from there
    assert all_or_none(ready) == 1


def test_a_required_ci_check_is_waited_for_on_the_candidate(ready):
    protect(ready, checks=["CI"])
    said = land(ready, code=5)
    assert said["state"] == "waiting"
    [candidate] = git(ready.upstream.path, "rev-parse", STAGING).split()
    assert reasons(said) == [("CI", None, f"CI has not passed on the candidate {candidate[:10]}")]
    status(ready, candidate, "CI", "failure")
    assert land(ready, code=5)["tx"] == said["tx"]
    status(ready, candidate, "CI")
    done = land(ready)
    assert (done["state"], done["commit"], done["tx"]) == ("landed", candidate, said["tx"])
    assert refs(ready) == []


def test_the_gate_that_is_required_passes_on_the_candidate_alone(ready):
    protect(ready, checks=["land-together"])
    said = land(ready)
    found = ready.ask("GET", f"/repos/{UPSTREAM}/commits/{said['commit']}/statuses")
    assert [(s["context"], s["state"]) for s in found] == [("land-together", "success")]
    for stage in "ab":
        head = ready.lock.stage(stage).published.head
        found = ready.ask("GET", f"/repos/{UPSTREAM}/commits/{head}/statuses")
        assert [(s["context"], s["state"]) for s in found] == [("land-together", "failure")]


def test_a_check_that_fails_blocks(approved):
    world = approved(more=FAILING)
    said = land(world, code=5)
    assert "never ran on this machine" in reasons(said)[0][2]
    world.run("verify", "--trust")
    said = land(world, code=5)
    assert said["state"] == "blocked"
    assert [(w, s) for w, s, _ in reasons(said)] == [("porter", "b")]
    assert "looks for local failed" in reasons(said)[0][2]
    assert (life(world), refs(world)) == ([], [])


def test_checks_run_on_what_is_to_land(approved):
    """Each member passes alone, and together they do not."""
    both = "all(pathlib.Path(n).exists() for n in ('a.txt', 'b.txt'))"
    more = CHECKED.replace("pathlib.Path('bad').exists()", both)
    world = approved(more=more, stages={"a": [], "b": []})
    assert world.run("verify", "--trust").code == 0
    said = land(world, code=5)
    assert [(w, s) for w, s, _ in reasons(said)] == [("porter", "b")]
    assert life(world) == []


def test_anothers_lock_blocks_until_it_is_taken_over(ready):
    lock = git(ready.upstream.path, "commit-tree", "-m", "landing of x by zoe", "master^{tree}")
    git(ready.upstream.path, "update-ref", LOCK, lock)
    said = land(ready, code=5)
    assert said["state"] == "blocked"
    assert reasons(said) == [
        ("coordinator", None, "another landing holds master: landing of x by zoe")
    ]
    assert git(ready.upstream.path, "rev-parse", LOCK) == lock
    assert life(ready) == []
    assert land(ready, "--group", "final", "--take-over")["state"] == "landed"
    assert refs(ready) == []


def test_one_merge_commit_over_the_chain(ready):
    plan = ready.folder / "series.toml"
    text = plan.read_text(encoding="utf-8")
    text = text.replace('branch = "master"', 'branch = "master"\nshape = "merge"')
    plan.write_text(text, encoding="utf-8", newline="\n")
    before = master(ready)
    said = land(ready)
    assert (said["state"], said["guarantee"]) == ("landed", "atomic")
    parents = git(ready.upstream.path, "log", "-1", "--format=%P", "master").split()
    assert parents[0] == before
    assert said["members"][1]["landed_as"] == parents[1]
    log = git(ready.upstream.path, "log", "--first-parent", "--format=%H", f"{before}..master")
    assert log.split() == [said["commit"]]
    assert "Stacker-Commits: 1" in git(ready.upstream.path, "log", "-1", "--format=%B", "master")
    assert land(ready, "--revert", said["tx"])["state"] == "landed"
    assert inside(ready, "master") == set()


def test_a_bypass_is_never_used_untold(ready):
    """An admin could push past the rule; it is done by word of command only."""
    protect(ready, approvals=1, admins=False)
    assert land(ready, code=5)["way"] == "pull-request"
    assert life(ready) == []
    done = land(ready, "--group", "final", "--use-bypass")
    assert (done["state"], done["way"]) == ("landed", "push")
    assert refs(ready) == []


def test_nobody_else_may_pass_over_a_rule(ready):
    protect(ready, approvals=1, admins=False)
    said = land(ready, "--group", "final", "--use-bypass", code=5, who="zed")
    assert "is for admins" in str(reasons(said))


def test_to_resume_begins_nothing_and_to_abort_leaves_nothing(ready):
    protect(ready, approvals=1)
    nothing = land(ready, "--group", "final", "--resume", code=5)
    assert (nothing["state"], refs(ready), landings(ready)) == ("not-landed", [], ())
    waiting = land(ready, code=5)
    assert land(ready, "--group", "final", "--resume", code=5)["tx"] == waiting["tx"]
    given_up = land(ready, "--group", "final", "--abort", code=5)
    assert given_up["state"] == "not-landed"
    assert (refs(ready), unfinished(ready)) == ([], ())
    assert {p["state"] for p in ready.pulls() if "stacker-landing" in p["head"]["ref"]} == {
        "closed"
    }


def test_a_stage_alone_lands_alone(approved):
    world = approved(more="")
    said = land(world, "a")
    assert (said["state"], [m["stage"] for m in said["members"]]) == ("landed", ["a"])
    assert inside(world, "master") == {"a"}
    assert "together" not in comments(world, "a")[0]
    assert world.pull("b")["state"] == "open"
    said = land(world, "b")
    assert inside(world, "master") == {"a", "b"}


def test_everything_in_the_way_is_said_at_once_and_by_whom(approved):
    world = approved(more=GROUP + 'require = ["CI"]\n')
    world.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    world.push_foreign("s/b")
    world.ask("POST", f"/repos/{UPSTREAM}/pulls/{world.lock.stage('b').pull}/reviews",
              {"event": "REQUEST_CHANGES", "body": "No."}, "zed")  # fmt: skip
    said = land(world, code=5)
    texts = [(who, stage) for who, stage, _ in reasons(said)]
    assert {("porter", "a"), ("porter", "b"), ("CI", "a"), ("CI", "b"), ("reviewer", "b")} <= set(
        texts
    )
    words = " ".join(text for *_, text in reasons(said))
    for part in ("newest change", "did not push", "requested changes", "CI has not passed"):
        assert part in words
    with acting_as(world, "up"):
        shown = world._run("land", "--group", "final", cwd=world.folder).out.splitlines()
    assert [line for line in shown if line.endswith(":")] == ["  porter:", "  CI:", "  reviewer:"]
    assert (life(world), refs(world)) == ([], [])


def test_a_need_outside_the_group_comes_first(approved):
    world = approved(more=GROUP.replace('"a", "b"', '"b"'))
    said = land(world, code=5)
    number = world.lock.stage("a").pull
    assert reasons(said) == [("coordinator", "a", f"a (#{number}) must land first")]
    assert land(world, "a")["state"] == "landed"
    assert land(world)["state"] == "landed"


def test_a_member_is_not_landed_alone(ready):
    said = land(ready, "a", code=5)
    assert reasons(said) == [("coordinator", None, "a lands only with its group")]
    assert said["reasons"][0]["command"] == "stacker land --group final"


@pytest.mark.parametrize(
    ("method", "guarantee"), [("rebase", "atomic"), ("squash", "one-squashed-commit")]
)
def test_who_may_not_write_prepares_it_and_a_maintainer_presses_the_button(
    ready, method, guarantee
):
    """From the fork: the open landing pull request is the lock, and nothing is written upstream."""
    said = land(ready, code=5, who="porter")
    assert (said["state"], said["way"]) == ("waiting", "pull-request")
    [(who, _, text)] = reasons(said)
    assert who == "maintainer"
    number = int(text.split("#")[1].split(",")[0])
    assert text == f'press "Merge" on #{number}, and on none of the parts'
    assert (refs(ready), life(ready)) == ([], [])
    assert land(ready, code=5, who="porter")["tx"] == said["tx"]
    ready.ask("PUT", f"/repos/{UPSTREAM}/pulls/{number}/merge", {"merge_method": method}, "zed")
    done = land(ready, who="porter")
    assert done["guarantee"] == guarantee
    assert (done["state"], done["tx"], done["commit"]) == ("landed", said["tx"], master(ready))
    assert all_or_none(ready) == 1
    assert unfinished(ready) == ()
    assert [ready.pull(s)["state"] for s in "ab"] == ["closed", "closed"]


def test_where_only_a_push_is_meant_who_may_not_is_told(ready):
    landing_by(ready, "push")
    said = land(ready, code=5, who="porter")
    [(who, _, text)] = reasons(said)
    assert (who, "may not write" in text) == ("maintainer", True)


@pytest.mark.parametrize("arguments", [(), ("a", "--group", "final"), ("nobody",)])
def test_what_cannot_be_asked(ready, arguments):
    assert ready.run("land", *arguments).code == 2


def test_when_the_forge_fails_afterwards_it_has_landed_all_the_same(ready):
    ready.drift("Later")
    refusal = Before(Reply(403, {"message": "Not now."}))
    ready.hub.faults.set(Rule(refusal, "POST", "/repos/**/comments", times=None))
    said = land(ready, code=6)
    assert (said["state"], said["commit"]) == ("landed", master(ready))
    assert said["follow_up"] != []
    assert {ready.pull(s)["state"] for s in "ab"} == {"open"}
    ready.hub.faults.set()
    again = land(ready)
    assert again["state"] == "landed"
    assert again["follow_up"] == []
    assert ready.pull("a")["state"] == ready.pull("b")["state"] == "closed"
    assert len(comments(ready, "a")) == len(comments(ready, "b")) == 1
    assert all_or_none(ready) == 1


def test_an_answer_that_is_lost_is_looked_up(ready):
    """The push arrives, the answer does not: the server says what became of it."""
    ready.hub.faults.set(Rule(After(), path="/up/proj.git/git-receive-pack", nth=2))
    said = land(ready)
    assert len(ready.hub.faults.struck) == 1
    assert said["state"] == "landed"
    assert all_or_none(ready) == 1


def test_tokens_are_written_nowhere(ready):
    with acting_as(ready, "up"):
        ran = ready._run("-v", "land", "--group", "final", cwd=ready.folder)
    assert ran.code == 0
    assert "token-" not in ran.out + ran.err
    files = [f for f in ready.root.rglob("*") if f.is_file()]
    assert [f.name for f in files if f.suffix == ".db" or "sqlite" in f.name] != []
    assert [f for f in files if b"token-" in f.read_bytes()] == []
