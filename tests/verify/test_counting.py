"""Which evidence a landing relies on; what is said of the rest is never the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from keys import new_key

from stacker.evidence.key import evidence_key, evidence_parts
from stacker.evidence.record import Record, Verdict
from stacker.evidence.signing import Checker, sign, signing_key
from stacker.evidence.store import EvidenceStore
from stacker.series.plan.model import Check, Platform
from stacker.verify.counting import Jury, Remedy
from stacker.verify.matrix import Cell
from stacker.verify.signers import Signer, Signers

NOW = 1_800_000_000.0
PARTS = evidence_parts(
    tree="t", steps=[["true"]], platform="arm", values={}, environment={}, repositories={}
)
KEY = evidence_key(PARTS)
CELL = Cell("one", Check("test", (("true",),), "main", max_age=1000.0), Platform("arm"),
            required=True, tip_of="", key=KEY, parts=PARTS, cannot="")  # fmt: skip
THEIRS = Record(
    key=KEY, stage="one", check="test", platform="arm", verdict=Verdict.PASSED, exit_code=0,
    seconds=2.0, host="arm-box", commit="c" * 40, tree="t", base="b", log="",
    started_at=NOW - 100, clean=True, parts=PARTS, log_digest="d", shared=True,
)  # fmt: skip
OURS = replace(THEIRS, shared=False, host="here")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return {
        name: signing_key(new_key(folder, name)[0]) for name in ("box", "farm", "gone", "stranger")
    }


@pytest.fixture
def jury(keys, tmp_path):
    named = (
        Signer("box", keys["box"].public, ("arm",), agreed=True),
        Signer("farm", keys["farm"].public, None, agreed=True),
    )
    gone = {keys["gone"].public.fingerprint: "old-box"}
    return Jury(Signers(named, gone), Checker(tmp_path / "signatures").flaw, NOW)


def signers(jury, **changed):
    box, farm = jury.signers.named
    return replace(jury, signers=replace(jury.signers, named=(replace(box, **changed), farm)))


def why(jury, record):
    known, uncounted = jury.verdicts([CELL], {KEY: [record]}.get)
    assert known == {}
    assert uncounted[KEY].record == record
    return uncounted[KEY].why


def counts(jury, *records):
    return jury.weigh([CELL], records)[0]


def test_our_own_and_what_a_signer_signed_count(jury, keys):
    assert counts(jury, OURS) == OURS
    signed = sign(THEIRS, keys["box"])
    assert jury.verdicts([CELL], {KEY: [signed]}.get) == ({KEY: signed}, {})
    assert counts(jury, sign(THEIRS, keys["farm"])) is not None
    assert counts(jury) is None
    assert [jury.signed_by(r) for r in (signed, THEIRS, OURS)] == ["box", "", ""]


def test_each_reason_has_words_of_its_own(jury, keys, tmp_path, monkeypatch):
    signed = sign(THEIRS, keys["box"])
    turned = replace(sign(replace(THEIRS, verdict=Verdict.FAILED), keys["box"]),
                     verdict=Verdict.PASSED)  # fmt: skip
    other = replace(THEIRS, signature=sign(replace(THEIRS, stage="two"), keys["box"]).signature)
    as_file = replace(THEIRS, signature=keys["box"].sign("file", b"x"))
    said = {
        "unsigned": why(jury, THEIRS),
        "incremental": why(jury, sign(replace(THEIRS, clean=False), keys["box"])),
        "old": why(jury, sign(replace(THEIRS, started_at=NOW - 1100), keys["box"])),
        "ahead": why(jury, sign(replace(THEIRS, started_at=NOW + 5000), keys["box"])),
        "no signature": why(jury, replace(THEIRS, signature="x")),
        "namespace": why(jury, as_file),
        "stranger": why(jury, sign(THEIRS, keys["stranger"])),
        "gone": why(jury, sign(THEIRS, keys["gone"])),
        "platform": why(signers(jury, platforms=("x86", "mips")), signed),
        "not agreed": why(signers(jury, agreed=False), signed),
        "turned": why(jury, turned),
        "no format": why(jury, replace(signed, log_digest="")),
    }
    assert why(jury, other) == said["turned"]
    monkeypatch.setenv("PATH", str(tmp_path))
    said["no program"] = why(jury, signed)
    assert len(set(said.values())) == len(said)
    assert said["unsigned"] == "nobody signed it"
    assert said["platform"] == "box may vouch for x86, mips only"
    assert said["gone"] == "its key was taken out of the plan, which called it old-box"
    assert keys["stranger"].public.fingerprint in said["stranger"]
    assert keys["box"].public.fingerprint in said["not agreed"]
    assert "'file'" in said["namespace"]
    assert said["turned"].startswith("its signature does not hold")
    assert "ssh-keygen was not found" in said["no program"]


def test_what_would_make_it_count(jury, keys):
    def remedy(jury, record):
        _, uncounted = jury.weigh([CELL], [record])
        return uncounted.remedy

    signed = sign(THEIRS, keys["box"])
    assert remedy(jury, THEIRS) is Remedy.SIGN
    assert remedy(jury, sign(THEIRS, keys["stranger"])) is Remedy.NAME
    assert remedy(signers(jury, platforms=("x86",)), signed) is Remedy.NAME
    assert remedy(signers(jury, agreed=False), signed) is Remedy.AGREE


@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_a_failure_in_any_voice_holds_until_that_voice_says_otherwise(jury, keys, first):
    passed, failed = sign(THEIRS, keys["box"]), replace(THEIRS, verdict=Verdict.FAILED)
    if first == "theirs":
        failed = sign(failed, keys["farm"])
        assert counts(jury, OURS, failed) == failed
        assert counts(jury, failed, passed) == failed
        again = sign(replace(THEIRS, started_at=NOW - 50), keys["farm"])
        assert counts(jury, OURS, again, failed) == OURS
    else:
        failed = replace(OURS, verdict=Verdict.FAILED)
        assert counts(jury, failed, passed) == failed
        assert counts(jury, OURS, failed, passed) == OURS


def test_a_failure_that_does_not_count_hides_nothing(jury):
    unsigned = replace(THEIRS, verdict=Verdict.FAILED)
    assert counts(jury, OURS, unsigned) == OURS


def test_what_does_not_count_hides_no_older_one_that_does(jury, keys):
    good = sign(THEIRS, keys["box"])
    forged = replace(good, started_at=NOW - 10)
    assert counts(jury, forged, THEIRS, good) == good
    assert counts(jury, replace(OURS, clean=False), good) == good


def test_only_who_may_vouch_tells_with_what_it_is_built_elsewhere(jury, keys, tmp_path):
    def built_with(tools, **more):
        return replace(THEIRS, parts=PARTS | {"toolchain": tools}, **more)

    signed = sign(built_with("cc 12"), keys["box"])
    later = built_with("cc 11", started_at=NOW)
    with EvidenceStore(tmp_path / "e.sqlite") as store:
        store.add(later)
        assert store.toolchain("arm", jury.believes) == ""
        store.add(sign(replace(later, started_at=NOW - 900), keys["box"]), signed)
        store.add(sign(later, keys["stranger"]), later)
        assert store.toolchain("arm", jury.believes) == "cc 12"
        assert store.toolchain("arm") == "cc 11"
        store.add(replace(later, shared=False))
        assert store.toolchain("arm", jury.believes) == "cc 11"


def test_the_youngest_age_that_a_check_wants_holds_for_all(jury):
    strict = replace(CELL, check=CELL.check._replace(max_age=50.0))
    assert jury.weigh([CELL], [OURS])[0] == OURS
    assert jury.weigh([CELL, strict], [OURS])[0] is None
