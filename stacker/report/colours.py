"""Lines of code in the colours of their language, as HTML in which everything is escaped.

Pygments is slow, so only so much is coloured; what is plain is escaped all the same.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

    from stacker.report.diff import FileChange, Hunk, Line

_MOST = 150_000  # characters of one page
_LARGEST = 30_000  # of one file
_LONGEST = 1_000  # of one line: nobody wrote it by hand
_BLOCKS = {"+": "ins", "-": "del", " ": "span", "\\": "i"}
# Few classes make few elements; the style has a colour for each in both themes.
_CLASSES = (
    ("Comment.Preproc", "p"), ("Comment.PreprocFile", "s"), ("Comment", "c"), ("Keyword", "k"),
    ("Literal.String", "s"), ("Literal.Number", "n"), ("Name.Function", "f"), ("Name.Class", "f"),
    ("Name.Tag", "k"), ("Name.Attribute", "f"), ("Name.Decorator", "p"), ("Operator.Word", "k"),
)  # fmt: skip


class Palette:
    """Colours files until it has done so much as a page may cost."""

    def __init__(self) -> None:
        self._left = _MOST

    def hunks(self, change: FileChange) -> tuple[Markup, ...]:
        """The code of each hunk of a file: runs of lines that came, went or stayed."""
        lexer = self._lexer(change)
        return tuple(_code(hunk, lexer) for hunk in change.hunks)

    def _lexer(self, change: FileChange) -> Lexer | None:
        size = change.size
        long = any(len(line.text) > _LONGEST for hunk in change.hunks for line in hunk.lines)
        if long or size > min(_LARGEST, self._left):
            return None
        self._left -= size
        name = change.path.rpartition("/")[2]
        stem, dot, suffix = name.rpartition(".")
        return _lexer_of(f"*.{suffix}" if stem and dot else name)


@lru_cache(maxsize=256)
def _lexer_of(name: str) -> Lexer | None:
    """By the name, or its end: most files are of few kinds, and looking for one takes long."""
    from pygments.lexers import find_lexer_class_for_filename  # noqa: PLC0415 - slow to load

    kind = find_lexer_class_for_filename(name)
    return None if kind is None else kind(stripnl=False, ensurenl=False)


def _code(hunk: Hunk, lexer: Lexer | None) -> Markup:
    lines = hunk.lines
    old = _side(lexer, [line for line in lines if line.sign == "-"])
    new = _side(lexer, [line for line in lines if line.sign in " +"])
    pieces: list[str] = []
    for sign, run in groupby(lines, lambda line: line.sign):
        block = _BLOCKS[sign]
        side = old if sign == "-" else new
        texts = (escape(line.text) if sign == "\\" else next(side) for line in run)
        pieces.append(f"<{block}>{''.join(f'{text}{chr(10)}' for text in texts)}</{block}>")
    return Markup("".join(pieces))  # noqa: S704 - made of escaped pieces and own tags


def _side(lexer: Lexer | None, lines: Sequence[Line]) -> Iterator[str]:
    """The lines of one side, each as escaped HTML."""
    texts = [line.text for line in lines]
    if lexer is None or not texts:
        return iter([str(escape(text)) for text in texts])
    whole = "\n".join(texts) + "\n"
    tokens = [(_class_of(kind), value) for kind, value in lexer.get_tokens(whole)]
    if "".join(value for _, value in tokens) != whole:  # it took something for something else
        return iter([str(escape(text)) for text in texts])
    return iter(_html(tokens).split("\n"))


def _html(tokens: Sequence[tuple[str, str]]) -> str:
    pieces: list[str] = []
    for name, run in groupby(tokens, lambda token: token[0]):
        text = str(escape("".join(value for _, value in run)))
        if not name or not text.strip():
            pieces.append(text)
            continue
        lines = (f'<b class="{name}">{line}</b>' if line else "" for line in text.split("\n"))
        pieces.append("\n".join(lines))
    return "".join(pieces)


@lru_cache(maxsize=1024)
def _class_of(kind: _TokenType) -> str:
    name = str(kind).removeprefix("Token.")
    return next((short for prefix, short in _CLASSES if name.startswith(prefix)), "")
