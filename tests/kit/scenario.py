"""Stories that a user can read: plain text with commands, what they print, and how they end.

    $ stacker rebase
    The series stands on master <drift> as v2.
    [exit 3]                                  only where the exit code is not 0

Lines that begin with `$ ` are commands; `$ write FILE TEXT` puts text into a file, everything
else is run as it is by Python (`stacker`) or by git. Other lines are what is printed, up to an
empty line. Ids, folders and days have stable names: a commit is shown as `<subject>`. A story is
recorded anew with `pytest --update`.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_ID = re.compile(r"\b[0-9a-f]{40}\b|\b[0-9a-f]{10}\b")
_DAY = re.compile(r"(?<=, )\d{1,2} [A-Z][a-z]+(?=\))")


@dataclass
class Story:
    """One file of commands, run in `folder`."""

    file: Path
    folder: Path
    run: Callable[..., Any]
    names: dict[str, str] = field(default_factory=dict)
    here: str = "."

    def check(self, *, update: bool) -> None:
        """Run all; what is printed must be what the file says, or is written there."""
        recorded = self.file.read_text(encoding="utf-8")
        played = "\n".join(self._played(recorded)).rstrip("\n") + "\n"
        if update:
            self.file.write_text(played, encoding="utf-8", newline="\n")
        assert played == recorded

    def _played(self, text: str) -> Iterator[str]:
        printed = False
        for line in text.splitlines():
            if line.startswith("$ "):
                yield line
                yield from self._answer(line[2:])
                printed = True
            elif not line:
                yield line
                printed = False
            elif not printed:
                yield line  # what the story tells between commands

    def _answer(self, command: str) -> Iterator[str]:
        code, said = self._run(shlex.split(command))
        yield from (line for line in self._stable(said).splitlines() if line)
        if code:
            yield f"[exit {code}]"

    def _run(self, words: list[str]) -> tuple[int, str]:
        folder = self.folder / self.here
        match words:
            case ["cd", where]:
                self.here = where
                return 0, ""
            case ["write", name, text]:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                with (folder / name).open("w", encoding="utf-8", newline="\n") as file:
                    file.write(text.replace("\\n", "\n"))
                return 0, ""
            case ["stacker", *arguments]:
                ran = self.run(*arguments, cwd=folder)
                return ran.code, ran.out + ran.err
            case ["git", *arguments]:
                done = subprocess.run(
                    ["git", *arguments], cwd=folder, capture_output=True, check=False
                )
                return done.returncode, (done.stdout + done.stderr).decode()
        raise AssertionError(f"no such command in a story: {words}")

    def _stable(self, text: str) -> str:
        text = text.replace(str(self.folder), "<here>").replace("\\", "/")
        text = _DAY.sub("<day>", text)
        return _ID.sub(lambda match: self._name(match[0]), text)

    def _name(self, oid: str) -> str:
        """`<subject>` of the commit, from whichever repository knows it."""
        for repository in (self.folder / "upstream", self.folder / "arm/.stacker/store.git"):
            done = subprocess.run(["git", "log", "-1", "--format=%s", oid, "--"], cwd=repository,
                                  capture_output=True, check=False)  # fmt: skip
            if done.returncode == 0:
                return f"<{done.stdout.decode().strip()}>"
        return "<id>"
