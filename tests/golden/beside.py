"""One upstream and one change to it: git in a worktree, beside stacker in a series directory."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import world

from stacker.git.process import version

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

GIT = version()
"""The version of the git on PATH, for what differs between versions."""

LINES = "".join(f"line {n}\n" for n in range(30))


def edited(*edits: tuple[int, str], text: str = LINES) -> str:
    """`text` with some lines, by their number from 0, written anew."""
    lines = text.splitlines()
    for number, line in edits:
        lines[number] = line
    return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class Done:
    """How a git ended: its exit code, its output, and all that it said in words."""

    code: int
    out: bytes
    said: str

    @property
    def text(self) -> str:
        """Its output, stripped."""
        return self.out.decode("utf-8", "surrogateescape").strip()


def git(folder: Path, *arguments: str, stdin: bytes = b"", config: Sequence[str] = ()) -> Done:
    """Run the user's git in `folder`, maybe with settings (`name=value`)."""
    words = [word for one in config for word in ("-c", one)]
    done = subprocess.run(
        ["git", *words, *arguments], cwd=folder, input=stdin, capture_output=True, check=False
    )
    said = (done.stdout + done.stderr).decode(errors="replace")
    return Done(done.returncode, done.stdout, said)


@dataclass
class Case:
    """`master` has the base (also a tag) and upstream's commits, `port` the base and ours.

    git works in `tree`, on no branch; stacker in `series`, where each commit of ours is a stage.
    """

    upstream: Any
    folder: Path
    run: Callable[..., Any]

    @cached_property
    def tree(self) -> Path:
        """A worktree."""
        self.upstream.git("worktree", "add", "-q", "--detach", str(self.folder / "tree"), "master")
        return self.folder / "tree"

    def git(self, *arguments: str, stdin: bytes = b"", config: Sequence[str] = ()) -> Done:
        """Run git in the worktree; any exit code is an answer."""
        return git(self.tree, *arguments, stdin=stdin, config=config)

    def at(self, rev: str) -> None:
        """Let the worktree be clean and stand on `rev`, with nothing under way."""
        for verb in ("am", "rebase"):
            self.git(verb, "--quit")
        for words in (("checkout", "-q", "-f", "--detach", rev), ("clean", "-fdxq")):
            done = self.git(*words)
            assert done.code == 0, done.said

    def mail(self, *options: str, config: Sequence[str] = (), commits: str = "base..port") -> bytes:
        """Our commits as git's `format-patch` writes them."""
        done = self.git("format-patch", "--stdout", *options, commits, config=config)
        assert done.code == 0, done.said
        return done.out

    def am(
        self, *options: str, mail: bytes | None = None, onto: str = "master",
        config: Sequence[str] = (),
    ) -> Done:  # fmt: skip
        """git's `am` of `mail` (our commits), on upstream's tip."""
        text = self.mail() if mail is None else mail
        self.at(onto)
        return self.git("am", *options, stdin=text, config=config)

    def rebase(self, *options: str, config: Sequence[str] = ()) -> Done:
        """git's `rebase` of our commits on upstream's tip."""
        self.at("port")
        return self.git("rebase", *options, "master", config=config)

    def has(self, path: str, rev: str = "HEAD") -> bytes | None:
        """What a file holds in a commit of git's; `None` where it is not."""
        done = self.git("show", f"{rev}:{path}")
        return done.out if done.code == 0 else None

    def id(self, rev: str) -> str:
        """The id that a revision has in upstream's repository or in the worktree."""
        done = self.git("rev-parse", "--verify", rev)
        assert done.code == 0, done.said
        return done.text

    @cached_property
    def series(self) -> world.World:
        """A series directory with our commits imported, on the base."""
        return world.begin(
            self.run, self.folder, self.upstream, ("base..port", "--stage-per-commit")
        )

    def stacker(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """`stacker rebase` (or another verb that answers alike): the stages by their ids."""
        return world.stages(self.series.stacker(*(arguments or ("rebase",)), code=code))

    def ours(self, stage: dict[str, Any], path: str) -> bytes | None:
        """What a file holds in a stage as stacker has it; `None` where it is not."""
        store = self.series.home / ".stacker" / "store.git"
        done = git(store, "show", f"{stage['commit']}:{path}")
        return done.out if done.code == 0 else None

    def fresh(self) -> dict[str, Any]:
        """The stages that somebody gets who has the committed files alone, on the same base."""
        clone = self.folder / "fresh"
        shutil.copytree(self.series.home, clone, ignore=shutil.ignore_patterns(".stacker", ".git"))
        base = self.series.stacker("status")["bases"]
        ran = self.run("--json", "rebase", "--onto", *base.values(), cwd=clone)
        assert ran.code == 0, ran.out
        return world.stages(ran.document)

    def imported(self, mail: bytes, onto: str = "base", code: int = 0) -> Any:
        """`stacker import` of a mail into a series of its own: the stage `mail`, or the error."""
        home, file = self.folder / f"home-{len(list(self.folder.iterdir()))}", self.folder / "mail"
        file.write_bytes(mail)
        ran = self.run("--json", "init", home, "--upstream", self.upstream.path)
        assert ran.code == 0, ran.out
        base = self.id(onto)
        words = ("--onto", base, "--stage", "mail")
        ran = self.run("--json", "import", file, *words, cwd=home)
        assert ran.code == code, ran.out
        if code:
            return ran.document["error"]
        ran = self.run("--json", "rebase", "--onto", base, cwd=home)
        return world.stages(ran.document)["mail"]


def made(
    folder: Path, run: Callable[..., Any], history: Any, *, base: Any, ours: Any, upstream: Any = ()
) -> Case:
    """Draw a case; `ours` and `upstream` are commits, or the files of one commit."""
    commits = {
        branch: [(subject, given)] if isinstance(given, dict) else list(given)
        for branch, subject, given in (("master", "upstream", upstream), ("port", "ours", ours))
    }
    repository = history.draw(
        folder / "upstream", {"master": [("base", base)], "port": ["base", *commits["port"]]}
    )
    repository.git("tag", "base", repository["base"])
    if commits["master"]:
        repository.add("master", *commits["master"])
    return Case(repository, folder, run)
