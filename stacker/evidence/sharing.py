"""Evidence as a team shares it: one small file a record, named by what is in it."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from stacker.errors import NewerFormat, StackerError
from stacker.evidence.key import evidence_key
from stacker.evidence.record import Attempt, Record, Verdict

FORMAT = 3
_WITHOUT_LOG = 2  # nor runner, tools, signature
_OLD = 1  # without attempts, and without what its key is made of
_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{62}\.json")
_TEXTS = ("key", "stage", "check", "platform", "host", "commit", "tree", "base")
_SINCE_3 = ("runner", "builder", "url", "log_digest", "tools", "signature")
LONGEST = 4096
"""Bytes of one text."""
_MOST = 1000  # attempts, or parts of a key
_NUMBERS = -(1 << 31), 253402300799  # as a time, up to the end of the year 9999


def text_of(record: Record) -> bytes:
    """A record's file; where its log lies is a matter of the machine that ran it.

    An old record is written as it was: its file's name is what is in it.
    """
    values: dict[str, Any] = {name: getattr(record, name) for name in _TEXTS}
    values |= {
        "format": _format(record),
        "verdict": str(record.verdict), "exit_code": record.exit_code,
        "seconds": record.seconds, "started_at": record.started_at, "clean": record.clean,
    }  # fmt: skip
    if record.parts:
        tries = [[str(one.verdict), one.exit_code, one.seconds] for one in record.attempts]
        values |= {"attempts": tries, "parts": dict(record.parts), "patch": record.patch}
    if can_be_signed(record):
        values |= {name: getattr(record, name) for name in _SINCE_3}
    return json.dumps(values, sort_keys=True, indent=1).encode() + b"\n"


def can_be_signed(record: Record) -> bool:
    """Whether its file has a place for a signature, and all that one vouches for.

    That came with the third format; a run of upstream's CI has no log.
    """
    return bool(record.parts and (record.log_digest or record.runner))


def _format(record: Record) -> int:
    if record.parts:
        return FORMAT if can_be_signed(record) else _WITHOUT_LOG
    return _OLD


def name_of(text: bytes) -> str:
    """The path of a record's file."""
    digest = hashlib.sha256(text).hexdigest()
    return f"{digest[:2]}/{digest[2:]}.json"


def read(name: str, text: bytes) -> Record:
    """The record in a file that came from elsewhere; raises `StackerError` for anything else."""
    if not _NAME.fullmatch(name) or name_of(text) != name:
        raise StackerError(f"evidence from home has {name!r}, which is not named by what is in it")
    try:
        values = json.loads(text)
        version = values["format"]
        if version not in {_OLD, _WITHOUT_LOG, FORMAT}:
            raise NewerFormat("evidence from home", version, FORMAT)
        texts: dict[str, Any] = {key: _line(values[key]) for key in _TEXTS}
        return Record(
            **texts, verdict=_verdict(values["verdict"]), log="",
            exit_code=_code(values["exit_code"]), seconds=_number(values["seconds"]),
            started_at=_number(values["started_at"]), clean=values["clean"] is True, shared=True,
            **(_since_2(values, texts) if version > _OLD else {}),
            **(_since_3(values) if version == FORMAT else {}),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as exc:
        raise StackerError(f"evidence from home has {name!r}, which is no record") from exc


def _since_2(values: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    """What the second format has; the key must be that of the parts."""
    parts, tries = values["parts"], values["attempts"]
    if not isinstance(parts, dict) or not isinstance(tries, list) or len(tries) > _MOST:
        raise TypeError("no table of parts, or no list of attempts")
    parts = {_text(name): _text(value) for name, value in parts.items()}
    if evidence_key(parts) != texts["key"] or parts.get("platform") != texts["platform"]:
        raise ValueError("the key is not that of its parts")
    attempts = tuple(
        Attempt(Verdict(verdict), _code(code), _number(seconds)) for verdict, code, seconds in tries
    )
    return {"parts": parts, "attempts": attempts, "patch": _text(values["patch"])}


def _since_3(values: dict[str, Any]) -> dict[str, Any]:
    """What the third format has."""
    several = {name: _text(values[name]) for name in ("tools", "signature")}
    return {name: _line(values[name]) for name in _SINCE_3 if name not in several} | several


def _verdict(value: object) -> Verdict:
    """A verdict that says something: what could not run elsewhere keeps nobody from running it."""
    found = Verdict(_text(value))
    if not found.is_evidence:
        raise ValueError("it says nothing about the stage")
    return found


def _code(value: object) -> int | None:
    return None if value is None else int(_number(value))


def _line(value: object) -> str:
    """A text that is shown on a line with others, and cannot pretend to be another one."""
    text = _text(value)
    if "\n" in text or "\t" in text:
        raise ValueError("a text has several lines")
    return text


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value.encode()) > LONGEST:
        raise ValueError("a text is none")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or not _NUMBERS[0] <= value <= _NUMBERS[1]:
        raise ValueError("a number is none")
    return float(value)
