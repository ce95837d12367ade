"""One patch file: a mail that `git am` takes, and that keeps every byte of the commit.

What a mail cannot carry exactly (a `---` line in the message, a subject in brackets, a name
that mail quotes differently, another encoding) is carried a second time in `X-Stacker-*`
headers, which mail tools skip and `parse` prefers. Such a file says so, below its `---` line,
where mail tools take nothing for content.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from stacker.errors import PatchError
from stacker.git.objects import Signature
from stacker.series.patches import mail

_ZERO_LINE = b"From " + b"0" * 40 + b" Mon Sep 17 00:00:00 2001"
# What `git am` takes for something else than a line of the message, or for another author.
_RISKY = re.compile(
    rb"^(---|diff |Index: |From |>From |From:|Date:|Subject:|\[|[->8<% ]*-- ?>8|-- $)", re.MULTILINE
)
# Of these, what ends the message or the mail wherever it stands, and what is a header at its top.
_ENDING = re.compile(rb"^(?=diff -|Index: |---(?: \S|\s*$)|From [^\n]*\d:\d\d)", re.MULTILINE)
_HEADING = re.compile(rb"\s*(?:From:|Date:|Subject:|>From |\[PATCH\])", re.IGNORECASE)
_TIDY = re.compile(rb"(?!re:|[\[:])[^\x00-\x1f\x7f\s][^\x00-\x09\x0b-\x1f\x7f]*\n", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"\w[^@<>\x00-\x1f\x7f-\x9f]+\w")
_PLAIN_MAIL = re.compile(rb"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
_LAST_SECOND = 4102444799  # of the year 2099; git am reads no date after 2105
_NOTE = """\
The X-Stacker headers have the %s of this patch exactly; `stacker import` reads
them. Mail cannot carry that for certain: `git am` may change it, or stop.
"""


class Patch(NamedTuple):
    """What one patch says: who, when, why, and the change as git's diff (may be empty)."""

    author: Signature
    message: bytes
    encoding: bytes | None
    diff: bytes


def serialise(patch: Patch) -> bytes:
    """The patch file's bytes; the same patch always gives the same bytes."""
    untidy = _untidy(patch)
    if not untidy:
        plain = _mail(patch, (), b"")
        if parse(plain) == patch:
            return plain
    extra = [(b"Author", patch.author.raw), (b"Message", patch.message)]
    if patch.encoding is not None:
        extra.append((b"Encoding", patch.encoding))
    note = _NOTE % " and the ".join(untidy or ("message",))
    return _mail(patch, tuple(extra), note.encode("ascii"))


def parse(raw: bytes, name: str = "patch") -> Patch:
    """Read a patch file or a mail; damage raises `PatchError` naming the file and the reason."""
    one = mail.read(raw, name)
    found = {field: mail.exact(one, field, name) for field in ("author", "message", "encoding")}
    author, message, encoding = found.values()
    if author is None or message is None:
        return Patch(*mail.author_and_message(one, name), None, one.diff)
    # Each is a line of the commit's head: another line in it would be another commit.
    if any(mark in value for value in (author, encoding or b"") for mark in (b"\n", b"\0")):
        raise PatchError(f"{name}: an X-Stacker header with more than its line in it")
    return Patch(Signature.parse(author), message, encoding, one.diff)


def split_mbox(raw: bytes) -> list[bytes]:
    """The mails of an mbox; a file that is one mail without a `From ` line is one mail."""
    return mail.split_mbox(raw)


def slug(subject: str) -> str:
    """A file name from a subject: ASCII, at most 52 characters, never empty."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", subject).strip("-").lower()
    return words[:52].strip("-") or "patch"


def _untidy(patch: Patch) -> tuple[str, ...]:
    """What not every mail tool would read as it is meant, in words.

    Cautious: what is not tidy is only carried a second time.
    """
    is_tidy = {
        "author": _is_tidy_author(patch.author),
        "date": _is_tidy_date(patch.author),
        "message": _is_tidy_message(patch.message),
        "encoding": patch.encoding is None,
    }
    return tuple(what for what, tidy in is_tidy.items() if not tidy)


def _is_tidy_author(author: Signature) -> bool:
    try:
        name = author.name.decode()
    except UnicodeDecodeError:
        return False
    return (
        bool(_PLAIN_NAME.fullmatch(name))
        and len(author.name) <= 60  # beyond, git am takes the address for the name
        and bool(_PLAIN_MAIL.fullmatch(author.email))
    )


def _is_tidy_date(author: Signature) -> bool:
    return bool(re.fullmatch(rb"\d+ [+-]\d{4}", author.when)) and author.seconds <= _LAST_SECOND


def _is_tidy_message(message: bytes) -> bool:
    try:
        message.decode()
    except UnicodeDecodeError:
        return False
    return (
        bool(_TIDY.fullmatch(message))
        and not _RISKY.search(message)
        and all(line == line.rstrip() for line in message.split(b"\n"))
        and b"\n\n\n" not in message
    )


def _mail(patch: Patch, exact: tuple[tuple[bytes, bytes], ...], note: bytes) -> bytes:
    subject, _, body = patch.message.partition(b"\n")
    lines = [_ZERO_LINE]
    name = _header_text(patch.author.name, patch.encoding, phrase=True)
    lines.append(b"From: " + name + b" <" + patch.author.email + b">")
    lines.append(b"Date: " + _date(patch.author.when))
    lines.append(b"Subject: [PATCH] " + _header_text(subject, patch.encoding, phrase=False))
    lines += [b"X-Stacker-" + key + b": " + b64encode(value) for key, value in exact]
    lines += [b"MIME-Version: 1.0", b"Content-Type: text/plain; charset=UTF-8"]
    lines.append(b"Content-Transfer-Encoding: 8bit")
    head = b"\n".join(line.replace(b"\r", b" ").replace(b"\0", b" ") for line in lines)
    body = body.strip(b"\n")
    if exact:
        body = _harmless(body, patch.encoding)
    text = body + b"\n" if body else b""
    return head + b"\n\n" + text + b"---\n" + note + b"\n" + patch.diff


def _harmless(body: bytes, encoding: bytes | None) -> bytes:
    """The message for a mail tool's eyes: no line that ends it or changes the author."""
    body = _ENDING.sub(b" ", _text(body, encoding).encode(errors="replace"))
    return b" " + body.lstrip() if _HEADING.match(body) else body


def _header_text(raw: bytes, encoding: bytes | None, *, phrase: bool) -> bytes:
    text = _text(raw, encoding)
    special = phrase and re.search(r'[()<>@,;:\\".\[\]]', text)
    if text.isascii() and text.isprintable():
        return (
            b'"' + re.sub(r'(["\\])', r"\\\1", text).encode() + b'"' if special else text.encode()
        )
    # Each word by itself, so that no line of a header grows over 75 characters by much.
    pieces = [text[i : i + 15] for i in range(0, len(text), 15)]
    coded = (b"=?UTF-8?B?" + b64encode(piece.encode(errors="replace")) + b"?=" for piece in pieces)
    return b"\n ".join(coded)


def _text(raw: bytes, encoding: bytes | None) -> str:
    """What a commit has, for mail: git takes no NUL from there."""
    charset = encoding.decode("ascii", "replace") if encoding is not None else None
    text = mail.guessed(raw) if charset is None else mail.decoded(raw, charset)
    return text.replace("\0", " ")


def _date(when: bytes) -> bytes:
    try:
        seconds, zone = when.split()
        sign = -1 if zone.startswith(b"-") else 1
        offset = timedelta(minutes=sign * (int(zone[1:3]) * 60 + int(zone[3:5])))
        local = datetime.fromtimestamp(int(seconds), UTC).astimezone(timezone(offset))
    except (ValueError, OverflowError, OSError):
        return b"Thu, 1 Jan 1970 00:00:00 +0000"
    day, month = mail.DAYS[local.weekday()], mail.MONTHS[local.month - 1]
    return f"{day}, {local:%d} {month} {local.year:04d} {local:%H:%M:%S %z}".encode()
