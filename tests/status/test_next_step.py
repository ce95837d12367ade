from __future__ import annotations

from pathlib import Path

import pytest
from status_samples import (
    FAILING,
    NOW,
    TIP,
    approved,
    evidence,
    landed,
    opinion,
    series,
    stage,
    submitted,
)

from stacker.status.next_step import next_step
from stacker.status.value import OpenFolder, PublishedAs, Stopped, Unfinished

STOPPED = Stopped((("cpython", TIP),), ("ctypes",))
EDITED = OpenFolder("a", "edit", Path("a"), "stacker edit a --done -m WHY")
SOLVED = OpenFolder("ctypes", "resolve", Path("c"), "stacker resolve ctypes --done")
PUSHED = PublishedAs(38, TIP, changed=False, others=TIP[::-1])

CASES = {
    "an empty series is filled": (
        series(),
        "stacker import BASE..TIP --from CLONE --stage-per-commit",
    ),
    "what was begun is finished first": (
        series(stage("a"), stopped=STOPPED, unfinished=(Unfinished("x", "stacker land a"),)),
        "stacker land a",
    ),
    "a conflict comes before everything that needs the series moved": (
        series(stage("ctypes", stopped_on="ctypes"), ahead=3, stopped=STOPPED),
        "stacker resolve ctypes",
    ),
    "a stopped rebase of which no more is known goes on": (
        series(stage("a"), stopped=Stopped((("cpython", TIP),), ())),
        "stacker rebase",
    ),
    "an open conflict is gone on with": (
        series(stage("ctypes", stopped_on="ctypes"), stopped=STOPPED, folders=(EDITED, SOLVED)),
        "stacker resolve ctypes --done",
    ),
    "a conflict comes before a stage that is open": (
        series(stage("ctypes", stopped_on="ctypes"), stopped=STOPPED, folders=(EDITED,)),
        "stacker resolve ctypes",
    ),
    "a stage that is open comes before all that can wait": (
        series(approved("a"), ahead=3, folders=(EDITED,)),
        "stacker edit a --done -m WHY",
    ),
    "what others pushed is taken in before it lands": (
        series(approved("a", published=PUSHED), ahead=3),
        "stacker edit a --from-pull",
    ),
    "a fresh clone gets its objects": (series(stage("a"), in_store=False), "stacker rebase"),
    "what landed is taken in": (series(stage("a", landing=TIP), stage("b")), "stacker rebase"),
    "a group that is ready lands": (
        series(approved("a", group="final"), approved("b", 2, group="final", needs=("a",)),
               ahead=5),
        "stacker land --group final",
    ),
    "a group waits for its last member": (
        series(approved("a", group="final"), submitted("b", 2, group="final")),
        "stacker status --refresh",
    ),
    "a group waits for what it needs outside": (
        series(submitted("ssl"), approved("a", 2, group="final", needs=("ssl",))),
        "stacker status --refresh",
    ),
    "what it needs outside has landed": (
        series(landed("ssl"), approved("a", 2, group="final", needs=("ssl",))),
        "stacker land --group final",
    ),
    "a stage that is ready lands": (series(approved("a")), "stacker land a"),
    "upstream moved": (series(submitted("a"), ahead=31), "stacker rebase"),
    "a check failed": (
        series(stage("a"), stage("b", evidence=FAILING)),
        "stacker verify b",
    ),
    "a check has not run": (series(stage("a", evidence=evidence(False, False))), "stacker verify"),
    "what only another machine can check is no reason to run any here": (
        series(submitted("a", evidence=evidence(False, by="a box"), changed=True)),
        "stacker submit",
    ),
    "upstream's CI is asked when all else is done": (
        series(submitted("a", evidence=evidence(False, by="CI", from_ci=True),
                         opinion=opinion(read_at=NOW - 5))),
        "stacker verify",
    ),
    "files were edited": (series(submitted("a"), edits=("a is new",)), "stacker verify"),
    "files were edited and nothing is checked": (
        series(submitted("a"), edits=("a is new",), has_checks=False),
        "stacker submit",
    ),
    "files were edited and nothing goes to a forge": (
        series(stage("a", on_forge=False), edits=("a is new",), has_checks=False),
        "stacker rebase",
    ),
    "a stage was never submitted": (series(submitted("a"), stage("b")), "stacker submit"),
    "a stage changed": (series(submitted("a", changed=True)), "stacker submit"),
    "the forge was never read": (series(submitted("a", opinion=None)), "stacker status --refresh"),
    "the forge was read long ago": (
        series(submitted("a", opinion=opinion(read_at=NOW - 700))),
        "stacker status --refresh",
    ),
    "the forge was read just now": (series(submitted("a", opinion=opinion(read_at=NOW - 5))), None),
    "all has landed": (series(landed("a"), landed("b")), None),
    "a whole group has landed": (
        series(landed("a", group="final"), landed("b", group="final")), None,
    ),
    "nothing goes to a forge": (series(stage("a", on_forge=False)), None),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_next_command(name):
    status, command = CASES[name]
    step = next_step(status)
    assert (step.command if step else None) == command


def test_the_reason_names_the_target_of_the_stopped_rebase():
    status = series(stage("ctypes", stopped_on="ctypes"), stopped=STOPPED)
    step = next_step(status)
    assert step is not None
    assert step.because == "rebase to 62dfd7d stopped there"


def test_the_reason_names_the_edit_that_stopped():
    stopped = Stopped((("cpython", TIP),), ("ctypes",), edit="build")
    step = next_step(series(stage("ctypes", stopped_on="ctypes"), stopped=stopped))
    assert step is not None
    assert step.because == "the edit of build stopped there"


def test_one_commit_is_no_commits():
    step = next_step(series(submitted("a"), ahead=1))
    assert step is not None
    assert step.because == "1 new commit"
