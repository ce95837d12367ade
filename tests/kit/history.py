"""Makes real repositories for tests out of a description in a few lines.

    upstream = draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": "one\\n"}), ("drift", {"a.c": "two\\n", "old.c": None})],
        "port": ["start", ("arm", {"arm.c": "ldr\\n"})],
    })
    upstream["drift"]                                       the id of a commit, by its subject
    upstream.add("master", ("later", {"a.c": "three\\n"}))  goes on from the branch's tip

The same description gives the same ids on every machine.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    Content = str | bytes
    Files = Mapping[Content, Content | tuple[str, Content] | None]
    """Paths and what they hold from this commit on, maybe with a mode (`100644`); `None` removes.

    A submodule's (`160000`) content is its commit's id.
    """

    Drawn = tuple[str, Files] | tuple[str, Files, str]
    """A commit: its message (a subject at least), its files, and maybe who wrote it."""

AUTHOR = "Ada Upstream <ada@example.org>"
COMMITTER = "A Maintainer <maintainer@example.org>"
EPOCH = 1_556_000_000  # seconds since 1970, in April 2019; each commit is a minute younger


@dataclass
class Repository:
    """A bare repository; a commit is known by its subject, so subjects occur once."""

    path: Path
    oids: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, subject: str) -> str:
        return self.oids[subject]

    def git(self, *args: str) -> str:
        """What git prints here; a git that fails fails the test."""
        done = subprocess.run(["git", *args], cwd=self.path, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def add(self, branch: str, *commits: Drawn, start: str | None = None) -> str:
        """Put commits on a branch and return its tip; a new branch begins at `start`."""
        base = self._tip(branch) if start is None else self.oids.get(start, start)
        marks = self.path / "drawn.marks"
        stream = bytearray()
        for number, commit in enumerate(commits, 1):
            before = None if number > 1 else base
            stream += _commit(
                branch, number, EPOCH + 60 * (len(self.oids) + number), commit, before
            )
        done = subprocess.run(
            ["git", "fast-import", "--quiet", f"--export-marks={marks}"],
            cwd=self.path, input=bytes(stream), capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        for line in marks.read_text(encoding="ascii").splitlines():
            mark, oid = line.removeprefix(":").split()
            subject = commits[int(mark) - 1][0].splitlines()[0]
            assert subject not in self.oids, f"two commits are called {subject!r}"
            self.oids[subject] = oid
        return self.oids[commits[-1][0].splitlines()[0]]

    def _tip(self, branch: str) -> str | None:
        file = self.path / "refs" / "heads" / branch
        if file.is_file():
            return file.read_text(encoding="ascii").strip()
        if not (self.path / "packed-refs").exists():
            return None
        return self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}") or None


def draw(path: Path, branches: Mapping[str, Sequence[str | Drawn]]) -> Repository:
    """Make a bare repository; the first branch named is its HEAD.

    A branch that starts from a commit of another names that commit's subject first.
    """
    path.mkdir(parents=True)
    made = Repository(path)
    made.git("init", "--quiet", "--bare", f"--initial-branch={next(iter(branches))}", ".")
    for branch, drawn in branches.items():
        start = drawn[0] if isinstance(drawn[0], str) else None
        made.add(branch, *(commit for commit in drawn if not isinstance(commit, str)), start=start)
    return made


def _commit(branch: str, mark: int, when: int, commit: Drawn, start: str | None) -> bytes:
    message, files, *author = commit
    raw = message.rstrip("\n").encode() + b"\n"
    head = (
        f"commit refs/heads/{branch}\nmark :{mark}\n"
        f"author {author[0] if author else AUTHOR} {when} +0000\n"
        f"committer {COMMITTER} {when} +0000\ndata {len(raw)}\n"
    )
    lines = [head.encode() + raw, *([f"from {start}\n".encode()] if start else [])]
    for name, content in files.items():
        lines.append(_file(_bytes(name), content))
    return b"".join(lines)


def _file(name: bytes, content: Content | tuple[str, Content] | None) -> bytes:
    quoted = b'"%s"' % b"".join(b"\\%03o" % byte for byte in name)
    if content is None:
        return b"D %s\n" % quoted
    mode, data = content if isinstance(content, tuple) else ("100644", content)
    raw = _bytes(data)
    if mode == "160000":
        return b"M 160000 %s %s\n" % (raw, quoted)
    return b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), quoted, len(raw), raw)


def _bytes(text: Content) -> bytes:
    return text.encode() if isinstance(text, str) else text
