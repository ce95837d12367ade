"""Pull requests follow the real branches, whoever moves them and however."""

from __future__ import annotations

import shutil

import pytest
from hub_world import good


def again(world, number=1):
    return world.quick("zooba").get_pull(number)


def test_a_push_moves_the_head(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    forked.git("checkout", "-q", "ctypes")
    new = forked.commit({"a": "2"})
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    assert good("rev-parse", "refs/pull/1/head", cwd=world.bare()) == new
    assert again(world).head.sha == new != pull.head.sha
    assert again(world).commits == 2


def test_pushing_the_head_to_the_base_is_a_merge(world, forked):
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.quick("guido").add_to_collaborators("mariatta", "push")
    world.pushed(forked, "mariatta", "ctypes:master")
    merged = again(world)
    assert (merged.merged, merged.state) == (True, "closed")
    assert (merged.merge_commit_sha, merged.merged_by.login) == (pull.head.sha, "mariatta")
    assert (merged.commits, merged.changed_files) == (1, 1)


def test_one_merge_commit_over_a_chain_merges_every_member(world, forked):
    """How a group lands: four pull requests, one push, each head in the new master."""
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges
    names = ["build", "ctypes", "skips", "library"]
    below = "master"
    for name in names:
        forked.git("checkout", "-q", "-B", name, below)
        forked.commit({name: "1"})
        below = name
    world.pushed(forked, "paulmon", *names, to="paulmon/cpython")
    repo = world.quick("paulmon")
    for name in names:
        repo.create_pull(title=name, head=f"paulmon:{name}", base="master")
    forked.git("checkout", "-q", "master")
    forked.git("merge", "-q", "--no-ff", "-m", "Land together", "library")
    world.pushed(forked, "guido", "master")
    for number in range(1, 5):
        assert again(world, number).merged
        assert again(world, number).merge_commit_sha == forked.oid("master")


def test_merging_another_pull_request_can_be_the_merge(world, forked):
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges
    world.propose(forked, "below", {"a": "1"})
    forked.git("checkout", "-q", "below")
    forked.commit({"b": "1"}, on="above")
    world.pushed(forked, "paulmon", "above", to="paulmon/cpython")
    upper = world.quick("paulmon").create_pull(title="U", head="paulmon:above", base="master")
    commit = world.quick("guido").get_pull(upper.number).merge(merge_method="merge").sha
    assert (again(world, 1).merged, again(world, 1).merge_commit_sha) == (True, commit)


@pytest.mark.parametrize("method", ["squash", "rebase"])
def test_squashing_or_rebasing_another_is_no_merge(world, forked, method):
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges
    world.propose(forked, "below", {"a": "1"})
    forked.git("checkout", "-q", "below")
    forked.commit({"b": "1"}, on="above")
    world.pushed(forked, "paulmon", "above", to="paulmon/cpython")
    world.quick("paulmon").create_pull(title="U", head="paulmon:above", base="master")
    world.quick("guido").get_pull(2).merge(merge_method=method)
    assert (again(world, 1).merged, again(world, 1).state) == (False, "open")


def test_what_the_rules_ask_for_does_not_stop_an_indirect_merge(world, forked):
    # https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges#indirect-merges
    world.propose(forked, "below", {"a": "1"})
    forked.git("checkout", "-q", "below")
    tip = forked.commit({"b": "1"}, on="above")
    world.pushed(forked, "paulmon", "above", to="paulmon/cpython")
    world.quick("paulmon").create_pull(title="U", head="paulmon:above", base="master")
    repo = world.quick("guido")
    repo.get_branch("master").edit_protection(contexts=["build"], enforce_admins=True)
    repo.get_commit(tip).create_status("success", context="build")
    assert (again(world, 1).mergeable_state, again(world, 2).mergeable_state) == (
        "blocked", "clean",
    )  # fmt: skip
    repo.get_pull(2).merge(merge_method="merge")
    assert again(world, 1).merged


def test_a_ref_set_through_the_api_is_a_merge(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.repo("guido").get_git_ref("heads/master").edit(pull.head.sha)
    assert again(world).merged
    assert again(world).merged_by.login == "guido"


def test_a_ref_moved_in_the_repository_is_a_merge(world, forked):
    world.propose(forked, "ctypes", {"a": "1"})
    forked.git("push", "-q", str(world.bare()), "ctypes:master")
    assert again(world).merged
    assert again(world).merged_by is None


def test_a_head_emptied_is_closed(world, forked):
    # https://github.com/dimikot/git-grok/pull/30
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.pushed(forked, "paulmon", "+master:ctypes", to="paulmon/cpython")
    closed = again(world)
    assert (closed.state, closed.merged, closed.head.sha) == ("closed", False, forked.oid("master"))
    assert pull.head.sha != closed.head.sha


def test_deleting_the_head_branch_closes(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.pushed(forked, "paulmon", ":ctypes", to="paulmon/cpython")
    assert (again(world).state, again(world).head.sha) == ("closed", pull.head.sha)
    assert good("rev-parse", "refs/pull/1/head", cwd=world.bare()) == pull.head.sha


def test_deleting_the_base_branch_closes_all_that_stand_on_it(world, forked):
    # https://github.com/cli/cli/issues/1168
    world.pushed(forked, "guido", "master:refs/heads/maint")
    world.propose(forked, "one", {"a": "1"}, base="maint")
    world.propose(forked, "two", {"b": "1"}, base="maint")
    world.propose(forked, "three", {"c": "1"})
    world.repo("guido").get_git_ref("heads/maint").delete()
    assert [again(world, n).state for n in (1, 2, 3)] == ["closed", "closed", "open"]
    assert not again(world, 1).merged


def test_a_closed_ones_head_is_frozen(world, forked):
    # https://github.com/isaacs/github/issues/361
    pull = world.propose(forked, "ctypes", {"a": "1"})
    pull.edit(state="closed")
    forked.git("checkout", "-q", "ctypes")
    forked.commit({"a": "2"})
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    assert again(world).head.sha == pull.head.sha
    pull.edit(state="open")
    assert again(world).head.sha == forked.oid("ctypes")


def test_a_fork_that_is_gone_closes(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    shutil.rmtree(world.bare("paulmon/cpython"))
    closed = again(world)
    assert (closed.state, closed.head.repo, closed.head.sha) == ("closed", None, pull.head.sha)


def test_drift_leaves_it_open(world, forked):
    world.propose(forked, "ctypes", {"a": "1"})
    forked.git("checkout", "-q", "master")
    drift = forked.commit({"drift": "1"})
    world.pushed(forked, "guido", "master")
    assert (again(world).state, again(world).base.sha) == ("open", drift)
    assert (again(world).mergeable, again(world).changed_files) == (True, 1)
