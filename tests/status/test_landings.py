"""What `status` tells of landings: torn groups, and what is under way on other machines."""

from __future__ import annotations

import re

from gate_world import merge
from land_world import LOCK, UPSTREAM, acting_as, git

from stacker.land import intent as intents
from stacker.land.intent import IntendedMember, Intent
from stacker.land.outcome import Way
from stacker.series.lock import Lock, Published, StageLock, serialise
from stacker.series.plan.model import StageId


def page(world, *arguments):
    """What a porter reads, with ids of commits that are the same on every day."""
    ran = world._run("status", *arguments, cwd=world.folder)
    assert ran.code == 0, ran.err
    return ran.out.splitlines()


def lock(world, expires, *, reverts=None):
    """A coordinator on another machine takes the lock of the branch."""
    where = world.upstream.path
    tip, tree = git(where, "rev-parse", "master", "master^{tree}").split()
    member = IntendedMember(StageId("a"), 1, tip, tip)
    intent = Intent(
        tx="0123456789abcdef0123", name="final", repository="proj", branch="master",
        carrier=UPSTREAM, base=tip, candidate=tip, tree=tree, way=Way.PUSH, members=(member,),
        commits=1, reverts=reverts,
    )  # fmt: skip
    text = (
        f"landing of final by ann <ann@example.org>\n\nStacker-Intent: {intents.serialise(intent)}"
        f"\nStacker-Expires: {expires}\nStacker-Landing: {intent.tx} 0011223344556677\n"
    )
    git(where, "update-ref", LOCK, git(where, "commit-tree", tree, "-m", text))


def unfinished(world, *arguments):
    return [
        (one["what"], one["command"], one["ours"])
        for one in world.good("status", *arguments)["unfinished"]
    ]


def test_a_torn_group_on_the_page(grouped):
    world = grouped()
    commit = merge(world, "a")
    a, b = (world.lock.stage(s).pull for s in "ab")
    base = world.lock.bases["proj"]
    # The forge's word is known, and no more: nothing was fetched.
    assert page(world, "--refresh") == [
        f"s v1 on master {base[:7]} · upstream the same · forge read just now",
        "  final, lands together, torn: the rest is frozen",
        f"  1  a  #{a} was merged; the series' base lacks it",
        f"  2  b  #{b}  approved by zed  needs restack",
        f"Torn: final: #{a} was merged alone; frozen: b.",
        "  land the rest:  stacker land --group final --rest",
        '  accept it: series.toml:17, take "a" out of [groups.final]',
        "Next: stacker rebase     (upstream has a without the rest of final)",
    ]
    # Once upstream was fetched, its trees prove it.
    world.good("landed")
    proved = world.good("status")["groups"][0]["torn"]
    assert proved["landed"] == [{"stage": "a", "commit": commit}]
    world.good("rebase")
    assert page(world) == [
        f"s v2 on master {commit[:7]} · upstream the same · forge read just now",
        "  final, lands together, torn: the rest is frozen",
        f"  1  a  landed {commit[:7]}",
        f"  2  b  #{b}  approved by zed  published v1, changed since",
        f"Torn: final: #{a} landed alone as {commit[:8]}; frozen: b.",
        "  land the rest:  stacker land --group final --rest",
        f"  take a out again:  stacker land --revert {commit}",
        '  accept it: series.toml:17, take "a" out of [groups.final]',
        "Next: stacker submit     (b changed)",
    ]
    world.submit()
    assert page(world)[-1] == (
        f"Next: stacker land --group final --rest     (#{a} landed alone as {commit[:8]})"
    )


def test_from_a_fork_the_last_one_holds_all(grouped):
    world = grouped()
    merge(world, "b")
    [said] = world.good("status", "--refresh")["groups"]
    assert (said["extent"], said["torn"]) == ("all", None)
    world.good("landed")
    assert world.good("status")["groups"][0]["extent"] == "all"


def test_another_machines_landing_comes_with_every_fetch(grouped):
    world = grouped()
    now = world.good("status")["upstream"]["proj"]["seen_at"]
    lock(world, now + 10**6)
    assert unfinished(world) == []  # nobody was asked
    world.good("rebase")
    who = "landing of final by ann <ann@example.org> holds master, as of the last fetch"
    [(what, command, ours)] = unfinished(world)
    assert re.fullmatch(rf"{re.escape(who)}; its time ends in \d+ min", what)
    assert (command, ours) == ("", False)
    lock(world, now - 1)
    world.door.seen.clear()
    assert unfinished(world, "--refresh") == [
        (f"{who}; its time is over", "stacker land --group final", False)
    ]
    lock(world, now - 1, reverts="fedcba98765432100123")
    world.good("rebase")
    [(_, command, _)] = unfinished(world)
    assert command == "stacker land --revert fedcba98765432100123"
    lock(world, now - 1, reverts="x; $(y)")
    world.good("rebase")
    assert unfinished(world)[0][1] == ""
    git(world.upstream.path, "update-ref", "-d", LOCK)
    world.good("rebase")
    assert unfinished(world) == []


def test_of_a_lock_that_says_nothing_no_more_is_said(grouped):
    world = grouped()
    where = world.upstream.path
    tree = git(where, "rev-parse", "master^{tree}")
    text = "\x1b[31mlanding of $(x) by nobody\nStacker-Expires: soon\nStacker-Intent: {}\n"
    git(where, "update-ref", LOCK, git(where, "commit-tree", tree, "-m", text))
    git(where, "update-ref", f"{LOCK}-of-another-branch", "master")
    world.good("rebase")
    [(what, command, _)] = unfinished(world)
    assert what.endswith("holds master, as of the last fetch; its time is over")
    assert command == ""
    assert "\x1b" not in "".join(page(world))


def test_a_hundred_pull_requests_are_read_with_six_questions_at_most(grouped):
    """Most of them the forge does not show: it is asked for them all the same."""
    world = grouped()
    tip = world.lock.stage("b").published.head
    ids = {f"part-{n}": () for n in range(1, 101)}
    world.plan(ids)
    lines = [
        StageLock(StageId(one), "proj", (), tip, (), n, Published(tip, tip, 2, f"s/{one}"))
        for n, one in enumerate(ids, 1)
    ]
    written = Lock(2, dict(world.lock.bases), tuple(lines))
    (world.folder / "series.lock").write_bytes(serialise(written))
    world.door.seen.clear()
    with acting_as(world, "porter"):
        ran = world.run("status", "--refresh")
    said = [f"the forge shows no {UPSTREAM}#{n}" for n in range(3, 101)]
    assert ran.err.splitlines()[: len(said)] == said
    assert 1 <= len(world.door.seen) <= 6
    assert world.door.writes == []


def test_the_doctor_looks_afresh(grouped):
    world = grouped()
    [quiet] = [one for one in _doctor(world) if one["name"] == "landings"]
    assert quiet["message"] == "none is under way, and no group is torn"
    commit = merge(world, "a")
    lock(world, 1)
    refs = git(world.folder / ".stacker" / "store.git", "for-each-ref")
    found = {one["name"]: one for one in _doctor(world)}
    assert refs == git(world.folder / ".stacker" / "store.git", "for-each-ref")
    a = world.lock.stage("a").pull
    assert found["group final"]["state"] == "problem"
    assert found["group final"]["message"] == f"#{a} landed alone as {commit[:8]}; frozen: b"
    assert found["group final"]["hint"].splitlines()[:2] == [
        "land the rest:  stacker land --group final --rest",
        f"take a out again:  stacker land --revert {commit}",
    ]
    assert found["landings"]["state"] == "warning"
    assert found["landings"]["hint"] == (
        "Whoever may land can finish it: stacker land --group final"
    )


def _doctor(world):
    return world.run("doctor").document["checks"]
