"""Whether a branch has a file, asked of the forge."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from stacker.forge.answers import at
from stacker.forge.failures import Refused

if TYPE_CHECKING:
    from stacker.forge.connection import Connection


def has_file(connection: Connection, repository: str, branch: str, path: str) -> bool | None:
    """Whether there is one; None when this token may not read that."""
    what = f"look for {path} on {branch} of {repository}"
    address = f"/repos/{repository}/contents/{quote(path)}"
    try:
        found = connection.get(what, address, {"ref": branch})
    except Refused as refusal:
        if refusal.status not in {403, 404} or refusal.limited:
            raise
        return False if refusal.status == 404 else None
    return isinstance(found, dict) and at(found, "type") == "file"
