"""What commands left that were stopped or killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import ok, warning

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stacker.doctor.finding import Finding
    from stacker.series.directory import SeriesDirectory

_STOPPED = {
    "attempt.json": ("a rebase stopped at a conflict", "`stacker status` says where."),
    "submit.json": ("a submit was killed", "`stacker submit` finishes it."),
}


def examine_leftovers(directory: SeriesDirectory, lanes: Path | None = None) -> Iterator[Finding]:
    """What is unfinished, and what is only in the way; `lanes` lie elsewhere if that is given."""
    found = [
        warning("leftovers", what, hint)
        for name, (what, hint) in _STOPPED.items()
        if (directory.state / name).exists()
    ]
    left = left_by_verify(directory.state, lanes)
    if left:
        names = ", ".join(named(path, directory.state) for path in left)
        found.append(
            warning(
                "leftovers",
                f"a verify was killed and left {names}, or one runs now",
                "The next `stacker verify` tidies up; `stacker doctor --prune` does, too.",
            )
        )
    yield from found or [ok("leftovers", "nothing was left half done")]


def left_by_verify(state: Path, lanes: Path | None = None) -> list[Path]:
    """What a `verify` that does not run any more has left in `.stacker`.

    That are its folder of other repositories' files, logs that were not packed to the end, and
    lanes that do not say where they stand: a build in them did not come to its end.
    """
    found = (lanes or state / "lanes").glob("*/")
    fallen = [lane for lane in found if not (lane / "stands").is_file()]
    builds = [state / "builds"] if (state / "builds").exists() else []
    return [*builds, *sorted(fallen), *sorted(state.glob("logs/*.part"))]


def named(path: Path, state: Path) -> str:
    """A leftover as people find it: what is in `.stacker` by its place there."""
    return (path.relative_to(state) if path.is_relative_to(state) else path).as_posix()
