"""`stacker init`: a new series directory with a plan that has no stages yet."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import GitError, UsageError
from stacker.git import local_clone, transfer
from stacker.git.incomplete import Incomplete
from stacker.git.process import Git
from stacker.git.worktree import remove_tree
from stacker.series.directory import GITATTRIBUTES, GITIGNORE, PLAN, SeriesDirectory
from stacker.series.lock import Lock
from stacker.series.plan.choices import Publish
from stacker.series.plan.reading import parse_plan
from stacker.series.plan.writing import new_plan
from stacker.series.saving import save
from stacker.series.workspace import Upstream, fetch_tip, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stacker.git.arriving import Say
    from stacker.git.local_clone import Held
    from stacker.git.objects import Oid
    from stacker.git.process import Credential
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told

_CLONE = "refs/stacker/clone/"


@dataclass(frozen=True, slots=True, kw_only=True)
class InitRequest:
    """What the new series is to be. `upstream` is written to the plan as given; `url` is where
    git finds it; `clone` an existing clone to read objects from before asking the network."""

    folder: Path
    upstream: str
    url: str
    branch: str | None = None
    fork: str | None = None
    name: str | None = None
    clone: Path | None = None
    forge: str | None = None
    credential: Credential | None = None


@dataclass(frozen=True, slots=True)
class InitResult:
    """The directory that was made, and the upstream commit that it knows."""

    folder: Path
    name: str
    branch: str
    tip: Oid


def initialise(
    request: InitRequest, now: int, told: Told | None = None, say: Say | None = None
) -> InitResult:
    """Make the directory, its repository and its store; nothing is left behind on an error.

    `say` hears what is read and fetched, before that is begun.
    """
    directory = SeriesDirectory(request.folder.resolve())
    if directory.plan_file.exists():
        raise UsageError(
            f"{str(request.folder)!r} is a series directory already",
            hint="Work in it, or choose another folder.",
        )
    directory.root.parent.mkdir(parents=True, exist_ok=True)
    offered = transfer.ask(request.url, directory.root.parent, request.credential)
    branch = request.branch or offered.head or _only_branch(offered)
    if f"refs/heads/{branch}" not in offered.refs:
        raise UsageError(
            f"{request.upstream} has no branch {branch!r}",
            hint="Name one with `--branch`.",
        )
    name = request.name or directory.root.name
    text = new_plan(
        name=name, upstream=request.upstream, branch=branch, fork=request.fork,
        publish=Publish.APPEND if request.fork else None, forge=request.forge,
    )  # fmt: skip
    plan = parse_plan(text, PLAN)
    with _all_or_nothing(directory):
        directory.root.mkdir(exist_ok=True)
        _make_repository(directory.root)
        width = len(next(iter(offered.refs.values())))
        with open_store(directory.store, "sha1" if width == 40 else "sha256") as store:
            if request.clone is not None:
                _read_clone(store, request.clone.resolve(), request.url, told, say)
            tip = fetch_tip(
                store,
                Upstream(plan.default_repository.name, request.url, branch, request.credential),
                told, say,
            )  # fmt: skip
            with directory.exclusive():
                _write(directory, store, text, name, now)
    return InitResult(directory.root, name, branch, tip)


def _read_clone(
    store: ObjectStore, clone: Path, url: str, told: Told | None, say: Say | None
) -> None:
    found = local_clone.held(clone)
    if found is None or not _took(store, found, clone, url, say):
        with suppress(Incomplete):  # what a shallow clone lacks, upstream has
            transfer.fetch(store.git, str(clone), [f"+refs/*:{_CLONE}*"], told=told)
    # Of thousands of refs, each in a file of its own, every later command would read all.
    store.git.run("pack-refs", "--all")


def _took(store: ObjectStore, found: Held, clone: Path, url: str, say: Say | None) -> bool:
    """Take a clone's objects as they are; where that cannot be, a fetch says why."""
    if say is not None:
        say(f"Reading {str(clone)!r}: {found.size / 1e6:,.1f} MB.")
    try:
        local_clone.take(found, clone, store, _CLONE, url)
    except GitError:
        return False
    return True


@contextmanager
def _all_or_nothing(directory: SeriesDirectory) -> Iterator[None]:
    """On any error remove what was not there before."""
    made = (directory.root, directory.root / ".git", directory.state)
    new = [path for path in made if not path.exists()]
    try:
        yield
    except BaseException:
        for path in new:
            remove_tree(path)
        raise


def _write(directory: SeriesDirectory, store: ObjectStore, text: str, name: str, now: int) -> None:
    """The series' files; the plan, which makes it a series directory, comes last."""
    for file, content in ((".gitignore", GITIGNORE), (".gitattributes", GITATTRIBUTES)):
        if not (directory.root / file).exists():
            directory.replace(file, content.encode())
    files = {PLAN: text.encode()} | _missing(directory)
    save(
        directory, store, files, Lock(),
        loaded=directory.files(), command="init", reason=name, now=now,
    )  # fmt: skip


def _make_repository(root: Path) -> None:
    if not (root / ".git").exists():
        Git(root).run("init", "-q", "-b", "main")


def _missing(directory: SeriesDirectory) -> dict[str, bytes]:
    cover = "series/cover.md"
    return {} if directory.read(cover) is not None else {cover: b"# What this series does\n"}


def _only_branch(offered: transfer.RemoteRefs) -> str:
    names = [r.removeprefix("refs/heads/") for r in offered.refs if r.startswith("refs/heads/")]
    if not names:
        raise UsageError(
            "the upstream has no branch yet", hint="It must have a commit to build on."
        )
    return next((n for n in ("main", "master") if n in names), names[0])
