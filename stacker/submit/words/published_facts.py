"""What our block of a text keeps for whoever has the text alone: series, stage, title, versions.

A hidden line, for any clone and for strangers. Anybody who may edit the text can change it, so it
is read as what a stranger wrote: exactly formed, or not at all. Nothing that decides about a
landing asks it. Pure.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stacker.git.objects import Oid, is_oid
from stacker.series.plan.naming import wrong_with_name
from stacker.series.plan.upstream import UpstreamKind, carries_secret, upstream_kind
from stacker.submit.words.body import block_in

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_VERSIONS = 30
LONGEST_WHY = 200
_LONGEST_HOME, _LONGEST_TITLE = 300, 1000
_HIGHEST = 999_999
_LINE = re.compile(r"^<!-- stacker:published (\{[^\n]*\}) -->$", re.MULTILINE)
# Whoever makes a commit message of the text shall close nothing and call nobody with it.
_ACTIVE = re.compile(r"[<>&@#]|(?<=:)/(?=/)|(?<=GH)-(?=\d)|(?<=www)\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """One head that was published: `number` is the series' version at that push.

    The stage's own change is from the tree of `below` to that of `head`; `base` is the upstream
    commit under both; `why` says why there was a new one.
    """

    number: int
    head: Oid
    below: Oid
    base: Oid
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFacts:
    """What a text tells of its stage: `title` is the one that we gave last, `home` where the team
    shares the series, `versions` the newest heads, the newest last."""

    series: str
    stage: str
    title: str
    home: str | None
    versions: tuple[PublishedVersion, ...]


def write(facts: PublishedFacts) -> str:
    """The hidden line."""
    said: dict[str, object] = {
        "series": facts.series,
        "stage": facts.stage,
        "title": facts.title[:_LONGEST_TITLE],
        "versions": [
            [v.number, v.head, v.below, v.base, v.why[:LONGEST_WHY]]
            for v in facts.versions[-MOST_VERSIONS:]
        ],
    }
    if public_home(facts.home) is not None:
        said["home"] = facts.home
    text = json.dumps(said, sort_keys=True, separators=(", ", ": "))
    text = _ACTIVE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    return f"<!-- stacker:published {text} -->"


def read(body: str) -> PublishedFacts | None:
    """What the text tells; `None` where it tells nothing, or anything but this."""
    found = _LINE.search(block_in(body))
    if found is None:
        return None
    try:
        return _facts(json.loads(found[1]))
    except (ValueError, RecursionError):
        return None


def public_home(home: str | None) -> str | None:
    """The home where it may be told to everybody: reached over HTTP or ssh, without a secret."""
    if home is None or len(home) > _LONGEST_HOME or not home.isprintable():
        return None
    if upstream_kind(home) is not UpstreamKind.URL or carries_secret(home):
        return None
    over_ssh = "://" not in home  # git@host:path
    return home if over_ssh or urlsplit(home).scheme in {"http", "https", "ssh"} else None


def following(
    known: Sequence[PublishedVersion], newest: PublishedVersion
) -> tuple[PublishedVersion, ...]:
    """The versions that are told once `newest` is published."""
    before = known[:-1] if known and known[-1].head == newest.head else known
    return (*before, newest)[-MOST_VERSIONS:]


def _facts(said: object) -> PublishedFacts | None:
    if not isinstance(said, dict):
        return None
    match said:
        case {
            "series": str(series),
            "stage": str(stage),
            "title": str(title),
            "versions": list(rows),
        }:
            home = said.get("home")
        case _:
            return None
    if wrong_with_name(series) or wrong_with_name(stage) or len(rows) > MOST_VERSIONS:
        return None
    versions = [_version(row) for row in rows]
    formed = [v for v in versions if v is not None]
    good = home is None or (isinstance(home, str) and public_home(home) == home)
    if not good or len(formed) < len(rows) or not _is_text(title, _LONGEST_TITLE):
        return None
    return PublishedFacts(
        series=series, stage=stage, title=title, home=home, versions=tuple(formed)
    )


def _version(row: object) -> PublishedVersion | None:
    match row:
        case [int(number), str(head), str(below), str(base), str(why)]:
            oids = (head, below, base)
        case _:
            return None
    # True and False are integers to Python.
    counted = not isinstance(number, bool) and 0 < number <= _HIGHEST
    one_kind = all(map(is_oid, oids)) and len({len(oid) for oid in oids}) == 1
    if not counted or not one_kind or not _is_text(why, LONGEST_WHY):
        return None
    return PublishedVersion(number, Oid(head), Oid(below), Oid(base), why)


def _is_text(text: str, longest: int) -> bool:
    """Whether it can be written anywhere: JSON may hold halves of characters."""
    return len(text) <= longest and not any("\ud800" <= char <= "\udfff" for char in text)
