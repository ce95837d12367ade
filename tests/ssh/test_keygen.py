"""Signatures by real ssh-keygen: what holds, what does not, and that nobody is ever asked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from keys import new_key

from stacker.errors import StackerError
from stacker.ssh.keygen import signing_key, verify
from stacker.ssh.public_key import public_key

NAME, TEXT = "stacker-evidence", b"what is signed\n"


@pytest.fixture
def key(tmp_path):
    path, _ = new_key(tmp_path, "box")
    return signing_key(path, NAME)


def test_a_signature_holds_for_its_key_its_text_and_its_namespace(key, tmp_path):
    _, other = new_key(tmp_path, "other")
    signed = key.sign(NAME, TEXT)
    assert verify(key.public, NAME, TEXT, signed) == ""
    assert verify(key.public, NAME, TEXT + b"!", signed)
    assert verify(key.public, "git", TEXT, signed)
    assert verify(public_key(other), NAME, TEXT, signed)
    assert verify(key.public, NAME, TEXT, key.sign("git", TEXT))
    assert verify(key.public, NAME, TEXT, "")


def test_a_key_of_another_kind_signs_as_well(tmp_path):
    path, text = new_key(tmp_path, "box", kind="ecdsa")
    key = signing_key(path, NAME)
    assert key.public == public_key(text)
    assert verify(key.public, NAME, TEXT, key.sign(NAME, TEXT)) == ""


def test_a_key_with_a_passphrase_asks_nobody(tmp_path, monkeypatch):
    path, _ = new_key(tmp_path, "box", passphrase="secret")
    asked = tmp_path / "asked"
    helper = tmp_path / "helper"
    helper.write_text(f"#!/bin/sh\ntouch {asked}\necho secret\n", encoding="utf-8", newline="\n")
    helper.chmod(0o700)
    monkeypatch.setenv("SSH_ASKPASS", str(helper))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    monkeypatch.setenv("DISPLAY", ":0")
    with pytest.raises(StackerError, match=r"cannot sign: .*passphrase") as caught:
        signing_key(path, NAME)
    assert "ssh-agent" in caught.value.hint
    assert not asked.exists()


def test_what_is_no_key_says_so(tmp_path):
    with pytest.raises(StackerError, match="there is no key"):
        signing_key(tmp_path / "none", NAME)
    new_key(tmp_path, "box")
    (tmp_path / "text").write_text("no key\n", encoding="utf-8")
    (tmp_path / "box").unlink()
    for name in ("text", "box.pub"):
        with pytest.raises(StackerError, match="cannot sign: "):
            signing_key(tmp_path / name, NAME)


@pytest.mark.skipif(os.name != "posix", reason="on Windows the agent is a service")
def test_the_agent_signs_for_a_public_key(tmp_path, monkeypatch):
    path, text = new_key(tmp_path, "box")
    with tempfile.TemporaryDirectory() as short:  # a socket's path may not be long
        agent = subprocess.Popen(
            ["ssh-agent", "-D", "-a", f"{short}/s"], stdout=subprocess.PIPE, text=True
        )
        try:
            agent.stdout.readline()  # it says where it listens, once it does
            monkeypatch.setenv("SSH_AUTH_SOCK", f"{short}/s")
            subprocess.run(["ssh-add", "-q", str(path)], check=True)
            path.unlink()
            key = signing_key(path.with_name("box.pub"), NAME)
            assert key.public == public_key(text)
            assert verify(key.public, NAME, TEXT, key.sign(NAME, TEXT)) == ""
        finally:
            agent.kill()
            agent.communicate()


@pytest.mark.skipif(os.name != "posix", reason="a script stands for a program")
def test_another_ssh_keygen_or_none_is_told_apart(key, tmp_path, monkeypatch):
    signed = key.sign(NAME, TEXT)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackerError, match="ssh-keygen was not found"):
        verify(key.public, NAME, TEXT, signed)
    with pytest.raises(StackerError, match="was not found") as caught:
        signing_key(key.path, NAME)
    assert "OpenSSH 8.2" in caught.value.hint
    script = tmp_path / "ssh-keygen"
    script.write_text(
        f"#!{shutil.which('sh', path=os.defpath) or sys.executable}\n"
        "echo 'unknown option -- Y' >&2\necho 'usage: ssh-keygen [-q]' >&2\nexit 1\n",
        encoding="utf-8", newline="\n",
    )  # fmt: skip
    script.chmod(0o700)
    with pytest.raises(StackerError, match="too old to know signatures"):
        verify(key.public, NAME, TEXT, signed)


def test_nothing_is_left_behind(key, tmp_path, monkeypatch):
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    verify(key.public, NAME, TEXT, key.sign(NAME, TEXT))
    assert list(Path(folder).iterdir()) == []
