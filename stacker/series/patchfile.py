"""One patch file: a mail that `git am` takes, and that keeps every byte of the commit.

What a mail cannot carry exactly (a `---` line in the message, a subject in brackets, a name
that mail quotes differently, another encoding) is carried a second time in `X-Stacker-*`
headers, which mail tools skip and `parse` prefers.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import format_datetime, parsedate_tz
from quopri import decodestring

from stacker.errors import PatchError
from stacker.git.objects import Signature

_ZERO_LINE = b"From " + b"0" * 40 + b" Mon Sep 17 00:00:00 2001"
_MAIL_START = re.compile(rb"^From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001$", re.MULTILINE)
_DIFF_START = re.compile(rb"^(diff --git |Index: |diff -)", re.MULTILINE)
_PATCH_TAG = re.compile(r"^\[[^\]]*PATCH[^\]]*\]\s*", re.IGNORECASE)
_HEADER_LINE = re.compile(rb"^[A-Za-z0-9-]+:")


@dataclass(frozen=True, slots=True)
class Patch:
    """What one patch says: who, when, why, and the change as git's diff (may be empty)."""

    author: Signature
    message: bytes
    encoding: bytes | None
    diff: bytes


def serialise(patch: Patch) -> bytes:
    """The patch file's bytes; the same patch always gives the same bytes."""
    plain = _mail(patch, ())
    try:
        understood = parse(plain)
    except PatchError:
        understood = None
    if understood == patch:
        return plain
    extra = [(b"Author", patch.author.raw), (b"Message", patch.message)]
    if patch.encoding is not None:
        extra.append((b"Encoding", patch.encoding))
    return _mail(patch, tuple(extra))


def parse(raw: bytes, name: str = "patch") -> Patch:
    """Read a patch file or a mail; damage raises `PatchError` naming the file and the reason."""
    head, body = _split_head(raw, name)
    exact = {
        key: _unpack(value, name) for key, value in head.items() if key.startswith("x-stacker-")
    }
    message_body, diff = _split_body(_decoded_body(head, body))
    if "x-stacker-message" in exact:
        author = Signature.parse(exact["x-stacker-author"])
        return Patch(author, exact["x-stacker-message"], exact.get("x-stacker-encoding"), diff)
    author, message_body = _author(head, message_body, name)
    subject = _PATCH_TAG.sub("", _text(head.get("subject", b"")).strip())
    message = subject.encode() + b"\n"
    if message_body.strip():
        message += b"\n" + message_body.strip(b"\n") + b"\n"
    return Patch(author, message, None, diff)


def split_mbox(raw: bytes) -> list[bytes]:
    """The mails of an mbox; a file that is one mail without a `From ` line is one mail."""
    raw = raw.replace(b"\r\n", b"\n") if b"\r\nSubject:" in raw else raw
    starts = [m.start() for m in _MAIL_START.finditer(raw)]
    if not starts:
        return [raw] if raw.strip() else []
    return [raw[a:b] for a, b in zip(starts, [*starts[1:], len(raw)], strict=True)]


def slug(subject: str) -> str:
    """A file name from a subject: ASCII, at most 52 characters, never empty."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", subject).strip("-").lower()
    return words[:52].strip("-") or "patch"


# Writing ------------------------------------------------------------------------------------


def _mail(patch: Patch, exact: tuple[tuple[bytes, bytes], ...]) -> bytes:
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
    if any(key == b"Message" for key, _ in exact):
        body = _harmless(body)
    text = body + b"\n" if body else b""
    return head + b"\n\n" + text + b"---\n\n" + patch.diff


def _harmless(body: bytes) -> bytes:
    """The message for a mail tool's eyes: no line that ends the message or changes the author."""
    lines = body.split(b"\n")
    risky = re.compile(rb"^(---|diff |Index: |From |From:|Date:|Subject:|-- ?>8|-- $)")
    return b"\n".join(b" " + line if risky.match(line) else line for line in lines)


def _header_text(raw: bytes, encoding: bytes | None, *, phrase: bool) -> bytes:
    text = raw.decode((encoding or b"utf-8").decode("ascii", "replace"), "replace") if raw else ""
    special = phrase and re.search(r'[()<>@,;:\\".\[\]]', text)
    if text.isascii() and text.isprintable():
        return (
            b'"' + re.sub(r'(["\\])', r"\\\1", text).encode() + b'"' if special else text.encode()
        )
    # Each word by itself, so that no line of a header grows over 75 characters by much.
    pieces = [text[i : i + 15] for i in range(0, len(text), 15)]
    coded = (b"=?UTF-8?B?" + b64encode(piece.encode()) + b"?=" for piece in pieces)
    return b"\n ".join(coded)


def _date(when: bytes) -> bytes:
    try:
        seconds, zone = when.split()
        sign = -1 if zone.startswith(b"-") else 1
        offset = timedelta(minutes=sign * (int(zone[1:3]) * 60 + int(zone[3:5])))
        local = datetime.fromtimestamp(int(seconds), UTC).astimezone(timezone(offset))
    except (ValueError, OverflowError, OSError):
        return b"Thu, 1 Jan 1970 00:00:00 +0000"
    return format_datetime(local).encode()


# Reading ------------------------------------------------------------------------------------


def _split_head(raw: bytes, name: str) -> tuple[dict[str, bytes], bytes]:
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    head, gap, body = raw.partition(b"\n\n")
    if b"\r\n" in head:
        raise PatchError(
            f"{name}: its lines end in CR LF",
            hint="A checkout or a mail program converted it; keep patches byte-exact "
            "(`patches/** -text` in .gitattributes) and take the file again.",
        )
    if not gap:
        raise PatchError(f"{name}: no end of the mail's head", hint="The file is cut short.")
    found: dict[str, bytes] = {}
    last = ""
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and last:
            found[last] += b"\n" + line
        elif _HEADER_LINE.match(line):
            key, _, value = line.partition(b":")
            last = key.decode("ascii").lower()
            found.setdefault(last, value.strip())
        else:
            raise PatchError(f"{name}: not a mail header: {line[:60]!r}")
    return found, body


def _unpack(value: bytes, name: str) -> bytes:
    try:
        return b64decode(value.replace(b"\n", b"").replace(b" ", b""), validate=True)
    except Base64Error as exc:
        raise PatchError(f"{name}: a damaged X-Stacker header") from exc


def _decoded_body(head: dict[str, bytes], body: bytes) -> bytes:
    match head.get("content-transfer-encoding", b"").lower():
        case b"base64":
            return b64decode(body).replace(b"\r\n", b"\n")
        case b"quoted-printable":
            return decodestring(body)
        case _:
            return body


def _split_body(body: bytes) -> tuple[bytes, bytes]:
    """(message, diff): the message ends at a `---` line or where a diff begins."""
    diff = _DIFF_START.search(body)
    dashes = re.compile(rb"^---[ \t]*$", re.MULTILINE).search(body)
    if dashes and (diff is None or dashes.start() < diff.start()):
        diff = _DIFF_START.search(body, dashes.end())
        return body[: dashes.start()], _without_signature(body[diff.start() :] if diff else b"")
    if diff is None:
        return body, b""
    return body[: diff.start()], _without_signature(body[diff.start() :])


def _without_signature(diff: bytes) -> bytes:
    """Drop the `-- ` and git version that `format-patch` puts below a diff."""
    return re.sub(rb"^-- \n[0-9][^\n]*\n\n?\Z", b"", diff, flags=re.MULTILINE)


def _author(head: dict[str, bytes], body: bytes, name: str) -> tuple[Signature, bytes]:
    """The author, and the body without the `From:` line that names him in the text."""
    sender = head.get("from")
    in_body = re.match(rb"From: ([^\n]*<[^\n]*>)\n\n?", body.lstrip(b"\n"))
    if in_body:
        sender, body = in_body[1], body.lstrip(b"\n")[in_body.end() :]
    if sender is None:
        raise PatchError(f"{name}: no From line", hint="Say who wrote it: `From: Name <mail>`.")
    person, opened, rest = sender.rpartition(b"<")
    if not opened:
        person, rest = sender, sender
    text = _text(person).strip()
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return Signature(text.encode(), rest.rstrip(b"> \n"), _when(head.get("date", b""), name)), body


def _when(date: bytes, name: str) -> bytes:
    parsed = parsedate_tz(date.decode("ascii", "replace"))
    if parsed is None:
        raise PatchError(f"{name}: no readable Date line", hint="Give it one, as RFC 2822 has it.")
    zone = parsed[9] or 0
    try:
        local = datetime(*parsed[:6], tzinfo=UTC)
    except ValueError as exc:
        raise PatchError(f"{name}: no such date: {date[:60]!r}") from exc
    seconds = int(local.timestamp()) - zone
    sign, minutes = "-" if zone < 0 else "+", abs(zone) // 60
    return f"{seconds} {sign}{minutes // 60:02d}{minutes % 60:02d}".encode()


def _text(raw: bytes) -> str:
    """A header's value with RFC 2047 words decoded and folded lines joined."""
    joined = re.sub(rb"\n[ \t]+", b" ", raw)
    text = joined.decode("utf-8", "replace")
    if "=?" not in text:
        return text
    try:
        return "".join(
            part if isinstance(part, str) else part.decode(charset or "latin-1", "replace")
            for part, charset in decode_header(text)
        )
    except (HeaderParseError, LookupError):
        return text
