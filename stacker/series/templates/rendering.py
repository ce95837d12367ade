"""The one door to Jinja2: a text from a template, the built-in one or the series' own.

A template of a series is hostile input: it is sandboxed, may use little (`permitted`), and what it
makes is cut off where the forge would refuse it. It never sees markers of ours, nor makes any.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import Problem, TemplateFault
from stacker.series.templates.permitted import refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from jinja2 import Environment

NAMES = (
    "pull.md.j2",
    "landing.md.j2", "landed.md.j2", "reverted.md.j2", "revert.md.j2",
    "squash.txt.j2", "merge.txt.j2", "stage.txt.j2", "revert.txt.j2",
)  # fmt: skip
"""The templates that a series may have its own of."""
FOLDER = "series/templates/"
LONGEST = 65_536  # characters that a forge takes for a text
_LARGEST = 64 * 1024  # bytes of a template
_BUILT_IN = Path(__file__).with_name("built_in")
_PARENTS = frozenset(f"{preset}/{name}" for preset in ("cpython", "default") for name in NAMES)
_WAY_OUT = "docs/texts.md lists what a template may use; without the file the built-in one is used."


class Words(str):
    """A text that a template may print and compare, and not go through character by character."""

    __slots__ = ()

    def __iter__(self) -> object:  # type: ignore[override]
        """A text is not a list: loops over it could take for ever."""
        raise TypeError("this is a text, not a list")


class Readable:
    """A value whose public fields a template may read; of all other values it may read none."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates that count for one repository: the series' `own`, else those of a preset."""

    preset: str = "default"
    own: tuple[tuple[str, str], ...] = ()

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """The text; raises `TemplateFault` that says where the template is wrong."""
        from jinja2 import TemplateError  # noqa: PLC0415 - slow to load

        chosen = name if name in dict(self.own) else f"{self.preset}/{name}"
        try:
            pieces = _environment(self.own).get_template(chosen).generate(values)
            said, size = [], 0
            for piece in pieces:
                said.append(piece)
                size += len(piece)
                if size > LONGEST:
                    raise _fault(chosen, 1, f"makes a text of more than {LONGEST} characters")
        except TemplateFault:
            raise
        except (
            TemplateError, TypeError, ValueError, AttributeError, RecursionError, MemoryError,
            SyntaxError,
        ) as exc:  # fmt: skip
            line = getattr(exc, "lineno", None) or _line_in(exc.__traceback__, FOLDER + chosen)
            source = dict(self.own).get(chosen, "")
            raise _fault(chosen, line, str(exc) or type(exc).__name__, source) from exc
        return "".join(said)


def own_templates(files: Mapping[str, bytes]) -> tuple[tuple[str, str], ...]:
    """Those in the files of a series; raises `TemplateFault` for a file that is none."""
    found = []
    for path in sorted(path for path in files if path.startswith(FOLDER)):
        name, raw = path.removeprefix(FOLDER), files[path]
        if name not in NAMES:
            raise _fault(name, 1, f"no template has this name; there is {', '.join(NAMES)}")
        if len(raw) > _LARGEST:
            raise _fault(name, 1, f"is larger than {_LARGEST // 1024} KB")
        try:
            found.append((name, raw.decode("utf-8").replace("\r\n", "\n")))
        except UnicodeDecodeError as exc:
            raise _fault(name, raw.count(b"\n", 0, exc.start) + 1, "is not UTF-8") from None
    return tuple(found)


@lru_cache(maxsize=16)
def _environment(own: tuple[tuple[str, str], ...]) -> Environment:
    from jinja2 import FunctionLoader, StrictUndefined  # noqa: PLC0415 - slow to load
    from jinja2.runtime import LoopContext  # noqa: PLC0415 - slow to load
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - slow to load

    def load(name: str) -> tuple[str, str, None] | None:
        if name in dict(own):
            return _checked(made, name, dict(own)[name]), FOLDER + name, None
        if name not in _PARENTS:
            return None
        own_kind = _BUILT_IN / name  # a preset has one of its own only where it differs
        file = own_kind if own_kind.is_file() else _BUILT_IN / "default" / own_kind.name
        return file.read_text(encoding="utf-8"), name, None

    class Sandbox(ImmutableSandboxedEnvironment):
        def getattr(self, obj: object, attribute: str) -> object:
            if isinstance(obj, Readable | LoopContext):
                return super().getattr(obj, attribute)
            return self.undefined(obj=obj, name=attribute)

        def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
            if isinstance(obj, Readable):  # its fields are words and numbers
                return not attr.startswith("_")
            return super().is_safe_attribute(obj, attr, value)

    made = Sandbox(
        autoescape=False,  # Markdown; values are made harmless before they come here
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        loader=FunctionLoader(load),
    )  # fmt: skip
    made.globals.clear()
    return made


def _checked(environment: Environment, name: str, source: str) -> str:
    """The source of a series' template, once all that it uses is permitted."""
    wrong = list(refused(environment.parse(source, name, FOLDER + name), _PARENTS))
    if wrong:
        raise _fault(name, *wrong[0], source)
    return source


def _line_in(trace: TracebackType | None, file: str) -> int:
    """The innermost line of a template that an error went through."""
    line = 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _fault(name: str, line: int, message: str, source: str = "") -> TemplateFault:
    file = name if name in _PARENTS else FOLDER + name
    shown = source.split("\n")[line - 1 : line]
    where = Problem(file, line, 1, "", message, "".join(shown))
    return TemplateFault(f"{file}:{line}: {message}", hint=_WAY_OUT, where=(where,))
