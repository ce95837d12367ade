"""`stacker report`: read what is known here, decide what is shown, write one HTML file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.report.gather import gather
from stacker.report.page import page
from stacker.report.views import report as view
from stacker.series.directory import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan
    from stacker.series.workspace import Workspace

FILE = "report.html"
"""Its name in the series' `.stacker`, if no other place is named."""


@dataclass(frozen=True, slots=True)
class Written:
    """The page that was written; `size` in bytes. `left_out` tells of versions that it lacks."""

    file: Path
    size: int
    stages: int
    left_out: str


def report(
    directory: SeriesDirectory, plan: Plan, work: Workspace | None, environment: dict[str, str],
    now: int, *, file: Path | None = None,
) -> Written:  # fmt: skip
    """Write the page of a series to `file`; `work` is `None` where there is no store.

    Nobody is asked, and of the series nothing changes. Raises `UsageError` where `file` cannot be.
    """
    where = (directory.state / FILE if file is None else file).absolute()
    if where.is_dir() or (file is not None and not where.parent.is_dir()):
        what = "is a folder" if where.is_dir() else "is in no folder that there is"
        raise UsageError(f"{str(where)!r} {what}", hint="Name a file: `stacker report -o FILE`.")
    shown = view(gather(directory, plan, work, environment, now))
    content = page(shown)
    write_atomically(where, content, durable=False)
    return Written(where, len(content), len(shown.stages), shown.left_out)
