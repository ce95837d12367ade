"""Evidence as a team shares it: one small file a record, named by what is in it."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from stacker.errors import StackerError
from stacker.evidence.record import Record, Verdict

FORMAT = 1
_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{62}\.json")
_TEXTS = ("key", "stage", "check", "platform", "host", "commit", "tree", "base")
_LONGEST = 4096  # bytes
_NUMBERS = -(1 << 31), 253402300799  # as a time, up to the end of the year 9999


def text_of(record: Record) -> bytes:
    """A record's file; where its log lies is a matter of the machine that ran it."""
    values: dict[str, Any] = {name: getattr(record, name) for name in _TEXTS}
    values |= {
        "format": FORMAT, "verdict": str(record.verdict), "exit_code": record.exit_code,
        "seconds": record.seconds, "started_at": record.started_at, "clean": record.clean,
    }  # fmt: skip
    return json.dumps(values, sort_keys=True, indent=1).encode() + b"\n"


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
        if values["format"] != FORMAT:
            raise StackerError(
                f"evidence from home has format {values['format']!r}", hint="Update stacker."
            )
        texts = {key: _text(values[key]) for key in _TEXTS}
        code = values["exit_code"]
        return Record(
            **texts, verdict=Verdict(values["verdict"]), log="",
            exit_code=None if code is None else int(_number(code)),
            seconds=_number(values["seconds"]), started_at=_number(values["started_at"]),
            clean=values["clean"] is True, shared=True,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as exc:
        raise StackerError(f"evidence from home has {name!r}, which is no record") from exc


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value.encode()) > _LONGEST:
        raise ValueError("a text is none")
    return value


def _number(value: object) -> float:
    if not isinstance(value, int | float) or not _NUMBERS[0] <= value <= _NUMBERS[1]:
        raise ValueError("a number is none")
    return float(value)
