"""What a shell hears: a line a word, with what it means behind a tab where the shell shows that."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.completion.choosing import offers
from stacker.completion.naming import names_at

if TYPE_CHECKING:
    from collections.abc import Sequence

SHELLS = ("bash", "zsh", "fish", "powershell")


def script(shell: str) -> str:
    """What a shell of that name has to run once, so that it completes."""
    return (Path(__file__).parent / "scripts" / f"{shell}.txt").read_text(encoding="ascii")


def answer(shell: str, words: Sequence[str], folder: Path) -> str:
    """The words that can stand in place of the last one, seen from `folder`."""
    for option, value in pairwise(words[:-1]):
        folder = folder / value if option == "-C" else folder
    names = partial(names_at, folder)
    if shell != "bash":
        return "".join(f"{one.word}\t{one.says}\n" for one in offers(words, names))
    whole = _joined(words)
    # bash puts back what is behind the `=`, and no more.
    start = 0 if [whole[-1]] == [*words[-1:]] else whole[-1].index("=") + 1
    return "".join(f"{one.word[start:]}\n" for one in offers(whole, names))


def _joined(words: Sequence[str]) -> list[str]:
    """The words as they were written: to bash a `=` is a word of its own."""
    whole: list[str] = []
    behind = False
    for word in words:
        if whole and (word == "=" or behind):
            whole[-1] += word
        else:
            whole.append(word)
        behind = word == "=" and whole[-1].startswith("--")
    return whole or [""]
