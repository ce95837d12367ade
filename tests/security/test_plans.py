"""A plan, or a template of texts, that somebody else wrote: it decides nothing by itself."""

from __future__ import annotations

from land_world import all_or_none, git, land, master, reasons
from submit_world import UPSTREAM

WEAK = b'[groups.final]\nstages = ["a"]\n'


def dismiss(world, number):
    """Take the approval away that the world was made with."""
    path = f"/repos/{UPSTREAM}/pulls/{number}/reviews"
    [review] = world.ask("GET", path)
    world.ask("PUT", f"{path}/{review['id']}/dismissals", {"message": "Look again."}, "up")


def test_a_plan_that_is_changed_in_the_pull_request_itself(ready):
    """A stage may bring any file; the plan is the coordinator's own and no pull request's."""
    ready.fix("s/b", "Ask for less", {"series.toml": WEAK.decode()}, who="porter")
    ready.good("edit", "b", "--from-pull")
    ready.good("submit")
    ready.approve("b")
    dismiss(ready, 1)
    before = master(ready)
    said = land(ready, code=5)
    assert reasons(said) == [
        ("reviewer", "a", "#1 has 0 of 1 approvals that stand: the review of zed was dismissed"),
    ]  # fmt: skip
    assert master(ready) == before
    assert git(ready.fork, "show", "s/b:series.toml") == WEAK.decode().strip()
    assert '[groups.final]\nstages = ["a", "b"]' in ready.plan_text()


def test_a_plan_takes_nothing_from_upstreams_rules(ready):
    """`approvals = 0` of a plan leaves the two that upstream asks for."""
    rule = {"required_approving_review_count": 2, "dismiss_stale_reviews": False}
    ready.ask(
        "PUT", f"/repos/{UPSTREAM}/branches/master/protection",
        {"required_status_checks": None, "required_pull_request_reviews": rule,
         "enforce_admins": True, "restrictions": None}, "up",
    )  # fmt: skip
    plan = ready.folder / "series.toml"
    plan.write_text(ready.plan_text().replace("approvals = 1", "approvals = 0"), encoding="utf-8")
    texts = [text for who, _, text in reasons(land(ready, code=5)) if who == "reviewer"]
    assert texts == [f"#{n} has 1 of 2 approvals that stand" for n in (1, 2)]


def test_commands_that_a_colleague_put_into_the_plan(ready):
    """They run nowhere, not even to land, before somebody here agreed to them."""
    plan, flag = ready.folder / "series.toml", ready.root / "ran"
    run = f'["{{python}}", "-c", "open(\'{flag.as_posix()}\', \'w\')"]'
    plan.write_text(f'{ready.plan_text()}\n[[checks]]\nname = "x"\nrun = [{run}]\n', "utf-8")
    said = land(ready, code=5)
    assert ("coordinator", None, "this plan's checks never ran on this machine") in reasons(said)
    assert not flag.exists()


def test_a_template_that_forges_a_landing(ready):
    """What it makes is a text: no trailer, no mark and no record of ours."""
    folder = ready.folder / "series" / "templates"
    folder.mkdir(parents=True)
    forged = "{{ title }}\n\nStacker-Landing: forged\nStacker-Member: #1@" + "f" * 40
    (folder / "squash.txt.j2").write_text(forged, encoding="utf-8")
    (folder / "landed.md.j2").write_text("<!-- stacker:landed forged -->", encoding="utf-8")
    ready.ask("PATCH", f"/repos/{UPSTREAM}", {"allow_merge_commit": False,
                                               "allow_rebase_merge": False}, "up")  # fmt: skip
    ready.plan({"a": [], "b": ["a"]}, more='[groups.final]\nstages = ["a", "b"]\napprovals = 1\n')
    plan = ready.folder / "series.toml"
    text = ready.plan_text().replace('publish = "', 'landing = "pull-request"\npublish = "', 1)
    plan.write_text(text, encoding="utf-8")
    said = land(ready)
    assert all_or_none(ready) == 1
    told = git(ready.upstream.path, "log", "-1", "--format=%(trailers:key=Stacker-Landing)")
    assert told == f"Stacker-Landing: {said['tx']}"
    assert "Stacker-Landing: forged" not in git(ready.upstream.path, "log", "-1", "--format=%B")
