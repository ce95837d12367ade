"""Pushes: all refs or none, each under a lease, and the outcome is what the server has."""

from __future__ import annotations

import socket

import pytest

from stacker.errors import OutcomeUnknown
from stacker.git.process import Git
from stacker.git.push import Pushed, PushRefused, RefUpdate, push

A, B = "refs/heads/a", "refs/heads/b"


@pytest.fixture
def server(history, tmp_path):
    return history.draw(
        tmp_path / "server.git",
        {"master": [("one", {"f": "1"}), ("two", {"f": "2"})],
         "other": ["one", ("three", {"f": "3"})]},
    )  # fmt: skip


@pytest.fixture
def store(server, tmp_path):
    Git(tmp_path).run("clone", "-q", "--mirror", str(server.path), "store.git")
    return Git(tmp_path / "store.git")


def tip(server, ref):
    return server.git("for-each-ref", "--format=%(objectname)", ref) or None


def test_refs_are_made_moved_and_removed_in_one_step(server, store):
    one, two, three = server["one"], server["two"], server["three"]
    url = str(server.path)
    assert push(store, url, [RefUpdate(A, None, one), RefUpdate(B, None, two)]) == Pushed()
    moves = [RefUpdate(A, one, three), RefUpdate(B, two, None)]
    assert push(store, url, moves) == Pushed()
    assert (tip(server, A), tip(server, B)) == (three, None)
    # Backwards too: the lease, not the direction, is what protects a ref.
    assert push(store, url, [RefUpdate(A, three, one)]) == Pushed()


def test_nothing_to_push_asks_nobody(store):
    assert push(store, "http://127.0.0.1:9/nobody", []) == Pushed()


def test_one_stale_lease_stops_all(server, store):
    one, two, three = server["one"], server["two"], server["three"]
    server.git("update-ref", B, three)
    done = push(store, str(server.path), [RefUpdate(A, None, one), RefUpdate(B, one, two)])
    assert isinstance(done, PushRefused)
    assert "refs/heads/b" in done.words
    assert "stale" in done.words
    assert (tip(server, A), tip(server, B)) == (None, three)


def test_a_ref_that_must_not_be_there_is_not_overwritten(server, store):
    server.git("update-ref", A, server["three"])
    done = push(store, str(server.path), [RefUpdate(A, None, server["two"])])
    assert isinstance(done, PushRefused)
    assert tip(server, A) == server["three"]


def test_what_the_server_has_already_is_done(server, store):
    server.git("update-ref", A, server["two"])
    assert push(store, str(server.path), [RefUpdate(A, None, server["two"])]) == Pushed()


def test_the_servers_own_words_are_kept(server, store):
    hook = server.path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'GH006: Protected branch' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    done = push(store, str(server.path), [RefUpdate(A, None, server["one"])])
    assert done == PushRefused("GH006: Protected branch")


def test_a_server_that_cannot_be_read_leaves_it_unknown(server, store):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/x.git"
        with pytest.raises(OutcomeUnknown) as caught:
            push(store, url, [RefUpdate(A, None, server["one"])])
    assert "127.0.0.1" in caught.value.message
