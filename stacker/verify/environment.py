"""What a check sees of the caller's environment: what builds need, and no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_NEEDED = frozenset(
    {
        "PATH",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "TZ",
        # what programs on Windows do not start without, or find compilers by
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "NUMBER_OF_PROCESSORS",
        "PROCESSOR_ARCHITECTURE",
        "PROCESSOR_ARCHITEW6432",
        "PROGRAMDATA",
        "PROGRAMFILES",
        "PROGRAMFILES(X86)",
        "PROGRAMW6432",
        "COMMONPROGRAMFILES",
        "COMMONPROGRAMFILES(X86)",
        "COMMONPROGRAMW6432",
    }
)
_SECRET = (
    "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "ASKPASS", "API_KEY",
    "APIKEY", "ACCESS_KEY", "PRIVATE_KEY", "SSH_AUTH_SOCK", "STACKER_SIGNING_KEY",
)  # fmt: skip


def asked_for(caller: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """The variables that the plan allows a check and the caller has; never one for secrets."""
    return {
        name: caller[name]
        for name in names
        if name in caller and not any(word in name.upper() for word in _SECRET)
    }


def build_environment(
    caller: Mapping[str, str], names: Iterable[str], private: Path
) -> dict[str, str]:
    """The environment of a check; it is at home in `private`, an empty folder beside its own.

    git, if the check runs it, looks for no repository above the check's folder.
    """
    home, temporary = private / "home", private / "tmp"
    for folder in (home, temporary):
        folder.mkdir()
    kept = {name: value for name, value in caller.items() if name.upper() in _NEEDED}
    own = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), str(home))
    own |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    own["GIT_CEILING_DIRECTORIES"] = str(private.parent)
    return kept | asked_for(caller, names) | own
