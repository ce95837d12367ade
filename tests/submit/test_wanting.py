"""Drafts, bases and links, as the forge shows them."""

from __future__ import annotations

from submit_world import kinds

from stacker.submit.words.published_facts import PublishedFacts, PublishedVersion, read

GROUP = '[groups.final]\nstages = ["b", "c"]'


def drafts(world):
    return {one: world.pull(one)["draft"] for one in "abc"}


def test_who_waits_for_a_need_is_a_draft(sent):
    assert drafts(sent) == {"a": False, "b": True, "c": True}
    sent.approve("a")
    said = sent.submit()
    assert [(a["kind"], a["stage"]) for a in said["actions"]] == [("ready", "b"), ("edit", "b")]
    assert drafts(sent) == {"a": False, "b": False, "c": True}
    assert sent.submit()["actions"] == []
    sent.approve("b")
    sent.submit()
    assert drafts(sent)["c"] is False


def test_an_approval_of_an_earlier_head_does_not_count(sent):
    sent.approve("a")
    sent.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    assert "ready" not in kinds(sent.submit())
    assert drafts(sent)["b"] is True
    assert sent.submit()["actions"] == []


def test_where_the_plan_says_so_one_of_the_same_change_does(sent):
    sent.approve("a")
    sent.plan({"a": [], "b": ["a"], "c": ["b"]}, series='name = "s"\napprovals = "same-diff"')
    sent.drift("up")
    sent.good("rebase")
    assert "ready" in kinds(sent.submit("--move-base"))
    assert drafts(sent) == {"a": False, "b": False, "c": True}
    assert sent.submit()["actions"] == []


def test_where_branches_are_rewritten_an_earlier_head_is_the_chain_of_its_version(make):
    world = make(fork=None)
    world.plan({"a": [], "b": ["a"], "c": ["b"]}, series='name = "s"\napprovals = "same-diff"')
    world.submit()
    for one in "ab":
        world.approve(one)
    world.drift("up")
    world.good("rebase")
    world.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    world.submit()
    stages = {one["id"]: one for one in world.good("status")["stages"]}
    said = {one: [a["state"] for a in stages[one]["review"]["approvals"]] for one in "ab"}
    assert said == {"a": ["changed"], "b": ["same-change"]}


def test_a_stage_that_took_in_the_one_below_it_is_another_change(sent):
    """With all below it gone, what it is now looks like all that its approved head had."""
    sent.approve("b")
    series = 'name = "s"\napprovals = "same-diff"'
    (taken,) = (sent.folder / "patches" / "a").iterdir()
    (own,) = (sent.folder / "patches" / "b").iterdir()
    own.rename(own.with_name("0002-b.patch"))
    taken.rename(own.with_name("0001-a.patch"))
    sent.plan({"b": [], "c": ["b"]}, series=series)
    sent.drift("up")
    sent.good("rebase")
    sent.submit("--move-base")
    stages = {one["id"]: one for one in sent.good("status")["stages"]}
    assert [one["state"] for one in stages["b"]["review"]["approvals"]] == ["changed"]


def test_a_refusal_outweighs_an_approval(sent):
    sent.approve("a")
    path = "/repos/up/proj/pulls/1/reviews"
    sent.ask("POST", path, {"event": "REQUEST_CHANGES", "body": "No."}, "up")
    assert sent.submit()["actions"] == []


def test_a_member_of_a_group_stays_a_draft(make):
    world = make()
    world.plan({"a": [], "b": ["a"], "c": ["b"]}, more=GROUP)
    world.submit()
    for one in "ab":
        world.approve(one)
    assert world.submit()["actions"] == []
    assert drafts(world) == {"a": False, "b": True, "c": True}


CHAIN = {"a": [], "b": ["a"], "c": ["b"]}


def test_drafts_until_needs_have_landed(sent):
    sent.plan(CHAIN, series='name = "s"\ndrafts = "needs-landed"')
    sent.approve("a")
    assert sent.submit()["actions"] == []
    sent.ask("PUT", "/repos/up/proj/pulls/1/merge", {"merge_method": "squash"}, "up")
    sent.submit()
    assert drafts(sent) == {"a": False, "b": False, "c": True}


def test_never_a_draft(sent):
    sent.plan(CHAIN, more=GROUP, series='name = "s"\ndrafts = "never"')
    assert [a["stage"] for a in sent.submit()["actions"] if a["kind"] == "ready"] == ["b", "c"]
    assert drafts(sent) == {"a": False, "b": False, "c": False}
    assert sent.submit()["actions"] == []


def test_what_somebody_made_ready_or_a_draft_stays_so(sent):
    sent.graph("markPullRequestReadyForReview", sent.pull("c"))
    sent.graph("convertPullRequestToDraft", sent.pull("a"))
    said = sent.submit()
    assert [(a["kind"], a["stage"]) for a in said["actions"]] == [("edit", "c")]
    assert drafts(sent) == {"a": True, "b": True, "c": False}
    assert sent.submit()["actions"] == []
    sent.approve("a")
    sent.submit()
    assert drafts(sent) == {"a": True, "b": False, "c": False}


def test_the_text_of_a_pull_request(make):
    world = make()
    world.plan(
        {"a": [], "b": ["a"], "c": ["b"]}, more=GROUP, series='name = "s"\ntitle = "Big *S*"'
    )
    world.text("b", "# Do b\n\nBecause.\n")
    world.text("c", "# See @zed, closes #1\n")
    world.submit()
    lines = world.pull("b")["body"].split("\n")
    assert lines[1] == "Part 2 of 3 of *Big \\*S\\** · lands together with #3 · needs #1"
    assert lines[2] == (
        "**Review only this part:** [its own change](/up/proj/pull/2/files/"
        f"{world.branches()['s/a']}..{world.branches()['s/b']}) on top of a"
    )
    assert "Because." in lines
    assert lines[-23:-2] == [
        "<details><summary>All parts</summary>",
        "",
        "1. #1 a (open)",
        "2. #2 Do b (open, lands with *final*) **(this one)**",
        "3. #3 See @\u200dzed, closes #\u200d1 (open, lands with *final*)",
        "",
        "```mermaid",
        "graph BT",
        '  s1["#35;1 a"]',
        '  subgraph g1["lands together: final"]',
        '    s2["#35;2 b"]',
        '    s3["#35;3 c"]',
        "  end",
        "  s2 --> s1",
        "  s3 --> s2",
        "  classDef here stroke-width:4px",
        "  class s2 here",
        "```",
        "",
        "</details>",
        "",
    ]
    assert lines[-1] == "<!-- stacker:end -->"
    heads, base = world.branches(), world.lock.bases["proj"]
    assert read("\n".join(lines)) == PublishedFacts(
        series="s", stage="b", title="Do b", home=None,
        versions=(PublishedVersion(1, heads["s/b"], heads["s/a"], base, "b"),),
    )  # fmt: skip
    assert world.pull("b")["title"] == "Do b"
    assert (
        world.pull("a")["body"].split("\n")[2].endswith("the *Files changed* tab shows just this")
    )


def test_parts_in_another_repository_are_named_in_full(make):
    world = make()
    world.second("deps")
    tip = world.clone.add("d", ("d", {"d.txt": "x\n"}), start="start")
    world.plan(
        {"a": [], "b": ["a"], "c": []},
        more='[repositories.deps]\nupstream = "up/deps"\nbranch = "master"\nfork = "porter/deps"\n',
    )
    span = f"{world.clone['start']}..{tip}"
    world.good("import", span, "--from", world.clone.path, "--stage", "d", "--repository", "deps")
    text = world.plan_text()
    (world.folder / "series.toml").write_text(
        text.replace('id = "c"\nneeds = []', 'id = "c"\nneeds = ["d"]'), encoding="utf-8"
    )
    said = world.submit()
    assert [(p["stage"], p["repository"], p["number"]) for p in said["pulls"]] == [
        ("a", "up/proj", 1), ("b", "up/proj", 2), ("d", "up/deps", 1), ("c", "up/proj", 3),
    ]  # fmt: skip
    body = world.pull("c")["body"]
    assert "needs up/deps#1" in body
    assert "3. up/deps#1 d (open)" in body
    assert "1. up/proj#1 a (open)" in world.ask("GET", "/repos/up/deps/pulls/1")["body"]
    assert world.pull("c")["draft"] is True
    assert world.submit()["actions"] == []
