"""PUT merge: three methods, their commits, and everything that forbids them."""

from __future__ import annotations

import pytest
from github import GithubException
from hub_world import WHEN, good


def show(world, rev, form):
    return good("show", "-s", f"--format={form}", rev, cwd=world.bare())


def merge(world, number=1, name="guido", **options):
    return world.quick(name).get_pull(number).merge(**options)


def refusal(world, number=1, name="guido", **options):
    with pytest.raises(GithubException) as caught:
        merge(world, number, name, **options)
    return caught.value.status, caught.value.data["message"]


@pytest.fixture
def series(world, forked):
    """A pull request of two commits by two people, on a base that has drifted."""
    forked.commit({"a": "1\n"}, on="ctypes", message="ctypes: first\n\nWhy it is so.")
    forked.commit({"b": "1\n"}, message="ctypes: second", author="Steve <steve@example.org>")
    pull = world.propose(forked, "ctypes", {"c": "1\n"}, title="Port ctypes")
    forked.git("checkout", "-q", "master")
    forked.commit({"drift": "1\n"})
    world.pushed(forked, "guido", "master")
    return pull


def test_a_merge_commit(world, series):
    old = world.tip()
    done = merge(world, sha=series.head.sha)
    assert (done.merged, done.message) == (True, "Pull Request successfully merged")
    assert done.sha == world.tip()
    assert show(world, done.sha, "%P") == f"{old} {series.head.sha}"
    assert show(world, done.sha, "%B") == (
        "Merge pull request #1 from paulmon/ctypes\n\nPort ctypes"
    )
    assert show(world, done.sha, "%an <%ae>|%cn <%ce>|%ct") == (
        "guido <guido@users.noreply.github.com>|GitHub <noreply@github.com>|"
        f"{int(WHEN.timestamp())}"
    )
    merged = world.quick("zooba").get_pull(1)
    assert (merged.merged, merged.state, merged.merge_commit_sha) == (True, "closed", done.sha)
    assert (merged.merged_by.login, merged.merged_at) == ("guido", WHEN)
    assert merged.is_merged()
    assert merged.commits == 3
    refs = good("for-each-ref", "--format=%(refname)", "refs/pull", cwd=world.bare())
    assert refs == "refs/pull/1/head"


def test_a_squash_credits_everybody(world, series):
    old = world.tip()
    done = merge(world, merge_method="squash")
    assert show(world, done.sha, "%P") == old
    assert show(world, done.sha, "%an <%ae>") == "paulmon <paulmon@users.noreply.github.com>"
    assert show(world, done.sha, "%cn") == "GitHub"
    assert show(world, done.sha, "%B") == (
        "Port ctypes (#1)\n\n"
        "* ctypes: first\n\nWhy it is so.\n\n* ctypes: second\n\n* Work on ctypes\n\n"
        "Co-authored-by: Paul Monson <paulmon@example.org>\n"
        "Co-authored-by: Steve <steve@example.org>"
    )
    files = good("ls-tree", "--name-only", done.sha, cwd=world.bare()).split()
    assert files == ["README", "a", "b", "c", "callproc.c", "drift"]
    assert world.quick("zooba").get_pull(1).merged


def test_a_squash_of_one_commit_keeps_it(world, forked):
    forked.commit({"a": "1"}, on="ctypes", message="One thing\n\nIts reason.",
                  author="Steve <steve@example.org>")  # fmt: skip
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    world.quick("paulmon").create_pull(title="Other words", head="paulmon:ctypes", base="master")
    done = merge(world, merge_method="squash")
    assert show(world, done.sha, "%an|%B") == "Steve|One thing (#1)\n\nIts reason."


def test_a_rebase_replays_every_commit(world, series):
    old = world.tip()
    done = merge(world, merge_method="rebase")
    log = good("log", "--reverse", "--format=%an|%cn|%s", f"{old}..master", cwd=world.bare())
    assert log.splitlines() == [
        "Paul Monson|GitHub|ctypes: first",
        "Steve|GitHub|ctypes: second",
        "Paul Monson|GitHub|Work on ctypes",
    ]
    assert done.sha == world.tip()
    merged = world.quick("zooba").get_pull(1)
    assert (merged.merged, merged.merge_commit_sha) == (True, done.sha)
    assert (merged.merged_by.login, merged.commits) == ("guido", 3)


def test_own_words(world, series):
    done = merge(world, merge_method="squash", commit_title="gh-1: T", commit_message="Body.")
    assert show(world, done.sha, "%B") == "gh-1: T\n\nBody."


def test_the_head_must_be_the_one_that_was_seen(world, forked, series):
    # https://docs.github.com/rest/pulls/pulls#merge-a-pull-request
    said = (409, "Head branch was modified. Review and try the merge again.")
    assert refusal(world, sha="1" * 40) == said
    forked.git("checkout", "-q", "ctypes")
    forked.commit({"a": "2"})
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    assert refusal(world, sha=series.head.sha) == said
    assert not world.quick("zooba").get_pull(1).merged


@pytest.mark.parametrize(
    ("method", "flag", "said"),
    [
        ("merge", "allow_merge_commit", "Merge commits are not allowed on this repository."),
        ("squash", "allow_squash_merge", "Squash merges are not allowed on this repository."),
        ("rebase", "allow_rebase_merge", "Rebase merges are not allowed on this repository."),
    ],
)
def test_a_method_that_the_repository_does_not_allow(world, series, method, flag, said):
    world.quick("guido").edit(**{flag: False})
    assert refusal(world, merge_method=method) == (405, said)


def test_no_such_method(world, series):
    assert refusal(world, merge_method="octopus")[0] == 422


def test_readers_do_not_merge(world, series):
    assert refusal(world, name="zooba")[0] == 403
    world.quick("guido").add_to_collaborators("zooba", "push")
    assert merge(world, name="zooba").merged


def test_drafts_conflicts_and_closed_ones(world, forked):
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/merging-a-pull-request
    draft = world.propose(forked, "draft", {"a": "1"}, draft=True)
    world.propose(forked, "conflict", {"callproc.c": "one\nmine\nthree\n"})
    world.propose(forked, "closed", {"c": "1"}).edit(state="closed")
    forked.git("checkout", "-q", "master")
    forked.commit({"callproc.c": "one\ntheirs\nthree\n"})
    world.pushed(forked, "guido", "master")
    assert refusal(world, draft.number) == (405, "Pull Request is still a draft")
    for method in ("merge", "squash", "rebase"):
        assert refusal(world, 2, merge_method=method) == (405, "Pull Request is not mergeable")
    assert refusal(world, 3) == (405, "Pull Request is not mergeable")


def test_a_rebase_that_conflicts_where_a_merge_does_not(world, forked):
    forked.commit({"callproc.c": "one\nx\nthree\n"}, on="ctypes")
    forked.commit({"callproc.c": "one\ntwo\nthree\n"})
    world.propose(forked, "ctypes", {"other": "1"})
    forked.git("checkout", "-q", "master")
    forked.commit({"callproc.c": "one\ntheirs\nthree\n"})
    world.pushed(forked, "guido", "master")
    assert refusal(world, merge_method="rebase") == (405, "This branch can't be rebased")
    assert merge(world, merge_method="squash").merged


def test_a_rebase_leaves_merges_out(world, forked):
    """An appended head has merges of its base in it; its own commits are replayed."""
    world.propose(forked, "ctypes", {"a": "1"})
    forked.git("checkout", "-q", "master")
    forked.commit({"drift": "1"})
    world.pushed(forked, "guido", "master")
    forked.git("checkout", "-q", "ctypes")
    forked.git("merge", "-q", "-m", "M", "master")
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    done = merge(world, merge_method="rebase")
    assert show(world, done.sha, "%P %s") == f"{forked.oid('master')} Work on ctypes"


def test_a_rebase_of_nothing_but_merges(world, forked):
    forked.commit({"drift": "1"})
    world.pushed(forked, "guido", "master")
    forked.commit({"a": "1"}, on="x")
    parents = ("-p", "master", "-p", "master~1")
    merge_of = forked.git("commit-tree", *parents, "-m", "M", "x^{tree}")
    forked.git("branch", "-q", "-f", "odd", merge_of)
    world.pushed(forked, "paulmon", "odd", to="paulmon/cpython")
    world.quick("paulmon").create_pull(title="T", head="paulmon:odd", base="master")
    assert refusal(world, merge_method="rebase") == (405, "This branch can't be rebased")


def test_protection_stands_in_the_way_of_a_merge(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.quick("guido").add_to_collaborators("zooba", "push")
    branch = world.quick("guido").get_branch("master")
    branch.edit_protection(contexts=["build"], required_approving_review_count=1)
    assert world.quick("zooba").get_pull(1).mergeable_state == "blocked"
    assert refusal(world, name="zooba") == (
        405,
        (
            'Required status check "build" is expected.\n'
            "At least 1 approving review is required by reviewers with write access."
        ),
    )
    world.quick("guido").get_commit(pull.head.sha).create_status("success", context="build")
    world.quick("mariatta").get_pull(1).create_review(event="APPROVE")
    assert refusal(world, name="zooba")[1].startswith("At least 1 approving review")
    world.quick("guido").get_pull(1).create_review(event="REQUEST_CHANGES", body="No.")
    assert "changes were requested" in refusal(world, name="zooba")[1]
    world.quick("guido").get_pull(1).create_review(event="APPROVE")
    assert world.quick("zooba").get_pull(1).mergeable_state == "clean"
    assert merge(world, name="zooba", merge_method="squash").merged


def test_checks_have_to_be_green_on_the_newest_commit(world, forked):
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks
    pull = world.propose(forked, "ctypes", {"a": "1"})
    repo = world.quick("guido")
    repo.get_branch("master").edit_protection(contexts=["build"], enforce_admins=True)
    repo.get_commit(pull.head.sha).create_status("success", context="build")
    assert world.quick("zooba").get_pull(1).mergeable_state == "clean"
    forked.git("checkout", "-q", "ctypes")
    new = forked.commit({"a": "2"})
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    assert refusal(world) == (405, 'Required status check "build" is expected.')
    repo.get_commit(new).create_status("success", context="build")
    assert merge(world, sha=new).merged


def test_admins_merge_past_rules_that_do_not_bind_them(world, forked):
    world.propose(forked, "ctypes", {"a": "1"})
    branch = world.quick("guido").get_branch("master")
    branch.edit_protection(contexts=["build"], enforce_admins=True)
    assert refusal(world)[0] == 405
    branch.edit_protection(contexts=["build"])
    assert merge(world).merged


def test_an_out_of_date_head_under_strict_checks(world, forked, series):
    branch = world.quick("guido").get_branch("master")
    branch.edit_protection(contexts=["build"], strict=True, enforce_admins=True)
    world.quick("guido").get_commit(series.head.sha).create_status("success", context="build")
    assert world.quick("zooba").get_pull(1).mergeable_state == "behind"
    assert refusal(world) == (405, "The head branch is not up to date with the base branch.")


def test_linear_history_wants_another_method(world, series):
    branch = world.quick("guido").get_branch("master")
    branch.edit_protection(required_linear_history=True, enforce_admins=True)
    assert refusal(world) == (405, "This branch must not contain merge commits.")
    assert merge(world, merge_method="rebase").merged


def test_other_peoples_red_checks_make_it_unstable(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.quick("guido").get_commit(pull.head.sha).create_status("failure", context="docs")
    assert world.quick("zooba").get_pull(1).mergeable_state == "unstable"
    assert merge(world).merged
