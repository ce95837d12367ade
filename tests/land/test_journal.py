"""The write-ahead journal: on disk before anything goes on; folded to where a landing stands."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from test_intent import INTENT, OTHER, C

from stacker.errors import StackerError
from stacker.land import account
from stacker.land.journal import Journal, Landing, Step, all_in, opened, unfinished_in


@pytest.fixture
def journal(tmp_path):
    with opened(tmp_path, lambda: 7) as made:
        yield made


def again(tmp_path):
    """What another process finds."""
    return all_in(tmp_path)


def test_every_write_is_on_disk_before_the_call_returns(tmp_path, journal):
    assert journal._database.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert again(tmp_path) == ()
    landing = journal.begin(INTENT)
    assert again(tmp_path) == (landing,) == (Landing(INTENT),)
    landing = journal.about(landing, Step.LOCK, lock=OTHER)
    assert again(tmp_path) == (landing,) == (Landing(INTENT, lock=OTHER),)


def test_a_whole_life(tmp_path, journal):
    landing = journal.begin(INTENT)
    for act, expected in [
        (lambda one: journal.about(one, Step.SHOW), {"shown": True}),
        (lambda one: journal.observed(one, Step.SHOW, pull=9), {"pull": 9}),
        (lambda one: journal.about(one, Step.LOCK, lock=OTHER), {"lock": OTHER}),
        (lambda one: journal.about(one, Step.COMMIT), {"in_flight": True}),
        (lambda one: journal.observed(one, Step.COMMIT, said=""), {"in_flight": True}),
        (lambda one: journal.observed(one, Step.FENCE), {"in_flight": False}),
        (lambda one: journal.about(one, Step.SETTLE, landed=C), {"landed": C}),
        (lambda one: journal.observed(one, Step.RELEASE), {"lock": None}),
        (lambda one: journal.end(one, "landed"), {"ended": True}),
    ]:
        before = landing
        landing = act(landing)
        assert landing == replace(before, **expected)
        assert again(tmp_path) == (landing,)
    assert unfinished_in(tmp_path) == ()
    assert [step for _, step, _ in journal.steps(INTENT.tx)][-1] == "end"


def test_an_intent_is_written_once(journal):
    journal.about(journal.begin(INTENT), Step.LOCK, lock=OTHER)
    changed = replace(INTENT, base=OTHER)
    assert journal.begin(changed) == Landing(INTENT, lock=OTHER)


def test_a_full_disk_is_an_error_before_the_step(journal, tmp_path):
    landing = journal.begin(INTENT)
    journal._database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StackerError, match="cannot be written"):
        journal.about(landing, Step.COMMIT, said="x" * 100_000)
    assert not again(tmp_path)[0].in_flight


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be looked at" * 99])
def test_a_broken_file_says_where_the_truth_is(tmp_path, content):
    (tmp_path / "landings.sqlite").write_bytes(content)
    with pytest.raises(StackerError) as failed:
        all_in(tmp_path)
    assert "target branch" in failed.value.hint


def test_a_newer_format_is_not_touched(tmp_path):
    with opened(tmp_path, int):
        pass
    database = sqlite3.connect(tmp_path / "landings.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StackerError, match="format 99"):
        Journal(tmp_path, int)


ACCOUNTS = [
    Landing(INTENT, own=False),
    Landing(INTENT, own=False, shown=True, pull=3),
    Landing(INTENT, own=False, shown=True, lock=OTHER),
    Landing(INTENT, own=False, shown=True, lock=OTHER, in_flight=True),
    Landing(INTENT, own=False, lock=OTHER, landed=C),
    Landing(INTENT, own=False, shown=True, pull=3, landed=C, ended=True),
]


@pytest.mark.parametrize("landing", ACCOUNTS)
def test_an_account_tells_another_machine_where_it_stands(tmp_path, landing):
    told = account.parse(account.serialise(landing))
    assert told == landing
    with opened(tmp_path, int) as there:
        there.learn(told)
        assert there.all() == (landing,)
        there.learn(told)
        assert there.all() == (landing,)


def test_of_two_accounts_the_further_is_the_newer():
    ranks = [account.rank(one) for one in ACCOUNTS]
    assert ranks == sorted(ranks)


def test_what_another_machine_told_and_this_one_goes_on_with_is_its_own(tmp_path, journal):
    """Or else its own lock would be left alone, as that of another one."""
    journal.learn(Landing(INTENT, own=False, pull=9))
    assert [one.own for one in again(tmp_path)] == [False]
    assert journal.begin(INTENT) == Landing(INTENT, pull=9)
    journal.learn(Landing(INTENT, own=False, shown=True))
    assert again(tmp_path) == (Landing(INTENT, shown=True, pull=9),)


def test_what_others_told_under_our_landings_name_does_not_replace_it(tmp_path, journal):
    forged = replace(INTENT, candidate=OTHER)
    told = journal.begin(forged, own=False)
    journal.about(told, Step.COMMIT)
    assert journal.begin(INTENT) == Landing(INTENT)
    assert again(tmp_path) == (Landing(INTENT),)
    assert journal.begin(forged, own=False) == Landing(INTENT)
