"""Pushes: one atomic step for all refs, each under a lease, their fate read from the server."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import GitError, OutcomeUnknown
from stacker.git import transfer
from stacker.git.process import Git

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.git.objects import Oid
    from stacker.git.process import Credential


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """A full ref name from `old` to `new`; `None` stands for "is not there"."""

    ref: str
    old: Oid | None
    new: Oid | None


@dataclass(frozen=True, slots=True)
class Pushed:
    """Every ref is, on the server, what it was to become."""


@dataclass(frozen=True, slots=True)
class PushRefused:
    """No ref moved; `words` are the server's."""

    words: str


PushOutcome = Pushed | PushRefused


@dataclass(frozen=True, slots=True)
class PushedInPart:
    """The first `done` of all updates are as they were to become; `words` refused the others."""

    done: int
    words: str


# GitHub's push policy: nothing tells the limit before it is broken.
TOO_MANY = re.compile(r"Pushes can ?not update more than (?P<most>[1-9][0-9]{0,3}) branches")
"""What a refusal says where a push moves more branches than a server takes at once."""


def push(
    store: Git, url: str, updates: Sequence[RefUpdate], *, credential: Credential | None = None
) -> PushOutcome:
    """Push all `updates` or none; the outcome is what the server then has, not git's exit code.

    Raises `OutcomeUnknown` when the server cannot be read afterwards. A lease switches off
    git's own fast-forward check: who needs one, asserts it before.
    """
    if not updates:
        return Pushed()
    leases = [f"--force-with-lease={u.ref}:{u.old or ''}" for u in updates]
    specs = [f"{u.new or ''}:{u.ref}" for u in updates]
    done = store.with_credential(credential).attempt(
        "push", "--porcelain", "--atomic", "--no-verify", "--no-signed", *leases, "--", url, *specs
    )
    try:
        refs = transfer.ask(url, store.directory, credential).refs
    except GitError as exc:
        raise OutcomeUnknown(
            f"a push to {transfer.shown_url(url)} was sent, and the server cannot be read since",
            hint="Run the command again when it answers; nothing is pushed twice.",
        ) from exc
    if all(refs.get(u.ref) == u.new for u in updates):
        return Pushed()
    return PushRefused(_words(done.out, done.err))


def would_refuse(url: str, credential: Credential | None = None) -> str | None:
    """Why the server would take no push of ours at all, in its words; None: it would take one.

    A dry run asks the server whether we may push, and sends nothing. What the rules of a branch
    say is not asked.
    """
    with tempfile.TemporaryDirectory(prefix="stacker-") as folder:
        git = Git(Path(folder), credential=credential)
        git.run("init", "-q", "--bare", "--template=")
        blob = git.text("hash-object", "-w", "--stdin")
        spec = f"{blob}:refs/tags/stacker-doctor"
        done = git.attempt("push", "--dry-run", "--porcelain", "--no-verify", "--", url, spec)
    return None if done.code == 0 else _words(done.out, done.err)


def push_by_parts(
    store: Git,
    url: str,
    updates: Sequence[RefUpdate],
    *,
    credential: Credential | None = None,
    apart: Callable[[], bool] = lambda: True,
) -> PushOutcome | PushedInPart:
    """Push all or none where the server lets so many refs move at once; else as many at a time as
    it says, each part all or none, in the order of `updates`.

    `apart` is asked then whether they may move one after the other. Raises as `push` does.
    """
    outcome = push(store, url, updates, credential=credential)
    limit = TOO_MANY.search(outcome.words) if isinstance(outcome, PushRefused) else None
    if limit is None or not apart():
        return outcome
    most = int(limit["most"])
    for start in range(0, len(updates), most):
        part = updates[start : start + most]
        outcome = push(store, url, part, credential=credential)
        if isinstance(outcome, PushRefused):
            return PushedInPart(start, outcome.words) if start else outcome
    return Pushed()


def _words(out: bytes, err: bytes) -> str:
    """What the server said (`remote:` lines), else git's word for each refused ref."""
    lines = err.decode("utf-8", "replace").splitlines()
    remote = [x.removeprefix("remote:").strip() for x in lines if x.startswith("remote:")]
    said = [x for x in remote if x]
    if said:
        return "; ".join(said)
    refused = [x.split("\t") for x in out.decode("utf-8", "replace").splitlines() if x[:1] == "!"]
    fates = [f"{f[1].partition(':')[2]} {f[2]}" for f in refused if len(f) > 2]
    fatal = [x for x in lines if x.startswith(("fatal:", "error:"))]
    return "; ".join(fates) or (fatal[0] if fatal else "the server refused it")
