"""A protected branch against pushes and against the API's ref changes."""

from __future__ import annotations

import pytest
from github import GithubException
from hub_world import git

GH006 = "error: GH006: Protected branch update failed for refs/heads/master."


@pytest.fixture
def protect(world, work):
    """Protect master with the given rules."""
    world.quick("guido").add_to_collaborators("zooba", "push")

    def apply(**rules):
        world.quick("guido").get_branch("master").edit_protection(**rules)

    return apply


def refused(world, work, *refs, name="zooba", flags=()):
    """A push that must be refused; the answer is what git showed of the hub's words."""
    ran = git("push", *flags, world.url(name), *refs, cwd=work.folder)
    assert ran.code != 0, ran.said
    said = [line[8:].strip() for line in ran.said.splitlines() if line.startswith("remote: ")]
    return [line for line in said if not line.startswith("error: hook declined")]  # git's own


def test_changes_must_come_through_a_pull_request(world, work, protect):
    protect(required_approving_review_count=1)
    old = world.tip()
    work.commit({"a": "1"})
    said = refused(world, work, "master")
    assert said == [GH006, "error: Changes must be made through a pull request."]
    assert world.tip() == old


def test_the_other_refs_of_an_atomic_push_stay(world, work, protect):
    protect(required_approving_review_count=1)
    old = world.tip()
    work.commit({"a": "1"})
    refused(world, work, "master", "master:refs/heads/lock", flags=("--atomic",))
    assert git("ls-remote", world.url(None), "lock", cwd=work.folder).out == ""
    refused(world, work, "master", "master:refs/heads/side")
    assert world.tip("side") == work.oid("master")
    assert world.tip() == old


@pytest.mark.parametrize("report", ["status", "check run"])
def test_required_checks_must_be_green_on_the_pushed_commit(world, work, protect, report):
    # https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/about-protected-branches
    protect(contexts=["build", "docs"])
    new = work.commit({"a": "1"})
    world.pushed(work, "zooba", "master:refs/heads/candidate")
    repo = world.repo("guido")

    def say(name, good):
        if report == "status":
            repo.get_commit(new).create_status("success" if good else "failure", context=name)
        else:
            repo.create_check_run(name, new, conclusion="success" if good else "failure")

    expected = 'error: Required status check "build" is expected.'
    docs = 'error: Required status check "docs" is expected.'
    assert refused(world, work, "master")[1].endswith(expected.removeprefix("error: "))
    say("build", good=True)
    assert refused(world, work, "master") == [GH006, docs]
    say("docs", good=False)
    assert refused(world, work, "master") == [GH006, docs]
    say("docs", good=True)
    world.pushed(work, "zooba", "master")
    assert world.tip() == new


def test_a_protected_branch_neither_goes_back_nor_away(world, work, protect):
    protect()
    old = world.tip()
    work.commit({"a": "1"}, on="other")
    work.git("commit", "-q", "--amend", "--allow-empty", "-m", "Another start")
    unrelated = work.git("commit-tree", "-m", "x", "HEAD^{tree}")
    said = refused(world, work, f"+{unrelated}:refs/heads/master")
    assert said == [GH006, "error: Cannot force-push to this protected branch"]
    work.git("branch", "keep", old)
    world.pushed(work, "zooba", "keep")
    world.repo("guido").edit(default_branch="keep")
    assert refused(world, work, ":master") == [GH006, "error: Cannot delete a protected branch"]
    assert world.tip() == old
    protect(allow_force_pushes=True, allow_deletions=True)
    world.pushed(work, "zooba", f"+{unrelated}:refs/heads/master")
    world.pushed(work, "zooba", ":master")


def test_the_default_branch_is_never_deleted(world, work):
    ran = git("push", world.url("guido"), ":master", cwd=work.folder)
    assert "deletion of the current branch prohibited" in ran.said


def test_a_linear_history_takes_no_merges(world, work, protect):
    protect(required_linear_history=True)
    base = work.oid("master")
    work.commit({"s": "1"}, on="side")
    work.git("checkout", "-q", "master")
    work.git("merge", "-q", "--no-ff", "-m", "M", "side")
    said = refused(world, work, "master")
    assert said == [GH006, "error: This branch must not contain merge commits."]
    work.git("reset", "-q", "--hard", base)
    work.commit({"a": "1"})
    world.pushed(work, "zooba", "master")


def test_admins_are_exempt_unless_the_rules_bind_them(world, work, protect):
    protect(required_approving_review_count=1)
    work.commit({"a": "1"})
    world.pushed(work, "guido", "master")
    protect(required_approving_review_count=1, enforce_admins=True)
    work.commit({"a": "2"})
    assert refused(world, work, "master", name="guido")[0] == GH006


def test_a_checks_name_cannot_speak_to_the_terminal(world, work, protect):
    protect(contexts=["evil\n\x1b[31mrefs/heads/x ok"])
    work.commit({"a": "1"})
    said = refused(world, work, "master")
    assert said == [GH006, 'error: Required status check "evil??[31mrefs/heads/x ok" is expected.']


def test_a_missing_branch_is_created_by_its_rules(world, work, protect):
    world.pushed(work, "guido", "master:refs/heads/maint")
    world.quick("guido").get_branch("maint").edit_protection(
        contexts=["build"], allow_deletions=True
    )
    world.pushed(work, "zooba", ":maint")
    ran = git("push", world.url("zooba"), "master:refs/heads/maint", cwd=work.folder)
    assert 'Required status check "build" is expected.' in ran.said


def test_the_api_obeys_the_same_rules(world, work, protect):
    protect(contexts=["build"])
    new = work.commit({"a": "1"})
    world.pushed(work, "zooba", "master:refs/heads/candidate")
    ref = world.repo("zooba").get_git_ref("heads/master")
    with pytest.raises(GithubException, match='Required status check \\\\"build') as caught:
        ref.edit(new)
    assert caught.value.status == 422
    world.quick("zooba").get_commit(new).create_status("success", context="build")
    ref.edit(new)
    assert world.tip() == new
    back = work.oid("master~1")
    world.quick("zooba").get_commit(back).create_status("success", context="build")
    with pytest.raises(GithubException, match="Cannot force-push"):
        ref.edit(back, force=True)
    world.repo("guido").edit(default_branch="candidate")
    with pytest.raises(GithubException, match="Cannot delete a protected branch"):
        ref.delete()


def test_protection_is_the_admins_business(world, work, protect):
    # https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource
    protect(contexts=["build"], strict=True, required_approving_review_count=2)
    branch = world.quick("guido").get_branch("master")
    rules = branch.get_protection()
    assert branch.protected
    assert rules.required_status_checks.contexts == ["build"]
    assert rules.required_status_checks.strict
    assert rules.required_pull_request_reviews.required_approving_review_count == 2
    for attempt in ("get_protection", "edit_protection", "remove_protection"):
        with pytest.raises(GithubException) as caught:
            getattr(world.quick("zooba").get_branch("master"), attempt)()
        assert caught.value.status == 404
    assert world.quick("zooba").get_branch("master").protected
    branch.remove_protection()
    assert not world.quick("zooba").get_branch("master").protected
    with pytest.raises(GithubException, match="Branch not protected"):
        branch.get_protection()
    summary = world.ask("GET", "/api/v3/repos/guido/cpython/branches?protected=true")[2]
    assert summary == []
