"""A number stands for one content, however many operations there are."""

from __future__ import annotations

import pytest

from stacker.series.lock import Lock, StageLock
from stacker.series.lock import serialise as serialise_lock
from stacker.series.plan.model import StageId
from stacker.series.versions import operations, recording
from stacker.series.versions.counting import number_for
from stacker.series.versions.numbering import content_of
from stacker.series.versions.snapshot import Snapshot
from stacker.series.workspace import open_store

NOW = 1_550_000_000


def lock_on(number):
    oid = f"{number:040x}"
    line = StageLock(stage=StageId("a"), repository="r", needs=(), commit=oid, trees=(oid,))
    return Lock(version=0, bases={"r": oid}, stages=(line,))


def many_operations(store, count, *, old=False):
    for number in range(1, count + 1):
        lock = lock_on(number)._replace(version=number)
        files = {"series.lock": serialise_lock(lock)}
        recording.record(
            store, Snapshot.of(store.algorithm, files), (), version=number,
            content=content_of(lock), command="rebase", reason="test", now=NOW,
        )  # fmt: skip
        if old:
            forget_numbers(store)


def forget_numbers(store):
    """The newest operation as an older stacker wrote it."""
    here = store.commit(store.resolve(operations.HEAD))
    message = here.message[: here.message.index(b"Numbers: ")]
    store.git.run("update-ref", operations.HEAD, store.write_commit(here._replace(message=message)))


@pytest.fixture
def empty(tmp_path):
    with open_store(tmp_path / ".stacker" / "store.git") as opened:
        yield opened


def test_numbers_over_many_operations_take_few_looks(empty, monkeypatch):
    many_operations(empty, 300)
    looks, real = [], empty.find_many
    monkeypatch.setattr(empty, "find_many", lambda revs: looks.append(revs) or real(revs))
    empty._commits.clear()
    assert number_for(empty, lock_on(999)) == 301
    assert len(looks) < 10
    assert [number_for(empty, lock_on(n)) for n in (1, 64, 65, 150, 300)] == [
        1, 64, 65, 150, 300,
    ]  # fmt: skip


def test_operations_of_an_older_stacker_count(empty):
    many_operations(empty, 3, old=True)
    assert number_for(empty, lock_on(2)) == 2
    assert number_for(empty, lock_on(9)) == 4
    lock = lock_on(9)._replace(version=4)
    files = {"series.lock": serialise_lock(lock)}
    recording.record(
        empty, Snapshot.of(empty.algorithm, files), (), version=4,
        content=content_of(lock), command="rebase", reason="test", now=NOW,
    )  # fmt: skip
    assert [number_for(empty, lock_on(n)) for n in (1, 2, 3, 9, 10)] == [1, 2, 3, 4, 5]
