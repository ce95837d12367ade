"""A file that another process holds is waited for, as Windows tells of it, and not endlessly."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from stacker.held_files import PAUSES, is_held, patiently, remove, replace


def refused(number):
    """What Windows raises with that number of its own; here the number is put on."""
    exc = PermissionError(13, "Permission denied")
    exc.winerror = number
    return exc


class Act:
    """Refused a few times, and then done."""

    def __init__(self, *refusals):
        self.refusals = list(refusals)
        self.done = 0

    def __call__(self):
        if self.refusals:
            raise self.refusals.pop(0)
        self.done += 1


@pytest.mark.parametrize("number", [5, 32, 33])
def test_it_is_done_once_the_other_lets_go(number):
    act, waited = Act(refused(number), refused(number)), []
    patiently(act, waited.append)
    assert act.done == 1
    assert tuple(waited) == PAUSES[:2]


def test_nobody_is_waited_for_endlessly():
    act, waited = Act(*(refused(32) for _ in range(20))), []
    with pytest.raises(PermissionError):
        patiently(act, waited.append)
    assert tuple(waited) == PAUSES
    assert sum(waited) < 3


@pytest.mark.parametrize(
    "exc", [PermissionError(13, "x"), FileNotFoundError(2, "x"), OSError(28, "x"), refused(2)]
)
def test_other_refusals_stand_at_once(exc):
    """Also that of a POSIX system, where a right that is lacking does not come back."""
    waited = []
    assert not is_held(exc)
    with pytest.raises(type(exc)):
        patiently(Act(exc), waited.append)
    assert not waited


def test_replacing_and_removing(tmp_path):
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "old").write_bytes(b"old")
    replace(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_bytes() == b"new"
    remove(tmp_path / "old")
    remove(tmp_path / "old")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "nt", reason="only Windows keeps open files from being replaced")
def test_a_file_that_is_held_for_a_moment(tmp_path):
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "old").write_bytes(b"old")
    hold = "import sys; f = open(sys.argv[1]); print(flush=True); sys.stdin.read(1)"
    args = [sys.executable, "-c", hold, str(tmp_path / "old")]
    with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        holder.stdin.close()
        replace(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_bytes() == b"new"
