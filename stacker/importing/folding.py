"""Several commits as one: whose it is, what it says, whom it credits. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.git.credits import (
    distinct,
    in_utf8,
    parted,
    people_of,
    with_credits,
    without_credits,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Commit

_FIX_UP = re.compile(rb"(fixup|squash|amend)! ")


def fold(commits: Sequence[Commit]) -> Commit:
    """The words of `commits`, oldest first, as those of one: tree and parents are the first's.

    Author and message are those of the first one that is no fix-up. Of fix-ups it has what git's
    autosquash keeps: nothing of `fixup!`, the text of `squash!`, `amend!` in place of the message
    that it names. Everybody else is credited, fix-ups' authors too.
    """
    if len({commit.encoding for commit in commits}) > 1:
        commits = list(map(in_utf8, commits))
    first = (without_fix_ups(commits) or commits)[0]
    people = distinct([*people_of(first), *(p for c in commits for p in people_of(c))])
    known = len(people_of(first))  # the message has these
    message = with_credits(_message(first, commits), people[known:])
    return first._replace(message=message)


def without_fix_ups(commits: Sequence[Commit]) -> list[Commit]:
    """The commits that are no `fixup!`, `squash!` or `amend!` of another one."""
    return [commit for commit in commits if not _FIX_UP.match(_subject(commit))]


def _message(first: Commit, commits: Sequence[Commit]) -> bytes:
    subject, message, added = _subject(first), first.message, list[bytes]()
    for commit in commits:
        word = _FIX_UP.match(_subject(commit))
        body = without_credits(commit.message.lstrip(b"\n").partition(b"\n")[2]).strip(b"\n")
        if word is None or commit is first or not body:
            continue
        if word[1] == b"squash":
            added.append(body)
        elif word[1] == b"amend" and _named(_subject(commit)) == subject:
            message, added = _instead(body, message), []
    if not added:
        return message
    text, trailers = parted(message)
    return b"\n\n".join(filter(None, [text, *added, trailers])) + b"\n"


def _instead(body: bytes, message: bytes) -> bytes:
    """The new message, which still credits whom the old one does."""
    who = re.findall(rb"^Co-authored-by:.*$", parted(message)[1], re.IGNORECASE | re.MULTILINE)
    text, trailers = parted(body)
    return b"\n\n".join(filter(None, [text, b"\n".join([*trailers.splitlines(), *who])])) + b"\n"


def _named(subject: bytes) -> bytes:
    """The subject that a fix-up, or a fix-up of one, is for."""
    while word := _FIX_UP.match(subject):
        subject = subject[word.end() :]
    return subject


def _subject(commit: Commit) -> bytes:
    return commit.message.lstrip(b"\n").partition(b"\n")[0].rstrip()
