"""What the machine refuses is told like any other error; what nobody expected is a bug."""

from __future__ import annotations

import errno
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

from stacker import __version__
from stacker.errors import DISK_FULL, READ_ONLY, StackerError

_HINTS = {
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: DISK_FULL,
    errno.EFBIG: DISK_FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: READ_ONLY,
    errno.EPERM: READ_ONLY,
    errno.EIO: "The disk could not be read or written; see to it before anything else.",
    errno.EMFILE: "Too many files are open on this machine; close some programs.",
    errno.ENFILE: "Too many files are open on this machine; close some programs.",
    errno.ENOMEM: "This machine is out of memory; close some programs.",
    errno.ENAMETOOLONG: "Use shorter ids for stages, or a folder nearer to the root.",
}
_LOG = "stacker-bug.log"


def refusal(exc: Exception) -> StackerError | None:
    """The error to show for what the system refused; `None` when that is no reason."""
    if not isinstance(exc, OSError) or exc.errno not in _HINTS:
        return None
    place = f" ({exc.filename})" if exc.filename is not None else ""
    return StackerError(f"{exc.strerror}{place}", hint=_HINTS[exc.errno])


def bug(exc: Exception, folder: Path) -> StackerError:
    """The error to show for a bug; its traceback goes into a file of the series directory."""
    hint = f"Its traceback is in {_log(folder)}; please report it."
    return StackerError(f"a bug in stacker: {type(exc).__name__}: {exc}", hint=hint)


def _log(folder: Path) -> Path:
    state, elsewhere = folder / ".stacker", Path(tempfile.gettempdir())
    text = f"stacker {__version__}\n{traceback.format_exc()}"
    for place in (state, elsewhere) if state.is_dir() else (elsewhere,):
        with suppress(OSError):
            (place / _LOG).write_text(text, encoding="utf-8")
            return place / _LOG
    return elsewhere / _LOG
