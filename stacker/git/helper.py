"""The user's own programs, run in the user's own environment: credential helpers, the editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PATIENCE = 10  # seconds; a helper that wants to ask a person is not waited for


def ask(command: Sequence[str], stdin: bytes) -> str:
    """What a helper answers; empty when it is not there, says no, or wants to prompt."""
    env = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "GCM_INTERACTIVE": "never"}
    try:
        done = subprocess.run(
            command, input=stdin, capture_output=True, env=env, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def run(command: Sequence[str], folder: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """Run a program to its end: exit code, and what it wrote to both streams, in order."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")


def edit(text: str, editor: str) -> str:
    """`text` as a person leaves it in an editor; `editor` is a command line, as git has it."""
    with tempfile.TemporaryDirectory(prefix="stacker-") as folder:
        path = Path(folder) / "edit.txt"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(path)], check=False)
        except OSError as exc:
            raise UsageError(f"no editor {editor!r}", hint="Set EDITOR.") from exc
        if done.returncode != 0:
            raise UsageError(f"the editor {editor!r} ended with {done.returncode}")
        return path.read_text(encoding="utf-8")


def interact(command: Sequence[str], folder: Path, *, person: bool) -> int:
    """Run a program that a person works with in this terminal; its exit code.

    Without a `person` it hears nothing, and what it says goes to standard error.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=None if person else subprocess.DEVNULL,
        stdout=None if person else 2,
        check=False,
    )
    return done.returncode


def setting(folder: Path, key: str) -> str | None:
    """What the user's own git configuration says in `folder`."""
    done = subprocess.run(
        ["git", "config", "--get", key],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    return done.stdout.decode("utf-8", "replace").strip() or None if done.returncode == 0 else None


def identity(folder: Path) -> str:
    """Who commits in `folder`, and the time: `Name <mail> seconds zone`, as the user's git says.

    Raises `UsageError` when git does not know.
    """
    done = subprocess.run(
        ["git", "var", "GIT_AUTHOR_IDENT"],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise UsageError(
            "git does not know who you are",
            hint='Tell it: `git config --global user.name "Your Name"`, and `user.email` likewise.',
        )
    return done.stdout.decode("utf-8", "surrogateescape").strip()
