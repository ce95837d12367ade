"""Opening, listing and changing pull requests."""

from __future__ import annotations

import pytest
from github import GithubException
from hub_world import good

PULLS = "/api/v3/repos/guido/cpython/pulls"


def refusal(call):
    """(status, the words of the errors) of a call that must be refused."""
    with pytest.raises(GithubException) as caught:
        call()
    errors = caught.value.data.get("errors", [])
    words = [e.get("message") or f"{e.get('field')} {e.get('code')}" for e in errors]
    return caught.value.status, words or [caught.value.data["message"]]


def test_a_pull_request_from_a_fork(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1\n2\n"}, draft=True)
    assert (pull.number, pull.state, pull.draft, pull.merged) == (1, "open", True, False)
    assert (pull.head.label, pull.base.label) == ("paulmon:ctypes", "guido:master")
    assert pull.head.repo.full_name == "paulmon/cpython"
    assert pull.head.sha == forked.oid("ctypes")
    assert (pull.mergeable, pull.mergeable_state, pull.rebaseable) == (True, "draft", True)
    assert (pull.commits, pull.additions, pull.deletions, pull.changed_files) == (1, 2, 0, 1)
    assert (pull.user.login, pull.author_association) == ("paulmon", "NONE")
    assert pull.maintainer_can_modify
    assert [each.sha for each in pull.get_commits()] == [pull.head.sha]
    (file,) = pull.get_files()
    assert (file.filename, file.status, file.patch) == ("a", "added", "@@ -0,0 +1,2 @@\n+1\n+2")
    bare = world.bare()
    assert good("rev-parse", "refs/pull/1/head", cwd=bare) == pull.head.sha
    assert good("rev-parse", "refs/pull/1/merge^2", cwd=bare) == pull.head.sha


def test_a_pull_request_within_a_repository(world, work):
    work.commit({"a": "1"}, on="topic")
    world.pushed(work, "guido", "topic")
    pull = world.quick("guido").create_pull(title="T", head="topic", base="master")
    assert (pull.head.label, pull.body, pull.maintainer_can_modify) == ("guido:topic", None, False)
    empty = {"title": "T", "head": "master", "base": "topic"}
    assert refusal(lambda: world.quick("guido").create_pull(**empty)) == (
        422, ["No commits between topic and master"],
    )  # fmt: skip


def test_files_of_every_kind(world, forked):
    forked.commit({"old": "".join(f"{n}\n" for n in range(20)), "gone": "x\n", "both": "y\n"})
    forked.git("push", "-q", str(world.bare()), "master")
    forked.git("checkout", "-q", "-b", "kinds")
    forked.git("mv", "old", "new name")
    (forked.folder / "gone").unlink()
    (forked.folder / "both").unlink()
    (forked.folder / "both").symlink_to("README")
    (forked.folder / "binary").write_bytes(bytes(range(256)))
    forked.commit({"caf\u00e9": "z\ndiff --git a/x b/x\n"})
    pull = world.propose(forked, "kinds", {})
    found = {file.filename: file for file in pull.get_files()}
    assert {name: file.status for name, file in found.items()} == {
        "new name": "renamed", "gone": "removed", "both": "changed", "binary": "added",
        "caf\u00e9": "added",
    }  # fmt: skip
    assert found["new name"].previous_filename == "old"
    assert found["gone"].patch == "@@ -1 +0,0 @@\n-x"
    assert found["binary"].patch is None
    assert found["caf\u00e9"].patch.endswith("+diff --git a/x b/x")


def test_lists_are_filtered_and_sorted(world, forked):
    for name in ("one", "two", "three"):
        world.propose(forked, name, {name: "1"})
    repo = world.quick("zooba")
    repo_guido = world.quick("guido")
    repo_guido.get_pull(2).edit(state="closed")

    def numbers(**wanted):
        return [pull.number for pull in repo.get_pulls(**wanted)]

    assert numbers() == [3, 1]
    assert numbers(direction="asc") == [1, 3]
    assert numbers(state="closed") == [2]
    assert numbers(state="all", sort="updated", direction="asc") == [1, 2, 3]
    assert numbers(head="paulmon:three") == [3]
    assert numbers(head="guido:three") == []
    assert numbers(base="maint") == []
    assert refusal(lambda: numbers(state="merged"))[0] == 422


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": ""}, "title missing_field"),
        ({"title": None}, "title missing_field"),
        ({"head": "paulmon:none"}, "head invalid"),
        ({"head": "nobody:ctypes"}, "head invalid"),
        ({"head": "ctypes"}, "head invalid"),
        ({"base": "none"}, "base invalid"),
        ({"base": "paulmon:master"}, "base invalid"),
        ({"base": None}, "base missing_field"),
        ({"draft": "yes"}, "draft invalid"),
        ({"head": "paulmon:master"}, "No commits between guido:master and paulmon:master"),
        (
            {"head": "paulmon:odd"},
            "The paulmon:odd branch has no history in common with guido:master",
        ),
        ({}, "A pull request already exists for paulmon:ctypes."),
    ],
)
def test_what_cannot_be_opened(world, forked, changes, words):
    # https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
    forked.git("checkout", "-q", "--orphan", "odd")
    forked.commit({"odd": "1"})
    world.pushed(forked, "paulmon", "odd", to="paulmon/cpython")
    world.propose(forked, "ctypes", {"a": "1"})
    body = {"title": "T", "head": "paulmon:ctypes", "base": "master"} | changes
    status, _, answer = world.ask("POST", PULLS, body, name="paulmon")
    assert (status, answer["message"]) == (422, "Validation Failed")
    (error,) = answer["errors"]
    assert words == error.get("message", f"{error.get('field')} {error['code']}")


def test_strangers_cannot_open_for_others(world, forked):
    # https://docs.github.com/rest/pulls/pulls#create-a-pull-request
    forked.commit({"a": "1"}, on="ctypes")
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    stranger = world.quick("zooba")
    assert refusal(
        lambda: stranger.create_pull(title="T", head="paulmon:ctypes", base="master")
    ) == (422, ["must be a collaborator"])


def test_the_head_repository_may_be_named(world, forked):
    forked.commit({"a": "1"}, on="ctypes")
    world.pushed(forked, "paulmon", "ctypes", to="paulmon/cpython")
    pull = world.quick("paulmon").create_pull(
        title="T", head="paulmon:ctypes", head_repo="cpython", base="master"
    )
    assert pull.head.repo.full_name == "paulmon/cpython"


def test_title_body_and_state(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    pull.edit(title="New", body="Other")
    assert (pull.title, pull.body) == ("New", "Other")
    pull.edit(body="")
    assert pull.body == ""
    pull.edit(state="closed")
    assert (pull.state, pull.merged, pull.mergeable) == ("closed", False, None)
    world.quick("guido").get_pull(1).edit(state="open")
    assert world.quick("paulmon").get_pull(1).state == "open"
    assert refusal(lambda: pull.edit(title=" ")) == (422, ["title missing_field"])
    assert refusal(lambda: pull.edit(state="merged")) == (422, ["state invalid"])
    assert refusal(lambda: world.quick("zooba").get_pull(1).edit(title="Mine"))[0] == 403


def test_another_base(world, forked):
    # https://github.com/netresearch/git-workflow-skill/pull/332
    forked.git("branch", "maint", "master")
    world.pushed(forked, "guido", "maint")
    pull = world.propose(forked, "ctypes", {"a": "1"})
    pull.edit(base="maint")
    assert (pull.base.ref, world.quick("zooba").get_pull(1).base.ref) == ("maint", "maint")
    assert refusal(lambda: pull.edit(base="none")) == (422, ["base invalid"])
    world.pushed(forked, "guido", "ctypes:refs/heads/contains")
    status, words = refusal(lambda: pull.edit(base="contains"))
    assert (status, words[0][:24]) == (422, "There are no new commits")
    pull.edit(state="closed")
    assert refusal(lambda: pull.edit(base="master"))[0] == 422


def test_a_base_is_a_branch_of_the_same_repository(world, forked):
    # https://docs.github.com/rest/pulls/pulls#update-a-pull-request
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.pushed(forked, "paulmon", "master:refs/heads/other", to="paulmon/cpython")
    for base in ("paulmon:master", "paulmon:other", "other"):
        assert refusal(lambda base=base: pull.edit(base=base)) == (422, ["base invalid"])
    assert world.quick("zooba").get_pull(1).base.ref == "master"


def test_the_base_that_it_has_already_is_no_change(world, forked):
    # https://github.com/abhinav/git-spice/pull/1373
    pull = world.propose(forked, "ctypes", {"a": "1"})
    pull.create_review(event="COMMENT", body="Hm.")
    before = world.ask("GET", f"{PULLS}/1")[2]
    pull.edit(base="master")
    assert world.ask("GET", f"{PULLS}/1")[2] == before
    pull.edit(state="closed")
    pull.edit(base="master")


def test_a_second_pull_request_needs_another_base(world, forked):
    world.pushed(forked, "guido", "master:refs/heads/maint")
    first = world.propose(forked, "ctypes", {"a": "1"})
    second = world.quick("paulmon").create_pull(title="B", head="paulmon:ctypes", base="maint")
    assert second.number == first.number + 1
    assert refusal(lambda: second.edit(base="master"))[0] == 422


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        (":ctypes", "The ctypes branch or repository has been deleted."),
        ("+master:ctypes", "The ctypes branch was force-pushed or recreated."),
    ],
)
def test_what_cannot_be_reopened(world, forked, meanwhile, why):
    # https://github.com/isaacs/github/issues/361
    pull = world.propose(forked, "ctypes", {"a": "1"})
    pull.edit(state="closed")
    forked.git("checkout", "-q", "master")
    world.pushed(forked, "paulmon", meanwhile, to="paulmon/cpython")
    assert refusal(lambda: pull.edit(state="open")) == (422, [f"state cannot be changed. {why}"])


def test_a_merged_one_stays_merged(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"})
    world.quick("guido").get_pull(1).merge()
    assert refusal(lambda: pull.edit(state="open"))[0] == 422


def test_a_conflict_is_told(world, forked):
    # https://docs.github.com/rest/pulls/pulls#get-a-pull-request
    pull = world.propose(forked, "ctypes", {"callproc.c": "one\nmine\nthree\n"})
    forked.git("checkout", "-q", "master")
    forked.commit({"callproc.c": "one\ntheirs\nthree\n"})
    world.pushed(forked, "guido", "master")
    pull = world.quick("zooba").get_pull(pull.number)
    assert (pull.mergeable, pull.mergeable_state) == (False, "dirty")
    refs = good("for-each-ref", "--format=%(refname)", "refs/pull", cwd=world.bare())
    assert refs == "refs/pull/1/head"


def test_drafts_are_set_through_graphql(world, forked):
    pull = world.propose(forked, "ctypes", {"a": "1"}, draft=True)
    pull.mark_ready_for_review()
    assert not world.quick("zooba").get_pull(1).draft
    pull.convert_to_draft()
    assert world.quick("zooba").get_pull(1).draft
    with pytest.raises(GithubException):
        world.quick("zooba").get_pull(1).mark_ready_for_review()
    assert world.quick("zooba").get_pull(1).draft
