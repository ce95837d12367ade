"""What a submit is about to do, each action on disk before it is begun.

It is no second truth: the next submit reads the forge. It tells a person how far a killed one came.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, assert_never

from stacker.submit.actions import (
    ClosePull,
    CreateFork,
    EditPull,
    HandOver,
    OpenPull,
    PushHeads,
    SetDraft,
    WriteComment,
)

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.submit.actions import Action

_FILE = "submit.jsonl"


def about(state: Path, action: Action) -> None:
    """Write down that this is the next action."""
    line = json.dumps({"about": described(action)}) + "\n"
    with (state / _FILE).open("a", encoding="utf-8", newline="\n") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def forget(state: Path) -> None:
    """All of it is done, or another submit begins."""
    (state / _FILE).unlink(missing_ok=True)


def begun(state: Path) -> tuple[str, ...]:
    """The actions that an unfinished submit began; the last one may be done or not."""
    try:
        lines = (state / _FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ()
    found = []
    for line in lines:
        try:
            found.append(str(json.loads(line)["about"]))
        except (ValueError, LookupError, TypeError):  # a power cut may leave half of the last line
            continue
    return tuple(found)


def how_far(state: Path) -> str:
    """How far an unfinished submit came, as it goes on from "a submit is unfinished"; empty if it
    began nothing."""
    actions = begun(state)
    if not actions:
        return ""
    done = len(actions) - 1
    after = f"after {done} action{'' if done == 1 else 's'} " if done else ""
    return f": {after}it was about to {actions[-1]}"


def described(action: Action) -> str:
    """An action as it goes on from "it was about to"."""
    match action:
        case CreateFork(_, upstream, fork):
            return f"make {fork}, a fork of {upstream}"
        case PushHeads(repository, updates):
            count = "1 branch" if len(updates) == 1 else f"{len(updates)} branches"
            return f"move {count} of {repository}"
        case OpenPull(stage=stage):
            return f"open the pull request of {stage}"
        case EditPull(stage=stage):
            return f"edit the pull request of {stage}"
        case SetDraft(stage=stage, draft=draft):
            return f"make the pull request of {stage} {'a draft' if draft else 'ready'}"
        case WriteComment(stage=stage):
            return f"comment on the pull request of {stage}"
        case ClosePull(stage=stage):
            return f"close the pull request of {stage}"
        case HandOver(stage=stage):
            return f"write the package of {stage}"
        case never:
            assert_never(never)
