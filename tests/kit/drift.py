"""Histories as they drift: a base, an upstream that moves on, and series of patches, from a seed.

Both sides like the same few files and the same few places in them, take new names out of the same
few, and now and then make the very same change, for that is where merges go wrong.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from drifting import (
    LINK,
    OPERATIONS,
    PLAIN,
    RULES,
    RUNS,
    SUB,
    WORDS,
    File,
    Hand,
    binary,
    crlf,
    latin,
    some_rule,
    some_text,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from drifting import Files


@dataclass(frozen=True, slots=True)
class Drift:
    """One history: the files of the base, then those after each commit of upstream and series."""

    seed: int
    base: Files
    upstream: tuple[Files, ...]
    series: tuple[tuple[Files, ...], ...]
    operations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Planted:
    """One series of a drift, as commits: it stands on `base` and is to stand on `onto`."""

    seed: int
    number: int
    base: str
    onto: str
    series: tuple[str, ...]


def grow(seed: int, *, several: int = 4, attributes: bool = False) -> Drift:
    """The history of that seed, the same on every machine, with `several` series on its base.

    `attributes` has `.gitattributes` in it that tell how to merge.
    """
    chance = Random(seed)
    base = _base(chance, attributes=attributes)
    hot = chance.sample(sorted(base), 4)
    names = [name for name in OPERATIONS if attributes or name != "attributes"]
    weights = [OPERATIONS[name][0] for name in names]
    # Upstream's operations, which with the same luck a series makes too now and then.
    done: list[tuple[str, int]] = []
    told: set[str] = set()

    def line(length: int, *, echo: bool) -> tuple[Files, ...]:
        files, found = dict(base), []
        for _ in range(length):
            for _ in range(chance.choice((1, 1, 1, 2))):
                name, luck = chance.choices(names, weights)[0], chance.getrandbits(32)
                if not echo:
                    done.append((name, luck))
                elif chance.random() < 0.15:
                    name, luck = chance.choice(done)
                told.add(name)
                OPERATIONS[name][1](Hand(Random(luck), files, base, hot))
            found.append(dict(files))
        return tuple(found)

    upstream = line(chance.randint(1, 4), echo=False)
    series = tuple(line(chance.randint(1, 6), echo=True) for _ in range(several))
    return Drift(seed, base, upstream, series, frozenset(told))


def _base(chance: Random, *, attributes: bool) -> Files:
    folders = ["", *chance.sample(("lib/", "lib/deep/", "src/", "src/arch/arm/", "doc/"), 3)]
    files: Files = {}
    for number in range(chance.randint(10, 30)):
        name = f"{chance.choice(folders)}{WORDS[number % 8]}{number // 8 or ''}"
        files[name + chance.choice((".c", ".txt"))] = File(PLAIN, some_text(chance))
    paths = chance.sample(sorted(files), 5)
    for change, path in zip((crlf, crlf, latin, binary), paths, strict=False):
        if chance.random() < 0.7:
            files[path] = File(PLAIN, change(chance, files[path].content))
    files[paths[4]] = File(RUNS, files[paths[4]].content)
    if chance.random() < 0.6:
        files["link"] = File(LINK, paths[0].encode())
    if chance.random() < 0.6:
        files["vendor/sub"] = File(SUB, b"%d" % chance.randint(1, 9))
    if chance.random() < 0.3:
        files["lib/none"] = File(PLAIN, b"")
    if attributes:
        files[RULES] = File(PLAIN, some_rule(chance) + some_rule(chance))
    return files


def plant(path: Path, drifts: Sequence[Drift], object_format: str = "sha1") -> list[Planted]:
    """Write drifts into a new bare repository at `path`, all in one go; no ref keeps them."""
    path.mkdir(parents=True)
    git = ("git", "-C", str(path))
    subprocess.run(
        [*git, "init", "-q", "--bare", "-b", "none", f"--object-format={object_format}"], check=True
    )
    writer = _Writer(40 if object_format == "sha1" else 64)
    placed = []
    for drift in drifts:
        [base] = writer.line(None, {}, [drift.base])
        onto = writer.line(base, drift.base, drift.upstream)[-1]
        for number, line in enumerate(drift.series):
            marks = writer.line(base, drift.base, line)
            placed.append((drift.seed, number, base, onto, marks))
    marks_file = path / "drift.marks"
    subprocess.run(
        [*git, "fast-import", "--quiet", "--force", f"--export-marks={marks_file}"],
        input=b"".join(writer.stream), check=True,
    )  # fmt: skip
    ids = {}
    for told in marks_file.read_text(encoding="ascii").splitlines():
        mark, oid = told.removeprefix(":").split()
        ids[int(mark)] = oid
    return [
        Planted(seed, number, ids[base], ids[onto], tuple(ids[mark] for mark in marks))
        for seed, number, base, onto, marks in placed
    ]


class _Writer:
    """Makes the stream for `git fast-import`; commits are known by their marks."""

    def __init__(self, width: int) -> None:
        self.stream: list[bytes] = []
        self._width = width
        self._marks = 0

    def line(self, parent: int | None, before: Files, line: Sequence[Files]) -> list[int]:
        """Commits with these files, one on the other, the first on `parent` with files `before`."""
        made = []
        for files in line:
            self._marks += 1
            self._commit(parent, before, files)
            made.append(self._marks)
            parent, before = self._marks, files
        return made

    def _commit(self, parent: int | None, before: Files, after: Files) -> None:
        mark, who = self._marks, "Ada Upstream <ada@example.org> 1556000000 +0000"
        message = f"commit {mark}\n"
        head = (
            f"reset refs/heads/drift\ncommit refs/heads/drift\nmark :{mark}\n"
            f"author {who}\ncommitter {who}\ndata {len(message)}\n{message}"
        )
        self.stream.append(head.encode())
        if parent is not None:
            self.stream.append(b"from :%d\n" % parent)
        self.stream += [f"D {path}\n".encode() for path in before if path not in after]
        for path, file in after.items():
            if before.get(path) == file:
                continue
            if file.mode == SUB:
                oid = f"{int(file.content):0{self._width}x}"
                self.stream.append(f"M {SUB} {oid} {path}\n".encode())
            else:
                top = f"M {file.mode} inline {path}\ndata {len(file.content)}\n"
                self.stream.append(top.encode() + file.content + b"\n")
