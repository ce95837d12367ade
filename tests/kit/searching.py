"""How many examples a property test takes: few in the gate, many in a search for new faults."""

from __future__ import annotations

from hypothesis import settings

_USUAL = 100


def examples(count: int) -> settings:
    """`count` in the gate, and in proportion under `--hypothesis-profile=search`."""
    return settings(max_examples=max(1, count * settings.default.max_examples // _USUAL))
