from __future__ import annotations

import pytest
from status_samples import FAILING, approved, evidence, landed, opinion, stage, submitted

from stacker.forge.api import PullState
from stacker.status.value import StageState, WaitsFor


@pytest.mark.parametrize(
    ("one", "state", "waits_for"),
    [
        (landed("a"), "landed", "nobody"),
        (stage("a", landing="d" * 40), "in-upstream", "you"),
        (submitted("a", opinion=opinion(state=PullState.MERGED)), "in-upstream", "you"),
        (submitted("a", stopped_on="a"), "conflict", "you"),
        (submitted("a", stopped_on="b"), "blocked", "you"),
        (stage("a", patches=0), "no-patches", "you"),
        (stage("a", on_forge=False), "local", "nobody"),
        (stage("a"), "not-submitted", "you"),
        (stage("a", hand_off=True), "hand-off", "landing"),
        (stage("a", hand_off=True, evidence=evidence(False)), "hand-off", "you"),
        (submitted("a", opinion=opinion(state=PullState.CLOSED)), "closed", "you"),
        (submitted("a"), "submitted", "review"),
        (submitted("a", opinion=None), "submitted", "unknown"),
        (submitted("a", evidence=FAILING), "submitted", "you"),
        (submitted("a", changed=True), "submitted", "you"),
        (submitted("a", opinion=opinion(refused_by=("ann",))), "submitted", "you"),
        (submitted("a", opinion=opinion(failing=("ci",))), "submitted", "you"),
        (
            submitted("a", opinion=opinion(approved_by=("ann",), pending=("ci",))),
            "submitted",
            "forge",
        ),
        (approved("a"), "submitted", "landing"),
    ],
)
def test_what_matters_most_and_who_is_next(one, state, waits_for):
    assert one.state is StageState(state)
    assert one.waits_for is WaitsFor(waits_for)


@pytest.mark.parametrize(
    "one",
    [
        submitted("a"),
        approved("a", changed=True),
        approved("a", changed=None),
        approved("a", evidence=None),
        approved("a", evidence=evidence(True, False)),
        approved("a", stopped_on="a"),
        landed("a"),
    ],
)
def test_only_what_is_known_to_be_complete_is_ready(one):
    assert approved("a").ready
    assert not one.ready
