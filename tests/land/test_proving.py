"""What stands in the way of a landing for want of proof, and who can do what about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stacker.evidence.record import Record, Verdict
from stacker.land.outcome import Who
from stacker.land.proving import unproved
from stacker.series.plan.model import StageId
from stacker.verify.counting import Remedy, Uncounted
from stacker.verify.earlier import Earlier
from stacker.verify.request import CellResult

THEIRS = Record(
    key="k", stage="a", check="test", platform="arm", verdict=Verdict.PASSED, exit_code=0,
    seconds=1.0, host="arm-box", commit="c", tree="t", base="b", log="", started_at=86400.0,
    clean=True, shared=True,
)  # fmt: skip
SAID = "passed on 1970-01-02 (arm-box) is not counted: "


def reason(verdict=Verdict.COULD_NOT_RUN, **more):
    given = {"origin": "", "cached": False, "reason": "not here"} | more
    one = CellResult(
        stage=StageId("a"), check="test", platform="arm", required=True, verdict=verdict,
        seconds=0.0, log="", **given,
    )  # fmt: skip
    (found,) = unproved([one])
    assert found.stage == "a"
    return found.who, found.text, found.command


@pytest.mark.parametrize(
    ("remedy", "who", "command"),
    [
        (Remedy.SIGN, Who.PORTER, "STACKER_SIGNING_KEY=… stacker verify a"),
        (Remedy.NAME, Who.PORTER, "[evidence_signers] in series.toml"),
        (Remedy.AGREE, Who.COORDINATOR, "stacker land … --trust-signers"),
    ],
)  # fmt: skip
def test_what_others_showed_names_them_and_the_way_out(remedy, who, command):
    found = reason(uncounted=Uncounted(THEIRS, "because", remedy))
    there = "; build it there again, signed" if remedy is Remedy.SIGN else ""
    assert found == (who, f"test for arm could not run: not here; {SAID}because{there}", command)


@pytest.mark.parametrize(
    ("stale", "said"),
    [("on another base (abc)", "it is on another base (abc)"),
     ("", "it has not the same tree, toolchain")],
)  # fmt: skip
def test_so_does_what_they_showed_of_something_else(stale, said):
    found = reason(earlier=Earlier(THEIRS, ("tree", "toolchain"), stale))
    assert found[1].endswith(f"{SAID}{said}; build it there again, signed")


def test_what_failed_here_failed_whatever_others_say():
    found = reason(Verdict.FAILED, reason="", uncounted=Uncounted(THEIRS, "because"))
    assert found == (Who.PORTER, "test for arm failed", "stacker verify a")


def test_what_was_shown_here_wants_no_signature():
    ours = Uncounted(replace(THEIRS, shared=False), "it was not built in a fresh folder")
    found = reason(uncounted=ours)
    assert found == (
        Who.COORDINATOR, "test for arm could not run: not here", "stacker verify a --platform arm",
    )  # fmt: skip


def test_what_failed_before_is_asked_again_by_rerun_alone():
    found = reason(Verdict.FAILED, reason="", cached=True, origin="here")
    assert found == (Who.PORTER, "test for arm failed", "stacker verify --rerun a")


def test_a_failure_of_a_signer_names_both():
    found = reason(
        Verdict.FAILED, reason="", cached=True, shared=True, origin="arm-box", signed_by="box"
    )
    assert found[1] == "test for arm failed (arm-box, signed by box)"
    assert found[2] == "STACKER_SIGNING_KEY=… stacker verify --rerun a"
