"""`stacker submit` as a whole, through the command line, against the hub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from submit_world import UPSTREAM, git, kinds

from stacker.forge.api import PullState
from stacker.forge.cache import known_pulls
from stacker.hub.faults.rules import After, Rule


def told(actions):
    """What a dry run can know: not the number of what is not there yet."""
    new = {a["stage"] for a in actions if a["kind"] == "open"}
    return [
        a | ({"number": None} if a["kind"] == "edit" and a["stage"] in new else {}) for a in actions
    ]


def test_the_first_submit_and_the_next(world):
    said = world.submit()
    assert kinds(said) == ["push", "open", "open", "open", "edit", "edit", "edit"]
    assert {(p["stage"], p["repository"], p["base"]) for p in said["pulls"]} == {
        (one, UPSTREAM, "master") for one in "abc"
    }
    assert [p["number"] for p in said["pulls"]] == [1, 2, 3]
    assert [p["head"] for p in said["pulls"]] == list(world.branches().values())
    assert all(p["url"].endswith(f"/{UPSTREAM}/pull/{p['number']}") for p in said["pulls"])
    assert [len(a["refs"]) for a in said["actions"] if a["kind"] == "push"] == [3]
    world.door.seen.clear()
    again = world.submit()
    assert again["actions"] == []
    assert again["pulls"] == said["pulls"]
    assert world.door.writes == []
    assert len(world.door.seen) <= 3
    ran = world._run("submit", cwd=world.folder)
    assert (ran.code, ran.out) == (0, "Every pull request says what the series says.\n")


@pytest.mark.parametrize("ids", ["a", "abc"])
def test_a_dry_run_tells_what_the_real_one_does(make, ids):
    world = make(ids=ids)
    for change in (
        lambda: None,
        lambda: world.edit_patch(ids[-1], b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more "),
        lambda: world.text(ids[0], "# Another title\n\nAnd a text.\n"),
    ):
        change()
        before = world.branches(), len(world.pulls())
        world.door.seen.clear()
        dry = world.good("submit", "--dry-run")
        assert world.door.writes == []
        assert (world.branches(), len(world.pulls())) == before
        real = world.submit()
        assert dry["actions"] == told(real["actions"]) != []
        assert world.good("submit", "--dry-run")["actions"] == []


def test_a_dry_run_knows_that_an_opened_one_changes_the_text_of_the_others(world):
    world.submit("a")
    dry = world.good("submit", "--dry-run")
    real = world.submit()
    assert dry["actions"] == told(real["actions"])
    assert {
        "kind": "edit",
        "repository": "proj",
        "stage": "a",
        "number": 1,
        "fields": ["body"],
    } in (dry["actions"])


def test_a_stage_brings_its_needs(world):
    world.plan({"a": [], "b": ["a"], "c": []})
    said = world.submit("b")
    assert [p["stage"] for p in said["pulls"]] == ["a", "b"]
    assert set(world.branches()) == {"s/a", "s/b"}
    assert world.run("submit", "nonsense").code == 2
    assert len(world.submit()["pulls"]) == 3


def test_a_foreign_head_stops_it_before_anything(sent):
    new = sent.push_foreign("s/b")
    sent.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    before = sent.snapshot()[:2]
    ran = sent.run("submit")
    assert ran.code == 5
    assert ran.document["actions"] == []
    (said,) = ran.document["foreign"]
    assert new[:10] in said
    assert "s/b" in said
    assert sent.snapshot()[:2] == before
    assert sent.door.writes == []


def test_a_foreign_below_branch_stops_it_too(make):
    world = make()
    world.plan({"a": [], "b": [], "c": ["a", "b"]})
    world.submit()
    world.push_foreign("s/c.below")
    before = world.branches()
    ran = world.run("submit")
    assert ran.code == 5
    assert "s/c.below" in ran.document["foreign"][0]
    assert world.branches() == before


def test_a_branch_that_is_there_before_the_series_is_foreign(world):
    git(world.fork, "update-ref", "refs/heads/s/a", world.upstream["start"])
    ran = world.run("submit")
    assert ran.code == 5
    assert set(world.branches()) == {"s/a"}


def test_where_the_new_base_is_is_not_known_from_the_old_one(make):
    world = make(fork=None, ids="ab", submitted=True)
    assert world.pull("b")["base"]["ref"] == "s/a"
    world.plan({"a": [], "b": []})
    world.submit()
    known = known_pulls(world.folder / ".stacker")[UPSTREAM, 2]
    assert (known.base_branch, known.base_tip) == ("master", "")


def test_only_our_block_of_a_body_is_ours(sent):
    ours = sent.pull("b")["body"]
    sent.change("b", body=f"By hand, above.\r\n\r\n{ours}\r\n\r\n<!-- bot -->\r\nfrom a bot\r\n")
    assert sent.submit()["actions"] == []
    sent.text("b", "# b\n\nNew words.\n")
    sent.submit()
    body = sent.pull("b")["body"].replace("\r\n", "\n")
    assert body.startswith("By hand, above.\n\n<!-- stacker:begin")
    assert body.endswith("<!-- stacker:end -->\n\n<!-- bot -->\nfrom a bot\n")
    assert "New words." in body
    sent.change("b", body="All gone.")
    sent.submit()
    assert sent.pull("b")["body"].endswith("<!-- stacker:end -->\n\nAll gone.")
    assert sent.submit()["actions"] == []


def test_a_post_whose_answer_was_lost_is_not_repeated(world):
    world.hub.faults.set(Rule(After(), "POST", "/repos/*/*/pulls"))
    said = world.submit()
    assert kinds(said)[:4] == ["push", "open", "open", "open"]
    assert len(world.hub.faults.struck) == 1
    assert len(world.pulls()) == 3
    assert world.submit()["actions"] == []


def test_a_push_whose_answer_was_lost_is_read_back(world):
    world.hub.faults.set(Rule(After(), path="/*/*/git-receive-pack"))
    world.submit()
    assert len(world.hub.faults.struck) == 1
    world.reviewable()


def test_stages_that_get_no_pull_request_are_noted(world):
    for name in ("hub/up/hand.git", "disk.git"):
        git(world.root, "clone", "-q", "--bare", str(world.upstream.path), str(world.root / name))
    disk = (world.root / "disk.git").as_posix()
    repositories = (
        '[repositories.hand]\nupstream = "up/hand"\nbranch = "master"\nlanding = "hand-off"\n'
        f'[repositories.disk]\nupstream = "{disk}"\nbranch = "master"\n'
    )
    world.plan({"a": [], "b": ["a"], "c": []}, more=repositories)
    for repository, stage in (("hand", "d"), ("disk", "e")):
        tip = world.clone.add(stage, (stage, {f"{stage}.txt": "x\n"}), start="start")
        span = f"{world.clone['start']}..{tip}"
        world.good("import", span, "--from", world.clone.path, "--stage", stage,
                   "--repository", repository)  # fmt: skip
    said = world.submit()
    assert [p["stage"] for p in said["pulls"]] == ["a", "b", "c"]
    assert said["notes"] == [
        f"d is handed over: {world.folder / '.stacker' / 'hand-off' / 'd' / 'TEXT.md'}",
        f"e: {disk} is on no forge",
    ]
    assert world.submit()["actions"] == []


def test_without_a_token_it_says_what_to_set(world, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    ran = world.run("submit")
    assert ran.code == 1
    assert "GITHUB_TOKEN" in ran.document["error"]["hint"]


def test_without_a_fork_it_names_it(world):
    world.plan({"a": []}, forked="porter/gone")
    ran = world.run("submit")
    assert ran.code == 1
    error = ran.document["error"]
    assert "porter/gone" in error["message"]
    assert error["hint"]
    assert len(world.pulls()) == 0


def test_a_refused_push_is_told_in_the_servers_words_and_opens_nothing(make):
    world = make(fork=None)
    world.plan({"a": [], "b": ["a"], "c": ["b"]})
    rules = {"required_status_checks": None, "enforce_admins": True, "restrictions": None,
             "required_pull_request_reviews": {"required_approving_review_count": 1}}  # fmt: skip
    git(world.fork, "update-ref", "refs/heads/s/b", world.upstream["start"])
    world.ask("PUT", f"/repos/{UPSTREAM}/branches/s/b/protection", rules, "up")
    git(world.fork, "update-ref", "-d", "refs/heads/s/b")
    ran = world.run("submit")
    assert ran.code == 1
    assert "protected" in ran.document["error"]["message"].lower()
    assert world.pulls() == []
    assert world.branches() == {}


def test_a_renamed_stage_keeps_branch_and_pull_request(sent):
    (sent.folder / "patches" / "b").rename(sent.folder / "patches" / "bee")
    sent.plan({"a": [], "bee": ["a"], "c": ["bee"]})
    text = sent.plan_text().replace('id = "bee"', 'id = "bee"\nwas = "b"')
    (sent.folder / "series.toml").write_text(text, encoding="utf-8")
    heads = sent.branches()
    said = sent.submit()
    assert sent.branches() == heads
    assert [(p["stage"], p["number"]) for p in said["pulls"]] == [("a", 1), ("bee", 2), ("c", 3)]
    assert sent.lock.stage("bee").published.branch == "s/b"
    assert f"/files/{heads['s/b']}..{heads['s/c']})" in sent.pull("c")["body"]
    sent.reviewable()
    assert sent.submit()["actions"] == []


def test_every_commit_says_why(sent):
    sent.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    sent.submit("-m", "rename per review")
    assert git(sent.fork, "log", "-1", "--format=%s", "s/a") == "v2: rename per review"


def test_without_one_the_last_edit_says_why(sent):
    def edited(text, *why):
        opened = sent.good("edit", "a")["folder"]
        (Path(opened) / "a.txt").write_text(text, encoding="utf-8")
        sent.good("edit", "a", "--done", *why)
        sent.submit()
        return git(sent.fork, "log", "-1", "--format=%s", "s/a")

    assert edited("one\n", "-m", "rename per review\n\nMore.") == "v2: rename per review"
    assert edited("two\n") == "v3: upstream moved"  # the reason was that of an earlier head


def test_the_document_is_one_json_document(world):
    ran = world.run("submit")
    assert json.loads(ran.out).keys() >= {"actions", "pulls"}
    pull = ran.document["pulls"][0]
    assert pull.keys() >= {"stage", "repository", "number", "url", "head", "base"}
    assert all(a.keys() >= {"kind", "repository", "stage"} for a in ran.document["actions"])
    assert pull["state"] == str(PullState.OPEN)


def taken_out(world):
    """Stage b leaves the plan."""
    world.plan({"a": [], "c": ["a"]})
    return world.submit()


def second(world):
    return world.ask("GET", "/repos/up/proj/pulls/2")


def said_there(world):
    """What comments say on the pull request of b."""
    return [one["body"] for one in world.ask("GET", "/repos/up/proj/issues/2/comments")]


def done_to(said, stage):
    return [one["kind"] for one in said["actions"] if one["stage"] == stage]


def test_a_stage_that_was_taken_out_is_told_of_once_and_listed(sent):
    sent.graph("markPullRequestReadyForReview", second(sent))
    sent.submit()
    sent.plan({"a": [], "c": ["a"]})
    would = sent.good("submit", "--dry-run")
    said = sent.submit()
    assert said["actions"] == would["actions"]
    assert done_to(said, "b") == ["draft", "comment"]
    assert [(one["stage"], one["number"]) for one in said["left_over"]] == [("b", 2)]
    assert (second(sent)["state"], second(sent)["draft"]) == ("open", True)
    [comment] = said_there(sent)
    assert "taken out of the series" in comment
    again = sent.submit()
    assert (again["actions"], again["left_over"]) == ([], said["left_over"])


def test_who_makes_it_ready_again_has_reasons(sent):
    taken_out(sent)
    sent.graph("markPullRequestReadyForReview", second(sent))
    assert sent.submit()["actions"] == []


def test_it_is_closed_when_somebody_says_so(sent):
    taken_out(sent)
    said = sent.submit("--close", "b")
    assert [one["kind"] for one in said["actions"]] == ["close"]
    assert said["left_over"] == []
    assert second(sent)["state"] == "closed"
    assert sent.submit()["left_over"] == []
    done = sent.run("submit", "--close", "b")
    assert done.code == 2
    assert "no pull request is left over of 'b'" in done.document["error"]["message"]


def test_a_stage_that_comes_back_says_so(sent):
    taken_out(sent)
    sent.good("undo", "--to", "v1")
    said = sent.submit()
    assert "comment" in done_to(said, "b")
    assert said["left_over"] == []
    [comment] = said_there(sent)
    assert "taken out" not in comment
    assert sent.submit()["actions"] == []


def test_a_pull_request_of_somebody_elses_is_left_alone(sent):
    """From a branch that looks like one of the series, without our block."""
    git(sent.fork, "update-ref", "refs/heads/s/x", "refs/heads/s/c")
    sent.ask("POST", "/repos/up/proj/pulls", {"title": "X", "head": "porter:s/x", "base": "master"})
    said = sent.submit()
    assert (said["actions"], said["left_over"]) == ([], [])


def test_a_stage_is_reviewed_by_its_number(sent):
    shown = sent.good("review", "#2")
    assert (shown["stage"], shown["pull"], shown["needs"]) == ("b", 2, ["a"])
    assert shown["commit"] == sent.lock.stage("b").commit
