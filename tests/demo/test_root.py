"""What lies at the root of the repository is a series directory that works, in a fresh clone."""

from __future__ import annotations

import pytest

from stacker import wiring
from stacker.demo import flagship
from stacker.series.loading import load
from stacker.series.versions import ondisk


@pytest.fixture
def fresh(tmp_path, run_stacker, monkeypatch):
    """A copy of the flagship's files with nothing beside them, and commands run in it."""
    folder = tmp_path / "clone"
    flagship.copy_to(folder)

    def run(*arguments, who="paulmon"):
        monkeypatch.setenv("STACKER_DEMO_USER", who)
        return run_stacker(*arguments, cwd=folder)

    run.folder = folder
    return run


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".stacker" not in path.parts
    }


def test_the_commands_of_the_readme_do_real_work(fresh):
    before = files(fresh.folder)
    ran = fresh("status")
    assert ran.code == 0
    assert "win-arm32" in ran.out
    ran = fresh("--json", "rebase")
    assert ran.code == 3
    by_id = {stage["id"]: stage for stage in ran.document["stages"]}
    [conflict] = by_id["ctypes"]["conflicts"]
    assert conflict["path"] == "Modules/_ctypes/callproc.c"
    assert by_id["library"]["status"] == "blocked"
    assert files(fresh.folder) == before  # nothing moves with a conflict
    ran = fresh("--json", "submit")
    assert ran.code == 0
    assert len(ran.document["pulls"]) == 7
    assert fresh("--json", "submit").document["actions"] == []
    ran = fresh("land", "--group", "final", who="zooba")
    assert ran.code == 5
    assert ran.out.startswith("Blocked: final cannot land; nothing was changed.\n")
    heads = [line.strip() for line in ran.out.splitlines() if line.endswith(":")]
    assert set(heads) == {"coordinator:", "reviewer:"}
    assert len(heads) == len(set(heads))
    assert "openssl (#1) must land first   -> stacker land openssl" in ran.out
    assert ran.out.count("0 of 1 approvals") == 4
    assert "conflicts with" not in ran.out
    assert fresh("--json", "land", "--group", "final").document["state"] == "blocked"
    assert before.keys() == files(fresh.folder).keys()
    assert [name for name, raw in files(fresh.folder).items() if before[name] != raw] == [
        "series.lock"
    ]


def test_the_lock_fits_the_patches(fresh):
    """Read by the engine, the root's files are one version and no edit of it."""
    before = files(fresh.folder)
    with wiring.workspace(fresh.folder) as work:
        series = work.load()
        assert series.edits == ()
        assert [line.stage for line in series.lock.stages] == list(series.plan.order)
        again = load(ondisk.found(work.store, work.directory), work.store, work.plan)
    assert again.lock == series.lock
    ran = fresh("--json", "rebase", "--no-fetch", "--onto", series.lock.bases["cpython"])
    assert ran.code == 0
    assert ran.document["version"] == 1
    assert files(fresh.folder) == before


def test_no_token_is_left_lying(fresh):
    assert fresh("--json", "submit").code == 0
    told = [
        path for path in fresh.folder.rglob("*") if path.is_file() and b"demo-" in path.read_bytes()
    ]
    assert told == []
