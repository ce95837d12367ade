"""What numbers were measured on: the machine and the versions, without names or paths of it."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from repository import version


def described(gits: list[tuple[str, ...]]) -> list[str]:
    """Lines of Markdown; `gits` are the commands of the gits that took part."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(version(command) for command in gits)
    load = ", ".join(f"{x:.2f}" for x in os.getloadavg())
    return [
        f"- {datetime.now(UTC):%Y-%m-%d}, load average at the end {load}",
        f"- {os.cpu_count()} x {_processor()}, {memory:.0f} GiB memory",
        f"- {_system()}, Python {platform.python_version()}, git {versions}",
    ]


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return f"{platform.system()} {platform.release()}"
