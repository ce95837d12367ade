"""What goes into a mail or an issue where pull requests are not taken: ready to paste. Pure.

The stage's own text comes last: nothing in it can hide the commands, or change what they do.
"""

from __future__ import annotations

import shlex
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from stacker.forge.answers import printable
from stacker.git.paths import shown
from stacker.handoff.proof import ByCheck, ByPaths, ByTree
from stacker.submit.words.body import code, inline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.bundle import Bundle
    from stacker.handoff.proof import HandOffProof
    from stacker.submit.words.body import Part

_MOST_PATHS = 20
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOff:
    """What is handed over: `part` of the series called `series`, for `branch` of `upstream`
    (`None`: its default branch), with a text of its own; `proof` says when it is there."""

    series: str
    part: Part
    title: str
    body: str
    upstream: str
    branch: str | None
    bundle: Bundle
    proof: HandOffProof


def hand_off_text(what: HandOff, parts: Sequence[Part]) -> str:
    """The whole text; `parts` are all of the series."""
    place = 1 + [part.stage for part in parts].index(what.part.stage)
    of = f"Part {place} of {len(parts)} of *{inline(what.series)}*"
    goal = f"branch {code(what.branch)}" if what.branch else "the default branch"
    above = [_named(part) for part in parts if what.part.stage in part.needs]
    lines = [
        f"# {inline(what.title)}",
        "",
        f"{of}, for {goal} of {inline(what.upstream)}.",
        *([f"Needed by {', '.join(above)}."] if above else []),
        *("", "## How to take it", "", *_commands(what)),
        *("", "## When it is there", "", *_proof(what)),
    ]
    if what.body:
        lines += ["", "## What it is", "", _visible(what.body)]
    return "\n".join([*lines, ""])


def _named(part: Part) -> str:
    """A stage that has a pull request by that, so that the forge makes a link of it."""
    return part.reference or f"*{inline(part.stage)}*"


def _commands(what: HandOff) -> list[str]:
    file, name = f"{what.part.stage}.bundle", what.bundle.ref.removeprefix("refs/heads/")
    base = what.bundle.base
    return [
        f"In a clone of that, with the file {code(file)} from here:",
        *_block(
            f"git bundle verify {shlex.quote(file)}",
            f"git fetch {shlex.quote(file)} {shlex.quote(name)}",
            *([f"git switch {shlex.quote(what.branch)}"] if what.branch else []),
            "git merge --ff-only FETCH_HEAD",
            "git push",
        ),
        "",
        f"It stands on {base}. Where the branch has moved on since, instead of the merge:",
        *_block(f"git cherry-pick {base}..FETCH_HEAD"),
    ]


def _proof(what: HandOff) -> list[str]:
    match what.proof:
        case ByTree(tree):
            tip = shlex.quote(f"{what.branch or 'HEAD'}^{{tree}}")
            return [
                "A commit of the branch has just these files. After the merge above this prints",
                f"{tree}:",
                *_block(f"git rev-parse {tip}"),
            ]
        case ByPaths(leaves):
            rows = [
                f"{f'{leaf.mode} {leaf.oid}' if leaf else 'not there'} {printable(shown(path))}"
                for path, leaf in leaves[:_MOST_PATHS]
            ]
            more = len(leaves) - _MOST_PATHS
            return [
                "A commit of the branch has each of these files just so, however they came there",
                "(`git ls-tree -r HEAD` lists them):",
                *_block(*rows, *([f"and {more} more, in proof.json"] if more > 0 else [])),
            ]
        case ByCheck((), _):
            return ["A commit of the branch brings just this change."]
        case ByCheck(checks, _):
            runs = [f"{one.name}: {_command(argv)}" for one in checks for argv in one.run]
            return [
                "The branch passes these checks, whatever its files are:",
                *_block(*map(printable, runs)),
            ]
        case never:
            assert_never(never)


def _command(argv: Sequence[str]) -> str:
    """What somebody without stacker may run: which Python is theirs to say."""
    return shlex.join("python3" if word == "{python}" else word for word in argv)


def _block(*lines: str) -> list[str]:
    return ["", "```", *lines, "```"]


def _visible(text: str) -> str:
    """Many lines of our own, in which nothing controls a terminal or turns text around."""
    return "".join(f"\\u{{{ord(char):x}}}" if _hides(char) else char for char in text)


def _hides(char: str) -> bool:
    control = unicodedata.category(char) == "Cc" and char not in "\n\t"
    return control or unicodedata.bidirectional(char) in _TURNS
