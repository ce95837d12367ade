"""Runs one check's commands and ends everything they started.

The one module of the client that asks which system it runs on: Linux and macOS end a process
group, Windows a job.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import IO, TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.verify import job_object
from stacker.verify.exit_codes import ABORT, BY_SIGNAL, CANNOT_START, CANNOT_TELL, verdict_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stacker.verify.job_object import JobObject


@dataclass(frozen=True, slots=True)
class Job:
    """Commands to run one after another in `folder`, each an argv; `timeout` is for all, in s.

    `log` gets all that they write, as bytes.
    """

    steps: tuple[tuple[str, ...], ...]
    folder: Path
    environment: Mapping[str, str]
    timeout: float
    log: Path


@dataclass(frozen=True, slots=True)
class Ran:
    """How it ended: `seconds` it took, `started_at` in seconds since 1970.

    `exit_code` is that of the last command that ran, 128 + N when signal N ended it, None when
    its time was up. `reason` says in words why a check could not run, or what its test results say.
    """

    verdict: Verdict
    exit_code: int | None
    seconds: float
    started_at: float
    reason: str


class Stopped(Exception):
    """Somebody else ended the run; it says nothing about the check."""


class Stop:
    """Ends the runs of other threads that were given it, and lets none begin."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: set[Callable[[], None]] = set()
        self._said = False

    def say(self) -> None:
        """End all that runs, with everything it started; `run` then raises `Stopped`."""
        with self._lock:
            self._said = True
            for end in self._running:
                end()

    def heed(self) -> None:
        """Raise `Stopped` once it was said."""
        if self._said:
            raise Stopped

    @contextmanager
    def over(self, end: Callable[[], None]) -> Iterator[None]:
        """While it lasts, `say` calls `end`, too; what that takes long for waits elsewhere."""
        with self._lock:
            self._running.add(end)
            if self._said:
                end()
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(end)


def run(job: Job, stop: Stop) -> Ran:
    """Run the commands until one does not end with 0; whatever happens, none is left running.

    Raises `Stopped` when `stop` was said meanwhile.
    """
    job.log.parent.mkdir(parents=True, exist_ok=True)
    started_at, start = time.time(), time.monotonic()
    code: int | None = 0
    step: Sequence[str] = ()
    with job.log.open("wb") as log:
        for step in job.steps:
            _say(log, f"$ {shlex.join(step)}")
            stop.heed()
            code = _run_step(job, step, log, start + job.timeout, stop)
            if code != 0:
                break
        stop.heed()
        if code is None:
            _say(log, f"stacker: stopped after {job.timeout:g} s")
    verdict = Verdict.TIMED_OUT if code is None else verdict_of(code)
    reason = _reason(code, step) if verdict is Verdict.COULD_NOT_RUN else ""
    return Ran(verdict, code, time.monotonic() - start, started_at, reason)


def could_not_run(log: Path, reason: str) -> Ran:
    """How a run ended that could not begin; `log` says why."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        _say(file, f"stacker: {reason}")
    return Ran(Verdict.COULD_NOT_RUN, None, 0.0, time.time(), reason)


def _reason(code: int | None, step: Sequence[str]) -> str:
    if code == CANNOT_TELL:
        return f"{step[0]} says that it cannot tell here (exit code 125)"
    return f"{step[0]} was not found, or did not find what it needs (exit code 127)"


def _run_step(
    job: Job, step: Sequence[str], log: IO[bytes], deadline: float, stop: Stop
) -> int | None:
    """The exit code of one command; None when the deadline (monotonic, in s) came first."""
    program = _find(step[0], job)
    if program is None:
        _say(log, f"stacker: {step[0]}: not found")
        return ABORT
    try:
        process = _start([program, *step[1:]], job, log)
    except OSError as exc:
        _say(log, f"stacker: {step[0]}: {exc.strerror}")
        return CANNOT_START
    with process, _tree(process) as end, stop.over(end):
        try:
            code = process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return None
        finally:
            end()
            process.wait()  # an interrupted wait above would leave the dead unburied
    return code if code >= 0 else BY_SIGNAL - code


def _find(program: str, job: Job) -> str | None:
    """Where `program` is: a path is taken from the check's folder, a name is looked up."""
    if Path(program).name != program:
        path = job.folder / program
        return str(path) if path.is_file() else None
    return shutil.which(program, path=job.environment.get("PATH", os.defpath))


def _start(argv: Sequence[str], job: Job, log: IO[bytes]) -> subprocess.Popen[bytes]:
    windows = sys.platform == "win32"
    return subprocess.Popen(
        argv,
        cwd=job.folder,
        env=job.environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=not windows,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


@contextmanager
def _tree(process: subprocess.Popen[bytes]) -> Iterator[Callable[[], None]]:
    """What ends the process and all that it started; also what outlived one that has ended."""
    if sys.platform == "win32":
        handle = int(process._handle)  # type: ignore[attr-defined]  # noqa: SLF001
        job = job_object.around(handle, job_object.kernel32())
        try:
            yield partial(_end_on_windows, process, job)
        finally:
            if job is not None:
                job.close()
    else:
        yield partial(_end_group, process)


if sys.platform != "win32":

    def _end_group(process: subprocess.Popen[bytes]) -> None:
        # macOS says EPERM of a group in which nothing but the dead is left
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _end_on_windows(process: subprocess.Popen[bytes], job: JobObject | None) -> None:
    """By its job; and what it started before it was in one, or where there is none, by its tree."""
    if process.poll() is None:
        kill = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        subprocess.run(kill, capture_output=True, check=False)
    if job is not None:
        job.end()
    if process.poll() is None:
        process.kill()


def _say(log: IO[bytes], line: str) -> None:
    log.write(f"{line}\n".encode("utf-8", "surrogateescape"))
    log.flush()
