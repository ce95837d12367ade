"""Questions about how commits follow each other."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stacker.git.store import ObjectStore


def first_parents(store: ObjectStore, old: Oid, new: Oid) -> tuple[Oid, ...]:
    """The commits of `new`'s first-parent line that `old` does not have, oldest first."""
    if old == new:
        return ()
    said = store.git.text("rev-list", "--first-parent", "--reverse", new, f"^{old}", "--")
    return tuple(Oid(line) for line in said.split())


@contextmanager
def counting(store: ObjectStore, old: Oid, new: Oid) -> Iterator[Callable[[], int]]:
    """Count the commits of `first_parents(old, new)` while other things are done.

    What it gives waits for the number.
    """
    asked = ("rev-list", "--count", "--first-parent", new, f"^{old}", "--")
    with _meanwhile(store, *asked) as answer:
        yield lambda: int(answer())


@contextmanager
def telling(
    store: ObjectStore, old: Oid, new: Oid, word: str
) -> Iterator[Callable[[], tuple[Oid, ...]]]:
    """Find those of `first_parents(old, new)` whose message has that word, in whatever case, while
    other things are done.

    What it gives waits for them.
    """
    asked = ("--first-parent", "-i", "--fixed-strings", f"--grep={word}", new, f"^{old}", "--")
    with _meanwhile(store, "rev-list", *asked) as answer:
        yield lambda: tuple(map(Oid, answer().decode("ascii").split()))


def diffs_of(store: ObjectStore, commits: Iterable[Oid], paths: Iterable[bytes]) -> bytes:
    """What each of these commits does to its first parent, without context; with `paths` only to
    these files."""
    named = [b":(literal)" + path for path in paths]
    asked = [oid.encode("ascii") for oid in commits]
    return store.git.run(
        "log", "--no-walk", "--diff-merges=first-parent", "--format=", "-p", "-U0", "--no-renames",
        "--no-ext-diff", "--no-textconv", "--stdin",
        stdin=b"\n".join([*asked, b"--", *named, b""]),
    )  # fmt: skip


@contextmanager
def _meanwhile(store: ObjectStore, *asked: str) -> Iterator[Callable[[], bytes]]:
    """Ask git while other things are done; what this gives waits for the answer."""
    process = store.git.start(*asked)

    def answer() -> bytes:
        out, _ = process.communicate()
        if process.returncode != 0:
            raise GitError(f"git {asked[0]}: the history of upstream cannot be read")
        return out

    with process:
        try:
            yield answer
        finally:
            if process.poll() is None:
                process.kill()


def commits_between(
    store: ObjectStore, old: Oid, new: Oid, *, known: Iterable[Oid] = ()
) -> tuple[Oid, ...]:
    """All commits that `new` has and neither `old` nor any of `known` has, parents first."""
    without = [f"^{oid}" for oid in (old, *known)]
    said = store.git.text("rev-list", "--topo-order", "--reverse", new, *without, "--")
    return tuple(Oid(line) for line in said.split())


def outside(store: ObjectStore, commits: Iterable[Oid], roots: Iterable[Oid]) -> set[Oid]:
    """Those of `commits` that no commit of `roots` contains; asked at once, not one by one."""
    asked = [*commits]
    lines = "".join(f"{oid}\n" for oid in [*asked, *(f"^{root}" for root in roots)])
    said = set(store.git.text("rev-list", "--stdin", stdin=lines.encode("ascii")).split())
    return {oid for oid in asked if oid in said}


def saying(store: ObjectStore, tip: Oid, line: str) -> list[Oid]:
    """The commits in the history of `tip` that have this line in their messages: those of the
    branch's own line first, the oldest first. Who repeats what another said comes after it."""
    asked = ("--reverse", "--topo-order", "--fixed-strings", f"--grep={line}", tip, "--")
    own = store.git.text("rev-list", "--first-parent", *asked).split()
    found = dict.fromkeys([*own, *store.git.text("rev-list", *asked).split()])
    return [
        Oid(oid) for oid in found if line.encode() in store.commit(Oid(oid)).message.splitlines()
    ]


def is_ancestor(store: ObjectStore, old: Oid, new: Oid) -> bool:
    """Whether `new` contains `old`; an unreadable history raises `GitError`."""
    done = store.git.attempt("merge-base", "--is-ancestor", old, new)
    if done.code not in (0, 1):
        raise GitError(f"git merge-base: {done.said}")
    return done.code == 0


def contained_in(store: ObjectStore, commits: Iterable[Oid], tip: Oid) -> frozenset[Oid]:
    """Those of `commits` that `tip` contains; one question for all of them."""
    asked = frozenset(commits)
    stdin = "".join(f"{oid}\n" for oid in (*asked, f"^{tip}")).encode("ascii")
    return asked - {
        Oid(line) for line in store.git.text("rev-list", "--stdin", stdin=stdin).split()
    }


def merge_base(store: ObjectStore, one: Oid, other: Oid) -> Oid | None:
    """The best common ancestor; `None` for unrelated histories."""
    done = store.git.attempt("merge-base", one, other)
    return Oid(done.out.decode("ascii").split()[0]) if done.code == 0 else None


def touching(
    store: ObjectStore, old: Oid, new: Oid, paths: Iterable[bytes], *, inside: bool = False
) -> tuple[Oid, ...]:
    """Those of `first_parents(old, new)` that change one of `paths`, oldest first.

    With `inside` those of `commits_between(old, new)`, without merges.
    """
    form = ("--topo-order", "--full-history", "--no-merges") if inside else ("--first-parent",)
    named = [b":(literal)" + path for path in paths if b"\n" not in path]  # one a line
    if not named:
        return ()
    asked = b"\n".join([new.encode("ascii"), b"^" + old.encode("ascii"), b"--", *named, b""])
    said = store.git.text("rev-list", "--reverse", *form, "--stdin", stdin=asked)
    return tuple(Oid(line) for line in said.split())
