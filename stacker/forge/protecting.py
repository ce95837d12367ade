"""What a branch demands, as far as a token may know."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from stacker.forge.facts import full_protection, summary_protection
from stacker.forge.failures import Refused

if TYPE_CHECKING:
    from stacker.forge.api import Protection
    from stacker.forge.connection import Connection


def protection(connection: Connection, repository: str, branch: str) -> Protection | None:
    """The rules of `branch`; None when it is not protected."""
    what = f"read the protection of {branch} in {repository}"
    path = f"/repos/{repository}/branches/{quote(branch, safe='')}"
    try:
        return full_protection(connection.get(what, f"{path}/protection"))
    except Refused as refusal:
        if refusal.status not in {403, 404} or refusal.limited:
            raise
    # Only admins see the rules; and rules of an organisation show in the summary alone.
    return summary_protection(connection.get(what, path))
