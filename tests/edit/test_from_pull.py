"""`edit STAGE --from-pull`: what others pushed to a stage's branch becomes part of the stage."""

from __future__ import annotations

from pathlib import Path

import pytest
from submit_world import git, kinds
from world import statuses


def take_in(world, stage, *, code=0):
    ran = world.run("edit", stage, "--from-pull")
    assert ran.code == code, (ran.code, ran.out, ran.err)
    return ran.document


def patches(world, stage):
    return sorted(p.name for p in (world.folder / "patches" / stage).iterdir())


def store(world, *args):
    return git(world.folder / ".stacker" / "store.git", *args)


def tip(world, stage):
    return world.lock.stage(stage).commit


def test_a_maintainers_fix_becomes_a_patch_of_its_author(sent):
    there = sent.fix("s/b", "Fix b", {"b.txt": "b, fixed\n"}, author="Zed <zed@example.org>")
    ran = sent.run("submit")
    assert ran.code == 5
    (said,) = ran.document["foreign"]
    assert said == (
        f"porter/proj s/b is at {there[:10]}: 'Fix b' by Zed; "
        "`stacker edit b --from-pull` takes it in"
    )
    done = take_in(sent, "b")
    assert (done["stage"], done["head"], done["patches"]) == ("b", there, ["0002-fix-b.patch"])
    assert statuses(done) == {"a": "unchanged", "b": "rebased", "c": "rebased"}
    when = git(sent.fork, "log", "-1", "--format=%ad", there)
    assert store(sent, "log", "-1", "--format=%an <%ae> %s", tip(sent, "b")) == (
        "Zed <zed@example.org> Fix b"
    )
    assert store(sent, "log", "-1", "--format=%ad", tip(sent, "b")) == when
    assert sent.lock.stage("b").published.head == there
    before = sent.branches()
    said = sent.submit()
    pushed = [ref["ref"] for a in said["actions"] if a["kind"] == "push" for ref in a["refs"]]
    assert pushed == ["refs/heads/s/c"]  # b has it already
    assert sent.branches()["s/b"] == there == before["s/b"]
    sent.reviewable()
    assert sent.submit()["actions"] == []


def test_status_names_the_command(sent):
    there = sent.fix("s/b", "Fix b", {"b.txt": "b, fixed\n"})

    def status(*more):
        found = sent.good("status", *more)
        return found["next"], {s["id"]: s["published"]["others"] for s in found["stages"]}

    nobody = dict.fromkeys("abc")
    assert status()[1] == nobody  # nobody asked the forge
    step, others = status("--refresh")
    assert step == {"command": "stacker edit b --from-pull", "because": "somebody pushed to #2"}
    assert others == nobody | {"b": there}
    assert sent.run("submit").code == 5
    assert status()[1] == nobody | {"b": there}
    take_in(sent, "b")
    assert status()[1] == nobody
    sent.submit()
    assert status("--refresh")[1] == nobody


def test_what_the_forge_said_before_our_own_push_is_nobody_elses(sent):
    sent.good("status", "--refresh")
    known = sent.folder / ".stacker" / "forge.json"
    before = known.read_bytes()
    sent.edit_patch("b", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    sent.submit()
    known.write_bytes(before)
    assert [s["published"]["others"] for s in sent.good("status")["stages"]] == [None] * 3


def test_a_second_time_nothing_is_new_there(sent):
    assert take_in(sent, "b")["patches"] == []
    sent.fix("s/b", "Fix b", {"b.txt": "b, fixed\n"})
    take_in(sent, "b")
    files, head = sent.snapshot()[2], store(sent, "rev-parse", "refs/stacker/head")
    again = take_in(sent, "b")
    assert (again["patches"], again["version"], again["stages"]) == ([], 2, [])
    assert (sent.snapshot()[2], store(sent, "rev-parse", "refs/stacker/head")) == (files, head)
    ran = sent._run("edit", "b", "--from-pull", cwd=sent.folder)
    assert ran.out.startswith("Nothing new there: ")


def test_what_comes_after_goes_on_from_their_head(sent):
    there = sent.fix("s/b", "Fix b", {"b.txt": "b, fixed\n"})
    take_in(sent, "b")
    sent.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    sent.submit()
    sent.reviewable()
    assert there in git(sent.fork, "log", "-1", "--format=%P", "s/b").split()


def test_several_commits_by_several_people(sent):
    sent.fix("s/a", "One", {"a.txt": "a one\n"}, author="Ada <ada@example.org>")
    suggestion = "Co-authored-by: Eve <eve@example.org>"
    sent.fix("s/a", "Apply suggestion", {"new.txt": "new\n"}, body=[suggestion])
    assert "2 commits by Ada, Up" in sent.run("submit").document["foreign"][0]
    assert take_in(sent, "a")["patches"] == ["0002-one.patch", "0003-apply-suggestion.patch"]
    said = store(sent, "log", "-2", "--format=%an|%B", tip(sent, "a"))
    assert said == f"Up|Apply suggestion\n\n{suggestion}\n\nAda|One"
    sent.submit()
    sent.reviewable()


def test_the_stage_may_have_been_rebased_and_edited_meanwhile(sent):
    there = sent.fix("s/b", "Fix b", {"b.txt": "b, fixed\n"})
    sent.drift("drift")
    sent.edit_patch("a", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    sent.good("rebase")
    assert take_in(sent, "b")["patches"] == ["0002-fix-b.patch"]
    assert store(sent, "show", f"{tip(sent, 'c')}:b.txt") == "b, fixed"
    assert sent.lock.stage("b").published.head == there
    sent.submit()
    sent.reviewable()
    assert sent.submit()["actions"] == []


def test_what_the_stage_has_already_is_only_known(sent):
    there = sent.fix("s/b", "Fix b", {"b.txt": "more b\n"})
    sent.edit_patch("b", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+more ")
    done = take_in(sent, "b")
    assert done["patches"] == []
    assert sent.lock.stage("b").published.head == there
    sent.submit()
    assert sent.branches()["s/b"] == there
    sent.reviewable()


@pytest.mark.parametrize("stage", ["a", "b"])
def test_a_branch_that_was_brought_up_to_date_brings_nothing(sent, stage):
    sent.drift("drift")
    clone = sent.theirs(f"s/{stage}")
    git(clone, "merge", "-q", "--no-ff", "-m", "Merge branch 'master'", "upstream/master")
    there = sent.push_theirs(f"s/{stage}")
    done = take_in(sent, stage)
    assert (done["patches"], done["version"]) == ([], 1)
    published = sent.lock.stage(stage).published
    assert (published.head, published.base) == (there, sent.upstream["drift"])
    sent.submit()
    sent.reviewable()
    assert sent.submit()["actions"] == []


def test_what_was_changed_in_a_merge_is_taken_with_its_author(sent):
    sent.drift("drift")
    clone = sent.theirs("s/a")
    git(clone, "merge", "-q", "--no-ff", "--no-commit", "upstream/master")
    (clone / "a.txt").write_text("a, evil\n")
    git(clone, "commit", "-q", "-a", "-m", "Merge and fix", "--author", "Up <up@example.org>")
    sent.push_theirs("s/a")
    sent.fix("s/a", "More", {"more.txt": "more\n"})
    assert take_in(sent, "a")["patches"] == ["0002-merge-and-fix.patch", "0003-more.patch"]
    fix = f"{tip(sent, 'a')}~1"
    assert store(sent, "log", "-1", "--format=%an %s", fix) == "Up Merge and fix"
    assert store(sent, "diff-tree", "--name-only", f"{fix}~1", fix) == "a.txt"
    sent.submit()
    sent.reviewable()


def test_a_conflict_solved_in_a_merge_waits_for_the_rebase(sent):
    sent.drift("meets a", line=sent.line_of("a"), text="theirs")
    clone = sent.theirs("s/a")
    git(clone, "merge", "-q", "upstream/master", check=False)
    text = (clone / "f.txt").read_text()
    begin, end = text.index("<<<<<<<"), text.index(">>>>>>>")
    (clone / "f.txt").write_text(text[:begin] + "both\n" + text[text.index("\n", end) + 1 :])
    git(clone, "commit", "-q", "-a", "-m", "Merge branch 'master'")
    there = sent.push_theirs("s/a")
    said = take_in(sent, "a", code=1)["error"]
    assert sent.upstream["meets a"][:10] in said["message"]
    assert "stacker rebase" in said["hint"]
    assert sent.run("rebase").code == 3
    folder = Path(sent.good("resolve")["folder"])
    (folder / "f.txt").write_text((clone / "f.txt").read_text())
    sent.good("resolve", "--done")
    assert take_in(sent, "a")["patches"] == []  # it was solved the same
    assert sent.lock.stage("a").published.head == there
    sent.submit()
    sent.reviewable()


def test_what_does_not_go_with_the_stage_is_solved_in_its_folder(sent):
    sent.fix("s/b", "First", {"first.txt": "first\n"})
    there = sent.fix("s/b", "Second", {"b.txt": "their b\n"}, author="Zed <zed@example.org>")
    sent.edit_patch("b", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+my ")
    stopped = take_in(sent, "b", code=3)
    assert (stopped["conflicts"], stopped["head"]) == (["b.txt"], there)
    assert take_in(sent, "b", code=3)["folder"] == stopped["folder"]
    folder = Path(stopped["folder"])
    ran = sent.run("edit", "b", "--done")
    assert ran.document["error"]["message"] == (
        "a conflict is not solved in b.txt; git is in the middle of a cherry-pick"
    )
    before = sent.lock.stage("b").published
    (folder / "b.txt").write_text("our b\n")
    git(folder, "add", "b.txt")
    git(folder, "-c", "core.editor=true", "cherry-pick", "--continue")
    assert sent.lock.stage("b").published == before
    done = sent.good("edit", "b", "--done")
    assert done["patches"] == ["0002-first.patch", "0003-second.patch"]
    assert store(sent, "log", "-2", "--format=%an %s", tip(sent, "b")) == "Zed Second\nUp First"
    assert sent.lock.stage("b").published.head == there
    assert not folder.exists()
    sent.submit()
    sent.reviewable()
    assert take_in(sent, "b")["patches"] == []


def test_giving_up_leaves_their_commits_where_they_are(sent):
    sent.fix("s/b", "Fix", {"b.txt": "their b\n"})
    sent.edit_patch("b", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+my ")
    take_in(sent, "b", code=3)
    before = sent.lock
    sent.good("edit", "b", "--abort")
    assert sent.lock == before
    assert sent.run("submit").code == 5
    take_in(sent, "b", code=3)


def test_what_was_refused_whole_is_known_after_done(sent):
    there = sent.fix("s/b", "Fix", {"b.txt": "their b\n"})
    sent.edit_patch("b", b"@@ -0,0 +1 @@\n+", b"@@ -0,0 +1 @@\n+my ")
    folder = take_in(sent, "b", code=3)["folder"]
    git(folder, "cherry-pick", "--skip")
    assert sent.good("edit", "b", "--done")["patches"] == []
    assert sent.lock.stage("b").published.head == there
    sent.submit()
    assert git(sent.fork, "show", "s/b:b.txt") == "my b"
    sent.reviewable()


def test_a_stage_above_that_does_not_go_with_it_waits_for_resolve(sent):
    sent.fix("s/a", "Fix", {"f.txt": ("\n7\n", "\nseven\n")})
    done = take_in(sent, "a", code=3)
    assert done["patches"] == ["0002-fix.patch"]
    assert statuses(done) == {"a": "rebased", "b": "conflict", "c": "blocked"}
    sent.good("resolve", "--take", "mine")
    assert take_in(sent, "a")["patches"] == []
    sent.submit()
    sent.reviewable()


def test_a_force_push_is_no_work_to_take_in(sent):
    ours = sent.branches()["s/b"]
    clone = sent.theirs("s/b")
    git(clone, "commit", "-q", "--amend", "-m", "Rewritten")
    there = sent.push_theirs("s/b", "up", "--force")
    assert "somebody force-pushed" in sent.run("submit").document["foreign"][0]
    said = take_in(sent, "b", code=1)["error"]
    assert "force-pushed" in said["message"]
    command = said["hint"].partition("`git ")[2].partition("`")[0].split()
    url = next(word for word in command if word.startswith("http"))
    command[command.index(url)] = sent._url("porter", "porter/proj")
    git(sent.folder, *command)
    assert (sent.branches()["s/b"], there != ours) == (ours, True)
    assert take_in(sent, "b")["patches"] == []


def test_what_else_is_refused(published):
    sent = published()
    assert "never submitted" in _fresh_stage(sent)
    git(sent.fork, "update-ref", "-d", "refs/heads/s/b")
    assert "has no branch s/b" in take_in(sent, "b", code=1)["error"]["message"]
    sent.good("edit", "a")
    assert "is open in" in take_in(sent, "a", code=1)["error"]["message"]
    assert sent.run("edit", "--from-pull").code == 2
    assert sent.run("edit", "a", "--from-pull", "--done").code == 2


def _fresh_stage(sent):
    new = sent.clone.add("more", ("more", {"more.txt": "x\n"}), start="start")
    sent.good("import", f"{sent.clone['start']}..{new}", "--from", sent.clone.path, "--stage", "d")
    return take_in(sent, "d", code=1)["error"]["message"]


def test_what_was_merged_from_a_stage_below_is_taken_in_there_first(sent):
    sent.fix("s/a", "Fix a", {"a.txt": "a, fixed\n"})
    clone = sent.theirs("s/b")
    git(clone, "merge", "-q", "--no-ff", "-m", "Merge s/a", "origin/s/a")
    sent.push_theirs("s/b")
    assert "edit a --from-pull" in take_in(sent, "b", code=1)["error"]["hint"]
    assert take_in(sent, "a")["patches"] == ["0002-fix-a.patch"]
    assert take_in(sent, "b")["patches"] == []
    sent.submit()
    sent.reviewable()


def test_a_stage_with_a_branch_below(published):
    sent = published(ids="abc")
    sent.plan({"a": [], "b": [], "c": ["a", "b"]})
    sent.submit()
    sent.drift("drift")
    clone = sent.theirs("s/c")
    git(clone, "merge", "-q", "--no-ff", "-m", "Merge branch 'master'", "upstream/master")
    sent.push_theirs("s/c")
    sent.fix("s/c", "Fix c", {"c.txt": "c, fixed\n"})
    assert take_in(sent, "c")["patches"] == ["0002-fix-c.patch"]
    sent.submit()
    sent.reviewable()
    assert sent.submit()["actions"] == []


def test_where_branches_are_rewritten(published):
    sent = published(fork=None)
    there = sent.fix("s/b", "Fix b", {"b.txt": "b, fixed\n"})
    assert sent.run("submit").code == 5
    assert take_in(sent, "b")["patches"] == ["0002-fix-b.patch"]
    assert sent.lock.stage("b").published.head == there
    said = sent.submit()
    assert kinds(said)[0] == "push"
    assert {r["ref"]: r["old"] for r in said["actions"][0]["refs"]}["refs/heads/s/b"] == there
    assert sent.branches()["s/b"] == tip(sent, "b")
    assert sent.submit()["actions"] == []
