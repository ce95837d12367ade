"""What a master answered, as values; nothing is believed before its shape was checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.bots.values import Build, Identity, Request, Results, Step
from stacker.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PROPERTIES = ["stacker_key", "stacker_attempt", "stacker_commit"]
BUILD_PROPERTIES = [*PROPERTIES, "got_revision", "workername", "branch"]
_LONGEST = 1000  # characters of a text
_KEY = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LARGEST = 1 << 53


def collection(answer: object, name: str) -> list[Mapping[str, object]]:
    """The objects under `name`; an answer without them is none."""
    found = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise _unreadable(name, "a list of objects", answer)
    return found


def request_of(entry: Mapping[str, object]) -> Request:
    """A build that was asked for."""
    return Request(whole(entry, "buildrequestid"), _identity(entry))


def build_of(entry: Mapping[str, object]) -> Build:
    """A build, asked for with `BUILD_PROPERTIES`."""
    ended = entry.get("complete") is True
    commit = _property(entry, "got_revision")
    return Build(
        id=whole(entry, "buildid"),
        number=whole(entry, "number"),
        builder=whole(entry, "builderid"),
        request=whole(entry, "buildrequestid"),
        results=_results(entry) if ended else None,
        started_at=whole(entry, "started_at"),
        ended_at=whole(entry, "complete_at") if ended else 0,
        said=text(entry, "state_string"),
        worker=_property(entry, "workername"),
        commit=commit if _COMMIT.fullmatch(commit) else "",
        branch=_property(entry, "branch"),
        identity=_identity(entry),
    )


def builders_manned(workers: Iterable[Mapping[str, object]]) -> frozenset[int]:
    """The ids of the builders of which one of the workers is connected."""
    return frozenset(
        whole(place, "builderid")
        for worker in workers
        if worker.get("connected_to")
        for place in collection(worker, "configured_on")
    )


def step_of(entry: Mapping[str, object]) -> Step:
    """A step of a build."""
    ended = entry.get("complete") is True
    return Step(
        whole(entry, "stepid"),
        text(entry, "name"),
        _results(entry) if ended else None,
        text(entry, "state_string"),
    )


def whole(entry: Mapping[str, object], name: str) -> int:
    """The number of that name."""
    found = entry.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < _LARGEST:
        raise _unreadable(name, "a number", found)
    return found


def text(entry: Mapping[str, object], name: str) -> str:
    """The text of that name, shortened."""
    found = entry.get(name)
    if not isinstance(found, str):
        raise _unreadable(name, "a text", found)
    return found[:_LONGEST]


def _results(entry: Mapping[str, object]) -> Results:
    found = whole(entry, "results")
    if found not in set(Results):
        raise _unreadable("results", "0 to 6", found)
    return Results(found)


def _property(entry: Mapping[str, object], name: str) -> str:
    """A property is a pair of value and origin; empty unless it is a text."""
    properties = entry.get("properties")
    found = properties.get(name) if isinstance(properties, dict) else None
    value = found[0] if isinstance(found, list) and found else None
    return value[:_LONGEST] if isinstance(value, str) else ""


def _identity(entry: Mapping[str, object]) -> Identity | None:
    """What a stacker that asked for it said it was; None for what anybody else asked."""
    key, attempt, commit = (_property(entry, name) for name in PROPERTIES)
    known = _KEY.fullmatch(key) and _COMMIT.fullmatch(commit)
    if not known or not re.fullmatch(r"[1-9][0-9]{0,8}", attempt):
        return None
    return Identity(whole(entry, "builderid"), key, int(attempt), commit)


def _unreadable(name: str, wanted: str, found: object) -> RunnerError:
    return RunnerError(
        f"the build master gave an answer that cannot be read: {name} should be {wanted}, "
        f"not {repr(found)[:80]}",
        hint="Is this the address of a Buildbot master of version 4?",
    )
