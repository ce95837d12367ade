from __future__ import annotations

import shutil

import pytest
import small_series

from stacker import wiring
from stacker.doctor.finding import Health, ok
from stacker.doctor.flow import examine
from stacker.doctor.leftovers import examine_leftovers
from stacker.git.process import Git
from stacker.series.directory import SeriesDirectory

CLEAN = ok("leftovers", "nothing was left half done")


def found(directory, reach=None):
    """What is not well, by name."""
    return {one.name: one for one in examine(directory, reach) if one.health is not Health.OK}


def test_a_series_that_is_well(directory):
    assert found(directory, wiring.reach) == {}


def test_a_bad_plan_is_shown_with_its_places_and_ends_the_examination(small, directory):
    small.append("\n[[stages]]\nid = 'third'\nneeds = ['frist-thing']\n")
    bad = found(directory, wiring.reach)
    assert set(bad) == {"plan"}
    assert "series.toml:" in bad["plan"].hint
    assert "first-thing" in bad["plan"].hint  # did you mean


@pytest.mark.parametrize("rules", [None, "", "* text=auto\n", "patches/** -text\n"])
def test_git_may_convert_patches(directory, rules):
    file = directory.root / ".gitattributes"
    file.unlink()
    if rules is not None:
        file.write_text(rules, encoding="utf-8")
    assert found(directory)["attributes"].health is Health.PROBLEM


def test_other_words_for_the_same_rules_will_do(directory):
    (directory.root / ".gitattributes").write_text("* -text\n", encoding="utf-8")
    assert "attributes" not in found(directory)


def test_a_folder_without_git_is_a_warning(directory):
    shutil.rmtree(directory.root / ".git")
    assert found(directory)["attributes"].health is Health.WARNING


def test_a_converted_patch_is_named(directory):
    patch = next((directory.root / "patches" / "first-thing").iterdir())
    patch.write_bytes(patch.read_bytes().replace(b"\n", b"\r\n"))
    bad = found(directory)
    assert set(bad) == {"line ends", "lock"}  # not the patches once more
    assert bad["line ends"].message == f"they came with CR LF: patches/first-thing/{patch.name}"
    assert "COMMIT" in bad["line ends"].hint


def test_what_a_checkout_converted_is_healed_by_the_commands_that_are_told(directory, tmp_path):
    rules = (directory.root / ".gitattributes").read_bytes()
    (directory.root / ".gitattributes").unlink()
    git = Git(directory.root)
    git.run("add", "-A")
    who = (("user.name", "A"), ("user.email", "a@example.org"))
    git.run("commit", "-q", "-m", "all", config=who)
    windows = (("core.autocrlf", "true"),)
    git.run("clone", "-q", ".", str(tmp_path / "clone"), config=windows)
    clone = SeriesDirectory(tmp_path / "clone")
    bad = found(clone)
    assert bad["attributes"].health is Health.PROBLEM
    assert bad["line ends"].message.startswith("a checkout made them CR LF: patches/first-thing/")
    (clone.root / ".gitattributes").write_bytes(rules)
    for command in found(clone)["line ends"].hint.splitlines():
        Git(clone.root).run(*command.split()[1:], config=windows)
    assert clone.patches("first-thing") == directory.patches("first-thing")
    assert "line ends" not in found(clone)


def test_a_damaged_lock(directory):
    directory.lock_file.write_bytes(b"<<<")
    assert found(directory)["lock"].health is Health.PROBLEM


def test_edits_by_hand_are_a_warning(directory):
    shutil.rmtree(directory.root / "patches" / "second-thing")
    one = found(directory)["lock"]
    assert one.health is Health.WARNING
    assert "second-thing" in one.message


def test_a_fresh_clone_is_a_warning(directory):
    shutil.rmtree(directory.state)
    bad = found(directory, wiring.reach)
    assert {name: one.health for name, one in bad.items()} == {"store": Health.WARNING}


def test_a_store_without_the_base(directory, small):
    lock = directory.lock_file.read_text(encoding="utf-8")
    base = small.upstream["start"]
    directory.lock_file.write_text(lock.replace(base, "1" * 40), encoding="utf-8")
    assert "lacks the base of upstream" in found(directory)["store"].message


def test_a_store_that_lost_an_object(directory, small):
    tree = small.upstream.git("rev-parse", f"{small.upstream['start']}:a.txt")
    loose = directory.store / "objects" / tree[:2] / tree[2:]
    if loose.exists():
        loose.unlink()
    else:
        for pack in (directory.store / "objects" / "pack").iterdir():
            pack.unlink()
    assert found(directory)["store"].health is not Health.OK


def test_leftovers_say_which_command_finishes_them(directory, small):
    small.upstream.add("main", ("clash", {"a.txt": "three\n"}))
    assert small.run("rebase").code == 3
    one = found(directory)["leftovers"]
    assert one.health is Health.WARNING
    assert "stacker status" in one.hint


def test_what_a_killed_verify_left(directory, small, tmp_path, monkeypatch):
    monkeypatch.setenv("STACKER_WORK", str(tmp_path / "w"))
    small.append(small_series.CHECKS)
    small.good("verify", "--trust")
    (mark,) = (tmp_path / "w").glob("*/*/stands")
    lanes = mark.parents[1]
    assert list(examine_leftovers(directory, lanes)) == [CLEAN]
    mark.unlink()
    (directory.state / "builds").mkdir()
    (directory.state / "logs" / "x.part").touch()
    lane = mark.parent.as_posix()
    [said] = examine_leftovers(directory, lanes)
    assert (said.health, said.message) == (
        Health.WARNING,
        f"a verify was killed and left builds, {lane}, logs/x.part, or one runs now",
    )
    pruned = small.good("doctor", "--prune", "--json").document
    assert pruned["leftovers"] == ["builds", lane, "logs/x.part"]
    assert list(examine_leftovers(directory, lanes)) == [CLEAN]
    assert list(directory.state.glob("logs/*.log"))
    assert small.good("doctor", "--prune", "--json").document["leftovers"] == []


def test_a_coordinator_hears_what_this_machine_lacks(small, monkeypatch, tmp_path):
    small.append(small_series.CHECKS)
    monkeypatch.setenv("STACKER_SIGNING_KEY", str(tmp_path / "no-key"))
    done = small.run("doctor", "--json", "--for", "land")
    said = {one["name"]: one for one in done.document["checks"]}
    assert done.code == 1
    assert said["trust"]["hint"].endswith(": stacker verify --trust")
    assert said["signing key"]["state"] == "problem"
    assert small.run("doctor", "--prune", "--for", "land").code == 2


def test_files_that_a_killed_command_did_not_write(directory):
    (directory.state / "written").write_text("0" * 40 + "\n", encoding="ascii")
    assert "files" in found(directory)


def test_an_upstream_that_is_gone(directory, small):
    shutil.rmtree(small.upstream.path)
    assert found(directory, wiring.reach)["upstream upstream"].health is Health.PROBLEM


def test_a_branch_that_is_gone(directory, small):
    small.upstream.git("branch", "-m", "main", "trunk")
    one = found(directory, wiring.reach)["upstream upstream"]
    assert "'main'" in one.message


def test_without_asking_nobody_is_missed(directory, small):
    shutil.rmtree(small.upstream.path)
    assert found(directory) == {}
