"""The demo's forge: the hub under `.stacker/hub`, filled with the miniature upstreams.

Its people are those of 2019; their tokens open nothing but this hub on this machine.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.demo import people
from stacker.demo.people import COORDINATOR, OWNER, PORTER, REVIEWER, token_of
from stacker.demo.upstreams import build_bin_deps, build_cpython
from stacker.errors import ForgeError, UsageError
from stacker.gate.context import CONTEXT
from stacker.git.process import Git
from stacker.hub.server import User, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stacker.demo.upstreams import Built
    from stacker.hub.server import Hub

CPYTHON, BIN_DEPS = "python/cpython", "python/cpython-bin-deps"


@dataclass(frozen=True, slots=True)
class Served:
    """The running demo forge, and the token of who uses it."""

    url: str
    token: str


@contextmanager
def serve(state: Path, user: str | None) -> Iterator[Served]:
    """Serve the demo forge in `state`/hub, filled when new; `user` defaults to the porter."""
    cast = (OWNER, COORDINATOR, REVIEWER, PORTER)
    name = user or PORTER
    if name not in cast:
        raise UsageError(f"the demo has no {name!r}", hint=f"Its people: {', '.join(cast)}.")
    root = state / "hub"
    root.mkdir(parents=True, exist_ok=True)
    _build(root / f"{CPYTHON}.git", build_cpython)
    _build(root / f"{BIN_DEPS}.git", build_bin_deps)
    hub = start(root, [User(person, token_of(person)) for person in cast])
    try:
        if not (root / "seeded").exists():
            _seed(hub)
            (root / "seeded").touch()
        yield Served(hub.url, token_of(name))
    finally:
        hub.stop()


def _build(path: Path, build: Callable[[Git], Built]) -> None:
    """A bare repository at `path`, complete or not there."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    Git(path.parent).run("init", "-q", "--bare", "--template=", "-b", "master", str(half))
    built = build(Git(half))
    Git(half).run("symbolic-ref", "HEAD", f"refs/heads/{built.branch}")
    half.rename(path)


def _seed(hub: Hub) -> None:
    """Forks, rights and the protected branch; each call may be made twice."""
    for repository in (CPYTHON, BIN_DEPS):
        for name in (COORDINATOR, REVIEWER):
            _done(hub.url, OWNER, "PUT", f"/repos/{repository}/collaborators/{name}",
                  {"permission": "push"})  # fmt: skip
        _done(hub.url, PORTER, "POST", f"/repos/{repository}/forks", {})
    _done(
        hub.url, OWNER, "PUT", f"/repos/{CPYTHON}/branches/master/protection",
        {
            "required_status_checks": {"strict": False, "contexts": [CONTEXT]},
            "enforce_admins": True,
            "required_pull_request_reviews": None,
            "restrictions": None,
        },
    )  # fmt: skip


def _done(url: str, who: str, method: str, path: str, body: dict[str, object]) -> None:
    answer = people.act(url, who, method, path, body)
    if answer.status >= 300:
        raise ForgeError(f"the demo forge could not be filled: {answer.words}")
