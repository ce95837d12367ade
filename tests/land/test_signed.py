"""A coordinator lands with what another machine built: signed, agreed on, and not otherwise."""

from __future__ import annotations

import platform
import re
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import pytest
from keys import new_key
from land_world import CHAIN, GROUP, git, land, reasons
from test_elsewhere import share

SYSTEM = "linux"
HOST = f"{SYSTEM}-vax"
# Fails on the box's platform while a file is there.
CODE = "import os, sys; sys.exit(sys.argv[1] == 'there' and os.path.exists(sys.argv[2]))"


def plan(key, *, signer=True):
    """One platform that only the box builds, one that every machine does."""
    signers = f'[evidence_signers.arm-box]\nkey = "{key[1]}"\nplatforms = ["there"]\n'
    flag = Path(key[0]).with_name("fails").as_posix()
    run = f'["{{python}}", "-c", "{CODE}", "{{platform}}", "{flag}"]'
    return (
        f'{GROUP}[platforms.here]\n[platforms.there]\nhost = "{HOST}"\n'
        'toolchain = ["{python}", "--version"]\n'
        f'[[checks]]\nname = "looks"\nrun = [{run}]\n{signers if signer else ""}'
    )


class Team:
    """The coordinator's series directory, and a box with a clone of home."""

    def __init__(self, world, patch, key):
        self.world, self._patch, self.key = world, patch, key
        world.good("verify", "--trust")
        share(world)
        git(world.root, "clone", "-q", "-b", "main", str(world.root / "home.git"), "box")
        self.box("sync")

    @contextmanager
    def _at_the_box(self, signing):
        with self._patch.context() as patch:
            patch.setattr(platform, "system", lambda: SYSTEM)
            patch.setattr(platform, "machine", lambda: "vax")
            patch.setattr(platform, "node", lambda: "vax-in-the-cellar")
            if signing:
                patch.setenv("STACKER_SIGNING_KEY", str(self.key))
            yield

    def box(self, *words, signing=False):
        """A command at the box; its document."""
        with self._at_the_box(signing):
            return self.world.good(*words, at=self.world.root / "box")

    def built(self, *words, signing=True):
        """The box builds, and home and the coordinator hear of it."""
        done = self.box("verify", "--trust", *words, signing=signing)
        self.box("sync")
        self.world.good("sync")
        return done

    def logs(self):
        """What ran at the coordinator's."""
        return list((self.world.folder / ".stacker" / "logs").glob("*.log"))


@pytest.fixture(scope="session")
def key(tmp_path_factory):
    return new_key(tmp_path_factory.mktemp("keys"), "arm-box")


@pytest.fixture
def team(approved, monkeypatch, key):
    return Team(approved(more=plan(key)), pytest.MonkeyPatch, key[0])


def test_the_coordinator_lands_with_what_the_box_signed(team):
    done = team.built()["results"]
    assert {one["signed_by"] for one in done} == {"arm-box"}
    said = land(team.world, code=5)
    assert said["state"] == "blocked"
    [first, _] = said["reasons"]
    assert (first["who"], first["stage"]) == ("coordinator", "a")
    assert "nobody here has agreed to the signer arm-box (SHA256:" in first["text"]
    assert first["command"] == "stacker land … --trust-signers"
    known = team.world.good("verify")["results"]
    there = [one for one in known if one["platform"] == "there"]
    assert [(r["verdict"], r["origin"], r["shared"], r["signed_by"]) for r in there] == [
        ("passed", "vax-in-the-cellar", True, "arm-box")
    ] * 2
    whose = "looks for there passed at vax-in-the-cellar, signed by arm-box"
    page = team.world._run("status", cwd=team.world.folder).out
    assert page.count("Evidence:") == page.count(f"\nEvidence: {whose} (2 stages).\n") == 1
    before = team.logs()
    ran = land(team.world, "--group", "final", "--trust-signers")
    assert ran["state"] == "landed"
    assert team.logs() == before
    assert len(before) == 2  # of the platform that the box may not vouch for


def test_unsigned_it_is_shown_and_the_landing_says_whose_it_is_and_what_to_do(team):
    team.built(signing=False)
    known = team.world.good("verify")["results"]
    assert {(r["verdict"], r["signed_by"]) for r in known} == {("passed", "")}
    said = land(team.world, "--group", "final", "--trust-signers", code=5)
    [first, second] = said["reasons"]
    assert re.fullmatch(
        rf"looks for there could not run: there counts only on {HOST}; this machine is \S+; passed "
        r"on \d{4}-\d\d-\d\d \(vax-in-the-cellar\) is not counted: nobody signed it; "
        "build it there again, signed",
        first["text"],
    )
    assert first["command"] == "STACKER_SIGNING_KEY=… stacker verify a"
    assert (first["who"], second["stage"]) == ("porter", "b")
    team.built("a", "b")  # as it says, and what was unsigned is built anew
    assert land(team.world)["state"] == "landed"


def test_once_agreed_is_enough_until_the_signer_changes_or_leaves(team, key, tmp_path):
    team.built()
    land(team.world, "--group", "final", "--dry-run", "--trust-signers", code=5)
    said = land(team.world, "--group", "final", "--dry-run", code=5)
    assert (said["state"], said["reasons"]) == ("not-landed", [])
    other = new_key(tmp_path, "thief")[1]
    for changed in (plan(key).replace(key[1], other), plan(key, signer=False)):
        team.world.plan(CHAIN, more=changed)
        said = land(team.world, code=5)
        assert said["state"] == "blocked"
        assert len(said["reasons"]) == 2
        for reason in said["reasons"]:
            assert "its key was taken out of the plan, which called it arm-box" in reason["text"]
            assert reason["command"] == "[evidence_signers] in series.toml"
    team.world.plan(CHAIN, more=plan(key))  # who may push to home puts it back
    said = land(team.world, code=5)
    assert all("nobody here has agreed" in text for _, _, text in reasons(said))
    _change(team.world.folder, "elsewhere")
    said = land(team.world, "--group", "final", "--trust-signers", code=5)
    assert all("its signature does not hold" in text for _, _, text in reasons(said))
    _change(team.world.folder, "vax-in-the-cellar")
    assert land(team.world)["state"] == "landed"


def _change(folder, host):
    """What the box is called in the evidence of others."""
    database = sqlite3.connect(folder / ".stacker" / "evidence.sqlite")
    with database:
        database.execute("UPDATE evidence SET host = ? WHERE shared", [host])
    database.close()


def test_a_failure_that_the_box_signed_blocks_until_it_passed_there(team):
    flag = team.key.with_name("fails")
    flag.touch()
    with pytest.raises(AssertionError):
        team.built()
    flag.unlink()
    team.box("sync")
    team.world.good("sync")
    said = land(team.world, "--group", "final", "--trust-signers", code=5)
    assert [(r["text"], r["command"]) for r in said["reasons"]] == [
        ("looks for there failed (vax-in-the-cellar, signed by arm-box)",
         f"STACKER_SIGNING_KEY=… stacker verify --rerun {stage}") for stage in "ab"
    ]  # fmt: skip
    team.built("--rerun")
    assert land(team.world)["state"] == "landed"
