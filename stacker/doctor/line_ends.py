"""Files whose line ends a checkout or a mail program turned into CR LF."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import problem
from stacker.git.process import Git
from stacker.series.directory import RESOLUTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stacker.doctor.finding import Finding
    from stacker.series.directory import SeriesDirectory

_SHOWN = 5


def converted(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """The patches and resolutions whose first line ends in CR LF, which stacker never writes."""
    return tuple(
        name
        for name, content in files.items()
        if name.startswith(("patches/", f"{RESOLUTIONS}/"))
        and content.partition(b"\n")[0].endswith(b"\r")
    )


def examine_line_ends(directory: SeriesDirectory, damaged: tuple[str, ...]) -> Iterator[Finding]:
    """Name them, and how each kind is healed: by git where it has the right bytes."""
    kept = _right_in_git(directory)
    by_checkout = [name for name in damaged if name in kept]
    others = [name for name in damaged if name not in kept]
    if by_checkout:
        folders = " ".join(dict.fromkeys(name.partition("/")[0] for name in by_checkout))
        # git takes a file for good whose rules alone have changed since it was checked out.
        hint = f"git rm -r -q --cached -- {folders}\ngit checkout HEAD -- {folders}"
        yield problem("line ends", f"a checkout made them CR LF: {_listed(by_checkout)}", hint)
    if others:
        hint = (
            "Take them from a commit that has them right (`git log -- FILE`, "
            "`git checkout COMMIT -- FILE`), or from the mail's raw source."
        )
        yield problem("line ends", f"they came with CR LF: {_listed(others)}", hint)


def _right_in_git(directory: SeriesDirectory) -> frozenset[str]:
    """The files that git's index has without CR LF."""
    done = Git(directory.root).attempt(
        "ls-files", "-z", "--eol", "--", "patches", RESOLUTIONS,
        config=(("core.quotePath", "false"),),
    )  # fmt: skip
    lines = done.out.decode("utf-8", "surrogateescape").split("\0") if done.code == 0 else []
    told = (line.partition("\t") for line in lines)
    return frozenset(name for kinds, _, name in told if kinds.startswith("i/lf"))


def _listed(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
