"""The topics by name, and the page of each."""

from __future__ import annotations

from pathlib import Path

from stacker.topics.exit_codes import exit_codes
from stacker.topics.plan import plan

_MADE = {"series.toml": plan, "exit-codes": exit_codes}
_WRITTEN = ("words", "landing", "terminal")
TOPICS = {
    "series.toml": "every key of the plan",
    "exit-codes": "what a command ends with",
    "words": "what the words of this tool mean",
    "landing": "how a group lands: all of it, or nothing",
    "terminal": "colour, pipes, old consoles, completion, JSON",
}


def page(topic: str) -> str:
    """The page of one of `TOPICS`."""
    if topic in _MADE:
        return _MADE[topic]()
    assert topic in _WRITTEN
    return Path(__file__).with_name(f"{topic}.txt").read_text(encoding="ascii")
