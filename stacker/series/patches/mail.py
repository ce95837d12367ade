"""A mail with a patch in it, as mail programs, git and we write them: what its parts say."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from binascii import a2b_qp
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import PatchError
from stacker.git.objects import Signature

if TYPE_CHECKING:
    from collections.abc import Mapping

# Every expression here takes time in proportion to the text: mails may be made to keep us busy.
# As git's own splitter sees it: a `From ` line that has a time and a year, before a header.
_MAIL_START = re.compile(rb"^From (?=\S)([^\n]*)\n(?=[A-Za-z0-9-]+:)", re.MULTILINE)
_TIME, _YEAR = re.compile(rb"\d:\d\d"), re.compile(rb"\b\d{4}\b")
_DIFF_START = re.compile(
    rb"^(diff --git |Index: |diff -|--- \S[^\n]*\n\+\+\+ \S[^\n]*\n@@ -)", re.MULTILINE
)
_DASHES = re.compile(rb"^---[ \t]*$", re.MULTILINE)
_SIGNATURE = re.compile(rb"^-- \n[0-9][^\n]*\n\n?\Z", re.MULTILINE)
_PATCH_TAG = re.compile(r"^\[(?=[^\]]*PATCH)[^\]]*\]\s*", re.IGNORECASE)
_WORD = re.compile(r"=\?([^?\s]+)\?([BQ])\?(.*?)\?=", re.IGNORECASE | re.DOTALL)  # of RFC 2047
_HEADER_LINE = re.compile(rb"^[A-Za-z0-9-]+:")
_CHARSET = re.compile(rb"""charset\s*=\s*"?([A-Za-z0-9._:-]+)""", re.IGNORECASE)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# As git writes it, and we.
_DATE = re.compile(
    rf"(?:{'|'.join(DAYS)}), (\d\d?) ({'|'.join(MONTHS)}) (\d{{4}}) "
    r"(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"
)
_NOT_IN_NAMES = bytes(range(0x20)) + b"<>\x7f"  # git leaves them out too


class Mail(NamedTuple):
    """The head's fields by lower-case name, the text up to the diff, and the diff."""

    head: Mapping[str, bytes]
    text: bytes
    diff: bytes


def split_mbox(raw: bytes) -> list[bytes]:
    """The mails of an mbox; a file that is one mail without a `From ` line is one mail."""
    raw = _without_mail_ends(raw)
    starts = [m.start() for m in _MAIL_START.finditer(raw) if _has_moment(m[1])]
    if not starts:
        return [raw] if raw.strip() else []
    return [raw[a:b] for a, b in zip(starts, [*starts[1:], len(raw)], strict=True)]


def read(raw: bytes, name: str) -> Mail:
    """Take a mail apart; damage raises `PatchError` naming `name` and the reason."""
    head, body = _split_head(raw, name)
    kind = head.get("content-type", b"").lower()
    if kind.startswith(b"multipart/"):
        body = _attached(raw, name)
    elif kind.startswith(b"text/html"):
        raise PatchError(
            f"{name}: a mail in HTML", hint="Get the patch as plain text, or attached."
        )
    else:
        body = _decoded_body(head, body, name)
    return Mail(head, *parted(body, name))


def exact(mail: Mail, field: str, name: str) -> bytes | None:
    """What an `X-Stacker-` field has, in its own bytes; `None` when there is no such field."""
    value = mail.head.get(f"x-stacker-{field}")
    if value is None:
        return None
    try:
        return b64decode(value.replace(b"\n", b"").replace(b" ", b""), validate=True)
    except Base64Error as exc:
        raise PatchError(f"{name}: a damaged X-Stacker header") from exc


def author_and_message(mail: Mail, name: str) -> tuple[Signature, bytes]:
    """What the mail says by the rules of mail: both in UTF-8."""
    author, text = _author(mail.head, _in_utf8(mail.text, mail.head), name)
    subject = _PATCH_TAG.sub("", words(mail.head.get("subject", b"")).strip())
    message = subject.encode(errors="replace") + b"\n"
    if text.strip():
        message += b"\n" + text.strip(b"\n") + b"\n"
    return author, message


def guessed(raw: bytes) -> str:
    """Text of which nobody says in what charset it is, as git guesses."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def decoded(raw: bytes, charset: str) -> str:
    """`raw` as text, whatever it is: what is none in that charset, or no charset, is replaced."""
    try:
        return raw.decode(charset, "replace")
    except (LookupError, ValueError):  # no such charset, or one that is not for text
        return raw.decode("utf-8", "replace")


def _has_moment(line: bytes) -> bool:
    time = _TIME.search(line, 1)
    return time is not None and _YEAR.search(line, time.end()) is not None


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
    fields: list[tuple[str, list[bytes]]] = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
        elif _HEADER_LINE.match(line):
            key, _, value = line.partition(b":")
            fields.append((key.decode("ascii").lower(), [value.strip()]))
        else:
            raise PatchError(f"{name}: not a mail header: {line[:60]!r}")
    # Of two fields of one name the first one counts.
    return {key: b"\n".join(lines) for key, lines in reversed(fields)}, body


def _decoded_body(head: Mapping[str, bytes], body: bytes, name: str) -> bytes:
    match head.get("content-transfer-encoding", b"").lower():
        case b"base64":
            try:
                return _without_mail_ends(b64decode(body))
            except Base64Error as exc:
                raise PatchError(f"{name}: its base64 body is damaged") from exc
        case b"quoted-printable":
            return _without_mail_ends(a2b_qp(body))
        case _:
            return body


def _without_mail_ends(text: bytes) -> bytes:
    """Without the CR that mail puts at the end of every line; those of a file's lines stay."""
    every = text.count(b"\n") == text.count(b"\r\n")
    return text.replace(b"\r\n", b"\n") if every else text


def _attached(raw: bytes, name: str) -> bytes:
    """The parts of a mail with attachments, one after the other, as git reads them."""
    from email import message_from_bytes  # noqa: PLC0415 - slow to load, and seldom needed

    try:
        parts = [p for p in message_from_bytes(raw).walk() if p.get_content_maintype() == "text"]
        payloads = [p.get_payload(decode=True) for p in parts]
    except (RecursionError, ValueError, LookupError) as exc:
        raise PatchError(
            f"{name}: its attachments cannot be read", hint="Get the patch as plain text."
        ) from exc
    return b"\n".join(_without_mail_ends(p) for p in payloads if isinstance(p, bytes))


def parted(body: bytes, name: str) -> tuple[bytes, bytes]:
    """(message, diff): the message ends at a `---` line or where a diff begins."""
    diff, dashes = _DIFF_START.search(body), _DASHES.search(body)
    if dashes and (diff is None or dashes.start() < diff.start()):
        diff = _DIFF_START.search(body, dashes.end())
        text = body[: dashes.start()]
    elif diff:
        text = body[: diff.start()]
    else:
        raise PatchError(
            f"{name} has no diff",
            hint="A cover letter or an answer is no patch: take it out. A commit that changes "
            "nothing is imported as a range.",
        )
    # What `format-patch` puts below a diff is no part of it.
    return text, _SIGNATURE.sub(b"", body[diff.start() :]) if diff else b""


def _in_utf8(text: bytes, head: Mapping[str, bytes]) -> bytes:
    """The message in UTF-8, if the mail says what else it is in; the diff has files' own bytes."""
    named = _CHARSET.search(head.get("content-type", b""))
    charset = named[1].decode("ascii").lower() if named else "utf-8"
    if charset in ("utf-8", "utf8", "us-ascii"):
        return text
    try:
        return text.decode(charset).encode()
    except (LookupError, ValueError):
        return text


def _author(head: Mapping[str, bytes], text: bytes, name: str) -> tuple[Signature, bytes]:
    """The author, and the text without the `From:` line that names him there."""
    sender = head.get("from")
    in_text = re.match(rb"From: ([^\n]*>)\n\n?", text.lstrip(b"\n"))
    if in_text and b"<" in in_text[1]:
        sender, text = in_text[1], text.lstrip(b"\n")[in_text.end() :]
    if sender is None:
        raise PatchError(f"{name}: no From line", hint="Say who wrote it: `From: Name <mail>`.")
    person, opened, rest = sender.rpartition(b"<")
    if not opened:
        person, rest = sender, sender
    who = words(person).strip()
    if len(who) > 1 and who.startswith('"') and who.endswith('"'):
        who = re.sub(r"\\(.)", r"\1", who[1:-1])
    plain = who.encode(errors="replace").translate(None, _NOT_IN_NAMES)
    address = rest.rstrip(b"> \n").translate(None, _NOT_IN_NAMES)
    return Signature(plain, address, when(head.get("date", b""), name)), text


def when(date: bytes, name: str) -> bytes:
    """A date as RFC 2822 has it, as git writes it in commits: seconds since 1970, and the zone."""
    parsed = _parsed(date.decode("ascii", "replace"))
    if parsed is None:
        raise PatchError(f"{name}: no readable Date line", hint="Give it one, as RFC 2822 has it.")
    year, month, day, hour, minute, second, zone = parsed
    try:
        there = timezone(timedelta(seconds=zone))
        local = datetime(year, month, day, hour, minute, second, tzinfo=there)
    except (ValueError, OverflowError) as exc:
        raise PatchError(f"{name}: no such date: {date[:60]!r}") from exc
    seconds = int(local.timestamp())
    sign, minutes = "-" if zone < 0 else "+", abs(zone) // 60
    return f"{seconds} {sign}{minutes // 60:02d}{minutes % 60:02d}".encode()


def _parsed(date: str) -> tuple[int, ...] | None:
    """Year, month, day, hour, minute, second, and the zone's offset in seconds."""
    if usual := _DATE.fullmatch(date):
        day, month, *rest, sign, hours, minutes = usual.groups()
        zone = int(f"{sign}1") * (int(hours) * 3600 + int(minutes) * 60)
        year, *clock = map(int, rest)
        return year, MONTHS.index(month) + 1, int(day), *clock, zone
    from email.utils import parsedate_tz  # noqa: PLC0415 - slow to load, and git needs it not

    try:
        parsed = parsedate_tz(date)
    except (ValueError, IndexError, TypeError):  # what it does with some rubbish
        return None
    return (*parsed[:6], parsed[9] or 0) if parsed is not None else None


def words(raw: bytes) -> str:
    """A header's value with RFC 2047 words decoded and folded lines joined."""
    text = guessed(re.sub(rb"\n[ \t]+", b" ", raw))
    found: list[str] = []
    run, charset, at = list[bytes](), "", 0  # words of one charset, which may share a character
    # All words end at or before the last end: none is looked for in vain.
    for word in _WORD.finditer(text, 0, text.rfind("?=") + 2):
        gap = text[at : word.start()]
        if gap.strip() or word[1].lower() != charset:
            found += [decoded(b"".join(run), charset), gap if gap.strip() else ""]
            run, charset = [], word[1].lower()
        run.append(_word(word))
        at = word.end()
    return "".join([*found, decoded(b"".join(run), charset), text[at:]])


def _word(word: re.Match[str]) -> bytes:
    """What an encoded word says; itself, if it is damaged."""
    said = word[3].encode(errors="replace")
    if word[2] in "Qq":
        return a2b_qp(said, header=True)
    try:
        return b64decode(said + b"=" * (-len(said) % 4))
    except Base64Error:
        return word[0].encode(errors="replace")
