"""How a rehearsal reads: what was done, and where to look at it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stacker.forge.api import PullRequest


def rehearsal_document(root: Path, url: str, pulls: Sequence[PullRequest]) -> dict[str, object]:
    """What `--json` has of it: the addresses answer while the command in `serve` runs."""
    return {
        "root": str(root),
        "serve": _serve(root, url),
        "api": f"{url}/api/v3",
        "pulls": [_address(url, pull) for pull in pulls],
    }


def rehearsal_text(said: str, root: Path, url: str, pulls: Sequence[PullRequest]) -> str:
    """The same for a person, around what was `said` of it."""
    lines = ["Rehearsed on a copy; the forge and the series are as they were.", said]
    if pulls:
        lines += ["To look at it:", f"  {_serve(root, url)}"]
        lines += [f"  {_address(url, pull)}" for pull in pulls]
    return "\n".join(lines)


def _serve(root: Path, url: str) -> str:
    return f"stacker hub serve --root {shlex.quote(str(root))} --port {url.rpartition(':')[2]}"


def _address(url: str, pull: PullRequest) -> str:
    return f"{url}/api/v3/repos/{pull.repository}/pulls/{pull.number}"
