"""The file of test results that a check writes into its lane: removed before, judged after."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.git.worktree import remove_tree
from stacker.verify.junit import LARGEST, NotJUnit, read
from stacker.verify.skips import Judged, judge

if TYPE_CHECKING:
    from stacker.verify.matrix import Cell
    from stacker.verify.runner import Ran

# Not through a link that a build made, and not waiting for somebody who writes into a pipe.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


def clear(folder: Path, name: str) -> None:
    """Remove what an earlier run left; what a link of its leads out of the lane is left alone."""
    file = folder / name
    if not _is_inside(folder, file):
        return
    if file.is_dir() and not file.is_symlink():
        remove_tree(file)
    else:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            file.unlink()


def judged(ran: Ran, cell: Cell, folder: Path, log: Path) -> Ran:
    """What the results in the lane at `folder` make of a run that passed, said in its log too."""
    name = cell.check.results
    if name is None or ran.verdict is not Verdict.PASSED:
        return ran
    try:
        tests = read(_content(folder, name))
    except NotJUnit as exc:
        result = Judged(False, f"its results {name} cannot be read: it {exc}")
    except FileNotFoundError:
        result = Judged(False, f"it wrote no results to {name}")
    except OSError as exc:
        result = Judged(False, f"its results {name} cannot be read: {exc.strerror}")
    else:
        result = judge(tests.count, tests.skipped, cell.platform.skips)
    with log.open("ab") as file:
        file.write(f"stacker: {result.said}\n".encode("utf-8", "backslashreplace"))
    return replace(
        ran, verdict=Verdict.PASSED if result.passed else Verdict.FAILED, reason=result.said
    )


def _content(folder: Path, name: str) -> bytes:
    if not _is_inside(folder, folder / name):
        raise NotJUnit("lies outside of the lane")
    opened = os.open(folder / name, _FLAGS)
    with os.fdopen(opened, "rb") as file:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise NotJUnit("is no file")
        return file.read(LARGEST + 1)


def _is_inside(folder: Path, file: Path) -> bool:
    """Whether the folder that would hold `file` is below `folder`, links followed."""
    return Path(os.path.realpath(file.parent)).is_relative_to(os.path.realpath(folder))
