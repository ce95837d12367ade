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


def examine_leftovers(directory: SeriesDirectory) -> Iterator[Finding]:
    """What is unfinished, and what is only in the way."""
    found = [
        warning("leftovers", what, hint)
        for name, (what, hint) in _STOPPED.items()
        if (directory.state / name).exists()
    ]
    left = left_by_verify(directory.state)
    if left:
        names = ", ".join(path.relative_to(directory.state).as_posix() for path in left)
        found.append(
            warning(
                "leftovers",
                f"a verify was killed and left {names}, or one runs now",
                "The next `stacker verify` tidies up; `stacker doctor --prune` does, too.",
            )
        )
    yield from found or [ok("leftovers", "nothing was left half done")]


def left_by_verify(state: Path) -> list[Path]:
    """What a `verify` that does not run any more has left in `.stacker`.

    That are its folder of other repositories' files, logs that were not packed to the end, and
    lanes that do not say where they stand: a build in them did not come to its end.
    """
    lanes = [lane for lane in state.glob("lanes/*/") if not (lane / "stands").is_file()]
    builds = [state / "builds"] if (state / "builds").exists() else []
    return [*builds, *sorted(lanes), *sorted(state.glob("logs/*.part"))]
