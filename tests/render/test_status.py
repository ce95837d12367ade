from __future__ import annotations

import json
from pathlib import Path

import pytest
from status_samples import (
    BASE,
    FAILING,
    NOW,
    TIP,
    approved,
    landed,
    opinion,
    series,
    stage,
    submitted,
)

from stacker.approvals.standing import Approval, Approvals, ApprovalState
from stacker.landed.group import GroupLanding, torn_of
from stacker.render.approvals import approvals_text
from stacker.render.status import status_text
from stacker.render.status_document import status_document
from stacker.render.times import ago
from stacker.status.value import (
    GroupStatus,
    OpenFolder,
    PublishedAs,
    Stopped,
    Unfinished,
    UpstreamStatus,
)

MARK = """\
win-arm32 v40 on master 8a1657b · upstream 31 ahead · forge read 12 min ago
  1  openssl      #11779  approved by tiran  2/2  published v38, same change
  2  libffi       landed 32119e1 in v3.8.0a4
  3  openssl-arm  hand-off  waits for cpython-bin-deps openssl-bin
  final, lands together, 1 of 4 ready
  4  build        #11825  approved by tiran  2/2  published v38, same change
  5  ctypes       #12059  waits for you: conflict, 2 open threads  2/2
                  published v38, same change
  6  test-skips   #11774  waits for review   1/2
                  build for win32 failed; published v38, same change
  7  library      -       not submitted      2/2
Next: stacker resolve ctypes     (rebase to 62dfd7d stopped there)"""


def whole():
    stopped = Stopped((("cpython", TIP),), ("ctypes",))
    return series(
        approved("openssl", 11779),
        landed("libffi", release="v3.8.0a4"),
        stage("openssl-arm", repository="bin-deps", upstream="python/cpython-bin-deps",
              hand_off=True),
        approved("build", 11825, group="final"),
        submitted("ctypes", 12059, group="final", stopped_on="ctypes",
                  opinion=opinion(open_threads=2)),
        submitted("test-skips", 11774, group="final", evidence=FAILING),
        stage("library", group="final"),
        stopped=stopped,
        upstreams=(
            UpstreamStatus("cpython", "master", BASE, TIP, 31, NOW),
            UpstreamStatus("bin-deps", "openssl-bin", None, None, None, None),
        ),
    )  # fmt: skip


def test_the_page():
    text = status_text(whole())
    assert text == MARK
    assert max(map(len, text.splitlines())) <= 80


TORN = """\
win-arm32 v40 on master 8a1657b · upstream 31 ahead · forge read 12 min ago
  final, lands together, torn: the rest is frozen
  1  build       landed 62dfd7d; the series' base lacks it
  2  ctypes      #12059  waits for review   2/2  published v38, same change
  3  test-skips  #11774  approved by tiran  2/2  published v38, same change
Torn: final: #11825 landed alone as 62dfd7d0; frozen: ctypes, test-skips.
  land the rest:  stacker land --group final --rest
  take build out again:  stacker land --revert 62dfd7d000000000000000000000000000000000
  accept it: series.toml:41, take "build" out of [groups.final]
Next: stacker rebase     (upstream has build without the rest of final)"""


def test_a_group_of_which_a_part_landed_alone():
    members = (
        submitted("build", 11825, group="final", landing=TIP),
        submitted("ctypes", 12059, group="final"),
        approved("test-skips", 11774, group="final"),
    )
    numbers = {one.id: one.pull for one in members}
    landing = GroupLanding("final", tuple(numbers), {"build": TIP})
    torn = torn_of(landing, numbers, lambda: 41)
    group = GroupStatus("final", landing.members, 1, landing.extent, torn)
    status = series(*members, ahead=31, groups=(group,))
    assert status_text(status) == TORN
    [said] = status_document(status)["groups"]
    assert (said["extent"], said["torn"]["left"]) == ("prefix", ["ctypes", "test-skips"])


def test_a_landing_of_another_machine_is_no_next_step():
    theirs = Unfinished("landing of final by ann holds master, as of the last fetch; its time is "
                        "over", "stacker land --group final", ours=False)  # fmt: skip
    text = status_text(series(submitted("a"), unfinished=(theirs,)))
    assert text.splitlines()[-2:] == [
        f"Unfinished: {theirs.what}: stacker land --group final",
        "Next: stacker status --refresh     (ask the forge what reviewers say)",
    ]


def test_the_document_is_json_and_has_every_stage():
    document = json.loads(json.dumps(status_document(whole())))
    assert [one["id"] for one in document["stages"]][:2] == ["openssl", "libffi"]
    assert document["groups"] == [
        {
            "name": "final", "stages": ["build", "ctypes", "test-skips", "library"], "ready": 1,
            "extent": "none", "torn": None,
        }
    ]  # fmt: skip
    assert document["next"]["command"] == "stacker resolve ctypes"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (opinion(), "waits for review"),
        (opinion(draft=True), "draft, waits for review"),
        (opinion(approved_before=("ann",)), "waits for ann again"),
        (opinion(approved_by=("ann",), refused_by=("bob",)), "changes asked by bob"),
        (opinion(failing=("ci",)), "CI: ci fails"),
        (None, "submitted"),
    ],
)
def test_what_the_forge_said(said, words):
    assert words in status_text(series(submitted("a", opinion=said)))


def test_approvals_of_an_earlier_version_are_told():
    each = (
        Approval("ann", BASE, 36, ApprovalState.SAME_CHANGE),
        Approval("bob", TIP, 37, ApprovalState.CHANGED),
        Approval("cid", TIP, 38, ApprovalState.WITHDRAWN),
        Approval("dan", TIP, None, ApprovalState.UNKNOWN_HEAD),
    )
    standing = opinion(approvals=Approvals(each[:2]))
    assert "approved by ann (v36)" in status_text(series(submitted("a", opinion=standing)))
    said = opinion(approvals=Approvals(each, ("cid",)))
    text = status_text(series(submitted("a", opinion=said)))
    assert "changes asked by cid" in text
    assert (
        "bob approved v37, and the change is another since; "
        "dan approved 62dfd7d000, whose own change is not known here; published v38" in text
    )
    assert approvals_text(said.approvals)[-1] == "cid asks for changes"
    (one,) = status_document(series(submitted("a", opinion=said)))["stages"]
    assert one["review"]["approvals"][:2] == [
        {
            "author": "ann", "commit": BASE, "version": 36, "state": "same-change",
            "stands": True,
        },
        {"author": "bob", "commit": TIP, "version": 37, "state": "changed", "stands": False},
    ]  # fmt: skip
    assert (one["review"]["approved_by"], one["review"]["approved_before"]) == (
        ["ann"],
        ["bob", "dan"],
    )


def test_open_folders_say_how_to_go_on():
    folder = OpenFolder("a", "edit", Path("/s/a"), "stacker edit a --done -m WHY")
    status = series(stage("a"), folders=(folder,))
    lines = status_text(status).splitlines()
    assert lines[-3:] == [
        f"Open: {Path('/s/a')}", "      stacker edit a --done -m WHY",
        "Next: stacker edit a --done -m WHY     (its folder is open)",
    ]  # fmt: skip
    assert status_document(status)["open"] == [
        {
            "stage": "a",
            "verb": "edit",
            "folder": str(Path("/s/a")),
            "command": "stacker edit a --done -m WHY",
        }
    ]


def test_what_others_pushed_is_told():
    status = series(submitted("a", published=PublishedAs(2, TIP, changed=False, others=BASE)))
    assert "published v2, same change; others pushed to it" in status_text(status)
    (one,) = status_document(status)["stages"]
    assert (one["published"]["others"], one["waits_for"]) == (BASE, "you")


def test_a_group_of_which_all_landed():
    assert "final, lands together, landed" in status_text(series(landed("a", group="final")))


def test_what_stands_behind_a_group_is_told_apart():
    text = status_text(series(submitted("a", group="final"), submitted("b", 2)))
    assert "  each on its own\n  2  b" in text


def test_old_knowledge_of_upstream_says_its_age():
    upstream = UpstreamStatus("cpython", "master", BASE, TIP, 3, NOW - 9 * 86_400)
    assert "upstream 3 ahead (9 days ago)" in status_text(series(stage("a"), upstreams=(upstream,)))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "just now"), (61, "1 min ago"), (7300, "2 h ago"), (200_000, "2 days ago")],
)
def test_ages(seconds, words):
    assert ago(seconds) == words
