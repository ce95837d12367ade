"""A fine-grained token is for single repositories, whatever its owner may do elsewhere.

https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens#fine-grained-personal-access-tokens
"""

from __future__ import annotations

import pytest
from hub_world import git

from stacker.hub.server import User, start

REFUSED = "Resource not accessible by personal access token"
READY = (
    'mutation { markPullRequestReadyForReview(input: {pullRequestId: "%s"}) { clientMutationId } }'
)


@pytest.fixture
def fine(world, forked):
    """The hub once more, for a token of paulmon's that is for the fork alone."""
    with start(world.root / "hub", [User("paulmon", "fine", ("PaulMon/cpython",))]) as hub:
        world.hub.stop()
        world.hub = hub
        world.token = lambda name: "fine"
        yield world


def test_it_reads_everything_and_changes_only_its_own(fine, forked):
    # https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible
    upstream, fork = "/api/v3/repos/guido/cpython", "/api/v3/repos/paulmon/cpython"
    assert fine.ask("GET", upstream, name="paulmon")[0] == 200
    opened = fine.ask("POST", f"{upstream}/pulls", {"title": "t"}, name="paulmon")
    assert (opened[0], opened[2]["message"]) == (403, REFUSED)
    assert fine.ask("POST", f"{upstream}/forks", {}, name="paulmon")[0] == 403
    assert fine.ask("PATCH", fork, {"allow_squash_merge": False}, name="paulmon")[0] == 200


def test_it_pushes_only_to_its_own(fine, forked):
    assert fine.push(forked, "paulmon", "master:topic", to="paulmon/cpython").code == 0
    ran = git("push", fine.url("paulmon", "guido/cpython"), "master:topic", cwd=forked.folder)
    assert ran.code != 0
    assert "denied to paulmon" in ran.said  # reading is all that paulmon may do there


def test_what_its_owner_may_do_does_not_help(world, work):
    world.hub.stop()
    with start(world.root / "hub", [User("guido", "fine", ())]) as world.hub:
        world.token = lambda name: "fine"
        ran = git("push", world.url("guido"), "master:topic", cwd=work.folder)
        assert "Write access to repository not granted." in ran.said


def test_drafts_are_not_its_business(world, forked):
    pull = world.propose(forked, "topic", {"a.txt": "a"}, draft=True)
    with start(world.root / "hub", [User("paulmon", "fine", ())]) as hub:
        world.hub.stop()
        world.hub = hub
        world.token = lambda name: "fine"
        said = world.ask(
            "POST", "/api/graphql", {"query": READY % pull.raw_data["node_id"]}, name="paulmon"
        )[2]
    assert (said["errors"][0]["type"], said["errors"][0]["message"]) == ("FORBIDDEN", REFUSED)


def test_only_a_classic_token_has_scopes(world, work):
    assert world.ask("GET", "/api/v3/user", name="guido")[1]["X-OAuth-Scopes"] == "repo, workflow"
    assert world.ask("GET", "/api/v3/user")[1]["X-OAuth-Scopes"] is None
    with start(world.root / "hub", [User("guido", "fine", ())]) as hub:
        world.hub.stop()
        world.hub = hub
        world.token = lambda name: "fine"
        assert world.ask("GET", "/api/v3/user", name="guido")[1]["X-OAuth-Scopes"] is None
