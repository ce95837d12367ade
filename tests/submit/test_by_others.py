"""What people do to the pull requests of a series by hand is told, twice alike, and left."""

from __future__ import annotations

import json

from submit_world import UPSTREAM, git


def told_alike(world):
    """What a submit tells; the next one tells the same and does nothing."""
    said = world.submit()["notes"]
    again = world.submit()
    assert (again["notes"], again["actions"]) == (said, [])
    return said


def test_a_closed_pull_request_is_told_and_stays_closed(sent):
    sent.change("b", state="closed")
    said = sent.submit()
    assert said["notes"] == ["b: #2 was closed by somebody; left as it is"]
    assert sent.pull("b")["state"] == "closed"
    assert len(sent.pulls()) == 3
    assert "(closed)" in sent.pull("c")["body"]
    assert sent.submit()["actions"] == []


def long_ago(world, number):
    """As if the forge had been asked about that one when time began."""
    file = world.folder / ".stacker" / "forge.json"
    known = json.loads(file.read_text(encoding="utf-8"))
    (row,) = (row for row in known["pulls"] if row["number"] == number)
    row["read_at"] = 1
    file.write_text(json.dumps(known), encoding="utf-8")


def test_a_merged_pull_request_is_told_and_its_branch_is_not_brought_back(sent):
    sent.ask("PUT", f"/repos/{UPSTREAM}/pulls/1/merge", {"merge_method": "squash"}, "up")
    git(sent.fork, "update-ref", "-d", "refs/heads/s/a")
    said = sent.submit()
    assert said["notes"][0] == "a: #1 was merged; `stacker rebase` takes that in"
    assert "s/a" not in sent.branches()
    views = [sent.pull(one)["body"].split("\n")[2] for one in "bc"]
    assert "(/porter/proj/compare/s/a...s/b)" in views[0]
    assert "(/up/proj/pull/3/files/" in views[1]
    assert sent.good("rebase")["stages"][0]["status"] == "landed"
    long_ago(sent, 1)
    sent.submit()
    assert sent.good("status")["forge_read_at"] > 1_000  # nobody asks again what has landed
    sent.reviewable()


def test_who_retargets_a_pull_request_has_reasons(sent):
    git(sent.upstream.path, "branch", "3.8", sent.upstream["start"])
    sent.change("b", base="3.8")
    said = sent.submit()
    assert said["actions"] == []
    assert said["notes"] == ["b: #2 was retargeted to 3.8 by somebody; left as it is"]
    assert sent.pull("b")["base"]["ref"] == "3.8"


def test_who_renames_a_pull_request_has_reasons(sent):
    sent.change("b", title="Better -->\u202e")
    (said,) = told_alike(sent)
    assert said == (
        "b: #2 was renamed by somebody to: Better -->\\u{202e}; left as it is. To take that in, "
        "make it the first line of series/b.md, behind `# `"
    )
    sent.text("b", "# A title of ours\n")
    assert told_alike(sent) == [said]
    assert sent.pull("b")["title"] == "Better -->\u202e"
    sent.text("b", "# Better -->\u202e\n")
    assert told_alike(sent) == []
    sent.text("b", "# Best <!--, @zed #1\n")
    assert told_alike(sent) == []
    assert sent.pull("b")["title"] == "Best <!--, @zed #1"


def test_a_title_of_ours_follows_the_series(sent):
    sent.text("b", "# New\n")
    said = sent.submit()
    assert ("edit", ["title", "body"]) in [(a["kind"], a["fields"]) for a in said["actions"]]
    assert (sent.pull("b")["title"], said["notes"]) == ("New", [])


def test_a_title_is_ours_where_our_text_does_not_say_what_it_was(sent):
    sent.change("b", title="By hand", body="All gone.")
    assert sent.submit()["notes"] == []
    assert sent.pull("b")["title"] == "b"


def test_who_marks_a_pull_request_ready_or_a_draft_has_reasons(sent):
    sent.graph("markPullRequestReadyForReview", sent.pull("c"))
    sent.graph("convertPullRequestToDraft", sent.pull("a"))
    assert told_alike(sent) == [
        "a: #1 is a draft, though it need not be; left as it is",
        "c: #3 is marked ready for review, though it has to wait; left as it is",
    ]
    assert (sent.pull("a")["draft"], sent.pull("c")["draft"]) == (True, False)


def test_one_that_was_closed_and_reopened_goes_on(sent):
    sent.change("b", state="closed")
    sent.submit()
    sent.change("b", state="open")
    sent.edit_patch("b", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    assert told_alike(sent) == []
    assert sent.pull("b")["head"]["sha"] == sent.branches()["s/b"]


def test_who_force_pushed_is_told_and_nothing_is_pushed_over_it(sent):
    git(sent.fork, "update-ref", "refs/heads/s/c", "refs/heads/s/a")
    theirs = sent.branches()["s/c"]
    for _ in range(2):
        ran = sent.run("submit")
        assert ran.code == 5
        (said,) = ran.document["foreign"]
        assert said.endswith(
            "without what stacker pushed there: somebody force-pushed; "
            "`stacker edit c --from-pull` tells the ways out"
        )
        assert sent.branches()["s/c"] == theirs
