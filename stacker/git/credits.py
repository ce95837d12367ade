"""Who made a commit: its author, and whom its message credits with `Co-authored-by:`. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.git.objects import Signature

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.objects import Commit

_CREDIT = re.compile(
    rb"^Co-authored-by:[ \t]*([^<>\n]*?)[ \t]*<([^<>\n]*)>[ \t]*(?:\n|\Z)",
    re.IGNORECASE | re.MULTILINE,
)
_TRAILER = re.compile(rb"[A-Za-z0-9-]+:[ \t]|\(cherry picked from commit ")
_NOT_IN_NAMES = bytes(range(0x20)) + b"<>\x7f"


def people_of(commit: Commit) -> tuple[Signature, ...]:
    """The author and everybody credited, each once."""
    author = commit.author
    credited = (author._replace(name=m[1], email=m[2]) for m in _CREDIT.finditer(commit.message))
    return distinct((author, *credited))


def distinct(people: Iterable[Signature]) -> tuple[Signature, ...]:
    """Everybody once, known by the address, in which case is no matter."""
    found: dict[bytes, Signature] = {}
    for one in people:
        found.setdefault(one.email.lower() or one.name, one)
    return tuple(found.values())


def without_credits(message: bytes) -> bytes:
    """A message without its `Co-authored-by:` lines."""
    return _CREDIT.sub(b"", message)


def with_credits(message: bytes, people: Iterable[Signature]) -> bytes:
    """A message with a trailer for each of `people`, below those that it has."""
    lines = [b"Co-authored-by: %s <%s>" % (_plain(p.name), _plain(p.email)) for p in people]
    if not lines:
        return message
    text, trailers = parted(message)
    whole = [text, b"\n".join([*trailers.splitlines(), *lines])]
    return b"\n\n".join(filter(None, whole)) + b"\n"


def parted(message: bytes) -> tuple[bytes, bytes]:
    """What a message says, and the trailers at its end, without line ends around them."""
    text = message.strip(b"\n")
    before, gap, last = text.rpartition(b"\n\n")
    first, *more = last.split(b"\n")
    if gap and _TRAILER.match(first) and all(x[:1].isspace() or _TRAILER.match(x) for x in more):
        return before.rstrip(b"\n"), last
    return text, b""


def in_utf8(commit: Commit) -> Commit:
    """The commit's words in UTF-8; as they are where they are no text in its own encoding."""
    if commit.encoding is None:
        return commit
    charset, author = commit.encoding.decode("ascii", "replace"), commit.author
    words = (author.name, author.email, commit.message)
    try:
        name, email, message = (raw.decode(charset).encode() for raw in words)
    except (LookupError, ValueError):
        return commit
    who = Signature(name, email, author.when)
    return commit._replace(author=who, message=message, encoding=None)


def _plain(raw: bytes) -> bytes:
    return b" ".join(raw.translate(None, _NOT_IN_NAMES).split())
