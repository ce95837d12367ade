"""`verify` with a key: what is signed, and what is left when that goes wrong."""

from __future__ import annotations

import pytest
from keys import new_key
from verify_world import plan, silent

from stacker.errors import StackerError
from stacker.evidence.record import Verdict
from stacker.evidence.signing import Checker, signing_key
from stacker.evidence.store import EvidenceStore
from stacker.verify.flow import verify
from stacker.verify.known import EVIDENCE


def records(request):
    with EvidenceStore(request.folder / EVIDENCE) as store:
        return store.every()


@pytest.fixture
def request_(lab, tmp_path):
    path, _ = new_key(tmp_path / "keys", "box")
    stages = [lab.stage("one", {"code": "0"}), lab.stage("two", {"code": "1"})]
    return lab.request(plan(), *stages, signing=signing_key(path))


def test_all_is_signed_as_it_is_recorded(request_, tmp_path):
    verify(request_, silent)
    found = records(request_)
    assert [(r.stage, r.verdict, r.clean) for r in found] == [
        ("two", Verdict.FAILED, True), ("one", Verdict.PASSED, True),
    ]  # fmt: skip
    checker = Checker(tmp_path / "signatures")
    assert [checker.flaw(r, request_.signing.public) for r in found] == ["", ""]


def test_what_can_no_longer_be_signed_is_kept_unsigned(request_):
    request_.signing.path.unlink()
    with pytest.raises(StackerError, match="there is no key"):
        verify(request_, silent)
    assert [(r.stage, r.signature) for r in records(request_)] == [("two", "")]
