"""How it reads whose pull request a stage continues."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.status.value import StageStatus


def adopts_words(one: StageStatus) -> list[str]:
    """Whose it is, and what became of it; nothing where it is nobody's."""
    if one.adopts is None:
        return []
    known = [str(one.adopts.state)] if one.adopts.state else []
    known += ["more came to it"] if one.adopts.more else []
    return [f"adopts #{one.adopts.number}" + (f" ({', '.join(known)})" if known else "")]


def adopts_document(one: StageStatus) -> dict[str, object] | None:
    """The same for scripts."""
    if one.adopts is None:
        return None
    state = str(one.adopts.state) if one.adopts.state else None
    return {"number": one.adopts.number, "state": state, "more": one.adopts.more}
