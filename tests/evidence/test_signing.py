"""A signature vouches for all that a record says, and for nothing else."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keys import new_key

from stacker.errors import StackerError
from stacker.evidence.key import evidence_key
from stacker.evidence.record import Attempt, Record, Verdict
from stacker.evidence.sharing import name_of, read, text_of
from stacker.evidence.signing import NAMESPACE, Checker, claimed, sign, signing_key, statement

PARTS = {"schema": "2", "tree": "t", "platform": "p", "toolchain": "x"}
RECORD = Record(
    key=evidence_key(PARTS), stage="one", check="c", platform="p", verdict=Verdict.FAILED,
    exit_code=1, seconds=2.0, host="h", commit="c" * 40, tree="t", base="b", log="x.log",
    started_at=1.5, clean=True, parts=PARTS, patch="abc",
    attempts=(Attempt(Verdict.FAILED, 1, 2.0),), runner="bots", builder="arm32",
    url="https://bots/1", log_digest="d", tools="cc 12",
)  # fmt: skip
# What it says of this machine only, or is the signature itself.
UNSIGNED = {"log", "shared", "signature"}
TEXTS = st.text(st.characters(codec="ascii"), max_size=20)
OTHERS = {
    "verdict": st.sampled_from(Verdict), "exit_code": st.none() | st.integers(0, 255),
    "seconds": st.floats(0, 9e6), "started_at": st.floats(0, 9e9), "clean": st.booleans(),
    "parts": st.dictionaries(TEXTS, TEXTS, max_size=3),
    "attempts": st.lists(
        st.builds(Attempt, st.sampled_from(Verdict), st.none() | st.integers(0, 9),
                  st.floats(0, 9.0)), max_size=3,
    ).map(tuple),
}  # fmt: skip
CHANGES = st.sampled_from([f.name for f in fields(Record) if f.name not in UNSIGNED]).flatmap(
    lambda name: st.tuples(st.just(name), OTHERS.get(name, TEXTS))
)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    path, _ = new_key(tmp_path_factory.mktemp("keys"), "box")
    return signing_key(path)


@pytest.fixture(scope="module")
def signed(key):
    return sign(RECORD, key)


@pytest.fixture
def checker(tmp_path):
    return Checker(tmp_path / "signatures")


def test_it_holds_here_and_where_it_is_shared(key, signed, checker):
    text = text_of(signed)
    came = read(name_of(text), text)
    assert came == replace(signed, shared=True, log="")
    assert checker.flaw(came, key.public) == ""
    assert claimed(came).key == key.public
    assert claimed(RECORD) is None


@given(CHANGES)
def test_whatever_is_changed_no_signature_holds(key, signed, tmp_path_factory, change):
    name, value = change
    other = replace(signed, **{name: value})
    same = getattr(other, name) == getattr(signed, name)
    checker = Checker(tmp_path_factory.getbasetemp() / "nothing-holds")
    assert (checker.flaw(other, key.public) == "") == same
    checker._memory.unlink(missing_ok=True)


def test_a_verdict_that_was_turned_is_told(key, signed, checker):
    turned = replace(signed, verdict=Verdict.PASSED, exit_code=0)
    assert "does not hold" in checker.flaw(turned, key.public)


def test_a_signature_of_another_record_or_for_another_purpose(key, signed, checker):
    other = sign(replace(RECORD, stage="two"), key)
    assert "does not hold" in checker.flaw(replace(signed, signature=other.signature), key.public)
    as_file = key.sign("file", statement(RECORD))
    assert "does not hold" in checker.flaw(replace(signed, signature=as_file), key.public)


@pytest.mark.parametrize("lacking", [{"log_digest": "", "runner": ""}, {"parts": {}}])
def test_what_says_too_little_cannot_be_signed(key, signed, checker, lacking):
    assert statement(replace(RECORD, **lacking)) is None
    assert "too old" in checker.flaw(replace(signed, **lacking), key.public)
    assert checker.not_known(replace(signed, **lacking), key.public)


def test_what_held_once_is_not_asked_again(key, signed, tmp_path, monkeypatch):
    first = Checker(tmp_path / "signatures")
    assert first.not_known(signed, key.public)
    assert first.flaw(signed, key.public) == ""
    monkeypatch.setenv("PATH", str(tmp_path))  # no ssh-keygen
    again = Checker(tmp_path / "signatures")
    assert again.flaw(signed, key.public) == again.not_known(signed, key.public) == ""
    turned = replace(signed, verdict=Verdict.PASSED)
    assert "cannot be checked: ssh-keygen was not found" in again.flaw(turned, key.public)
    assert again.not_known(turned, key.public)


def test_a_key_with_too_long_signatures_is_refused_at_once(key, tmp_path, monkeypatch):
    monkeypatch.setattr("stacker.evidence.sharing.LONGEST", 200)
    with pytest.raises(StackerError, match="too long"):
        signing_key(key.path)


def test_the_namespace_is_ours(signed):
    assert claimed(signed).namespace == NAMESPACE == "stacker-evidence"
