"""How many examples a proof takes: a sample in the gate, more with `--hypothesis-profile=…`."""

from __future__ import annotations

from hypothesis import settings

_USUAL = 100


def examples(count: int) -> settings:
    """`count` of `python dev.py proofs`; in the gate, and in a search, in proportion."""
    return settings(max_examples=max(1, count * settings.default.max_examples // _USUAL))


def in_full() -> bool:
    """Whether this run takes all that there is, not only the gate's sample."""
    return settings.get_current_profile_name() != "gate"
