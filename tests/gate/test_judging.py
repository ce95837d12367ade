"""A status is of a head, whoever else has that head."""

from __future__ import annotations

from types import SimpleNamespace

from stacker.gate.judging import Verdict, stricter

HEAD, OTHER = "a" * 40, "b" * 40


def verdict(stage, number, head, *, closed):
    return Verdict(stage, number, head, closed, "no" if closed else "yes", changed=True)


def test_a_head_that_two_have_fails_if_it_fails_for_one():
    alone, member = verdict("x", 1, HEAD, closed=False), verdict("m", 2, HEAD, closed=True)
    free = verdict("y", 3, OTHER, closed=False)
    pulls = {s: SimpleNamespace(checks=()) for s in "xmy"}
    said = stricter((alone, member, free), pulls)
    assert [(v.stage, v.closed, v.description) for v in said] == [
        ("x", True, "no"), ("m", True, "no"), ("y", False, "yes"),
    ]  # fmt: skip
