"""The demo's forge: the hub under `.stacker/hub`, filled with the miniature upstreams.

Its people are those of 2019; their tokens open nothing but this hub on this machine.
"""

from __future__ import annotations

import json
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.demo.upstreams import build_bin_deps, build_cpython
from stacker.errors import UsageError
from stacker.git.process import Git
from stacker.hub.server import User, start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from stacker.demo.upstreams import Built
    from stacker.hub.server import Hub

PORTER, COORDINATOR, REVIEWER, OWNER = "paulmon", "zooba", "tiran", "python"
CPYTHON, BIN_DEPS = "python/cpython", "python/cpython-bin-deps"
GATE = "stacker/final"
"""The CI check that the demo's upstream requires on its branch."""


@dataclass(frozen=True, slots=True)
class Served:
    """The running demo forge, and the token of who uses it."""

    url: str
    token: str


def token_of(name: str) -> str:
    """The throw-away token of one of the demo's people."""
    return f"demo-{name}"


@contextmanager
def serve(state: Path, user: str | None) -> Iterator[Served]:
    """Serve the demo forge in `state`/hub, filled when new; `user` defaults to the porter."""
    people = (OWNER, COORDINATOR, REVIEWER, PORTER)
    name = user or PORTER
    if name not in people:
        raise UsageError(f"the demo has no {name!r}", hint=f"Its people: {', '.join(people)}.")
    root = state / "hub"
    root.mkdir(parents=True, exist_ok=True)
    _build(root / f"{CPYTHON}.git", build_cpython)
    _build(root / f"{BIN_DEPS}.git", build_bin_deps)
    hub = start(root, [User(person, token_of(person)) for person in people])
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
    Git(path.parent).run("init", "-q", "--bare", "-b", "master", str(half))
    built = build(Git(half))
    Git(half).run("symbolic-ref", "HEAD", f"refs/heads/{built.branch}")
    half.rename(path)


def _seed(hub: Hub) -> None:
    """Forks, rights and the protected branch; each call may be made twice."""
    for repository in (CPYTHON, BIN_DEPS):
        for name in (COORDINATOR, REVIEWER):
            _call(hub, OWNER, "PUT", f"/repos/{repository}/collaborators/{name}",
                  {"permission": "push"})  # fmt: skip
        _call(hub, PORTER, "POST", f"/repos/{repository}/forks", {})
    _call(
        hub, OWNER, "PUT", f"/repos/{CPYTHON}/branches/master/protection",
        {
            "required_status_checks": {"strict": False, "contexts": [GATE]},
            "enforce_admins": True,
            "required_pull_request_reviews": None,
            "restrictions": None,
        },
    )  # fmt: skip


def _call(hub: Hub, user: str, method: str, path: str, body: dict[str, object]) -> None:
    request = urllib.request.Request(  # noqa: S310 - the hub's own address
        hub.api + path,
        data=json.dumps(body).encode(),
        method=method,
        headers={"Authorization": f"token {token_of(user)}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        answer.read()
