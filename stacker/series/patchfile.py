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
# As git's own splitter sees it: a `From ` line that has a time and a year, before a header.
_MAIL_START = re.compile(
    rb"^From \S+[^\n]*\d:\d\d[^\n]*\b\d{4}\b[^\n]*\n(?=[A-Za-z0-9-]+:)", re.MULTILINE
)
_DIFF_START = re.compile(rb"^(diff --git |Index: |diff -)", re.MULTILINE)
_PATCH_TAG = re.compile(r"^\[[^\]]*PATCH[^\]]*\]\s*", re.IGNORECASE)
_HEADER_LINE = re.compile(rb"^[A-Za-z0-9-]+:")
# What `git am` takes for something else than a line of the message, or for another author.
_RISKY = re.compile(
    rb"^(---|diff |Index: |From |>From |From:|Date:|Subject:|\[|[->8<% ]*-- ?>8|-- $)", re.MULTILINE
)
_TIDY = re.compile(rb"(?!re:|[\[:])[^\x00-\x1f\x7f\s][^\x00-\x09\x0b-\x1f\x7f]*\n", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"\w[^@<>\x00-\x1f\x7f-\x9f]+\w")
_PLAIN_MAIL = re.compile(rb"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")
_LAST_SECOND = 4102444799  # of the year 2099; git am reads no date after 2105


@dataclass(frozen=True, slots=True)
class Patch:
    """What one patch says: who, when, why, and the change as git's diff (may be empty)."""

    author: Signature
    message: bytes
    encoding: bytes | None
    diff: bytes


def serialise(patch: Patch) -> bytes:
    """The patch file's bytes; the same patch always gives the same bytes."""
    if _is_tidy(patch):
        plain = _mail(patch, ())
        if parse(plain) == patch:
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
    message_body, diff = _split_body(_decoded_body(head, body, name))
    if exact.keys() >= {"x-stacker-message", "x-stacker-author"}:
        author = Signature.parse(exact["x-stacker-author"])
        return Patch(author, exact["x-stacker-message"], exact.get("x-stacker-encoding"), diff)
    author, message_body = _author(head, message_body, name)
    subject = _PATCH_TAG.sub("", _text(head.get("subject", b"")).strip())
    message = subject.encode(errors="replace") + b"\n"
    if message_body.strip():
        message += b"\n" + message_body.strip(b"\n") + b"\n"
    return Patch(author, message, None, diff)


def split_mbox(raw: bytes) -> list[bytes]:
    """The mails of an mbox; a file that is one mail without a `From ` line is one mail."""
    raw = _without_mail_ends(raw)
    starts = [m.start() for m in _MAIL_START.finditer(raw)]
    if not starts:
        return [raw] if raw.strip() else []
    return [raw[a:b] for a, b in zip(starts, [*starts[1:], len(raw)], strict=True)]


def slug(subject: str) -> str:
    """A file name from a subject: ASCII, at most 52 characters, never empty."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", subject).strip("-").lower()
    return words[:52].strip("-") or "patch"


# Writing ------------------------------------------------------------------------------------


def _is_tidy(patch: Patch) -> bool:
    """Whether every mail tool reads author and message of the mail as they are meant.

    Cautious: what is not tidy is only carried a second time.
    """
    try:
        name, _ = patch.author.name.decode(), patch.message.decode()
    except UnicodeDecodeError:
        return False
    lines = patch.message.split(b"\n")
    return (
        patch.encoding is None
        and bool(_PLAIN_NAME.fullmatch(name))
        and len(patch.author.name) <= 60  # beyond, git am takes the address for the name
        and bool(_PLAIN_MAIL.fullmatch(patch.author.email))
        and bool(re.fullmatch(rb"\d+ [+-]\d{4}", patch.author.when))
        and patch.author.seconds <= _LAST_SECOND
        and bool(_TIDY.fullmatch(patch.message))
        and not _RISKY.search(patch.message)
        and all(line == line.rstrip() for line in lines)
        and b"\n\n\n" not in patch.message
    )


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
    return b"\n".join(b" " + line if _RISKY.match(line) else line for line in lines)


def _header_text(raw: bytes, encoding: bytes | None, *, phrase: bool) -> bytes:
    text = _decoded(raw, (encoding or b"utf-8").decode("ascii", "replace"))
    special = phrase and re.search(r'[()<>@,;:\\".\[\]]', text)
    if text.isascii() and text.isprintable():
        return (
            b'"' + re.sub(r'(["\\])', r"\\\1", text).encode() + b'"' if special else text.encode()
        )
    # Each word by itself, so that no line of a header grows over 75 characters by much.
    pieces = [text[i : i + 15] for i in range(0, len(text), 15)]
    coded = (b"=?UTF-8?B?" + b64encode(piece.encode(errors="replace")) + b"?=" for piece in pieces)
    return b"\n ".join(coded)


def _decoded(raw: bytes, charset: str) -> str:
    try:
        return raw.decode(charset, "replace")
    except (LookupError, ValueError):  # no such charset, or one that is not for text
        return raw.decode("utf-8", "replace")


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


def _decoded_body(head: dict[str, bytes], body: bytes, name: str) -> bytes:
    match head.get("content-transfer-encoding", b"").lower():
        case b"base64":
            try:
                return _without_mail_ends(b64decode(body))
            except Base64Error as exc:
                raise PatchError(f"{name}: its base64 body is damaged") from exc
        case b"quoted-printable":
            return _without_mail_ends(decodestring(body))
        case _:
            return body


def _without_mail_ends(text: bytes) -> bytes:
    """Without the CR that mail puts at the end of every line; those of a file's lines stay."""
    every = text.count(b"\n") == text.count(b"\r\n")
    return text.replace(b"\r\n", b"\n") if every else text


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
    return Signature(
        text.encode(errors="replace"), rest.rstrip(b"> \n"), _when(head.get("date", b""), name)
    ), body


def _when(date: bytes, name: str) -> bytes:
    try:
        parsed = parsedate_tz(date.decode("ascii", "replace"))
    except (ValueError, IndexError, TypeError):  # what it does with some rubbish
        parsed = None
    if parsed is None:
        raise PatchError(f"{name}: no readable Date line", hint="Give it one, as RFC 2822 has it.")
    zone = parsed[9] or 0
    try:
        local = datetime(*parsed[:6], tzinfo=timezone(timedelta(seconds=zone)))
    except (ValueError, OverflowError) as exc:
        raise PatchError(f"{name}: no such date: {date[:60]!r}") from exc
    seconds = int(local.timestamp())
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
            part if isinstance(part, str) else _decoded(part, charset or "latin-1")
            for part, charset in decode_header(text)
        )
    except (HeaderParseError, ValueError):
        return text
