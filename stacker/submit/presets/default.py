"""A project of which nothing is known."""

from __future__ import annotations

from stacker.submit.presets.rules import Rules

DEFAULT = Rules()
