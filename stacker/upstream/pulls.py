"""The pull request that a commit of upstream tells of, in its subject or its trailers. Pure."""

from __future__ import annotations

import re

_NUMBER = r"(\d{1,9})\b"
_REFERENCE = rf"(?:[\w.-]+/[\w.-]+)?(?:#|!|GH-){_NUMBER}"
_ADDRESS = rf"https?://\S+/(?:pull|pulls|pull-requests|merge_requests)/{_NUMBER}"

# What forges and merge bots write into the subject of a merge.
_MERGED = re.compile(
    rf"^(?:Merge pull request |Merge PR |Auto merge of |Rollup merge of |Merge )#{_NUMBER}"
    rf"|^Merged in .*\(pull request #{_NUMBER}\)",
    re.IGNORECASE,
)
# A squashed one's number ends the subject; a revert or a backport names the other one before it.
_IN_BRACKETS = re.compile(rf"\((?:GH-|#|!){_NUMBER}\)", re.IGNORECASE)
# Explicit lines first: `Closes` may also name an issue.
_LINES = (
    re.compile(
        r"^(?:PR-URL|Pull[- ]Request(?:[- ]resolved)?|GitHub-Pull-Request|GitHub-PR|PR)"
        rf"[ \t]*:[ \t]*(?:{_ADDRESS}|{_REFERENCE}|{_NUMBER})",
        re.IGNORECASE | re.MULTILINE,
    ),
    re.compile(r"^See merge request (?:[\w./-]+)?!" + _NUMBER, re.IGNORECASE | re.MULTILINE),
    re.compile(
        rf"^(?:This )?Closes:?[ \t]+(?:{_ADDRESS}|{_REFERENCE})", re.IGNORECASE | re.MULTILINE
    ),
)


def pull_of(message: str) -> int | None:
    """The number that a commit's message tells; `None` where it tells none."""
    subject, _, body = message.lstrip("\n").partition("\n")
    merged = _MERGED.search(subject)
    if merged is not None:
        return _number(merged)
    *_, last = [None, *_IN_BRACKETS.finditer(subject)]
    if last is not None:
        return _number(last)
    found = (_number(match) for line in _LINES if (match := _last(line, body)))
    return next(found, None)


def _last(line: re.Pattern[str], body: str) -> re.Match[str] | None:
    """The one that stands last: a message may quote others before its own trailers."""
    *_, last = [None, *line.finditer(body)]
    return last


def _number(match: re.Match[str]) -> int:
    return next(int(group) for group in match.groups() if group is not None)
