"""Signing what `verify` records, and agreeing on whose signatures count."""

from __future__ import annotations

import io
import sqlite3
import sys
from pathlib import Path

import pytest
from keys import new_key, ssh_keygen
from small_series import CHECKS

from stacker import wiring
from stacker.cli.agreeing import agree_on_signers
from stacker.render.terminal import Terminal
from stacker.verify.signers import signers_of


@pytest.fixture
def key(tmp_path):
    return new_key(tmp_path / "keys", "box")


def named(line, more=""):
    return f'\n[evidence_signers.box]\nkey = "{line}"\n{more}'


def recorded(small):
    database = sqlite3.connect(small.folder / ".stacker" / "evidence.sqlite")
    try:
        return database.execute(
            'SELECT clean, signature != "" FROM evidence ORDER BY id'
        ).fetchall()
    finally:
        database.close()


def test_what_is_signed_is_built_in_a_fresh_folder_and_once(small, key, monkeypatch):
    small.append(CHECKS + named(key[1]))
    small.good("verify", "--trust")
    monkeypatch.setenv("STACKER_SIGNING_KEY", str(key[0]))
    done = small.good("verify")
    fingerprint = ssh_keygen("-l", "-f", str(key[0])).split()[1]
    assert done.err.startswith(f"Signed as box ({fingerprint}).\n2 builds to run")
    assert recorded(small) == [(1, 0), (0, 0), (1, 1), (1, 1)]
    again = small.good("verify", "--json").document["results"]
    assert [(r["cached"], r["shared"], r["signed_by"], r["stale"]) for r in again] == [
        (True, False, "box", None)
    ] * 2
    monkeypatch.delenv("STACKER_SIGNING_KEY")
    assert "2 cached" in small.good("verify").err


def test_a_failure_is_signed_as_well_and_another_key_signs_anew(small, key, tmp_path, monkeypatch):
    small.append(CHECKS.replace("bad.txt", "c.txt"))
    monkeypatch.setenv("STACKER_SIGNING_KEY", str(key[0]))
    done = small.run("verify", "--trust")
    assert done.code == 4
    assert "which is no signer of the plan: no landing relies on it" in done.err
    assert "2 cached" in small.run("verify").err
    monkeypatch.setenv("STACKER_SIGNING_KEY", str(new_key(tmp_path, "other")[0]))
    assert "2 builds to run" in small.run("verify").err
    assert recorded(small) == [(1, 1)] * 4


def test_a_key_that_cannot_sign_is_told_before_anything_is_built(small, tmp_path, monkeypatch):
    small.append(CHECKS)
    path, _ = new_key(tmp_path, "locked", passphrase="secret")
    for file, said in ((path, "cannot sign"), (tmp_path / "none", "there is no key")):
        monkeypatch.setenv("STACKER_SIGNING_KEY", str(file))
        done = small.run("verify", "--trust")
        assert (done.code, done.out) == (1, "")
        assert said in done.err
        assert not (small.folder / ".stacker" / "logs").exists()
    assert small.good("verify", "--why").out.count("has never run") == 2


def test_no_build_is_told_where_the_key_is(small, key, monkeypatch):
    small.append(
        '\n[[checks]]\nname = "looks"\nenv = ["STACKER_SIGNING_KEY", "SEEN"]\n'
        'run = ["{python}", "-c", "import os; print(*os.environ.items())"]\n'
    )
    monkeypatch.setenv("STACKER_SIGNING_KEY", str(key[0]))
    monkeypatch.setenv("SEEN", "seen it")
    results = small.good("verify", "--trust", "--json").document["results"]
    log = Path(results[0]["log"]).read_text(encoding="utf-8")
    assert "seen it" in log
    assert key[0].name not in log.replace(str(small.folder), "")
    assert "SIGNING" not in log


class Person(io.StringIO):
    """A terminal with somebody at it."""

    def isatty(self):
        return True


@pytest.mark.parametrize(("answer", "agreed"), [("y\n", True), ("\n", False), ("", False)])
def test_a_person_sees_the_keys_and_is_asked_once(small, key, monkeypatch, answer, agreed):
    small.append("\n[platforms.arm]\n" + named(key[1], 'platforms = ["arm"]'))
    said = Person()
    monkeypatch.setattr(sys, "stdin", Person(answer))
    monkeypatch.setattr(sys, "stderr", said)
    with wiring.workspace(small.folder) as work:
        for _ in range(2):
            agree_on_signers(Terminal(json_only=False, quiet=False), work, trust=False)
        assert [one.agreed for one in signers_of(work.directory.state, work.plan).named] == [agreed]
    fingerprint = ssh_keygen("-l", "-f", str(key[0])).split()[1]
    assert f"  box  {fingerprint}  for arm\n" in said.getvalue()
    assert said.getvalue().count("[y/N]") == (1 if agreed else 2)


def test_without_a_person_nobody_agrees(small, key):
    small.append(named(key[1]))
    with wiring.workspace(small.folder) as work:
        agree_on_signers(Terminal(json_only=False, quiet=False), work, trust=False)
        assert not signers_of(work.directory.state, work.plan).named[0].agreed
        agree_on_signers(Terminal(json_only=True, quiet=False), work, trust=True)
        assert signers_of(work.directory.state, work.plan).named[0].agreed
