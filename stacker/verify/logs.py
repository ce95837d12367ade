"""What checks wrote, for people."""

from __future__ import annotations

from pathlib import Path

_WINDOW = 16_384  # bytes from the end of a log; more is never shown


def last_lines(log: str, count: int) -> tuple[str, ...]:
    """The last `count` lines of the log at path `log` that are not empty; none without a log.

    Bytes that are no UTF-8 are escaped; other control characters are the terminal's matter.
    """
    if not log or not Path(log).is_file():
        return ()
    with Path(log).open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _WINDOW))
        text = file.read().decode("utf-8", "backslashreplace")
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    return tuple([line for line in lines if line][-count:])
