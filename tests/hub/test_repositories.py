"""Repositories, their settings, forks and rights."""

from __future__ import annotations

import shutil

import pytest
from github import GithubException, UnknownObjectException
from hub_world import good


def test_a_repository_put_on_disk_is_there(world, work):
    repo = world.repo("zooba")
    assert (repo.full_name, repo.owner.login, repo.default_branch) == (
        "guido/cpython",
        "guido",
        "master",
    )
    assert (repo.fork, repo.private, repo.permissions.push, repo.permissions.admin) == (
        False, False, False, False,
    )  # fmt: skip
    assert world.repo("guido").permissions.admin
    shutil.rmtree(world.bare())
    with pytest.raises(UnknownObjectException):
        world.repo("zooba")


def test_an_owner_without_a_token_becomes_somebody(world):
    world.make("python/cpython")
    assert world.repo("zooba", "python/cpython").owner.login == "python"
    assert world.client("zooba").get_user("python").login == "python"


def test_names_are_the_same_in_any_case(world, work):
    assert world.repo("zooba", "Guido/CPython").full_name == "guido/cpython"
    assert world.repo("zooba").id == world.repo("zooba", "GUIDO/cpython").id


def test_settings_are_for_admins(world, work):
    world.pushed(work, "guido", "master:main")
    with pytest.raises(GithubException, match="Must have admin rights to Repository") as caught:
        world.repo("zooba").edit(allow_merge_commit=False)
    assert caught.value.status == 403
    repo = world.repo("guido")
    repo.edit(allow_merge_commit=False, allow_squash_merge=False, default_branch="main")
    again = world.repo("zooba")
    assert (again.allow_merge_commit, again.allow_squash_merge, again.allow_rebase_merge) == (
        False, False, True,
    )  # fmt: skip
    assert again.default_branch == "main"
    for wrong in ({"default_branch": "none"}, {"allow_rebase_merge": False}):
        with pytest.raises(GithubException) as caught:
            repo.edit(**wrong)
        assert caught.value.status == 422


def test_a_fork_has_every_branch_and_needs_no_parent(world, work, tmp_path):
    work.commit({"a": "1"}, on="maint")
    world.pushed(work, "guido", "--all")
    fork = world.fork("paulmon")
    assert (fork.full_name, fork.fork) == ("paulmon/cpython", True)
    assert fork.parent.full_name == fork.source.full_name == "guido/cpython"
    assert {branch.name for branch in fork.get_branches()} == {"master", "maint"}
    assert world.fork("paulmon").id == fork.id
    shutil.rmtree(world.bare())
    good("clone", "-q", world.url("paulmon", "paulmon/cpython"), "copy", cwd=tmp_path)
    assert world.repo("paulmon", "paulmon/cpython").fork


def test_a_fork_of_a_fork_knows_its_source(world, forked):
    fork = world.repo("zooba", "paulmon/cpython").create_fork()
    assert (fork.parent.full_name, fork.source.full_name) == ("paulmon/cpython", "guido/cpython")


def test_a_fork_goes_beside_what_is_there(world, work):
    world.make("paulmon/cpython")
    world.repo("paulmon", "paulmon/cpython").get_branches()
    assert world.fork("paulmon").full_name == "paulmon/cpython-1"


@pytest.mark.parametrize("name", ["../x", "..", ".hidden", "a/b", "", "x.git", "\ud800"])
def test_a_fork_cannot_be_called_so(world, work, name):
    path = "/api/v3/repos/guido/cpython/forks"
    assert world.ask("POST", path, {"name": name}, name="paulmon")[0] == 422


def test_ones_own_repository_cannot_be_forked(world, work):
    with pytest.raises(GithubException) as caught:
        world.repo("guido").create_fork()
    assert caught.value.status == 403


def test_collaborators(world, work):
    repo = world.repo("guido")
    assert repo.get_collaborator_permission("zooba") == "read"
    repo.add_to_collaborators("zooba", "push")
    repo.add_to_collaborators("mariatta", "admin")
    assert repo.get_collaborator_permission("zooba") == "write"
    assert repo.get_collaborator_permission("guido") == "admin"
    assert repo.has_in_collaborators("zooba")
    assert not repo.has_in_collaborators("paulmon")
    assert {user.login for user in repo.get_collaborators()} == {"guido", "zooba", "mariatta"}
    world.repo("mariatta").remove_from_collaborators("zooba")
    assert repo.get_collaborator_permission("zooba") == "read"
    with pytest.raises(GithubException) as caught:
        world.repo("zooba").add_to_collaborators("zooba", "admin")
    assert caught.value.status == 403
    with pytest.raises(GithubException) as caught:
        repo.add_to_collaborators("guido", "pull")
    assert caught.value.status == 422
    with pytest.raises(UnknownObjectException):
        repo.add_to_collaborators("nobody", "push")
