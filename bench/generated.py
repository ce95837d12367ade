"""Generated patches: small edits at random places of real text files, a share of them drifted."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from repository import changes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from repository import Repository

DRAFT = "refs/heads/draft"
_DRIFTED_SHARE = {"none": 0.0, "quarter": 0.25, "half": 0.5, "deep": 1.0, "deep3": 1.0}
_DEEP_FILES = {"deep": 1, "deep3": 3}
_SIZES = range(1_000, 200_000)  # bytes of a file that patches are made for
_FILES_A_PATCH = (1, 1, 1, 2, 2, 3)


@dataclass(frozen=True, slots=True)
class Drift:
    """What upstream did between two commits of its branch."""

    base: str
    onto: str


class Generated:
    """Small edits at random places of real text files."""

    def __init__(self, git: Repository, mix: str, count: int, drift: Drift) -> None:
        self._git, self._count, self._drift = git, count, drift
        self._seed = f"{mix}-{count}"
        chooser = Random(self._seed)
        self._modes, calm, drifted = _candidates(self._git, drift)
        if mix in _DEEP_FILES:
            self._pool = _deepest(self._git, drift, drifted)[: _DEEP_FILES[mix]]
        else:
            share = _DRIFTED_SHARE[mix]
            many = min(count, int(len(calm) / (1 - share)))
            many = min(many, int(len(drifted) / share)) if share else many
            self._pool = chooser.sample(sorted(drifted), round(share * many))
            self._pool += chooser.sample(sorted(calm), many - len(self._pool))
            chooser.shuffle(self._pool)
        if not self._pool:
            raise SystemExit(f"no files for a series of mix {mix}")
        self._drifted = drifted & set(self._pool)

    def build(self, left_out: set[str]) -> tuple[str, list[str]]:
        numbers: list[str] = []
        stream: list[bytes] = []
        with tempfile.TemporaryDirectory() as folder:
            pen = _Pen(self._git, Path(folder), self._drift, self._pool, self._drifted)
            number = 0
            while len(numbers) < self._count:
                number += 1
                if str(number) in left_out:
                    continue
                stream.append(self._patch(pen, number, first=not numbers))
                numbers.append(str(number))
        self._git.run("fast-import", "--quiet", "--force", stdin=b"".join(stream))
        return self._git.text("rev-parse", DRAFT), numbers

    def _patch(self, pen: _Pen, number: int, *, first: bool) -> bytes:
        rng = Random(f"{self._seed} {number}")
        paths = {self._pool[number % len(self._pool)]}
        paths |= set(rng.choices(self._pool, k=rng.choice(_FILES_A_PATCH) - 1))
        written = {path: pen.edit(path, number, rng) for path in sorted(paths)}
        names = b", ".join(path.rpartition(b"/")[2] for path in written)
        message = b"Patch %04d changes %s\n\nIt was generated.\n" % (number, names)
        who = b"A Porter <porter@example.com> %d +0100" % (1_600_000_000 + 3600 * number)
        begin = b"from %s\n" % self._drift.base.encode() if first else b""
        files = (
            b"M %s inline %s\ndata %d\n%s\n" % (self._modes[path], _quoted(path), len(data), data)
            for path, data in written.items()
        )
        return b"commit %s\nauthor %s\ncommitter %s\ndata %d\n%s\n%s%s\n" % (
            DRAFT.encode(), who, who, len(message), message, begin, b"".join(files),
        )  # fmt: skip


class _Pen:
    """The touched files as the series has them, and as they become on the new base."""

    def __init__(
        self, git: Repository, folder: Path, drift: Drift, pool: list[bytes], drifted: set[bytes]
    ) -> None:
        self._git, self._folder = git, folder
        self._mine = dict(_contents(git, drift.base, pool))
        self._upstream = dict(_contents(git, drift.onto, sorted(drifted)))

    def edit(self, path: bytes, number: int, rng: Random) -> bytes:
        """Change one to three lines of `path`, where that goes together with upstream's edits."""
        old = self._mine[path]
        for attempt in range(200):
            new = _edited(old, b"%d.%d" % (number, attempt), rng)
            if path not in self._upstream:
                break
            merged = self._merged(self._upstream[path], old, new)
            if merged is not None:
                self._upstream[path] = merged
                break
        else:
            raise SystemExit(f"no place left for an edit in {path!r}")
        self._mine[path] = new
        return new

    def _merged(self, *sides: bytes) -> bytes | None:
        files = [self._folder / name for name in ("upstream", "old", "new")]
        for file, content in zip(files, sides, strict=True):
            file.write_bytes(content)
        done = self._git.attempt("merge-file", "-p", "-q", *map(str, files))
        return done.stdout if done.returncode == 0 else None


def _edited(content: bytes, mark: bytes, rng: Random) -> bytes:
    lines = content.splitlines(keepends=True)
    at, many = rng.randrange(len(lines)), rng.randint(1, 3)
    replaced = many if rng.random() < 0.5 else 0
    indent = re.match(rb"[ \t]*", lines[at])
    lead = indent[0] if indent else b""
    new = [b"%sedit %s, line %d\n" % (lead, mark, i) for i in range(many)]
    return b"".join([*lines[:at], *new, *lines[at + replaced :]])


def _candidates(git: Repository, drift: Drift) -> tuple[dict[bytes, bytes], set[bytes], set[bytes]]:
    """The modes of all text files of a fitting size; those upstream left alone, those it edited."""
    modes: dict[bytes, bytes] = {}
    for line in git.run("ls-tree", "-r", "-l", "-z", drift.base).split(b"\0")[:-1]:
        info, _, path = line.partition(b"\t")
        mode, kind, _oid, size = info.split()
        if kind == b"blob" and mode in {b"100644", b"100755"} and int(size) in _SIZES:
            modes[path] = mode
    text = set(_text_files(git, drift.base))
    modes = {path: mode for path, mode in modes.items() if path in text}
    changed = changes(git, drift.base, drift.onto)
    calm = modes.keys() - changed.keys()
    drifted = {p for p in modes.keys() & changed.keys() if changed[p] == ("M", modes[p])}
    return modes, calm, drifted


def _text_files(git: Repository, rev: str) -> Iterator[bytes]:
    found = git.run("grep", "-I", "-l", "-z", "--full-name", "-e", "", rev).split(b"\0")[:-1]
    return (name.partition(b":")[2] for name in found)


def _deepest(git: Repository, drift: Drift, drifted: set[bytes]) -> list[bytes]:
    """The files that upstream changed most, in lines."""
    counted = git.run("diff", "--numstat", "--no-renames", "-z", drift.base, drift.onto)
    lines = {}
    for one in counted.split(b"\0")[:-1]:
        added, deleted, path = one.split(b"\t", 2)
        if path in drifted:
            lines[path] = int(added) + int(deleted)
    sizes = {path: len(data) for path, data in _contents(git, drift.base, sorted(drifted))}
    # The place for a hundred edits is needed, too: a file of a few kilobytes has none.
    return sorted(lines, key=lambda path: (-min(lines[path], sizes[path] // 200), path))


def _contents(git: Repository, rev: str, paths: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    asked = b"".join(b"%s:%s\n" % (rev.encode(), path) for path in paths)
    answer, at = git.run("cat-file", "--batch", stdin=asked), 0
    for path in paths:
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split(b" ")[2])
        yield path, answer[end + 1 : end + 1 + size]
        at = end + size + 2


def _quoted(path: bytes) -> bytes:
    return b'"%s"' % path.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
