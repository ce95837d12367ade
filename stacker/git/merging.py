"""A `git merge-tree` that stays: started once, asked again and again.

Starting it in a big repository takes as long as a merge. Fed through `--stdin`, it answers one
merge after another; but before git 2.49 it writes its answers only when its buffer is full or its
input ends. To a terminal, though, C programs write line by line. So where the system has
pseudo-terminals git writes to one, and behind each question we ask for a tiny conflict, whose
message ends a line: that brings everything out. Elsewhere a process is started for each round.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import IO, TYPE_CHECKING, cast

from stacker.errors import GitError
from stacker.git.merge import read_answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from stacker.git.merge import MergeOutcome
    from stacker.git.process import Git, Process

_COMMAND = ("merge-tree", "--write-tree", "--stdin", "--messages")
_CHUNK = 1 << 16


class MergeTree:
    """git's merges of one repository, with one set of attributes."""

    def __init__(self, git: Git, log: Path, push: bytes) -> None:
        """`log` is where git complains; `push` a question whose answer has a line end in it."""
        self._git, self._log, self._push = git, log, push
        self._process: Process | None = None
        self._fields: Iterator[bytes] = iter(())
        self._left = 0  # answers to `push` that nobody has read yet
        self._asked: Sequence[bytes] = ()
        self._terminal = -1

    def ask(self, questions: Sequence[bytes]) -> None:
        """Let git begin; there are few enough that a pipe holds them."""
        self._asked = questions
        if sys.platform == "win32":  # which has no such terminals
            return
        if self._process is None:
            self._start()
        process = cast("Process", self._process)
        try:
            to_git = cast("IO[bytes]", process.stdin)
            to_git.write(b"".join([*questions, self._push]))
            to_git.flush()
        except BrokenPipeError as exc:
            raise self._died() from exc

    def answers(self) -> list[MergeOutcome]:
        """What git made of the questions."""
        if self._process is None:
            out = self._git.run(*_COMMAND, stdin=b"".join(self._asked))
            fields = iter(out.split(b"\0"))
            return [read_answer(fields) for _ in self._asked]
        try:
            for _ in range(self._left):
                read_answer(self._fields)
            self._left = 1
            return [read_answer(self._fields) for _ in self._asked]
        except (StopIteration, RuntimeError) as exc:
            raise self._died() from exc

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            cast("IO[bytes]", self._process.stdin).close()
            self._process.wait()
            os.close(self._terminal)
            self._process = None

    def _start(self) -> None:
        if sys.platform != "win32":
            import tty  # noqa: PLC0415 - only where there are terminals

            self._terminal, inner = os.openpty()
            tty.setraw(inner)  # no byte of an answer is changed
            with self._log.open("wb") as log:
                self._process = self._git.start(*_COMMAND, stdout=inner, stderr=log)
            os.close(inner)
            self._fields = _fields(self._terminal)

    def _died(self) -> GitError:
        import shutil  # noqa: PLC0415 - git seldom dies

        said = self._log.read_text("utf-8", "replace").strip().splitlines()
        if not said and shutil.disk_usage(self._log.parent).free < _CHUNK:
            said = [os.strerror(errno.ENOSPC)]  # there was no room for the complaint either
        self._left = 0
        self.close()
        return GitError(f"git merge-tree: {said[-1] if said else 'it ended without a word'}")


def _fields(terminal: int) -> Iterator[bytes]:
    """The fields that git ends with NUL, as they come."""
    rest = b""
    while True:
        try:
            some = os.read(terminal, _CHUNK)
        except OSError:  # git has closed its side
            return
        if not some:
            return
        *whole, rest = (rest + some).split(b"\0")
        yield from whole
