"""`status` as people and scripts see it."""

from __future__ import annotations

import json
import re
import shutil

import jsonschema
import pytest
import tomlkit
from small_series import CHECKS

from stacker.forge.github import GitHub
from stacker.forge.pace import Pace
from stacker.series.plan.reading import parse_plan


def state_of(small):
    """Every file of the series but loose objects, with its content."""
    return {
        path.relative_to(small.folder): path.read_bytes()
        for path in small.folder.rglob("*")
        if path.is_file() and "objects" not in path.parts
    }


def stages(small):
    return {one["id"]: one for one in small.good("status", "--json").document["stages"]}


def test_a_new_series_says_how_to_fill_it(tmp_path, history, run_stacker):
    history.draw(tmp_path / "up.git", {"main": [("start", {"a": "1\n"})]})
    run_stacker("init", "s", "--upstream", tmp_path / "up.git")
    done = run_stacker("status", cwd=tmp_path / "s")
    assert done.code == 0
    assert "no stages yet" in done.out
    assert done.out.endswith("Next: stacker import BASE..TIP --from CLONE --stage-per-commit\n")


def test_the_document_says_where_the_series_stands(small):
    document = small.good("status", "--json").document
    start = small.upstream["start"]
    assert document["series"] == document["title"] == "series"
    assert document["version"] == 1
    assert document["bases"] == {"upstream": start}
    assert document["upstream"]["upstream"]["tip"] == start
    assert document["upstream"]["upstream"]["ahead"] == 0
    assert [one["id"] for one in document["stages"]] == ["first-thing", "second-thing"]
    assert document["edits"] == document["unfinished"] == document["groups"] == []
    assert document["next"] is None


def test_it_changes_nothing(small):
    before = state_of(small)
    small.good("status")
    assert state_of(small) == before


def test_upstreams_new_commits_are_counted_once_they_are_known(small):
    small.upstream.add("main", ("drift", {"z.txt": "1\n"}), ("more drift", {"z.txt": "2\n"}))
    assert "upstream the same" in small.good("status").out
    small.good("rebase")
    small.good("undo")
    done = small.good("status")
    assert "upstream 2 ahead" in done.out
    assert done.out.endswith("Next: stacker rebase     (2 new commits)\n")


def test_a_stopped_rebase_shows_where(small):
    tip = small.upstream.add("main", ("clash", {"a.txt": "three\n"}))
    assert small.run("rebase").code == 3
    done = small.good("status")
    assert "1  first-thing   -  waits for you: conflict" in done.out
    assert "2  second-thing  -  waits for first-thing" in done.out
    assert f"Next: stacker resolve first-thing     (rebase to {tip[:7]} stopped" in done.out
    document = small.good("status", "--json").document
    assert document["stopped"] == {
        "targets": {"upstream": tip}, "stages": ["first-thing"], "edit": None,
    }  # fmt: skip
    assert [one["status"] for one in document["stages"]] == ["conflict", "blocked"]
    assert document["stages"][1]["stopped_on"] == "first-thing"


def test_open_folders_are_listed_and_come_next(small):
    edited = json.loads(small.good("edit", "second-thing", "--json").out)["folder"]
    done = small.good("status")
    assert f"Open: {edited}\n      stacker edit second-thing --done -m WHY\n" in done.out
    assert "Next: stacker edit second-thing --done -m WHY     (its folder is open)" in done.out
    small.upstream.add("main", ("clash", {"a.txt": "three\n"}))
    small.run("rebase")
    assert "Next: stacker resolve first-thing " in small.good("status").out
    solved = json.loads(small.good("resolve", "--json").out)["folder"]
    document = small.good("status", "--json").document
    assert [(one["verb"], one["folder"], one["command"]) for one in document["open"]] == [
        ("resolve", solved, "stacker resolve first-thing --done"),
        ("edit", edited, "stacker edit second-thing --done -m WHY"),
    ]
    assert document["next"]["command"] == "stacker resolve first-thing --done"
    small.good("rebase", "--abort")
    document = small.good("status", "--json").document
    assert document["open"][0]["command"] == "stacker resolve first-thing --abort"
    small.good("resolve", "--abort")
    small.good("edit", "--abort")
    assert small.good("status", "--json").document["open"] == []


def test_what_landed_is_shown_as_landed(small):
    commit = small.upstream.add("main", ("took it", {"a.txt": "two\n"}))
    small.good("rebase")
    assert f"landed {commit[:7]}" in small.good("status").out
    assert stages(small)["first-thing"]["landing"] == commit


def test_evidence_counts_what_must_pass(small):
    small.append(CHECKS)
    evidence = stages(small)["first-thing"]["evidence"]
    assert evidence.pop("matrix") == [
        {
            "check": "no-bad-file", "platform": "local", "required": True, "state": "missing",
            "reason": "has never run", "by": "", "command": "stacker verify first-thing",
            "signed_by": "", "evidence": None,
        }
    ]  # fmt: skip
    assert evidence == {"passed": 0, "required": 1, "failing": [], "stale": []}
    small.good("verify", "--trust")
    done = small.good("status")
    assert "1/1" in done.out
    assert "0/1" not in done.out
    done = small.good("status", "second-thing")
    assert done.out.startswith("second-thing  -  local  1/1\n  no-bad-file  local  passed  ")
    document = small.good("status", "second-thing", "--json").document
    assert [one["id"] for one in document["stages"]] == ["second-thing"]
    assert "did you mean" in small.run("status", "secnd-thing").err.lower()
    assert small.run("status", "second-thing", "--plan").code == 2


def test_a_failed_check_is_named(small):
    small.append(CHECKS.replace("bad.txt", "c.txt"))
    assert small.run("verify", "--trust").code == 4
    done = small.good("status")
    assert "0/1  no-bad-file for local failed" in done.out
    assert "Next: stacker verify second-thing" in done.out


def test_edits_by_hand_are_named(small):
    patch = next((small.folder / "patches" / "second-thing").iterdir())
    patch.write_bytes(patch.read_bytes().replace(b"second thing", b"another thing"))
    before = state_of(small)
    done = small.good("status")
    assert "Edited by hand: patches of second-thing were edited." in done.out
    assert state_of(small) == before


@pytest.mark.parametrize("with_store", [True, False])
def test_a_renamed_stage_is_the_same_stage(small, with_store):
    plan = small.folder / "series.toml"
    text = plan.read_text(encoding="utf-8").replace(
        'id = "second-thing"', 'id = "other"\nwas = "second-thing"'
    )
    plan.write_text(text, encoding="utf-8", newline="\n")
    if not with_store:
        shutil.rmtree(small.folder / ".stacker")
    document = small.good("status", "--json").document
    assert [one["id"] for one in document["stages"]] == ["first-thing", "other"]
    assert document["stages"][1]["patches"] == 1
    assert document["edits"] == (["second-thing is other now"] if with_store else [])


def test_a_fresh_clone_is_told_from_plan_and_lock_alone(small, tmp_path, run_stacker):
    clone = tmp_path / "clone"
    shutil.copytree(small.folder, clone, ignore=shutil.ignore_patterns(".stacker"))
    shutil.rmtree(small.upstream.path)
    done = run_stacker("status", cwd=clone)
    assert done.code == 0
    assert "This clone has no objects yet" in done.out
    assert "Next: stacker rebase" in done.out
    assert not (clone / ".stacker").exists()


def test_a_fresh_clone_sees_edits_too(small, tmp_path, run_stacker):
    clone = tmp_path / "clone"
    shutil.copytree(small.folder, clone, ignore=shutil.ignore_patterns(".stacker"))
    shutil.rmtree(clone / "patches" / "second-thing")
    document = run_stacker("status", "--json", cwd=clone).document
    assert document["edits"] == ["patches of second-thing were edited"]


@pytest.mark.parametrize("with_store", [True, False])
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (b"\n<<<<<<< HEAD\n", "series.lock has conflict markers in it"),
        (b"\nnonsense\n", "series.lock is damaged"),
    ],
)
def test_a_damaged_lock_is_explained(small, damage, message, with_store):
    with (small.folder / "series.lock").open("ab") as file:
        file.write(damage)
    if not with_store:
        shutil.rmtree(small.folder / ".stacker")
    done = small.run("status", "--json")
    assert done.code == 1
    assert message in done.document["error"]["message"]
    assert done.document["error"]["hint"]


def test_a_bad_plan_is_all_that_is_said(small):
    small.append("\n[[stages]]\nid = 'first-thing'\n")
    done = small.run("status")
    assert done.code == 1
    assert "series.toml:" in done.err


def test_an_interrupted_submit_is_unfinished(submitted):
    row = {"repository": "proj", "stage": "first-thing", "head": "1" * 40, "base": "2" * 40,
           "version": 1, "branch": "b", "below": None}  # fmt: skip
    file = submitted.folder / ".stacker" / "submit.json"
    file.write_text(json.dumps([row]), encoding="utf-8")
    assert "Unfinished: a submit is unfinished." in submitted.good("status").out


def test_what_the_forge_said_is_remembered(submitted, hub):
    assert stages(submitted)["first-thing"]["review"]["approved_by"] == []  # as submit left it
    with GitHub(hub.api, "rita-token", pace=Pace(here=True)) as rita:
        head = rita.pull("up/proj", 1).head
        proj = rita._connection.github.get_repo("up/proj")
        for number, path, said in ((2, "c.txt", ("Why?", "And why this?")), (1, "a.txt", ("Hm.",))):
            pull = proj.get_pull(number)
            for text in said:
                pull.create_review_comment(text, proj.get_commit(pull.head.sha), path, line=1)
        pull.create_review(body="fine", event="APPROVE")
    submitted.good("status", "--refresh")
    hub.stop()
    done = submitted.good("status")
    assert re.search("#1  approved by rita +1 open thread\n", done.out)
    assert "#2  waits for you: 2 open threads\n" in done.out
    assert "forge read just now" in done.out
    one, other = stages(submitted).values()
    assert (one["review"]["open_threads"], other["review"]["open_threads"]) == (1, 2)
    assert other["waits_for"] == "you"
    assert one["head"] == head
    assert one["review"]["approved_by"] == ["rita"]
    assert one["ready"] is True
    assert one["url"].endswith("/up/proj/pull/1")
    assert done.out.endswith("Next: stacker land first-thing     (it is approved)\n")


def test_a_pull_request_that_is_gone_is_named(submitted):
    lock = submitted.folder / "series.lock"
    lock.write_bytes(lock.read_bytes().replace(b"pull = 2", b"pull = 77"))
    assert "the forge shows no up/proj#77" in submitted.good("status", "--refresh").err


def test_without_refresh_nobody_is_asked(submitted, hub, monkeypatch):
    hub.stop()
    monkeypatch.delenv("GITHUB_TOKEN")
    (submitted.folder / ".stacker" / "forge.json").unlink()
    done = submitted.good("status")
    assert "submitted" in done.out
    assert "forge not read" in done.out


def test_the_plan_as_understood(small):
    text = small.good("status", "--plan").out
    written = (small.folder / "series.toml").read_text(encoding="utf-8")
    assert parse_plan(text, "p") == parse_plan(written, "p")
    assert small.good("status", "--plan", "--json").document == {"plan": text.rstrip("\n") + "\n"}


def test_the_schema_of_plans(run_stacker, small):
    schema = json.loads(run_stacker("status", "--schema").out)
    written = (small.folder / "series.toml").read_text(encoding="utf-8")
    jsonschema.validate(tomlkit.parse(written).unwrap(), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"series": {}}, schema)


def test_only_one_thing_can_be_asked_for(small):
    assert small.run("status", "--plan", "--refresh").code == 2


def test_the_doctor_ends_with_the_worst_it_found(small):
    assert small.run("doctor").code == 0
    (small.folder / ".gitattributes").unlink()
    done = small.run("doctor", "--json")
    assert done.code == 1
    found = {one["name"]: one for one in done.document["checks"]}
    assert found["attributes"]["state"] == "problem"
    assert set(found["attributes"]) == {"name", "state", "message", "hint"}
