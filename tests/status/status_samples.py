"""Stages and series as a status knows them, made with a few words."""

from __future__ import annotations

from stacker.approvals.standing import Approval, Approvals, ApprovalState
from stacker.forge.api import PullState
from stacker.status.review import Opinion
from stacker.status.value import (
    GroupStatus,
    PublishedAs,
    SeriesStatus,
    StageStatus,
    UpstreamStatus,
)
from stacker.verify.stage_tree import StageTree
from stacker.verify.standing import Evidence, Standing, State

NOW = 1_556_200_000
BASE, TIP, HEAD = "8a1657b" + "0" * 33, "62dfd7d" + "0" * 33, "c" * 40


def evidence(*states, check="build", **more):
    """A stage's evidence: for each platform win32, arm32, … whether it passed (a bool), or what."""
    results = [
        Standing(
            stage="a", check=check, platform=platform, required=True,
            state={True: State.PASSED, False: State.MISSING}.get(state, state),
            **({"reason": "has never run"} | more if state is False else {}),
        )
        for platform, state in zip(("win32", "arm32"), states, strict=False)
    ]  # fmt: skip
    return Evidence(StageTree("a", "cpython", BASE, HEAD, "d" * 40), tuple(results))


FAILING = evidence(State.FAILED, True)


def opinion(*, approved_by=(), approved_before=(), refused_by=(), **more):
    """`approved_by` approved this head, `approved_before` an earlier one."""
    each = [Approval(who, HEAD, None, ApprovalState.THIS_HEAD) for who in approved_by]
    each += [Approval(who, "e" * 40, None, ApprovalState.EARLIER_HEAD) for who in approved_before]
    given = {
        "url": "https://forge/1", "state": PullState.OPEN, "draft": False,
        "approvals": Approvals(tuple(each), tuple(refused_by)), "failing": (), "pending": (),
        "read_at": NOW - 720,
    }  # fmt: skip
    return Opinion(**(given | more))


def stage(name, **more):
    given = {
        "id": name, "repository": "cpython", "upstream": "python/cpython", "group": None,
        "needs": (), "patches": 1, "on_forge": True, "hand_off": False, "commit": "a" * 40,
        "pull": None, "published": None, "landing": None, "landed": False, "stopped_on": None,
        "release": None, "reverted": None,
        "evidence": evidence(True, True), "opinion": None,
    }  # fmt: skip
    return StageStatus(**(given | more))


def submitted(name, number=1, *, changed=False, **more):
    given = {"pull": number, "published": PublishedAs(38, HEAD, changed), "opinion": opinion()}
    return stage(name, **(given | more))


def approved(name, number=1, **more):
    return submitted(name, number, opinion=opinion(approved_by=("tiran",)), **more)


def landed(name, **more):
    return stage(name, landed=True, landing="32119e1" + "0" * 33, evidence=None, **more)


def series(*stages, ahead=0, **more):
    names = dict.fromkeys(one.group for one in stages if one.group)
    groups = []
    for name in names:
        members = [one for one in stages if one.group == name]
        ready = sum(one.ready or one.landed for one in members)
        groups.append(GroupStatus(name, tuple(one.id for one in members), ready))
    read = [one.opinion.read_at for one in stages if one.opinion]
    given = {
        "name": "win-arm32", "title": "Windows on ARM32", "version": 40, "now": NOW,
        "upstreams": (UpstreamStatus("cpython", "master", BASE, TIP, ahead, NOW),),
        "stages": stages, "groups": tuple(groups), "edits": (), "stopped": None, "folders": (),
        "unfinished": (), "forge_read_at": min(read, default=None), "in_store": True,
        "has_checks": True,
    }  # fmt: skip
    return SeriesStatus(**(given | more))
