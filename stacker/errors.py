"""What can go wrong, each with what to do next.

    StackerError                 exit 1
     ├ UsageError                exit 2   the command line contradicts itself
     ├ PlanError                 exit 1   series.toml is not a plan; carries every problem at once
     ├ SettingsError             exit 1   a person's own settings cannot be read
     ├ SeriesError               exit 1   lock, patches and store do not fit together
     │  └ NewerFormat            exit 1   a newer stacker wrote the file
     ├ TemplateFault             exit 1   a template of the series makes no text
     ├ PatchError                exit 1   a patch file does not apply on its exact preimage
     ├ GitError                  exit 1   git refused; carries its own words
     ├ ForgeError                exit 1   the forge refused, or cannot be reached
     │  └ OutcomeUnknown         exit 6   a remote act whose outcome could not be read back
     ├ RunnerError               exit 1   a build master refused, or its answer cannot be read
     │  └ RunnerGone             exit 1   it does not answer
     └ BusyError                 exit 1   another stacker works on this series

Outcomes (a conflict, a red check, a blocked landing) are values that verbs return; only what
makes an answer impossible is raised. `cli` catches once.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class ExitCode(IntEnum):
    """What the process ends with; scripts rely on these numbers."""

    DONE = 0
    ERROR = 1
    USAGE = 2
    CONFLICT = 3
    CHECK_FAILED = 4
    BLOCKED = 5
    UNKNOWN = 6
    BUG = 70
    INTERRUPTED = 130


class Problem(NamedTuple):
    """One thing wrong at one place of a file a person wrote.

    `line` and `column` count from 1; `column` counts characters, not bytes.
    `source` is the line itself, for the caret; empty when there is none.
    """

    file: str
    line: int
    column: int
    key: str
    message: str
    source: str = ""


class StackerError(Exception):
    """Something that a user can mend: the message says what, the hint what next."""

    exit_code = ExitCode.ERROR

    def __init__(self, message: str, *, hint: str = "", where: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where


class UsageError(StackerError):
    """The command line contradicts itself or lacks something."""

    exit_code = ExitCode.USAGE


class PlanError(StackerError):
    """`series.toml` is not a plan; `where` holds every problem found."""


class SettingsError(StackerError):
    """A settings file or variable says what cannot be; `where` holds every problem found."""


class SeriesError(StackerError):
    """Plan, lock, patches and store do not fit together."""


UPGRADE = "Upgrade this one: `pipx upgrade patch-stacker`."


class NewerFormat(SeriesError):
    """A file was written by a newer stacker, whose form this one does not know."""

    def __init__(self, what: str, found: object, known: int) -> None:
        super().__init__(
            f"{what} was written by a newer stacker, in format {found!r}; this one knows {known}",
            hint=UPGRADE,
        )


class TemplateFault(StackerError):
    """A template of the series makes no text; `where` is the line that is wrong."""


class PatchError(StackerError):
    """A patch does not apply on its exact preimage, or is damaged."""


class GitError(StackerError):
    """git refused; the message ends in git's own last line, which may tell what to do."""

    def __init__(self, message: str, *, hint: str = "", where: tuple[Problem, ...] = ()) -> None:
        super().__init__(message, hint=hint or _hint_for(message), where=where)


DISK_FULL = "Make room on the disk, then run it again; nothing that was there is lost."
READ_ONLY = "Make that place writable for you, then run it again; nothing that was there is lost."
DAMAGED = "Run `stacker doctor`: it looks through the object store and says how to mend it."
GIT_BREAKS = (
    "git itself breaks down at this merge, and `git rebase` would too. Rebase onto an upstream "
    "commit before the one that it meets there (`--onto`), or write the patch in another way."
)

# What the system or git says, and what a person does about it, whichever command met it.
_HINTS = (
    (
        (
            "No space left on device", "Disk quota exceeded", "File too large", "File size limit",
            "died of signal 25",  # the same, of a program that git started
        ),
        DISK_FULL,
    ),
    (("Read-only file system", ": Permission denied"), READ_ONLY),
    (
        ("Assertion",),
        GIT_BREAKS,
    ),
    (
        (
            "is corrupt", "data stream error", "inflate:", "hash mismatch", "non-monotonic index",
            "bad object", "unable to unpack", "unable to read", "is empty", "reference broken",
        ),
        DAMAGED,
    ),
)  # fmt: skip


def _hint_for(said: str) -> str:
    return next((hint for signs, hint in _HINTS if any(sign in said for sign in signs)), "")


class ForgeError(StackerError):
    """The forge refused or could not be reached."""


class OutcomeUnknown(ForgeError):
    """A remote act was sent, and what became of it could not be read back."""

    exit_code = ExitCode.UNKNOWN


class RunnerError(StackerError):
    """A build master refused, or answered what cannot be read."""


class RunnerGone(RunnerError):
    """A build master does not answer."""


class BusyError(StackerError):
    """Another stacker command works on this series directory."""
