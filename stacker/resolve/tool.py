"""The user's own merge tool, by git's own command, in the folder of a conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.git import helper

if TYPE_CHECKING:
    from pathlib import Path

# The tool works on our copy: what it would keep beside the files must not become part of a patch.
_KEEP_NOTHING = ("-c", "mergetool.keepBackup=false", "-c", "mergetool.keepTemporaries=false")


def merge(folder: Path, tool: str | None, *, person: bool) -> None:
    """Run `git mergetool` on what is unmerged in `folder`, with `tool` or the configured one.

    Without a `person` at a terminal only a tool works that the user's configuration has a command
    for (`mergetool.NAME.cmd`); else raises `UsageError`. Whether it solved anything is in the
    folder, not in its exit code.
    """
    if not person:
        _require_command(folder, tool)
    command = ["git", *_KEEP_NOTHING, "mergetool", *([] if person else ["--no-prompt"])]
    helper.interact([*command, *([f"--tool={tool}"] if tool else [])], folder, person=person)


def _require_command(folder: Path, tool: str | None) -> None:
    chosen = tool or helper.setting(folder, "merge.tool")
    if chosen is None:
        raise UsageError(
            "no merge tool is set up", hint="Name one: `git config --global merge.tool NAME`."
        )
    if helper.setting(folder, f"mergetool.{chosen}.cmd") is None:
        raise UsageError(
            f"{chosen} needs a terminal",
            hint=f"Run this in one, or edit in {folder} yourself.",
        )
