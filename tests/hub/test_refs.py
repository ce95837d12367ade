"""Refs, branches, commits and comparisons over REST."""

from __future__ import annotations

import pytest
from github import GithubException, UnknownObjectException
from hub_world import good

R = "/api/v3/repos/guido/cpython"


def refusal(call):
    with pytest.raises(GithubException) as caught:
        call()
    return caught.value.status, caught.value.data["message"]


def test_the_life_of_a_ref(world, work):
    repo, first = world.repo("guido"), work.oid("master")
    second = work.commit({"a": "1"})
    world.pushed(work, "guido", "master")
    ref = repo.create_git_ref("refs/heads/topic/one", first)
    assert (ref.ref, ref.object.sha, ref.object.type) == ("refs/heads/topic/one", first, "commit")
    ref.edit(second)
    assert repo.get_git_ref("heads/topic/one").object.sha == second
    assert refusal(lambda: ref.edit(first)) == (422, "Update is not a fast forward")
    ref.edit(first, force=True)
    names = [each.ref for each in repo.get_git_matching_refs("heads/topic")]
    assert names == ["refs/heads/topic/one"]
    ref.delete()
    with pytest.raises(UnknownObjectException):
        repo.get_git_ref("heads/topic/one")
    assert refusal(ref.delete) == (422, "Reference does not exist")


def test_refs_that_cannot_be(world, work):
    repo, tip = world.repo("guido"), work.oid("master")
    blob = work.git("rev-parse", "master:README")
    create = repo.create_git_ref
    assert refusal(lambda: create("refs/heads/master", tip)) == (422, "Reference already exists")
    assert refusal(lambda: create("refs/heads/x", "1" * 40)) == (422, "Object does not exist")
    assert refusal(lambda: create("refs/heads/x", blob)) == (422, "Object does not exist")
    for name in ("heads/x", "refs/heads/a..b", "refs/pull/1/head", "refs/heads/a\nb"):
        assert refusal(lambda name=name: create(name, tip))[0] == 422
    assert refusal(repo.get_git_ref("heads/master").delete) == (
        422, "Cannot delete the default branch",
    )  # fmt: skip


def test_the_refs_of_pull_requests_are_read_only(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    ref = world.repo("guido").get_git_ref("pull/1/head")
    assert ref.object.sha == pull.head.sha
    assert refusal(lambda: ref.edit(forked.oid("master"), force=True))[0] == 422
    assert refusal(ref.delete)[0] == 422


def test_readers_do_not_see_how_to_change_refs(world, work):
    # https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#404-not-found-for-an-existing-resource
    repo, tip = world.repo("zooba"), work.oid("master")
    assert refusal(lambda: repo.create_git_ref("refs/heads/x", tip))[0] == 404
    assert refusal(lambda: repo.get_git_ref("heads/master").edit(tip))[0] == 404
    assert refusal(repo.get_git_ref("heads/master").delete)[0] == 404


def test_branches(world, work):
    work.git("branch", "stack/one")
    world.pushed(work, "guido", "stack/one")
    repo = world.repo("zooba")
    assert [branch.name for branch in repo.get_branches()] == ["master", "stack/one"]
    branch = repo.get_branch("stack/one")
    assert (branch.commit.sha, branch.protected) == (work.oid("master"), False)
    assert refusal(lambda: repo.get_branch("none")) == (404, "Branch not found")


def test_a_commit(world, work):
    author = "Zooba <zooba@users.noreply.github.com>"
    oid = work.commit({"README": "Other\n", "new": "1\n2\n"}, message="T\n\nB", author=author)
    work.git("tag", "-a", "-m", "T", "v1")
    world.pushed(work, "guido", "master", "v1")
    repo = world.repo("guido")
    for name in ("master", "v1", oid, oid[:9], "refs/heads/master"):
        assert repo.get_commit(name).sha == oid
    commit = repo.get_commit(oid)
    assert (commit.commit.message, commit.author.login, commit.committer) == (
        "T\n\nB",
        "zooba",
        None,
    )
    assert (commit.stats.additions, commit.stats.deletions) == (3, 1)
    assert {file.filename: file.status for file in commit.files} == {
        "README": "modified", "new": "added",
    }  # fmt: skip
    root = repo.get_commit(commit.parents[0].sha)
    assert [file.status for file in root.files] == ["added", "added"]
    assert refusal(lambda: repo.get_commit("none")) == (422, "No commit found for SHA: none")
    for hostile in ("--all", "HEAD~1", "master:README", ":/T", "@{-1}"):
        assert world.ask("GET", f"{R}/commits/{hostile}")[0] == 422


def test_compare_also_with_a_fork(world, forked):
    base = forked.oid("master")
    head = forked.commit({"a": "1"}, on="ctypes")
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    forked.git("checkout", "-q", "master")
    drift = forked.commit({"drift": "1"})
    world.pushed(forked, "guido", "master")
    repo = world.repo("zooba")
    seen = repo.compare("master", "paulmon:ctypes")
    assert (seen.status, seen.ahead_by, seen.behind_by) == ("diverged", 1, 1)
    assert (seen.base_commit.sha, seen.merge_base_commit.sha) == (drift, base)
    assert [commit.sha for commit in seen.commits] == [head]
    assert [file.filename for file in seen.files] == ["a"]
    assert repo.compare(base, "master").status == "ahead"
    assert repo.compare("master", base).status == "behind"
    assert repo.compare("master", "master").status == "identical"
    own = world.repo("zooba", "paulmon/cpython").compare("guido:master", "ctypes")
    assert [commit.sha for commit in own.commits] == [head]
    for wrong in ("master", "master...none", "nobody:master...master"):
        assert world.ask("GET", f"{R}/compare/{wrong}")[0] == 404


def test_comparing_leaves_nothing_behind(world, forked):
    head = forked.commit({"a": "1"}, on="ctypes")
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    world.repo("zooba").compare("master", "paulmon:ctypes")
    assert good("cat-file", "--batch-check", cwd=world.bare(), stdin=head.encode()).endswith(
        "missing"
    )


def test_a_file_as_it_is_on_a_branch(world, work):
    repo = world.repo("guido")
    text = work.git("show", "master:README").encode() + b"\n"
    assert repo.get_contents("README").decoded_content == text
    old = work.oid("master")
    work.commit({"README": "new\n", "docs/a b.txt": "\n"})
    world.pushed(work, "guido", "master")
    assert repo.get_contents("README").decoded_content == b"new\n"
    assert repo.get_contents("README", ref=old).decoded_content != b"new\n"
    assert repo.get_contents("docs/a b.txt").path == "docs/a b.txt"
    for path in ("none", "docs", "../README"):
        with pytest.raises(UnknownObjectException):
            repo.get_contents(path)
