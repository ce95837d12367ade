"""A repository of any number of files, whose upstream drifts in a fixed number of them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_A_FOLDER = 50  # files in each
_LINES = 60
_DRIFTING = 1000  # files that upstream changes, whatever the size of the repository


def build(folder: Path, files: int, commits: int) -> Path:
    """A bare repository at `folder`: one commit with `files` files, then `commits` edits."""
    folder.mkdir(parents=True)
    repository = Repository(folder)
    repository.run("init", "-q", "--bare", "-b", "main")
    repository.run("fast-import", "--quiet", stdin=b"".join(_stream(files, commits)))
    return folder


def _stream(files: int, commits: int) -> Iterator[bytes]:
    yield _commit(0, "All files")
    for number in range(files):
        yield _file(number, _content(number))
    rng = Random(files)
    drifting = rng.sample(range(files), min(_DRIFTING, files // 2))
    content = {number: _content(number) for number in drifting}
    for step in range(commits):
        number = drifting[step % len(drifting)]
        at = rng.randrange(_LINES)
        content[number][at] = b"line %d as upstream has it since step %d\n" % (at, step)
        yield _commit(step + 1, f"Upstream step {step}")
        yield _file(number, content[number])


def _content(number: int) -> list[bytes]:
    return [b"line %d of file %d\n" % (at, number) for at in range(_LINES)]


def _commit(step: int, subject: str) -> bytes:
    who = f"Up Stream <up@example.com> {1_600_000_000 + 60 * step} +0000"
    return f"commit refs/heads/main\ncommitter {who}\ndata {len(subject)}\n{subject}\n".encode()


def _file(number: int, lines: list[bytes]) -> bytes:
    # Two levels, so that no folder becomes larger with the repository but the outermost ones.
    folder = number // _A_FOLDER
    path = f"part{folder // _A_FOLDER:03}/folder{folder % _A_FOLDER:02}/file{number:06}.txt"
    data = b"".join(lines)
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)
