"""Every file stacker writes has a form: older ones are read, newer ones are refused with a way out.

`formats/` has what the first stacker wrote, taken from this repository's own history.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from world import begin

from stacker.doctor.formats import examine_formats
from stacker.edit.place import all_opened
from stacker.errors import UPGRADE, NewerFormat
from stacker.evidence import sharing
from stacker.evidence.store import VERSION, EvidenceStore
from stacker.hub.state import connect
from stacker.land.intent import from_data
from stacker.land.journal import Journal
from stacker.resolve.folder import read_note
from stacker.series.directory import SeriesDirectory
from stacker.series.lock import parse, serialise
from stacker.series.plan.reading import parse_plan
from stacker.series.resolutions import resolution
from stacker.submit import intents

OLDEST = Path(__file__).parent / "formats"
PLAN = "[series]\nname = 's'\n[repositories.main]\nupstream = './up'\n"


def refused(ask, *given):
    with pytest.raises(NewerFormat, match="newer stacker") as caught:
        ask(*given)
    assert caught.value.hint == UPGRADE
    assert "pipx upgrade patch-stacker" in UPGRADE


def test_the_oldest_lock_is_read_and_the_next_write_upgrades_it():
    raw = (OLDEST / "lock-1.txt").read_bytes()
    lock = parse(raw)
    assert [line.stage for line in lock.stages][:3] == ["openssl", "libffi", "openssl-arm"]
    assert lock.stage("build").published.below == "0e4e9d1334cd926a6f6de57ade21b1b94780a627"
    written = serialise(lock)
    assert written != raw  # there was no line between stages then
    assert parse(written) == lock
    assert written.replace(b"\n\n", b"\n") == raw.replace(b"\n\n", b"\n")


def test_a_lock_without_a_number_is_of_the_first_form():
    raw = (OLDEST / "lock-1.txt").read_bytes()
    assert parse(raw.replace(b"format = 1\n", b"")) == parse(raw)


def test_the_oldest_plan_is_read():
    plan = parse_plan((OLDEST / "plan-1.txt").read_text(encoding="utf-8"), "series.toml")
    assert plan.format == 1
    assert plan.groups[0].name == "final"


def test_a_newer_plan_is_refused_before_its_keys_are_called_mistakes():
    newer = PLAN.replace("name", "format = 2\nmood = 'new'\nname", 1)
    refused(parse_plan, newer, "series.toml")


def test_a_plan_may_say_its_form():
    assert parse_plan(PLAN.replace("name", "format = 1\nname", 1), "series.toml").format == 1


def test_a_newer_lock_is_refused():
    raw = (OLDEST / "lock-1.txt").read_bytes()
    refused(parse, raw.replace(b"format = 1", b"format = 2"))


def test_newer_evidence_from_home_is_refused():
    text = json.dumps({"format": 99}).encode()
    refused(sharing.read, sharing.name_of(text), text)


def test_a_newer_resolution_is_refused():
    refused(resolution.parse, b'format: "2"\nstage: "s"\n\nsolved', "resolutions/s/x")


def test_newer_notes_of_unfinished_work_are_refused(tmp_path):
    for name in ("edit/a", "resolve/a"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / ".git").touch()
    newer = json.dumps({"format": 2})
    (tmp_path / "edit" / "a.json").write_text(newer, encoding="utf-8")
    (tmp_path / "resolve" / "a.conflict.json").write_text(newer, encoding="utf-8")
    (tmp_path / "submit.json").write_text(newer, encoding="utf-8")
    refused(all_opened, tmp_path)
    refused(read_note, tmp_path, "a")
    refused(intents.read, tmp_path)


def test_a_newer_landing_of_others_is_not_believed():
    with pytest.raises(ValueError, match="newer"):
        from_data({"format": 2, "members": []})


def test_newer_databases_are_refused_and_the_doctor_names_them(tmp_path):
    state = tmp_path / ".stacker"
    (state / "hub").mkdir(parents=True)
    EvidenceStore(state / "evidence.sqlite").close()
    Journal(state, int).close()
    with connect(state / "hub"):
        pass
    directory = SeriesDirectory(tmp_path)
    [fine] = examine_formats(directory)
    assert (fine.health, fine.message) == ("ok", "this stacker knows all that is written here")

    set_format(state / "evidence.sqlite", VERSION - 1)
    [old] = examine_formats(directory)
    assert old.message.startswith(f"evidence.sqlite is of format {VERSION - 1}; the next command")

    for name in ("evidence.sqlite", "landings.sqlite", "hub/hub.sqlite"):
        set_format(state / name, 99)
    refused(EvidenceStore, state / "evidence.sqlite")
    refused(Journal, state, int)
    refused(connect(state / "hub").__enter__)
    assert [(one.health, one.hint) for one in examine_formats(directory)] == [
        ("problem", UPGRADE)
    ] * 3


def set_format(path, number):
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version = {number}")


def test_a_newer_line_of_versions_is_refused(run_stacker, history, tmp_path):
    upstream = history.draw(
        tmp_path / "up",
        {"master": [("start", {"a": "a\n"})], "port": ["start", ("x", {"b": "b\n"})]},
    )
    world = begin(run_stacker, tmp_path, upstream, (f"{upstream['start']}..port", "--stage", "x"))
    tree = world.git("rev-parse", "refs/stacker/head^{tree}")
    newer = world.git("commit-tree", tree, "-m", "rebase: x\n\nFormat: 2\nVersion: 7\n")
    world.git("update-ref", "refs/stacker/head", newer)
    ran = run_stacker("rebase", "--fetch", cwd=world.home)
    assert ran.code == 1
    assert UPGRADE in ran.err
