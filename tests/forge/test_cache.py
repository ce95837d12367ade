from __future__ import annotations

import json

import pytest

from stacker.forge.api import CIResult, CISource, CIState, PullRequest, PullState, Review
from stacker.forge.api import ReviewState as Said
from stacker.forge.cache import known_pulls, remember_pulls


def pull(number, **more):
    given = {
        "repository": "o/r", "number": number, "url": f"https://forge/{number}", "node_id": "n",
        "state": PullState.OPEN, "draft": True, "title": "t", "body": "b", "head_owner": "o",
        "head_repository": "o/r", "head_branch": "h", "head": "a" * 40, "base_branch": "main",
        "author": "o", "merge_commit": None, "maintainer_can_modify": False,
        "may_edit": True, "comments": (),
        "reviews": (Review("ann", Said.APPROVED, "a" * 40, "2019-04-25T12:00:00Z"),),
        "base_tip": "b" * 40, "open_threads": 2,
        "checks": (
            CIResult("ci", CISource.STATUS, CIState.PENDING, "", ""),
            CIResult(
                "t", CISource.CHECK_RUN, CIState.FAILURE, "", "actions", "timed_out", "push",
                "https://ci/1", "2019-04-25T12:00:00Z", "2019-04-25T12:01:00Z",
            ),
        ),
    }  # fmt: skip
    return PullRequest(**(given | more))


def test_what_was_read_is_known(tmp_path):
    remember_pulls(tmp_path / "state", [pull(1)], 100)
    (one,) = known_pulls(tmp_path / "state").values()
    assert (one.repository, one.number, one.state, one.draft) == ("o/r", 1, PullState.OPEN, True)
    assert one.author == "o"
    assert one.reviews == pull(1).reviews
    assert one.checks == pull(1).checks
    assert (one.base_branch, one.base_tip) == ("main", "b" * 40)
    assert (one.read_at, one.open_threads) == (100, 2)


def test_what_an_older_stacker_remembered_is_known(tmp_path):
    remember_pulls(tmp_path, [pull(1)], 100)
    file = tmp_path / "forge.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    del document["pulls"][0]["open_threads"]
    file.write_text(json.dumps(document), encoding="utf-8")
    (one,) = known_pulls(tmp_path).values()
    assert (one.open_threads, one.reviews) == (None, pull(1).reviews)


def test_each_pull_request_keeps_the_time_of_its_own_reading(tmp_path):
    remember_pulls(tmp_path, [pull(1), pull(2)], 100)
    remember_pulls(tmp_path, [pull(2, state=PullState.MERGED)], 200)
    known = known_pulls(tmp_path)
    assert known["o/r", 1].read_at == 100
    assert (known["o/r", 2].read_at, known["o/r", 2].state) == (200, PullState.MERGED)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"format": 1}', '{"format": 3, "pulls": [{"number": 1}]}']
)
def test_an_unreadable_file_is_nothing_known(tmp_path, content):
    (tmp_path / "forge.json").write_text(content, encoding="utf-8")
    assert known_pulls(tmp_path) == {}
    remember_pulls(tmp_path, [pull(1)], 100)
    assert set(known_pulls(tmp_path)) == {("o/r", 1)}


def test_an_unknown_state_is_not_guessed(tmp_path):
    remember_pulls(tmp_path, [pull(1)], 100)
    file = tmp_path / "forge.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    document["pulls"][0]["reviews"][0][1] = "acclaimed"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert known_pulls(tmp_path) == {}
