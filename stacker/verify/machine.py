"""What kind of machine this is, in the words that a plan's `host` uses."""

from __future__ import annotations

import platform

_SYSTEMS = {"darwin": "macos"}
_PROCESSORS = {"x86_64": "amd64", "x64": "amd64", "aarch64": "arm64", "i386": "x86", "i686": "x86"}


def this_machine() -> str:
    """`SYSTEM-PROCESSOR` of this machine, such as `windows-amd64`, `linux-arm64`, `macos-arm64`."""
    return _plain(f"{platform.system()}-{platform.machine()}")


def machine_name() -> str:
    """What this machine is called."""
    return platform.node() or "this machine"


def is_machine(host: str, machine: str) -> bool:
    """Whether `host` names `machine`; a system alone names all of its machines."""
    wanted = _plain(host)
    return wanted == machine or ("-" not in wanted and machine.startswith(f"{wanted}-"))


def _plain(name: str) -> str:
    system, dash, processor = name.lower().partition("-")
    return _SYSTEMS.get(system, system) + dash + _PROCESSORS.get(processor, processor)
