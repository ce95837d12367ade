"""Where the lines that people spoke of are in the newest version, followed through git's diffs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.hunks import line_after
from stacker.review.reviewed import name_of
from stacker.review.value import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stacker.forge.threads import Thread
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.review.value import Published

_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color")


def places(
    store: ObjectStore, tip: Oid, threads: Sequence[Thread], known: Sequence[Published]
) -> tuple[Place, ...]:
    """Each thread in the tree of `tip`, by path and line."""
    following = _Following(store, tip)
    return in_order(placed(one, following.now(one), known) for one in threads)


def in_order(found: Iterable[Place]) -> tuple[Place, ...]:
    """By path and line."""
    return tuple(sorted(found, key=lambda one: (one.path, one.line or 0)))


def placed(thread: Thread, now: tuple[str, int | None] | None, known: Sequence[Published]) -> Place:
    """A thread that is `now` at a path and a line; `None`: where the forge says that it is."""
    path, line = now or (thread.path, thread.line)
    if thread.first_line is None:
        return Place(thread, path, None)
    if (path, line) == (thread.path, thread.first_line):
        return Place(thread, path, line)
    moved = path != thread.path
    where = f"{thread.path}:{thread.first_line}" if moved else f"line {thread.first_line}"
    return Place(thread, path, line, f"{where} of {name_of(thread.commit, known)}")


class _Following:
    """Follows lines of older commits to the newest one."""

    def __init__(self, store: ObjectStore, tip: Oid) -> None:
        self._store = store
        self._tip = tip
        self._moves: dict[str, dict[str, str | None]] = {}

    def now(self, thread: Thread) -> tuple[str, int | None] | None:
        """Path and line today; `None` if that cannot be told from here."""
        if thread.removed or thread.first_line is None or not thread.commit:
            return None
        if self._store.find(thread.commit) is None:
            return None
        moves = self._moved(thread.commit)
        path = moves.get(thread.path, thread.path)
        if path is None:
            return thread.path, None
        if thread.path not in moves:
            return path, thread.first_line
        old, new = f"{thread.commit}:{thread.path}", f"{self._tip}:{path}"
        diff = self._store.git.run("diff", *_PLAIN, "-U0", old, new)
        return path, line_after(diff.decode("utf-8", "replace"), thread.first_line)

    def _moved(self, origin: str) -> dict[str, str | None]:
        """The files that are others by now: where each is, `None` if it went."""
        if origin not in self._moves:
            shown = ("--name-status", "-r", "-z", "-M")
            out = self._store.git.run("diff-tree", *shown, origin, self._tip)
            fields = iter(out.decode("utf-8", "surrogateescape").split("\0"))
            found: dict[str, str | None] = {}
            for letter in fields:
                if letter:
                    old = next(fields)
                    new = next(fields) if letter[0] == "R" else old
                    found[old] = None if letter == "D" else new
            self._moves[origin] = found
        return self._moves[origin]
