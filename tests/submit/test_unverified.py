"""Checks and publishing: what is red is refused before anything is done, or says so for good."""

from __future__ import annotations

from submit_world import kill, kinds

CHAIN = {"a": [], "b": ["a"]}
CHECK = """
[[checks]]
name = "looks"
run = [["{python}", "-c", "import os, sys; sys.exit(os.path.exists('b.txt'))"]]
"""
GREEN = CHECK.replace("b.txt", "bad.txt")
ELSEWHERE = '[platforms.local]\n[platforms.vax]\nhost = "plan9-vax"\n'
REQUIRED = 'name = "s"\nrequire_evidence = true'


def checked(world, more=CHECK, code=4, **options):
    """The world with that in its plan, and with evidence for it."""
    world.plan(CHAIN, more=more, **options)
    assert world.run("verify", "--trust").code == code
    world.door.seen.clear()
    return world


def refused(world, *arguments):
    """The submit is blocked, and neither hub nor lock heard of it; what it says, stage by stage."""
    before = world.lock, world.branches()
    ran = world.run("submit", *arguments)
    assert ran.code == 5, (ran.out, ran.err)
    assert world.door.writes == []
    assert (world.lock, world.branches()) == before
    assert ran.document["actions"] == []
    return [(one["stage"], one["text"]) for one in ran.document["blocked"]]


def body(world, stage):
    return world.pull(stage)["body"]


def test_a_red_stage_is_refused_before_any_push(make):
    world = checked(make(ids="ab"))
    assert refused(world) == refused(world, "--dry-run") == [("b", "looks for local failed")]
    said = world._run("submit", cwd=world.folder)
    assert said.out == (
        "Nothing was done: not all that is to be published is verified.\n"
        "  b\n"
        "    looks for local failed\n"
        "To publish it as it is, and to say so there: stacker submit --unverified\n"
        "Next: stacker verify b\n"
    )
    world.submit("a")  # named, it goes alone
    assert set(world.branches()) == {"s/a"}
    assert "| looks | ✓ passed |" in body(world, "a")


def test_published_unverified_it_says_so_until_it_is_green(make):
    world = checked(make(ids="ab"))
    assert "push" in kinds(world.good("submit", "--unverified", "--dry-run"))
    world.submit("--unverified")
    told = "**Published unverified:** when this was pushed, looks for local failed."
    assert told in body(world, "b")
    assert "| looks | ✗ failed |" in body(world, "b")
    assert "unverified" not in body(world, "a")
    assert world.submit()["actions"] == []
    # Other commands, no evidence yet: it still was published unverified.
    world.plan(CHAIN, more=GREEN)
    assert kinds(world.submit()) == ["edit", "edit"]
    assert told in body(world, "b")
    assert "no evidence (has not run since the check or its tools changed)" in body(world, "b")
    checked(world, GREEN, 0)
    assert kinds(world.submit()) == ["edit", "edit"]
    assert "unverified" not in body(world, "b")
    assert "| looks | ✓ passed |" in body(world, "b")
    assert world.submit()["actions"] == []


def test_evidence_may_be_required(make):
    world = make(ids="ab")
    world.plan(CHAIN, more=ELSEWHERE + GREEN, series=REQUIRED)
    never = "looks for local: no evidence (has never run)"
    away = "looks for vax: no evidence (has never run on plan9-vax)"
    assert refused(world) == [("a", never), ("a", away), ("b", never), ("b", away)]
    checked(world, ELSEWHERE + GREEN, 0, series=REQUIRED)
    assert refused(world) == [("a", away), ("b", away)]
    said = world._run("submit", cwd=world.folder).out
    bring = "-> on a plan9-vax machine: stacker verify b --platform vax"
    assert f"  b\n    {away}\n    {bring}\n" in said
    assert "Next:" not in said  # nothing that this machine could do
    world.submit("--unverified")
    told = "**Published unverified:** when this was pushed, looks for vax had no evidence."
    assert told in body(world, "a")
    assert world.submit()["actions"] == []
    checked(world, GREEN, 0, series=REQUIRED)
    world.submit()
    assert "unverified" not in body(world, "a")
    assert world.submit()["actions"] == []


def test_evidence_shown_again_changes_no_text_nor_does_drift(make):
    world = checked(make(ids="ab"), ELSEWHERE + GREEN, 0)
    world.submit()
    assert "unverified" not in body(world, "a")
    world.good("verify", "--rerun")
    assert world.submit()["actions"] == []
    tree = world.lock.stage("b").trees[-1][:10]
    assert f"exactly these files (tree `{tree}`)" in body(world, "b")
    world.drift("later")
    world.good("rebase")
    evidence = world.good("status", "b")["stages"][0]["evidence"]
    assert [one["state"] for one in evidence["matrix"]] == ["stale", "missing"]
    assert world.submit()["actions"] == []
    world.good("verify")
    assert world.submit()["actions"] == []


def test_what_was_verified_only_on_a_newer_base_says_so(make):
    world = make(ids="ab")
    world.plan(CHAIN, more=GREEN)
    world.submit()
    world.drift("later")
    world.good("rebase")
    checked(world, GREEN, 0)
    assert kinds(world.submit()) == ["edit", "edit"]
    assert f"this change put on `{world.lock.bases['proj'][:10]}`" in body(world, "a")
    assert world.submit()["actions"] == []


def test_what_changes_no_code_is_not_refused(make):
    world = checked(make(ids="ab"), GREEN, 0)
    world.submit()
    checked(world)
    heads = world.branches()
    assert kinds(world.submit()) == ["edit"]
    assert world.branches() == heads
    assert "| looks | ✗ failed |" in body(world, "b")
    assert "unverified" not in body(world, "b")
    world.edit_patch("b", b"+b\n", b"+better\n")
    assert world.run("verify").code == 4
    world.door.seen.clear()
    assert refused(world) == [("b", "looks for local failed")]


def test_what_a_killed_submit_pushed_is_not_published_yet(make):
    world = make(ids="ab")
    world.plan(CHAIN, more=CHECK)
    assert kill(world, 3)  # right after its push
    assert set(world.branches()) == {"s/a", "s/b"}
    checked(world)
    assert refused(world) == [("b", "looks for local failed")]
    world.submit("--unverified")
    assert "**Published unverified:**" in body(world, "b")
