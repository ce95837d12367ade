"""The seal of the tests holds, and the command line can be run inside it."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import pytest

OUTSIDE = ("192.0.2.1", 80)  # an address kept for documentation; nobody answers there


def test_home_is_empty_and_a_test_s_own(home):
    assert Path.home() == home
    assert list(home.iterdir()) == []
    (home / ".gitconfig").write_text("[user]\n name = somebody\n", encoding="utf-8")


def test_no_git_setting_and_no_token_is_left():
    listed = subprocess.run(["git", "config", "--list"], capture_output=True, check=False)
    assert b"user.name" not in listed.stdout
    assert not {"GITHUB_TOKEN", "GH_TOKEN", "GIT_DIR"} & set(os.environ)


@pytest.mark.parametrize("name", ["connect", "connect_ex"])
def test_nothing_but_loopback_gets_out(name):
    with socket.socket() as client, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        getattr(client, name)(OUTSIDE)


def test_loopback_gets_through():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_does_to_the_environment_is_undone(turn):
    assert os.environ.pop("GIT_AUTHOR_NAME") == "Paul Porter"
    assert os.environ.setdefault("STACKER_FORGE", str(turn)) == str(turn)


def test_commands_run_in_a_folder_with_their_output_kept(run_stacker, tmp_path):
    ran = run_stacker("rebase", "--json", cwd=tmp_path)
    assert ran.code == 1
    assert ran.err == ""
    assert ran.document["error"]["message"]
    assert "Error: " in run_stacker("rebase").err
