"""A command line in a process of its own that dies, or finds its disk full, at one of its steps.

A step is a change: a file opened for writing, a file or folder made, replaced or removed, or a git
started that may change something; all within one folder. Commands that only read are no steps.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from searching import in_full

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KILLED = 137
READING = {
    "cat-file", "config", "diff-tree", "for-each-ref", "ls-files", "ls-remote", "ls-tree",
    "merge-base", "merge-tree", "rev-list", "rev-parse", "show-ref", "version",
}  # fmt: skip
"""What git is asked without any change to the store."""
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

Fault = Callable[[str], None]
"""What happens at the chosen step, and again at each one after it; it is told the step."""


@dataclass(frozen=True)
class Ended:
    """What became of a command: its steps, in words, its exit code and what it printed."""

    steps: list[str]
    code: int
    out: str
    err: str


def die(_: str) -> None:
    """Kill -9: nothing is cleaned up, nothing is flushed."""
    os._exit(KILLED)


def full(_: str) -> None:
    """No byte more goes into any file; git meets that too."""
    import resource  # noqa: PLC0415 - not on Windows, where nothing is forked either

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))


def refusing(number: int) -> Fault:
    """Every step of ours fails with that error number, as on a disk that is read only."""

    def refuse(step: str) -> None:
        if not step.startswith("git"):
            raise OSError(number, os.strerror(number), step.partition(" ")[2])

    return refuse


READ_ONLY = refusing(errno.EROFS)
FORBIDDEN = refusing(errno.EACCES)


def run(folder: Path, arguments: Sequence[str], at: int = -1, fault: Fault = die) -> Ended:
    """Run `stacker ARGUMENTS` in `folder` with `fault` from step `at` on; -1 lets it work."""
    pipes = [os.pipe() for _ in range(3)]
    child = os.fork()
    if child == 0:
        _live(folder, arguments, at, fault, [write for _, write in pipes])
    for _, write in pipes:
        os.close(write)
    # The output of a command is less than a pipe holds, so one may be read after the other.
    told, out, err = (_read(read) for read, _ in pipes)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(told.split("\0")[:-1], code, out, err)


def walk(home: Path, arguments: Sequence[str], fault: Fault = die) -> Iterator[Ended]:
    """Run a command again and again from the same beginning, each time with `fault` a step later.

    After each run `home` is as the fault left it. Ends when the command has no more steps.
    """
    saved = home.with_name(f"{home.name}.saved")
    shutil.copytree(home, saved, symlinks=True)
    for moment in itertools.count():
        ended = run(home, arguments, moment, fault)
        if len(ended.steps) <= moment:
            assert moment > 0, ended
            break
        yield ended
        shutil.rmtree(home)
        shutil.copytree(saved, home, symlinks=True)
    shutil.rmtree(saved)


def left(home: Path, arguments: Sequence[str]) -> Iterator[Ended]:
    """The same for a kill, out of one run: `home` is copied before each step.

    A process that is killed leaves its files as they are, and nothing else of it. The gate takes
    every other step, the last among them; `python dev.py proofs` takes them all.
    """
    every = 1 if in_full() else 2
    shots = home.with_name("shots")
    shots.mkdir()
    taken = itertools.count()
    ended = run(home, arguments, 0, lambda _: _copy(home, shots / str(next(taken))))
    assert ended.steps, ended
    end = home.rename(home.with_name("end"))
    for moment in range((len(ended.steps) - 1) % every, len(ended.steps), every):
        (shots / str(moment)).rename(home)
        yield Ended(ended.steps[: moment + 1], KILLED, "", "")
        shutil.rmtree(home)
    end.rename(home)
    shutil.rmtree(shots)


def _copy(folder: Path, to: Path) -> None:
    shutil.copytree(folder, to, symlinks=True)


def _read(handle: int) -> str:
    with os.fdopen(handle, "rb") as pipe:
        return pipe.read().decode("utf-8", "replace")


def _live(
    folder: Path, arguments: Sequence[str], at: int, fault: Fault, pipes: Sequence[int]
) -> None:
    """The life of the child."""
    code = 70
    try:
        from stacker.cli import app  # noqa: PLC0415 - most tests of this kit's users do without

        told, out, err = pipes
        count, faulty = 0, False

        def step(event: str, details: tuple[Any, ...]) -> None:
            nonlocal count, faulty
            name = None if faulty else _step(event, details, folder)
            if name is None:
                return
            count += 1
            os.write(told, name.encode("utf-8", "replace") + b"\0")
            if 0 <= at < count:
                faulty = True  # what the fault itself does is no step
                try:
                    fault(name)
                finally:
                    faulty = False

        os.chdir(folder)
        os.fsync = lambda fd: None  # the process dies, not the machine
        # What pytest put in place of these belongs to the parent.
        sys.stdout, sys.stderr = (_text(handle) for handle in (out, err))
        sys.addaudithook(step)
        code = app.run([str(argument) for argument in arguments])
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _text(handle: int) -> IO[str]:
    return os.fdopen(handle, "w", encoding="utf-8", newline="\n")


def _step(event: str, details: tuple[Any, ...], folder: Path) -> str | None:
    if event == "subprocess.Popen":
        words = [str(word) for word in details[1]]
        return None if words[1] in READING else f"git {words[1]}"
    if event == "open":
        if not isinstance(details[2], int) or not details[2] & WRITES:
            return None
        if not isinstance(details[0], str | Path) or Path(details[0]).name == "busy":
            return None
        return _within(folder, "write", str(details[0]))
    if event not in CHANGES:
        return None
    path = _whole(details)
    there = os.path.lexists(path)
    if there if event == "os.mkdir" else not there:  # nothing will happen
        return None
    return _within(folder, event.removeprefix("os."), path)


def _within(folder: Path, what: str, path: str) -> str | None:
    return f"{what} {path}" if path.startswith(str(folder)) else None


def _whole(details: tuple[Any, ...]) -> str:
    """The path of an event; one that is given below an open folder is looked up."""
    path, below = os.fsdecode(details[0]), details[-1]
    if not Path(path).is_absolute() and isinstance(below, int) and below >= 0:
        with suppress(OSError):
            path = str(Path(f"/proc/self/fd/{below}").readlink() / path)
    return path
