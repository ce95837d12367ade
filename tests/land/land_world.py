"""A group of two, submitted and approved, and a coordinator who is to land it.

The people: `up` owns upstream and coordinates, `porter` ports, `zed` may write and reviews. The
branch's whole life is in the bare repository's reflog.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
import submit_world
from submit_world import UPSTREAM, World, git

from stacker.land.journal import all_in, unfinished_in
from stacker.series.lock import parse

GROUP = '[groups.final]\nstages = ["a", "b"]\napprovals = 1\n'
CHAIN = {"a": [], "b": ["a"]}
LOCK = "refs/heads/stacker-lock/master"
STAGING = "refs/heads/stacker-landing/master/final"


def new(folder, run, patch, *, more=GROUP, stages=CHAIN, landed=False):
    """Made from nothing; its hub does not run. The group may have `landed`."""
    world = World.new(folder, run, patch, ids="".join(stages))
    git(world.upstream.path, "config", "core.logAllRefUpdates", "true")
    world.ask("PUT", f"/repos/{UPSTREAM}/collaborators/zed", {"permission": "push"}, "up")
    world.plan(stages, more=more)
    world.text("a", "# Part a: the first\n\nIts text.\n")
    world.text("b", "# Part b @zed fixes #1\n")
    world.good("submit")
    for stage in stages:
        world.approve(stage)
    if landed:
        land(world)
    world.close()
    return world


def copies(models, tmp_path, factory, run, patch):
    """A maker of approved groups on hubs that run."""
    return submit_world.copies(models, tmp_path, factory, run, patch, new=new)


def master(world):
    """The tip of the target branch."""
    return git(world.upstream.path, "rev-parse", "refs/heads/master")


def life(world):
    """Every value that the target branch had since the reflog was begun, oldest first."""
    said = git(world.upstream.path, "reflog", "show", "--format=%H", "refs/heads/master")
    return said.split()[::-1]


def inside(world, commit):
    """Which members a commit of upstream contains, told by the files that they bring."""
    names = git(world.upstream.path, "ls-tree", "--name-only", commit).split()
    return {name.removesuffix(".txt") for name in names} & {"a", "b"}


def all_or_none(world):
    """Of the group, at no moment was there one without the other; how often it came in."""
    seen = [inside(world, commit) for commit in life(world)]
    assert all(one in (set(), {"a", "b"}) for one in seen), seen
    return sum(now != before for before, now in zip([set(), *seen], seen, strict=False))


def refs(world):
    """All that is below refs/heads upstream, but for the branch itself."""
    said = git(world.upstream.path, "for-each-ref", "--format=%(refname)", "refs/heads")
    return [name for name in said.split() if name != "refs/heads/master"]


@contextmanager
def acting_as(world, who):
    """Commands are run by somebody else."""
    world._patch.setenv("GITHUB_TOKEN", f"token-{who}")
    try:
        yield
    finally:
        world._patch.setenv("GITHUB_TOKEN", "token-porter")


def land(world, *arguments, code=0, who="up"):
    """`stacker land --group final --json` by the coordinator; its document."""
    with acting_as(world, who):
        ran = world.run("land", *(arguments or ("--group", "final")))
    assert ran.code == code, (ran.code, ran.out, ran.err)
    return ran.document


def reasons(document):
    """Who, stage and text of every reason."""
    return [(r["who"], r["stage"], r["text"]) for r in document["reasons"]]


def protect(world, *, checks=None, approvals=None, dismiss=False, admins=True, linear=False):
    """Put rules on the branch; with `dismiss` a push takes approvals away."""
    reviews = None
    if approvals is not None:
        reviews = {"required_approving_review_count": approvals, "dismiss_stale_reviews": dismiss}
    required = None if checks is None else {"strict": False, "contexts": list(checks)}
    body = {
        "required_status_checks": required, "required_pull_request_reviews": reviews,
        "enforce_admins": admins, "required_linear_history": linear, "restrictions": None,
    }  # fmt: skip
    world.ask("PUT", f"/repos/{UPSTREAM}/branches/master/protection", body, "up")


def methods(world, *allowed):
    """Which ways of merging upstream allows."""
    names = {"merge": "merge_commit", "squash": "squash_merge", "rebase": "rebase_merge"}
    body = {f"allow_{name}": way in allowed for way, name in names.items()}
    world.ask("PATCH", f"/repos/{UPSTREAM}", body, "up")


def status(world, oid, context, state="success", who="zed"):
    """Report a CI check."""
    world.ask(
        "POST", f"/repos/{UPSTREAM}/statuses/{oid}", {"state": state, "context": context}, who
    )


def comments(world, stage):
    """What is said under a member's pull request."""
    number = world.lock.stage(stage).pull
    found = world.ask("GET", f"/repos/{UPSTREAM}/issues/{number}/comments")
    return [one["body"] for one in found]


def landing_pull(world):
    """The open pull request of the staging branch."""
    head = STAGING.removeprefix("refs/heads/")
    [found] = [p for p in world.pulls() if p["head"]["ref"] == head and p["state"] == "open"]
    return found


def agree(world, pull, who="zed"):
    """Somebody approves a pull request."""
    path = f"/repos/{UPSTREAM}/pulls/{pull['number']}/reviews"
    world.ask("POST", path, {"event": "APPROVE", "body": "Good."}, who)


def press(world, pull, method, who="zed"):
    """Somebody merges a pull request."""
    path = f"/repos/{UPSTREAM}/pulls/{pull['number']}/merge"
    world.ask("PUT", path, {"merge_method": method}, who)


class Died(BaseException):
    """What a power cut is to the code that runs."""


def dies_at_its_commit(world, patch, way, *arguments, after=False):
    """A landing by `ByPush` or `ByPull` that dies at its commit point, or right `after` it."""
    real = way.commit

    def died(*given):
        if after:
            real(*given)
        raise Died

    with patch.context() as here, acting_as(world, "up"):
        here.setattr(way, "commit", died)
        with pytest.raises(Died):
            world.run("land", *(arguments or ("--group", "final")))
    [landing] = unfinished(world)
    assert landing.in_flight
    return landing


def landings(world):
    """The landings that this machine remembers."""
    return all_in(world.folder / ".stacker")


def unfinished(world):
    """Those of them that have not ended."""
    return unfinished_in(world.folder / ".stacker")


def locked(world):
    """(stage, landing) of every line of the lock file."""
    lines = parse((world.folder / "series.lock").read_bytes()).stages
    return {line.stage: line.landing for line in lines}


def landing_by(world, way):
    """Let the plan say by which way it lands."""
    plan = world.folder / "series.toml"
    text = plan.read_text(encoding="utf-8")
    text = text.replace('branch = "master"', f'branch = "master"\nlanding = "{way}"')
    plan.write_text(text, encoding="utf-8", newline="\n")
    return world


def before_push(world, number, act):
    """Run `act` right before the hub gets the push number `number` (from 1) to upstream.

    It may be told several times; each is remembered.
    """
    seen = []
    earlier = world.door.act

    def look(method, path):
        if earlier:
            earlier(method, path)
        if method == "POST" and path == f"/{UPSTREAM}.git/git-receive-pack":
            seen.append(path)
            if len(seen) == number:
                act()

    world.door.act = look
