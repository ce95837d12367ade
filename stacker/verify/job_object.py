"""A job of Windows: all that a process starts is in it, and ends with it.

`taskkill /T` finds children by their parent's number, and so none whose parent has ended.
"""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, ClassVar, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable

_KILL_ON_CLOSE = 0x2000
_EXTENDED_LIMITS = 9
_KILLED = 1  # the exit code of what is ended


class Kernel32(Protocol):
    """What is asked of Windows; each answers 0 or nothing when it refuses."""

    CreateJobObjectW: Callable[..., int | None]
    SetInformationJobObject: Callable[..., int]
    AssignProcessToJobObject: Callable[..., int]
    TerminateJobObject: Callable[..., int]
    CloseHandle: Callable[..., int]


if sys.platform == "win32":

    def kernel32() -> Kernel32:
        """The library of that name."""
        library = ctypes.WinDLL("kernel32")
        library.CreateJobObjectW.restype = ctypes.c_void_p
        return cast("Kernel32", library)


class _Basic(ctypes.Structure):
    """`JOBOBJECT_BASIC_LIMIT_INFORMATION`."""

    _fields_: ClassVar = [
        ("process_time", ctypes.c_int64), ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32), ("least_memory", ctypes.c_size_t),
        ("most_memory", ctypes.c_size_t), ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t), ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    ]  # fmt: skip


class ExtendedLimits(ctypes.Structure):
    """`JOBOBJECT_EXTENDED_LIMIT_INFORMATION`."""

    _fields_: ClassVar = [
        ("basic", _Basic), ("io", ctypes.c_uint64 * 6), ("memory", ctypes.c_size_t * 4),
    ]  # fmt: skip


class JobObject:
    """One job; close it, and what is left in it ends."""

    def __init__(self, kernel32: Kernel32, handle: int) -> None:
        self._kernel32, self._handle = kernel32, handle

    def end(self) -> None:
        """End everything in it."""
        self._kernel32.TerminateJobObject(ctypes.c_void_p(self._handle), _KILLED)

    def close(self) -> None:
        """Let go of it; once only."""
        self._kernel32.CloseHandle(ctypes.c_void_p(self._handle))


def around(process: int, kernel32: Kernel32) -> JobObject | None:
    """A job with the process of that handle in it; `None` where Windows makes none.

    That is so where an old Windows has it in another job already.
    """
    handle = kernel32.CreateJobObjectW(None, None)
    if not handle:
        return None
    job, limits = JobObject(kernel32, handle), ExtendedLimits()
    limits.basic.flags = _KILL_ON_CLOSE
    known = ctypes.c_void_p(handle)
    size = ctypes.sizeof(limits)
    if kernel32.SetInformationJobObject(
        known, _EXTENDED_LIMITS, ctypes.byref(limits), size
    ) and kernel32.AssignProcessToJobObject(known, ctypes.c_void_p(process)):
        return job
    job.close()
    return None
