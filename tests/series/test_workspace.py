"""Upstream's tip is fetched when it is another one, and only then."""

from __future__ import annotations

import shutil

import pytest

from stacker.errors import GitError
from stacker.series.workspace import Upstream, fetch_tip, known_tip, open_store


@pytest.fixture
def upstream(tmp_path, history):
    return history.draw(tmp_path / "up", {"main": [("one", {"a": "1"}), ("two", {"a": "2"})]})


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "store.git") as store:
        yield store


@pytest.mark.parametrize("branch", ["main", None])
@pytest.mark.parametrize("how", ["{}", "file://{}"])
def test_the_tip_is_followed_wherever_it_goes(store, upstream, branch, how, fetches):
    named = Upstream("up", how.format(upstream.path.as_posix()), branch)
    assert known_tip(store, named) is None
    seen = []
    for go in (lambda: None, lambda: None, lambda: upstream.add("main", ("three", {"a": "3"})),
               lambda: upstream.git("update-ref", "refs/heads/main", upstream["one"]),
               lambda: None):  # fmt: skip
        go()
        tip = upstream.git("rev-parse", "main")
        assert fetch_tip(store, named) == tip == known_tip(store, named)
        seen.append(len(fetches))
    assert seen == ([1, 1, 2, 3, 3] if how == "{}" else [1, 2, 3, 4, 5])


@pytest.fixture
def fetches(monkeypatch):
    """The fetches that were made."""
    from stacker.git import transfer  # noqa: PLC0415 - what is listened to

    made = []

    def listened(fetch):
        return lambda *given, **more: made.append(given) or fetch(*given, **more)

    for name in ("fetch", "fetch_if_small"):
        monkeypatch.setattr(transfer, name, listened(getattr(transfer, name)))
    return made


def test_an_upstream_that_is_gone_is_told_by_git(store, upstream):
    named = Upstream("up", str(upstream.path), "main")
    fetch_tip(store, named)
    shutil.rmtree(upstream.path)
    with pytest.raises(GitError, match="fetch from"):
        fetch_tip(store, named)


def test_a_branch_that_is_gone_is_told_by_git(store, upstream):
    fetch_tip(store, Upstream("up", str(upstream.path), "main"))
    with pytest.raises(GitError, match="none"):
        fetch_tip(store, Upstream("up", str(upstream.path), "none"))
