"""Stores without the files of old commits: those are promised by upstream, and brought together.

git calls that a partial clone (`--filter=blob:none`). What is worked on is made complete where
the network is asked anyway; what somebody needs beyond that comes when it is read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.git.objects import Oid

if TYPE_CHECKING:
    from stacker.git.process import Git

FILTER = "blob:none"
WHOLE = "blob:limit=1g"
"""Leaves out nothing that people keep in git; but what comes counts as promised by who sent it, and
so git need not go through all that it has to see that nothing else is missing."""
_PROMISED = re.compile(rb"^\s*promisor\s*=\s*true", re.MULTILINE | re.IGNORECASE)
_OFFERED = re.compile(rb"< (?:fetch=|\S+ \S+\0).*\bfilter\b")


def is_partial(git: Git) -> bool:
    """Whether some remote has promised objects to the bare repository; git is not asked."""
    config = git.directory / "config"
    return config.is_file() and _PROMISED.search(config.read_bytes()) is not None


def hand_on(below: Git, above: Git) -> None:
    """Promise to a repository over the objects of another one what was promised to that."""
    for url in promises(below) if is_partial(below) else ():
        promise(above, url)


def promises(git: Git) -> list[str]:
    """The remotes that promised objects to any repository."""
    asked = ("config", "--name-only", "--get-regexp", r"^remote\..*\.promisor$")
    said = git.attempt(*asked).out.decode("utf-8", "surrogateescape")
    return [key.removeprefix("remote.").removesuffix(".promisor") for key in said.splitlines()]


def is_offered(git: Git, url: str) -> bool:
    """Whether who serves `url` can leave out files; `git` has the token for it."""
    trace = {"GIT_TRACE_PACKET": "1"}
    done = git.attempt("ls-remote", "--", url, "refs/heads/none", env=trace, timeout=60)
    return _OFFERED.search(done.err) is not None


def lacking(git: Git, base: Oid, tip: Oid) -> tuple[Oid, ...]:
    """The files that are not there: of `base`, and of all that came since up to `tip`."""
    whole = ("rev-list", "--objects", "--missing=print")
    of_base = git.text(*whole, "--no-walk", f"{base}^{{tree}}")
    since = git.text(*whole, tip, f"^{base}") if tip != base else ""
    lines = [*of_base.splitlines(), *since.splitlines()]
    return tuple(dict.fromkeys(Oid(line[1:]) for line in lines if line.startswith("?")))


def bring(git: Git, oid: Oid) -> None:
    """Bring one file that nobody foresaw, from whoever promised it; raises `GitError`."""
    git.run("cat-file", "-e", oid)


def promise(git: Git, url: str) -> None:
    """Note that `url` promised what is not there, as a fetch with a filter does."""
    git.run("config", f"remote.{url}.promisor", "true")
    git.run("config", f"remote.{url}.partialCloneFilter", FILTER)
    git.run("config", "core.repositoryFormatVersion", "1")
