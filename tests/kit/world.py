"""A series on a real upstream, worked on by the command line: what most tests begin with."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass
class World:
    """An upstream, and a series directory `home` beside it."""

    upstream: Any
    home: Path
    run: Callable[..., Any]

    def stacker(self, *arguments: str, code: int | None = 0) -> Any:
        """Run a command with `--json` in the series directory; its document."""
        ran = self.run("--json", *arguments, cwd=self.home)
        assert code is None or ran.code == code, (ran.code, ran.out, ran.err)
        return ran.document

    def plan(self, text: str) -> None:
        """Put stages into the plan behind the repository's table."""
        file = self.home / "series.toml"
        head = file.read_text(encoding="utf-8").partition("\n# Stages in order")[0]
        file.write_text(head + "\n" + text, encoding="utf-8", newline="\n")

    def git(self, *arguments: str, where: Path | None = None) -> str:
        """git in the store, or elsewhere."""
        folder = where or self.home / ".stacker" / "store.git"
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def files(self) -> dict[str, bytes]:
        """Everything of the series directory that is committed."""
        return {
            path.relative_to(self.home).as_posix(): path.read_bytes()
            for path in sorted(self.home.rglob("*"))
            if path.is_file() and not {".git", ".stacker"} & set(path.relative_to(self.home).parts)
        }

    def lock(self) -> bytes:
        """The lock's bytes."""
        return (self.home / "series.lock").read_bytes()

    def change_by_hand(self, stage: str, before: bytes, after: bytes) -> None:
        """Change what the only patch of a stage has once, as a person does with an editor."""
        file = self.patch(stage)
        raw = file.read_bytes()
        assert raw.count(before) == 1
        file.write_bytes(raw.replace(before, after))

    def patch(self, stage: str) -> Path:
        """The only patch file of a stage."""
        [file] = (self.home / "patches" / stage).glob("*.patch")
        return file


def numbered(*pairs: tuple[int, str]) -> str:
    """A file of forty lines, some of them (counted from 0) with another word."""
    words = dict(pairs)
    return "".join(f"{words.get(n, f'line {n}')}\n" for n in range(40))


def stages(document: Any) -> dict[str, Any]:
    """The stages of a rebase's document by id."""
    return {one["id"]: one for one in document["stages"]}


def statuses(document: Any) -> dict[str, str]:
    """The status of each stage."""
    return {one["id"]: one["status"] for one in document["stages"]}


def begin(run: Callable[..., Any], folder: Path, upstream: Any, *imports: tuple[str, ...]) -> World:
    """A series directory `folder/home` on `upstream`, with ranges imported."""
    world = World(upstream, folder / "home", run)
    ran = run("--json", "init", "home", "--upstream", upstream.path, cwd=folder)
    assert ran.code == 0, ran.err
    for arguments in imports:
        world.stacker("import", *arguments)
    return world
