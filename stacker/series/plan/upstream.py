"""How a repository outside is named in the plan, and which names are not to be trusted."""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import urlsplit


class UpstreamKind(StrEnum):
    """How an upstream is named."""

    FORGE = "forge"  # OWNER/NAME
    URL = "url"
    PATH = "path"


_PATH = r"[./~\\]|[A-Za-z]:[/\\]"
_ON_FORGE = r"[A-Za-z0-9][A-Za-z0-9_-]*/(?!\.{1,2}$)[A-Za-z0-9._-]+"
_URL = r"(?:https?|ssh|git|file)://\S+"
_OVER_SSH = r"[A-Za-z0-9._-]+@[A-Za-z0-9][A-Za-z0-9.-]*:[^-\s]\S*"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def upstream_kind(upstream: str) -> UpstreamKind | None:
    """How `upstream` is named, or None if it is nothing that stacker would fetch from."""
    if re.match(_PATH, upstream):
        return UpstreamKind.PATH
    if re.fullmatch(_OVER_SSH, upstream) or (re.fullmatch(_URL, upstream) and _splits(upstream)):
        return UpstreamKind.URL
    return UpstreamKind.FORGE if re.fullmatch(_ON_FORGE, upstream) else None


def carries_secret(url: str) -> bool:
    """Whether a URL has a password in it, or a user name over HTTP, which may be a token."""
    if "://" not in url or not _splits(url):
        return False
    parts = urlsplit(url)
    return parts.password is not None or (
        parts.scheme in {"http", "https"} and parts.username is not None
    )


def is_secure_url(url: str) -> bool:
    """Whether what is said to `url` stays between us and it: https, or http on this machine."""
    if not _splits(url):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback_url(url))


def is_loopback_url(url: str) -> bool:
    """Whether it is on this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def is_forge_url(url: str) -> bool:
    """Whether `url` is where a forge may be: a secure one without a path."""
    if not is_secure_url(url):
        return False
    parts = urlsplit(url)
    return not (parts.path.strip("/") or parts.query or parts.fragment)


def _splits(url: str) -> bool:
    """Whether the URL has a host (a file URL needs none) that no program takes for an option."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme == "file" or bool(host and not host.startswith("-"))
