"""Throw-away repositories that see a clone's objects without copying them, and git run in them."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_SETTINGS = {
    "advice.detachedHead": "false",
    "core.hooksPath": os.devnull,
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "uploadpack.allowAnySHA1InWant": "true",
}
_WHO = {"NAME": "A Porter", "EMAIL": "porter@example.com", "DATE": "1700000000 +0000"}

# Nothing of the user's configuration: every git here runs with git's own defaults.
ENVIRONMENT = {
    **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
    **{f"GIT_COMMITTER_{k}": v for k, v in _WHO.items()},
    **{f"GIT_AUTHOR_{k}": v for k, v in _WHO.items() if k != "DATE"},
    **{f"GIT_CONFIG_KEY_{i}": k for i, k in enumerate(_SETTINGS)},
    **{f"GIT_CONFIG_VALUE_{i}": v for i, v in enumerate(_SETTINGS.values())},
    "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_EDITOR": "false",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository and the git that works on it; `folder` is its worktree, or it is bare."""

    folder: Path
    program: tuple[str, ...] = ("git",)

    def attempt(self, *args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*self.program, *args],
            cwd=self.folder, env=ENVIRONMENT, input=stdin, capture_output=True, check=False,
        )  # fmt: skip

    def run(self, *args: str, stdin: bytes = b"") -> bytes:
        done = self.attempt(*args, stdin=stdin)
        if done.returncode != 0:
            raise SystemExit(f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def text(self, *args: str, stdin: bytes = b"") -> str:
        return self.run(*args, stdin=stdin).decode("utf-8", "surrogateescape").strip()

    def tree(self, rev: str) -> str:
        return self.text("rev-parse", "--verify", f"{rev}^{{tree}}")


def program(path: str) -> tuple[str, ...]:
    """How to run another git; one that was built but not installed has its helpers beside it."""
    done = subprocess.run([path, "--exec-path"], capture_output=True, text=True, check=True)
    installed = Path(done.stdout.strip()).is_dir()
    return (path,) if installed else (path, f"--exec-path={Path(path).resolve().parent}")


def version(command: tuple[str, ...]) -> str:
    """Its version's number, `2.39.5`."""
    done = subprocess.run([*command, "version"], capture_output=True, text=True, check=True)
    return done.stdout.split()[2]


def borrow(folder: Path, lender: Path, *, bare: bool = True) -> Repository:
    """A new repository at `folder` with every object of `lender`, and none of its own."""
    source, new = Repository(lender), Repository(folder)
    folder.mkdir(parents=True)
    form = source.text("rev-parse", "--show-object-format")
    shape = ["--bare"] if bare else []
    new.run("init", "-q", *shape, "-b", "series", f"--object-format={form}", "--template=")
    lent = source.text("rev-parse", "--path-format=absolute", "--git-path", "objects")
    info = objects_of(folder) / "info"
    info.mkdir(exist_ok=True)
    (info / "alternates").write_text(f"{lent}\n", encoding="utf-8")
    return new


def objects_of(folder: Path) -> Path:
    """Where the repository at `folder` keeps its objects."""
    return (folder / ".git" if (folder / ".git").is_dir() else folder) / "objects"


def twin(folder: Path, target: Path) -> Path:
    """A copy of `folder`; git's objects, which are never written again, are hard links."""

    def place(source: str, copy: str) -> None:
        if "objects" in Path(source).parts:
            os.link(source, copy)
        else:
            shutil.copy2(source, copy)

    return Path(shutil.copytree(folder, target, copy_function=place))


def changes(repository: Repository, old: str, new: str) -> dict[bytes, tuple[str, bytes]]:
    """What differs between two commits: the status letter and the new mode of each path."""
    raw = repository.run("diff-tree", "-r", "-z", "--raw", "--no-renames", old, new)
    fields = raw.split(b"\0")
    return {
        path: (info[-1:].decode(), info.split(b" ")[1])
        for info, path in zip(fields[:-1:2], fields[1::2], strict=False)
    }


class Worktree:
    """A checked out repository that can stand on a commit again, as if nothing had happened."""

    def __init__(self, folder: Path, lender: Path) -> None:
        self.git = borrow(folder, lender, bare=False)

    def stand(self, commit: str) -> None:
        """Check out branch `series` at `commit`; forget all objects that were made here."""
        control = self.git.folder / ".git"
        for unfinished in ("rebase-merge", "rebase-apply", "sequencer"):
            shutil.rmtree(control / unfinished, ignore_errors=True)
        self.git.run("checkout", "-q", "-f", "-B", "series", commit)
        self.git.run("clean", "-q", "-f", "-d", "-x")
        for made in (control / "objects").iterdir():
            if made.name != "info":
                shutil.rmtree(made)
        self.git.run("update-index", "-q", "--refresh")
