"""Who runs this, as the system knows it: what a build may do to this machine hangs on that."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine; `mighty` says that nothing of it is safe from what he runs."""

    name: str
    mighty: bool


if sys.platform == "win32":
    import ctypes

    def this_account() -> Account:
        """The account that this process runs under."""
        return Account(getpass.getuser(), bool(ctypes.windll.shell32.IsUserAnAdmin()))
else:
    import pwd

    def this_account() -> Account:
        """The account that this process runs under."""
        number = os.geteuid()
        try:
            name = pwd.getpwuid(number).pw_name
        except KeyError:  # as in many a container
            name = f"user {number}"
        return Account(name, number == 0)
