"""The programs, and the files that people share: are their bytes what they were?"""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

from stacker.boxes import known as boxes
from stacker.doctor.finding import ok, problem, warning
from stacker.doctor.line_ends import converted, examine_line_ends
from stacker.errors import GitError, PatchError
from stacker.git.process import Git
from stacker.git.process import version as git_version
from stacker.series.patches.patchfile import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.doctor.finding import Finding
    from stacker.series.directory import SeriesDirectory

_PYTHON, _GIT = (3, 11), (2, 39)
_DAY, _LONG = 86_400, 7  # seconds, days
# Files that no checkout may change, as examples for git's attributes.
_EXACT = ("patches/stage/0001-change.patch", "resolutions/stage/solution")


def examine_programs() -> Iterator[Finding]:
    """Python and git: are they new enough?"""
    said = f"{platform.python_version()} at {sys.executable}"
    if sys.version_info[:2] < _PYTHON:
        yield problem("python", said, f"Install Python {_dotted(_PYTHON)} or newer.")
    else:
        yield ok("python", said)
    try:
        found = git_version()
    except GitError as exc:
        yield problem("git", exc.message, exc.hint)
        return
    if found[:2] < _GIT:
        yield problem("git", _dotted(found), f"Install git {_dotted(_GIT)} or newer.")
    else:
        yield ok("git", _dotted(found))


def examine_files(directory: SeriesDirectory) -> Iterator[Finding]:
    """The rules that keep patches byte-exact, and the patches themselves."""
    yield _attributes(directory)
    in_crlf = converted(directory.files())
    yield from examine_line_ends(directory, in_crlf)
    damaged, count = [], 0
    for stage in directory.patch_folders():
        for file in directory.patches(stage):
            if f"patches/{stage}/{file.name}" in in_crlf:
                continue
            count += 1
            try:
                parse(file.content, f"patches/{stage}/{file.name}")
            except PatchError as exc:
                damaged.append(problem("patches", exc.message, exc.hint))
    yield from damaged or [ok("patches", f"{count} patch files can be read")]


def _attributes(directory: SeriesDirectory) -> Finding:
    done = Git(directory.root).attempt("check-attr", "-z", "text", "--", *_EXACT)
    if done.code != 0:
        return warning(
            "attributes", "this folder is in no git repository", "Make it one: `git init`."
        )
    said = done.out.split(b"\0")[2::3]
    if all(value == b"unset" for value in said):
        return ok("attributes", "patches and resolutions are kept byte-exact")
    return problem(
        "attributes",
        "git may convert the line ends of patches",
        "Add these lines to .gitattributes: `patches/** -text` and `resolutions/** -text`.",
    )


def examine_boxes(directory: SeriesDirectory) -> Iterator[Finding]:
    """Whether a box that built for the team has not been heard of for long."""
    known = boxes.read(directory.state)
    for one in known.signs:
        days = (one.silence(known.read_at) or 0) // _DAY
        if days >= _LONG:
            built = ", ".join(one.platforms[:3])
            yield warning(
                "boxes",
                f"{one.host}, which built for {built}, is silent {days} days",
                "Look after it; or, if it is no more, take its sign out of home: "
                f"`git push HOME :refs/stacker/boxes/{one.box}`.",
            )


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
