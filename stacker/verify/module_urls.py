"""Where a submodule is fetched from: what `.gitmodules` says, read as git reads it. Pure."""

from __future__ import annotations

import re

_SCHEMES = frozenset({"https", "http", "ssh"})
_SCP = re.compile(r"(?:[\w.-]+@[A-Za-z0-9][\w.-]*|[A-Za-z0-9][\w.-]+):[^\\]+")


class Refused(Exception):
    """Nothing is fetched from there; the message says why, in words that follow the path."""


def address(written: str, base: str, *, local: bool) -> str:
    """The URL that a submodule's `url` means in a repository that came from `base`.

    Only what git speaks over https, http and ssh is allowed, and paths if `local`.
    """
    url = _joined(base, written) if written.startswith(("./", "../")) else written
    if not url or url.startswith("-") or not url.isprintable():
        raise Refused("has a URL that is none")
    scheme, colon, _ = url.partition("://")
    if "::" in url.partition("/")[0]:
        raise Refused(f"wants a program of its own to fetch it: {url[:100]}")
    allowed = scheme.lower() in _SCHEMES if colon else bool(_SCP.fullmatch(url))
    if not allowed and not (local and is_path(url)):
        raise Refused(f"is not fetched from {url[:100]}: only https, http and ssh are")
    return url


def is_path(url: str) -> bool:
    """Whether it is an absolute path, on Windows one with its drive."""
    return url.startswith("/") or url[1:3] in {":/", ":\\"}


def protocols(*, local: bool) -> str:
    """What git itself is allowed, as `GIT_ALLOW_PROTOCOL` wants it."""
    return "https:http:ssh" + (":file" if local else "")


def _joined(base: str, relative: str) -> str:
    """git's own rule: each `../` takes off what follows the last slash, or else the last colon."""
    base, separator = base.rstrip("/"), "/"
    least = base.find("://") + 3 if "://" in base else 1  # a host, or the root, is the topmost
    while True:
        if relative.startswith("./"):
            relative = relative[2:]
        elif relative.startswith("../"):
            relative = relative[3:]
            cut = base.rfind("/")
            if cut < 0:
                cut, separator = base.rfind(":"), ":"
            if cut < least:
                raise Refused("has a URL that leads above its repository")
            base = base[:cut]
        else:
            return f"{base}{separator}{relative}".rstrip("/")
