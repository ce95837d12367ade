"""The page of exit codes, made of the codes themselves."""

from __future__ import annotations

from typing import assert_never

from stacker.errors import ExitCode


def exit_codes() -> str:
    """A line a code."""
    lines = [f"{code.value:>5}  {_says(code)}" for code in ExitCode]
    return "\n".join(["What a command ends with; scripts may rely on it.", "", *lines, "", _MORE])


_MORE = """\
With --json, what went wrong is {"error": {"message", "hint", "where"}} on
standard output; `stacker schema error` describes it."""


def _says(code: ExitCode) -> str:  # noqa: PLR0911 - one return a code
    match code:
        case ExitCode.DONE:
            return "done, or there was nothing to do"
        case ExitCode.ERROR:
            return "an error: what is wrong, and what to do next, are said"
        case ExitCode.USAGE:
            return "the command line is not understood"
        case ExitCode.CONFLICT:
            return "stopped by a conflict (forecast: only with --exit-code)"
        case ExitCode.CHECK_FAILED:
            return "a check fails"
        case ExitCode.BLOCKED:
            return "submit or land: blocked, stale, waiting, or not landed"
        case ExitCode.UNKNOWN:
            return "the outcome is unknown, a group is torn, or work is left after landing"
        case ExitCode.BUG:
            return "a bug in stacker; its traceback is in a file that is named"
        case ExitCode.INTERRUPTED:
            return "interrupted (Ctrl-C); one sentence says how far it came"
        case never:
            assert_never(never)
