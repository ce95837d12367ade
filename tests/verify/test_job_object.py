"""What is asked of Windows for a job, and what becomes of a refusal; Windows is played here."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

from stacker.evidence.record import Verdict
from stacker.verify.job_object import ExtendedLimits, around
from stacker.verify.runner import Job, Stop, run

JOB, PROCESS = 0x7FFF00001234, 0x2A4


class Played:
    """`kernel32`: what it was asked, in order; it refuses what it is told to."""

    def __init__(self, *refused):
        self.refused = refused
        self.asked = []

    def __getattr__(self, name):
        def answer(*arguments):
            self.asked.append((name, [getattr(one, "value", one) for one in arguments]))
            if name == "SetInformationJobObject":
                self.flags = arguments[2]._obj.basic.flags
            return 0 if name in self.refused else JOB

        return answer

    def names(self):
        return [name for name, _ in self.asked]


def test_a_process_is_put_into_a_job_that_ends_with_us():
    windows = Played()
    job = around(PROCESS, windows)
    assert windows.flags == 0x2000
    assert windows.asked[1][1][:2] == [JOB, 9]
    assert windows.asked[2] == ("AssignProcessToJobObject", [JOB, PROCESS])
    job.end()
    job.close()
    assert windows.asked[3:] == [("TerminateJobObject", [JOB, 1]), ("CloseHandle", [JOB])]


@pytest.mark.parametrize("refused", ["SetInformationJobObject", "AssignProcessToJobObject"])
def test_without_one_nothing_is_left_open(refused):
    windows = Played(refused)
    assert around(PROCESS, windows) is None
    assert windows.names()[-1] == "CloseHandle"


def test_where_none_is_made_nothing_else_is_asked():
    windows = Played("CreateJobObjectW")
    assert around(PROCESS, windows) is None
    assert windows.names() == ["CreateJobObjectW"]


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="the size on a 64-bit system")
def test_the_limits_have_the_size_that_windows_expects():
    assert ctypes.sizeof(ExtendedLimits) == 144


@pytest.mark.skipif(os.name != "nt", reason="needs a Windows")
def test_what_outlives_its_parent_ends_too(tmp_path):
    """A child of a command that has ended is nobody's child any more."""
    child = "import time; time.sleep(600)"
    start = (
        f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {child!r}]).pid)"
    )
    steps = ((sys.executable, "-c", start),)
    ran = run(Job(steps, tmp_path, dict(os.environ), 60, tmp_path / "log"), Stop())
    assert ran.verdict is Verdict.PASSED
    number = (tmp_path / "log").read_text(encoding="utf-8").split()[-1]
    listed = subprocess.run(
        ["tasklist", "/FI", f"PID eq {number}"], capture_output=True, check=True
    )
    assert number.encode() not in listed.stdout
