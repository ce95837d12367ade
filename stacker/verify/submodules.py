"""The submodules of a stage in its lane: each gitlink's commit, from a store for each URL.

They are moved from commit to commit as the lane is, so that only what changed is touched. What
`.gitmodules` wants beside path and URL (`update`, `branch`) is not looked at, and nothing of its
names becomes a path.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git.leftovers import remove_leftovers
from stacker.git.process import Git
from stacker.git.worktree import move, remove_tree
from stacker.series.workspace import open_store
from stacker.verify.module_urls import Refused, address, is_path, protocols

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stacker.verify.lane import Lane

_GITLINK = b"160000 commit "
_DEEPEST = 10  # submodules in each other
_PATIENCE = 600.0  # seconds for a fetch


@dataclass(frozen=True, slots=True)
class _Owner:
    """A commit that has gitlinks: its store, where that came from, its place in the lane."""

    store: Git
    commit: str
    url: str
    path: str = ""
    depth: int = 0


class Modules:
    """The stores of submodules, in `folder`; for many lanes at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._one_at_a_time = Lock()

    def leave(self, lane: Lane, store: Git, commit: str) -> None:
        """Before the lane moves to `commit`: take away the submodules that are none there."""
        stood = _stood(lane)
        if _left(lane, stood, _gitlinks(store, commit)):
            _remember(lane, stood)

    def stand(self, lane: Lane, store: Git, commit: str, url: str) -> None:
        """Put the submodules of `commit`, which came from `url`, into the lane, and theirs.

        Raises `Refused` for one that cannot be had.
        """
        local = is_path(url)
        lane.modules.mkdir(exist_ok=True)
        stood = _stood(lane)
        wanted: dict[str, tuple[str, str]] = {}
        waiting = [_Owner(store, commit, url)]
        while waiting:
            owner = waiting.pop()
            for path, found, oid in _submodules(owner, local=local):
                if owner.depth == _DEEPEST:
                    raise Refused(f"{path} lies in more than {_DEEPEST} submodules")
                inside = self._with(found, oid, path, local=local)
                _left(lane, stood, _gitlinks(inside, oid), f"{path}/")
                self._move(lane, path, inside, (found, oid), stood)
                wanted[path] = (found, oid)
                waiting.append(_Owner(inside, oid, found, path, owner.depth + 1))
        _remember(lane, wanted)

    def _with(self, url: str, oid: str, path: str, *, local: bool) -> Git:
        """The store of `url` with that commit; asks nobody if it is there."""
        place = self._folder / f"{hashlib.sha256(url.encode()).hexdigest()[:16]}.git"
        git = Git(place, env={"GIT_ALLOW_PROTOCOL": protocols(local=local)})
        with self._one_at_a_time:
            if not (place / "HEAD").is_file():
                open_store(place, "sha256" if len(oid) == 64 else "sha1").close()
            if _has(git, oid):
                return git
            remove_leftovers(place)  # of a fetch that was killed
            said = ""
            for what in (oid, "+refs/heads/*:refs/heads/*"):
                try:
                    done = git.attempt(
                        "fetch", "-q", "--no-tags", "--no-recurse-submodules", "--no-auto-gc", "--",
                        url, what, timeout=_PATIENCE,
                    )  # fmt: skip
                except GitError as exc:
                    raise Refused(f"{path} cannot be fetched: {exc.message}") from exc
                if _has(git, oid):
                    return git
                said = "" if done.code == 0 else done.said
        raise Refused(f"{path} cannot be fetched: {said or f'{url[:100]} has no {oid[:10]}'}")

    def _move(
        self,
        lane: Lane,
        path: str,
        inside: Git,
        to: tuple[str, str],
        stood: Mapping[str, tuple[str, str]],
    ) -> None:
        place = lane.tree
        for part in path.split("/"):
            place /= part
            if part in {"", ".", ".."} or place.is_symlink():
                raise Refused(f"{path} would leave its place")
        index, before = lane.modules / _name(path), stood.get(path)
        if before is not None and (before[0] != to[0] or _attributes(inside, before[1], to[1])):
            before = None
        if before is None or not index.is_file():
            remove_tree(place)
            index.unlink(missing_ok=True)
        move(inside, to[1], place, index)


def _submodules(owner: _Owner, *, local: bool) -> Iterator[tuple[str, str, str]]:
    """Path in the lane, URL and commit of each gitlink."""
    links = _gitlinks(owner.store, owner.commit)
    if not links:
        return
    urls = _written(owner.store, owner.commit)
    for link, oid in links.items():
        path = f"{owner.path}/{link}" if owner.path else link
        if link not in urls:
            raise Refused(f"{path} has no URL in .gitmodules")
        try:
            url = address(urls[link], owner.url, local=local)
        except Refused as exc:
            raise Refused(f"{path} {exc}") from exc
        yield path, url, oid


def _gitlinks(store: Git, commit: str) -> dict[str, str]:
    listing = store.run("ls-tree", "-r", "-z", "--full-tree", commit).split(b"\0")
    found = {}
    for line in listing:
        if line.startswith(_GITLINK):
            oid, _, path = line.removeprefix(_GITLINK).partition(b"\t")
            found[path.decode("utf-8", "surrogateescape")] = oid.decode("ascii")
    return found


def _written(store: Git, commit: str) -> dict[str, str]:
    """The URLs of `.gitmodules` by path."""
    pattern = r"^submodule\..*\.(path|url)$"
    blob = f"{commit}:.gitmodules"
    done = store.attempt("config", "-z", "--blob", blob, "--get-regexp", pattern)
    if done.code != 0:
        raise Refused(f".gitmodules cannot be read: {done.said}")
    said: dict[str, dict[str, str]] = {}
    for line in done.out.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        key, _, value = line.partition("\n")
        name, _, kind = key.rpartition(".")
        said.setdefault(name, {})[kind] = value
    return {one["path"]: one["url"] for one in said.values() if len(one) == 2}


def _has(git: Git, oid: str) -> bool:
    return git.attempt("cat-file", "-e", f"{oid}^{{tree}}").code == 0


def _attributes(store: Git, before: str, after: str) -> bool:
    """Whether attributes differ, which decide about files that do not."""
    paths = ("--", ":(glob)**/.gitattributes")
    return before != after and (
        store.attempt("diff-tree", "--quiet", "-r", before, after, *paths).code != 0
    )


def _left(
    lane: Lane, stood: dict[str, tuple[str, str]], links: Mapping[str, str], prefix: str = ""
) -> bool:
    """Take away what stood below `prefix` and is in none of its `links`, while nothing that is
    tracked can be in its place; whether there was any."""
    places = tuple(f"{prefix}{link}/" for link in links)
    gone = [p for p in stood if p.startswith(prefix) and not f"{p}/".startswith(places)]
    for path in gone:
        _take_away(lane, path)
        del stood[path]
    return bool(gone)


def _take_away(lane: Lane, path: str) -> None:
    """Remove a submodule's files; where a build put a link above them, they are not there."""
    place = lane.tree
    for part in path.split("/"):
        place /= part
        if place.is_symlink():
            return
    remove_tree(place)
    (lane.modules / _name(path)).unlink(missing_ok=True)


def _name(path: str) -> str:
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _stood(lane: Lane) -> dict[str, tuple[str, str]]:
    """URL and commit of the submodules that are in the lane, by path."""
    with suppress(FileNotFoundError, ValueError, AttributeError, TypeError):
        found = json.loads((lane.modules / "stood.json").read_bytes())
        return {str(path): (str(url), str(oid)) for path, (url, oid) in found.items()}
    return {}


def _remember(lane: Lane, stood: Mapping[str, tuple[str, str]]) -> None:
    (lane.modules / "stood.json").write_text(json.dumps(stood), encoding="ascii", newline="\n")
