"""All schemas, by the command that prints the document.

A schema's number counts up when a key goes away or means something else; new keys alone do not
change it, so a reader has to pass over those that it does not know.
"""

from __future__ import annotations

from stacker.render.schemas import forge, series, where
from stacker.render.schemas.notation import COUNT, TEXT, by_name, either, listed, record

_ERROR = record(
    error=record(
        message=TEXT, hint=TEXT,
        where=listed(record(file=TEXT, line=COUNT, column=COUNT, key=TEXT, message=TEXT)),
    )
)  # fmt: skip
_SHAPES = {
    "error": _ERROR,
    "status": where.STATUS, "rebase": series.REBASE, "resolve": series.RESOLVE,
    "edit": series.EDIT, "refresh": series.EDIT, "verify": where.VERIFY, "submit": forge.SUBMIT,
    "land": forge.LAND, "forecast": series.FORECAST, "landed": series.LANDED,
    "review": where.REVIEW, "log": series.LOG, "report": forge.REPORT, "undo": series.UNDO,
    "init": series.INIT, "import": series.IMPORT, "export": series.EXPORT, "sync": forge.SYNC,
    "doctor": where.DOCTOR, "gate": forge.GATE, "demo": forge.DEMO, "hub": forge.HUB,
    "help": either(
        record(topics=by_name(TEXT), commands=listed(TEXT)), record(topic=TEXT, text=TEXT)
    ),
    "schema": either(
        record(schemas=listed(TEXT)), {"type": "object", "required": ["$schema"]}
    ),
    "completion": record(shell=TEXT, script=TEXT),
}  # fmt: skip
_NUMBERS: dict[str, int] = {}  # 1 where none is given
NAMES = sorted(_SHAPES)


def schema_of(name: str) -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of what a command says with `--json`."""
    what = "an error" if name == "error" else f"what `stacker {name} --json` prints"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:stacker:json:{name}:{_NUMBERS.get(name, 1)}",
        "title": f"stacker: {what}",
        **_SHAPES[name],
    }
