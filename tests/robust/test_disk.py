"""The disk is full, or may not be written: one clear error, the series as it was, and the same
command works when that is over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import faults
import pytest
from robust_world import orderly, state, twin

import stacker
from stacker.errors import DISK_FULL, READ_ONLY

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="breaks a fork of this process")


def suffer(world, arguments, fault, hint):
    """The fault sets in at each step of a command, in turn; it must end well each time."""
    before = state(world)
    alone = twin(world)
    alone.stacker(*arguments)
    failed = 0
    for ended in faults.walk(world.home, ["--json", *arguments], fault):
        if ended.code != 0:  # what was left to do needed no room
            failed += 1
            assert ended.code == 1, ended
            assert orderly(json.loads(ended.out))["hint"] == hint, ended
            assert ended.err == ""
        files, head = state(world)
        assert head != before[1] or files == before[0], ended
        world.stacker(*arguments)
        assert state(world) == state(alone), ended
    assert failed > 5


@pytest.mark.usefixtures("quick")
def test_the_disk_is_full_at_any_step_of_a_rebase(world):
    suffer(world, ["rebase"], faults.full, DISK_FULL)


@pytest.mark.usefixtures("quick")
def test_the_disk_is_full_at_any_step_of_an_import(empty):
    suffer(empty, ["import", "start..port", "--stage-per-commit"], faults.full, DISK_FULL)


@pytest.mark.usefixtures("quick")
def test_the_disk_is_full_at_any_step_of_an_undo(world):
    suffer(world, ["undo", "--to", "v0"], faults.full, DISK_FULL)


@pytest.mark.usefixtures("quick")
def test_writing_is_forbidden_from_any_step_of_a_rebase_on(world):
    suffer(world, ["rebase"], faults.FORBIDDEN, READ_ONLY)


def mounted(folder, world, script):
    """Run a script where `folder` is a disk of two megabytes with the series in it, at `home`."""
    command = ["unshare", "--map-root-user", "--mount", "sh", "-euc"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*command, "true"], check=False).returncode
    ):
        pytest.skip("this system lets nobody mount a disk")
    folder.mkdir()
    start = (
        f"mount -t tmpfs -o size=4m none {folder}; cp -r {world.home} {folder}/home; cd {folder}\n"
    )
    env = {
        **os.environ,
        "PYTHONPATH": str(Path(stacker.__file__).parents[1]),
        "TMPDIR": str(folder),
    }
    done = subprocess.run(
        [*command, start + script], capture_output=True, text=True, check=False, env=env
    )
    assert done.returncode == 0, done.stderr
    return done


RUN = f"{sys.executable} -m stacker -C home --json rebase"
LISTED = "git -C home/.stacker/store.git rev-parse refs/stacker/head^{tree}; cat home/series.lock"


@pytest.mark.parametrize("left", [0, 4, 8, 16, 24, 32, 48, 64])
def test_a_real_disk_with_little_room(tmp_path, world, left):
    """Git and the system say it in their own words. `left` is in kilobytes."""
    world.upstream.add("master", ("more", {"c.c": "c\n" * 2000}))
    before, alone = world.git("rev-parse", "refs/stacker/head^{tree}"), twin(world)
    alone.stacker("rebase")
    script = f"""
        free=$(df -k --output=avail . | tail -n 1)
        head -c $(( (free - {left}) * 1024 )) /dev/zero > filler
        {RUN} > /dev/shm/$$ || true; cat /dev/shm/$$; rm /dev/shm/$$
        echo ===; {LISTED}; rm filler; echo ===; {RUN}; echo ===; {LISTED}
    """
    first, between, _, after = mounted(tmp_path / "disk", world, script).stdout.split("===\n")
    document = json.loads(first)
    if "error" in document:
        assert orderly(document)["hint"] == DISK_FULL
        assert between == f"{before}\n{world.lock().decode()}"
    wanted = alone.git("rev-parse", "refs/stacker/head^{tree}")
    assert after == f"{wanted}\n{alone.lock().decode()}"


@pytest.mark.parametrize("arguments", ["rebase", "undo --to v0", "import start..port --stage x"])
def test_a_real_disk_that_is_read_only(tmp_path, world, arguments):
    script = f"""
        mount -o remount,ro .
        {sys.executable} -m stacker -C home --json {arguments} && exit 9
        {sys.executable} -m stacker -C home -q status
    """
    said = mounted(tmp_path / "disk", world, script)
    error = orderly(json.loads(said.stdout.partition("\n}\n")[0] + "}"))
    assert error["hint"] == READ_ONLY
