"""A folder of the test run in which the flagship's chains are built, replayed and checked."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from stacker.demo.upstreams import Built, build_bin_deps, build_cpython
from stacker.git.process import Git

ROOT = Path(__file__).parents[2]
CPYTHON_CHAIN = ("openssl", "libffi", "build", "ctypes", "test-skips", "library")
CALLPROC = "Modules/_ctypes/callproc.c"
_WHO = {
    "GIT_AUTHOR_NAME": "Tester",
    "GIT_AUTHOR_EMAIL": "tester@example.org",
    "GIT_AUTHOR_DATE": "1551400000 +0000",
    "GIT_COMMITTER_NAME": "Tester",
    "GIT_COMMITTER_EMAIL": "tester@example.org",
    "GIT_COMMITTER_DATE": "1551400000 +0000",
    "GIT_EDITOR": "true",
}


def patches(stage: str) -> list[Path]:
    return sorted((ROOT / "patches" / stage).glob("*.patch"))


def resolution() -> bytes:
    return (files("stacker.demo") / "miniature" / "resolution" / CALLPROC).read_bytes()


def solved(conflicted: bytes) -> bytes:
    """The recorded solution, which differs from what git left in the conflict's lines only."""
    text = resolution()
    assert text.startswith(conflicted.partition(b"<<<<<<<")[0])
    assert text.endswith(conflicted.partition(b">>>>>>>")[2].partition(b"\n")[2])
    return text


@dataclass
class Lab:
    """One upstream with worktrees of it; `stages` are commits by stage id."""

    folder: Path
    name: str
    git: Git
    built: Built
    stages: dict[str, str] = field(default_factory=dict)

    def worktree(self, commit: str) -> Path:
        path = self.folder / f"{self.name}-{commit[:12]}"
        if not path.exists():
            self.git.run("worktree", "add", "--quiet", "--detach", str(path), commit)
        return path

    def apply(self, stage: str, onto: str) -> str:
        """The stage's patches, each on its exact preimage."""
        path = self.folder / f"{self.name}-apply"
        if not path.exists():
            self.git.run("worktree", "add", "--quiet", "--detach", str(path), onto)
        tree = Git(path)
        tree.run("checkout", "--quiet", "--detach", onto)
        for patch in patches(stage):
            tree.run("apply", "--index", "--whitespace=nowarn", str(patch))
            tree.run("commit", "--quiet", "-m", f"{stage} {patch.name}", env=_WHO)
        return tree.text("rev-parse", "HEAD")

    def replay(self, commits: str, onto: str, *, solve: bool) -> tuple[str, list[tuple[str, str]]]:
        """Pick the range `commits` onto `onto`: the last commit, and (subject, path) conflicts."""
        path = self.folder / f"{self.name}-replay"
        if not path.exists():
            self.git.run("worktree", "add", "--quiet", "--detach", str(path), onto)
        tree = Git(path)
        tree.run("checkout", "--quiet", "--detach", onto)
        met: list[tuple[str, str]] = []
        done = tree.attempt("cherry-pick", commits, env=_WHO)
        while done.code != 0:
            subject = tree.text("log", "-1", "--format=%s", "CHERRY_PICK_HEAD")
            paths = list(tree.lines("diff", "--name-only", "--diff-filter=U"))
            assert paths, done.err.decode()
            met += [(subject, conflicted) for conflicted in paths]
            if not solve or paths != [CALLPROC]:
                tree.run("cherry-pick", "--abort", env=_WHO)
                break
            (path / CALLPROC).write_bytes(solved((path / CALLPROC).read_bytes()))
            tree.run("add", CALLPROC)
            done = tree.attempt("cherry-pick", "--continue", env=_WHO)
        return tree.text("rev-parse", "HEAD"), met


def new_lab(folder: Path, name: str) -> Lab:
    bare = folder / f"{name}.git"
    bare.mkdir()
    git = Git(bare)
    git.run("init", "--quiet", "--bare")
    build = build_cpython if name == "cpython" else build_bin_deps
    return Lab(folder, name, git, build(git))


def run_check(name: str, folder: Path, platform: str, externals: Path) -> tuple[bool, str]:
    """The commands of the plan's check `name`, in `folder`: whether all passed, and the log."""
    plan = tomllib.loads((ROOT / "series.toml").read_text(encoding="utf-8"))
    check = next(check for check in plan["checks"] if check["name"] == name)
    known = {"{python}": sys.executable, "{platform}": platform, "{repo:bin-deps}": str(externals)}
    log = ""
    for argv in check["run"]:
        done = subprocess.run(
            [known.get(word, word) for word in argv],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=30,
            check=False,
        )
        log += done.stdout
        if done.returncode != 0:
            return False, log
    return True, log
