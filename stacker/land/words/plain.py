"""Text from outside made harmless for a commit's message, which people read in a terminal and the
forge searches for names, issues and trailers. Pure.
"""

from __future__ import annotations

import re

from stacker.forge.answers import printable

_JOINER = "\u200d"  # it keeps the look and takes the meaning
_MEANS = re.compile(
    r"""
    [@#](?=\w)                            # a name, an issue
    | \bGH-(?=\d)                         # an issue
    | :(?=//) | \bwww(?=\.)               # an issue by its address
    | \[(?=\s*(?:skip|ci|no|actions)\b)   # [skip ci]: no checks for this commit
    | <(?=!--)                            # what follows is hidden where it is shown as Markdown
    | \bStacker(?=-\w+\s*:)               # what only a landing says of itself
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OURS = re.compile(r"^(\s*stacker)(?=-\w+\s*:)", re.IGNORECASE | re.MULTILINE)
_SKIPS = re.compile(r"^(\s*skip-checks)(?=\s*:)", re.IGNORECASE | re.MULTILINE)
_TRAILER = re.compile(r"^(\s*[A-Z0-9]+(?:-[A-Z0-9]+)+)(?=\s*:)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>@,]+@[^\s<>@,]+")


def plain(text: str) -> str:
    """One line that closes no issue, calls nobody, stops no check and is no trailer."""
    return _harmless(printable(re.sub(r"\s+", " ", text).strip()))


def plain_lines(text: str) -> str:
    """Lines of which none does any of that."""
    return _TRAILER.sub(rf"\1{_JOINER}", _harmless(visible(text)))


def unjoined(text: str) -> str:
    """A name as it is, of what `plain` made of it; names have no unseen characters."""
    return text.replace(_JOINER, "")


def person(name: str, address: str) -> str:
    """`Name <address>` for a trailer, whatever a commit's author is called."""
    said = re.sub(r"[<>]", "", plain(name)).strip()
    where = re.sub(r"[\s<>]", "", printable(address))
    if not _ADDRESS.fullmatch(where):
        where = where.replace("@", f"@{_JOINER}")
    return f"{said} <{where}>"


def visible(text: str) -> str:
    """What a template made, for a commit's message: nothing in it controls a terminal, or says
    what only we say of a landing."""
    lines = re.sub(r"\r\n?", "\n", text).strip("\n").split("\n")
    shown = "\n".join("".join(map(_seen, line)).rstrip() for line in lines)
    return _SKIPS.sub(rf"\1{_JOINER}", _OURS.sub(rf"\1{_JOINER}", shown))


def fenced(text: str) -> str:
    """Lines as a block of code, which nothing in them can end."""
    ticks = "`" * (1 + max(2, *map(len, re.findall("`+", text)), 0))
    return f"{ticks}text\n{text}\n{ticks}"


def _harmless(text: str) -> str:
    return _MEANS.sub(lambda found: found[0] + _JOINER, text)


def _seen(char: str) -> str:
    return char if char.isprintable() or char in {"\t", _JOINER} else f"\\u{{{ord(char):x}}}"
