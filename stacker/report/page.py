"""From the values to the bytes of the page: one file, escaped throughout, which asks for nothing.

Its policy lets in the style and the two scripts that stand in it, by their digests, and nothing
else; so even a word of somebody's that came through unescaped could not run.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from markupsafe import Markup

from stacker.render.terminal import visible
from stacker.report.picture import HIGH, WIDE
from stacker.report.value import Tone

if TYPE_CHECKING:
    from jinja2 import Environment

    from stacker.report.value import Report

_FOLDER = files("stacker.report") / "templates"
_LEGEND = (
    (Tone.DONE, "landed"), (Tone.GOOD, "ready"), (Tone.WAIT, "waits for others"),
    (Tone.ACT, "waits for the porter"), (Tone.BAD, "stopped or failing"),
    (Tone.IDLE, "not submitted"),
)  # fmt: skip


def page(report: Report) -> bytes:
    """The file."""
    style, early, script = (_own(name) for name in ("page.css", "early.js", "page.js"))
    policy = "; ".join(
        (
            "default-src 'none'",
            f"style-src {_digest(style)}",
            f"script-src {_digest(early)} {_digest(script)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )
    text = _environment().get_template("page.html").render(
        report=report, policy=policy, style=style, early=early, script=script, wide=WIDE, high=HIGH,
        legend=_LEGEND,
        stage_of={one.id: one for one in report.stages},
        cells_of={
            one.id: {(cell.check, cell.platform): cell for cell in one.cells}
            for one in report.stages
        },
    )  # fmt: skip
    return text.encode("utf-8", "backslashreplace")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}'"


@lru_cache(maxsize=8)
def _own(name: str) -> Markup:
    """A file of ours: nothing from outside is in it."""
    text = (_FOLDER / name).read_text(encoding="utf-8")
    assert "</" not in text, "it would end its element"
    return Markup(text)  # noqa: S704 - as said


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - slow to load

    def load(name: str) -> str:
        return (_FOLDER / name).read_text(encoding="utf-8")

    made = Environment(
        autoescape=True, loader=FunctionLoader(load), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_seen,
    )  # fmt: skip
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return made


def _seen(value: object) -> object:
    """A text with what cannot be seen written out; what is HTML already was looked at before."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
