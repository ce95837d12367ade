"""A project of which nothing is known."""

from __future__ import annotations

from stacker.submit.words.presets.rules import Rules

DEFAULT = Rules()
