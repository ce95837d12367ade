"""What is known of earlier heads: only what the version that published them says, and git."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from stacker.approvals.looking import Shown, look
from stacker.approvals.recorded import Recorded, recorded
from stacker.approvals.standing import Known
from stacker.errors import GitError
from stacker.forge.api import Review, ReviewState
from stacker.git import transfer
from stacker.series.lock import Lock, Published, StageLock, serialise
from stacker.series.plan.choices import ApprovalRule
from stacker.series.versions import operations, recording
from stacker.series.versions.snapshot import Snapshot
from stacker.series.workspace import open_store

TREE, NEVER = "7" * 40, "8" * 40
SAME_DIFF = ApprovalRule.SAME_DIFF


@dataclass(frozen=True)
class Pull:
    reviews: tuple[Review, ...]
    author: str = "porter"


def approved(commit):
    return Pull((Review("ann", ReviewState.APPROVED, commit, ""),))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """`b1` on `a1`; both again as `a2` and `b2`, after upstream moved in another file."""
    import history  # noqa: PLC0415 - found through the path that tests/conftest.py sets

    return history.draw(
        tmp_path_factory.mktemp("approvals") / "forge.git",
        {
            "master": [("base", {"x": "x\n"}), ("drift", {"y": "y\n"})],
            "one": ["base", ("a1", {"a": "a\n"}), ("b1", {"b": "b\n"})],
            "two": ["drift", ("a2", {"a": "a\n"}), ("b2", {"b": "b\n"})],
        },
    )


@pytest.fixture
def store(tmp_path, drawn):
    with open_store(tmp_path / "store.git") as opened:
        bring(opened, drawn, "two", "one")
        yield opened


def bring(store, drawn, *branches):
    refs = [f"refs/heads/{name}:refs/heads/{name}" for name in branches]
    transfer.fetch(store.git, str(drawn.path), refs)


def line(stage, head, *, needs=(), version=1, base=NEVER, below=None):
    published = Published(head, base, version, f"s/{stage}", below) if head else None
    return StageLock(stage, "proj", tuple(needs), TREE, (TREE,), published=published)


def write(store, version, *lines, command="submit", raw=None):
    """An operation whose lock has these lines."""
    files = {"series.lock": raw or serialise(Lock(version, {}, tuple(lines)))}
    recording.record(
        store, Snapshot.of(store.algorithm, files), (), version=version, content=None,
        command=command, reason="x", now=1_550_000_000,
    )  # fmt: skip


def both(drawn, number, **more):
    a, b = drawn[f"a{number}"], drawn[f"b{number}"]
    return line("a", a, version=number, **more), line("b", b, needs=["a"], version=number, **more)


def test_a_head_stands_on_what_its_version_says(store, drawn):
    base, a1, b1 = drawn["base"], drawn["a1"], drawn["b1"]
    write(store, 1, *both(drawn, 1, base=base))
    assert recorded(store, [a1, b1, NEVER]) == {
        a1: Recorded(1, "s/a", base), b1: Recorded(1, "s/b", a1),
    }  # fmt: skip


def test_a_below_branch_is_what_it_stands_on(store):
    write(store, 1, line("a", "1" * 40), line("b", "2" * 40, needs=["a"], below="3" * 40))
    assert recorded(store, ["2" * 40]) == {"2" * 40: Recorded(1, "s/b", "3" * 40)}


@pytest.mark.parametrize("under", [[None], ["1" * 40, "3" * 40]], ids=["not published", "two"])
def test_a_head_of_which_that_cannot_be_told_is_not_known(store, under):
    ids = [f"n{number}" for number in range(len(under))]
    lines = [line(one, head) for one, head in zip(ids, under, strict=True)]
    write(store, 1, *lines, line("b", "2" * 40, needs=ids))
    assert recorded(store, ["2" * 40]) == {}


def test_a_later_version_does_not_tell_what_an_earlier_one_published(store):
    """A stage that stood between was taken out: its change would pass for one that was read."""
    write(store, 2, line("b", "2" * 40, version=1))
    assert recorded(store, ["2" * 40]) == {}


def test_steps_of_which_the_lock_tells_nothing_are_passed_over(store):
    write(store, 1, line("b", "2" * 40, base="1" * 40))
    write(store, 1, line("b", "2" * 40, base="3" * 40), command=operations.SEEN)
    write(store, 1, raw=b"format = 1\n# " + b"2" * 40)
    assert recorded(store, ["2" * 40]) == {"2" * 40: Recorded(1, "s/b", "1" * 40)}


def test_an_old_step_is_found_behind_many(store):
    write(store, 1, line("b", "2" * 40))
    for number in range(2, 70):
        write(store, number, line("b", "2" * 40, version=1))
    assert set(recorded(store, ["2" * 40])) == {"2" * 40}


def test_the_same_change_is_known_as_such(store, drawn):
    write(store, 1, *both(drawn, 1, base=drawn["base"]))
    write(store, 2, *both(drawn, 2, base=drawn["drift"]))
    shown = {
        "a": Shown(approved(drawn["a1"]), "s/a", drawn["a2"]),
        "b": Shown(approved(drawn["b1"]), "s/b", drawn["b2"]),
        "other": Shown(approved(drawn["b1"]), "s/other", drawn["b2"]),
        "by hand": Shown(approved(drawn["b1"]), "s/b", drawn["b2"], drawn["drift"]),
        "never": Shown(approved(NEVER), "s/b", drawn["b2"]),
        "no id": Shown(approved("--all"), "s/b", drawn["b2"]),
        "this": Shown(approved(drawn["b2"]), "s/b", drawn["b2"]),
    }
    assert look(store, SAME_DIFF, shown) == {
        "a": {drawn["a1"]: Known(1, True)},
        "b": {drawn["b1"]: Known(1, True)},
        "other": {drawn["b1"]: Known(None, None)},
        "by hand": {drawn["b1"]: Known(1, False)},
        "never": {NEVER: Known(None, None)},
        "no id": {},
        "this": {},
    }
    assert look(store, ApprovalRule.HEAD, shown) == {}


def test_where_the_present_head_is_not_known_nothing_is(store, drawn):
    write(store, 1, *both(drawn, 1, base=drawn["base"]))
    shown = {"b": Shown(approved(drawn["b1"]), "s/b", drawn["b2"])}
    assert look(store, SAME_DIFF, shown) == {"b": {drawn["b1"]: Known(1, None)}}


def test_what_is_said_to_be_below_has_to_be_in_it(store, drawn):
    write(store, 1, line("b", drawn["b1"], base=drawn["a2"]))
    shown = {"b": Shown(approved(drawn["b1"]), "s/b", drawn["b2"], drawn["a2"])}
    assert look(store, SAME_DIFF, shown) == {"b": {drawn["b1"]: Known(1, None)}}


def test_a_head_that_is_not_here_is_asked_for(tmp_path, drawn):
    with open_store(tmp_path / "store.git") as store:
        bring(store, drawn, "two")
        write(store, 1, *both(drawn, 1, base=drawn["base"]))
        asked = []

        def refuse(stage, head):
            asked.append((stage, head))
            raise GitError("no")

        def fetch(_, head):
            transfer.fetch_ids(store.git, str(drawn.path), [head])

        shown = {"b": Shown(approved(drawn["b1"]), "s/b", drawn["b2"], drawn["a2"])}
        assert look(store, SAME_DIFF, shown) == {"b": {drawn["b1"]: Known(1, None)}}
        assert look(store, SAME_DIFF, shown, refuse) == {"b": {drawn["b1"]: Known(1, None)}}
        assert asked == [("b", drawn["b1"])]
        assert look(store, SAME_DIFF, shown, fetch) == {"b": {drawn["b1"]: Known(1, True)}}
