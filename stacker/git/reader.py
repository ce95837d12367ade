"""Reads objects of one repository through one git process, which is started when it is needed."""

from __future__ import annotations

import contextlib
import re
from typing import IO, TYPE_CHECKING, cast

from stacker.errors import DAMAGED, GitError
from stacker.git import partial
from stacker.git.objects import Oid, is_oid
from stacker.git.present import Present

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stacker.git.process import Git, Process

Found = tuple[str, Oid, bytes]
"""An object as it was read: its kind, id and content."""

_NAMED = re.compile(r"[0-9a-f]+")


class Reader:
    """Close it, for it keeps a process; who asks again has another one.

    It brings nothing into a partial clone: what is only promised is not there.
    """

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: Process | None = None
        self._present: Present | None = None

    def ask(self, revs: Sequence[str]) -> Iterator[Found | None]:
        """What each of `revs` names, in this order; as few that all fit into a pipe."""
        process = self._running()
        asked = [rev for rev in revs if self._may_be_there(rev)]
        there = set(asked)
        if asked:
            stdin = cast("IO[bytes]", process.stdin)
            stdin.write("".join(f"{rev}\n" for rev in asked).encode("utf-8", "surrogateescape"))
            stdin.flush()
        for rev in revs:
            yield self._answer(process, rev) if rev in there else None

    def here(self, oids: Iterable[Oid]) -> list[Oid]:
        """Those of the objects that git may be asked for and will fetch nothing."""
        self._running()
        return [oid for oid in oids if self._may_be_there(oid)]

    def close(self) -> None:
        """End the process."""
        if self._present is not None:
            self._present.close()
            self._present = None
        if self._process is not None:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._process.wait()
            self._process = None

    def _running(self) -> Process:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process = self._git.start("cat-file", "--batch")
            if partial.is_partial(self._git):
                self._present = Present(self._git.objects)
        return self._process

    def _may_be_there(self, rev: str) -> bool:
        named = _NAMED.match(rev)
        if self._present is None or named is None or not is_oid(named[0]):
            return True
        return self._present.has(named[0])

    def _answer(self, process: Process, rev: str) -> Found | None:
        answered = cast("IO[bytes]", process.stdout)
        line = answered.readline()
        words = line.rstrip(b"\n").rsplit(b" ", 2)
        if line and (len(words) != 3 or not words[2].isdigit()):
            return None
        content = answered.read(int(words[2])) if line else b""
        if not answered.read(1):  # git ends at an object that is there and cannot be read
            self.close()
            said = self._git.attempt("cat-file", "-p", rev).said
            raise GitError(f"the object store is damaged: {said}", hint=DAMAGED)
        return words[1].decode("ascii"), Oid(words[0].decode("ascii")), content
