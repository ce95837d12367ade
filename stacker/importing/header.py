"""What stands above a diff that is no mail: free text, or the fields of DEP-3. Pure.

git's mails and ours are read elsewhere, as mails. Here a field that says who, when or why becomes
author, date and message; every other one stays in the message, so that nothing is lost.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stacker.errors import PatchError
from stacker.git.credits import distinct, with_credits
from stacker.git.objects import Signature
from stacker.series.patches import mail
from stacker.series.patches.patchfile import Patch, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)")
_MAIL_HEAD = re.compile(
    rb"(?:From [^\n]*\n(?=[A-Za-z0-9-]+:)|(?:[A-Za-z0-9-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)+\n)"
)
_WHO, _WHY = (b"author", b"from"), (b"subject", b"description")
_DAY = re.compile(rb"(\d{4})-(\d\d)-(\d\d)$")
_TAG = re.compile(rb"\A\[(?=[^\]]*PATCH)[^\]]*\]\s*", re.IGNORECASE)


def read_patch(raw: bytes, name: str, when: bytes, person: Callable[[], Signature]) -> Patch:
    """The patch in a file; where it does not say `when` it was written, or who did: `person`."""
    if is_mail(raw):
        return parse(raw, name)
    text, diff = mail.parted(raw, name)
    if not diff.strip():
        raise PatchError(f"{name} has no diff", hint="Take it out if it is no patch.")
    fields, free = _fields(text)
    people = [p for value in _all(fields, *_WHO) for p in _people(value)]
    when = _when(fields) or when
    who = [Signature(*p, when) for p in people] or [person()._replace(when=when)]
    author, *others = distinct(who)
    message = with_credits(_message(fields, free, name), others)
    return Patch(author, message, None, diff)


def names_author(raw: bytes, name: str) -> bool:
    """Whether a patch says who wrote it."""
    return is_mail(raw) or bool(list(_all(_fields(mail.parted(raw, name)[0])[0], *_WHO)))


def is_mail(raw: bytes) -> bool:
    """Whether a patch is a mail, which says who wrote it and when as mails do."""
    head = _MAIL_HEAD.match(raw)
    if head is None:
        return False
    named = {line.partition(b":")[0].lower() for line in head[0].split(b"\n")}
    return head[0].startswith(b"From ") or {b"from", b"date"} <= named


_Fields = list[tuple[bytes, bytes]]
"""Each field as it is named, with its value, lines of which are parted by line ends."""


def _fields(text: bytes) -> tuple[_Fields, bytes]:
    """The fields that a text begins with, and what follows them: all of it where there are none."""
    found: list[tuple[bytes, list[bytes]]] = []
    lines = text.lstrip(b"\n").split(b"\n")
    read = 0
    for line in lines:
        field = _FIELD.match(line)
        if field is not None:
            found.append((field[1], [field[2].strip()]))
        elif line[:1] in (b" ", b"\t") and line.strip() and found:
            found[-1][1].append(line[1:].rstrip())
        else:
            break
        read += 1
    known = {*_WHO, *_WHY, b"origin", b"forwarded", b"last-update", b"applied-upstream", b"date"}
    if not known & {name.lower() for name, _ in found}:
        return [], text
    paragraphs = [(name, [b"" if x == b"." else x for x in value]) for name, value in found]
    return [(name, b"\n".join(value)) for name, value in paragraphs], b"\n".join(lines[read:])


def _all(fields: _Fields, *names: bytes) -> Iterator[bytes]:
    return (value for name, value in fields if name.lower() in names and value.strip())


def _message(fields: _Fields, free: bytes, name: str) -> bytes:
    """The subject, what is said below it, and the fields that tell of something else."""
    why = [_TAG.sub(b"", value) for value in _all(fields, *_WHY)]
    text = b"\n\n".join([*why, free.strip(b"\n")]).strip(b"\n")
    if not text:
        text = re.sub(r"^\d+[-_]|\.(patch|diff)$", "", name.rpartition("/")[2]).encode()
    subject, _, body = text.partition(b"\n")
    subject = mail.words(subject).encode(errors="replace") if b"=?" in subject else subject
    known = (*_WHO, *_WHY, b"date")
    rest = [
        b"%s: %s" % (n, b"\n ".join(v.split(b"\n"))) for n, v in fields if n.lower() not in known
    ]
    parts = [subject.strip(), body.strip(b"\n"), b"\n".join(rest)]
    return b"\n\n".join(filter(None, parts)) + b"\n"


def _people(value: bytes) -> list[tuple[bytes, bytes]]:
    """The people in a field: `Name <mail>`, several parted by commas, or a bare name."""
    *named, _ = mail.words(b" ".join(value.split())).encode(errors="replace").split(b">")
    people = (one.partition(b"<") for one in named)
    found = [(name.strip(b', "'), address) for name, _, address in people]
    bare = b" ".join(value.split())
    return found or [(bare, bare if b"@" in bare else b"")]


def _when(fields: _Fields) -> bytes | None:
    for value in _all(fields, b"date"):
        return mail.when(value, "the Date field")
    for value in _all(fields, b"last-update"):
        day = _DAY.match(value)
        if day is None:
            continue
        year, month, of_month = map(int, day.groups())
        try:
            begun = datetime(year, month, of_month, tzinfo=UTC)
        except ValueError as exc:
            raise PatchError(f"no such day: {value[:40]!r}") from exc
        return b"%d +0000" % int(begun.timestamp())
    return None
