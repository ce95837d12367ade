"""The readers of files that others wrote, each with what must hold whatever it is fed with.

A file is read, or refused in words (`StackerError`); what was read is read again as it is
written; and nothing is written but objects into the store. All else is a finding.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import words

from stacker.demo.upstreams import build_cpython
from stacker.errors import StackerError
from stacker.git.merge import Side
from stacker.git.objects import Commit, Entry, Oid, Signature
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series import lock
from stacker.series.patches.committing import commits_of
from stacker.series.patches.diffs import diffs_between
from stacker.series.patches.patchfile import Patch, parse, serialise, split_mbox
from stacker.series.plan.explaining import explain_plan
from stacker.series.plan.model import StageId
from stacker.series.plan.problems import format_problem
from stacker.series.plan.reading import parse_plan, read_plan
from stacker.series.resolutions import markers, resolution

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Value = TypeVar("Value")

ROOT = Path(__file__).parents[2]
ID = "1" * 40


class Target(NamedTuple):
    """A reader: `feed` says whether it took the bytes, and raises when something does not hold.

    `seeds` are files to begin with, `words` what to put into them.
    """

    feed: Callable[[bytes], bool]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...]


@contextmanager
def plan(outer: Path) -> Iterator[Target]:
    """`series.toml`, as a command reads it."""
    with inside(outer) as folder:
        file = folder / "series.toml"

        def feed(raw: bytes) -> bool:
            file.write_bytes(raw)
            with unchanged(outer):
                one = outcome(lambda: read_plan(file))
                if one is not None:
                    assert parse_plan(explain_plan(one), "explained") == one
            return one is not None

        text = (ROOT / "tests" / "series" / "plan" / "bad_plans.txt").read_text(encoding="utf-8")
        bad = [case.partition("\n---\n")[0].partition("\n")[2] for case in text.split("\n=== ")]
        converted = bad[1].replace("\n", "\r\n").encode()
        seeds = (*of_root("series.toml"), converted, *(f"{case}\n".encode() for case in bad[1:]))
        yield Target(feed, seeds, words.TOML)


@contextmanager
def the_lock(outer: Path) -> Iterator[Target]:
    """`series.lock`."""
    lines = (
        lock.StageLock(StageId("a"), "r", (), Oid(ID), (Oid(ID),)),
        lock.StageLock(
            StageId("b"), "r", (StageId("a"),), Oid(ID), (), 3,
            lock.Published(Oid(ID), Oid(ID), 2, "b"), Oid(ID), landed=True,
        ),
    )  # fmt: skip
    full = lock.serialise(lock.Lock(2, {"r": Oid(ID)}, lines))

    def feed(raw: bytes) -> bool:
        with unchanged(outer):
            one = outcome(lambda: lock.parse(raw))
            if one is not None:
                assert lock.parse(lock.serialise(one)) == one
                outcome(one.chains)
        return one is not None

    with inside(outer):
        small = lock.serialise(lock.Lock(2, {"r": Oid(ID)}))
        yield Target(feed, (full, small, *of_root("series.lock")), words.TOML)


@contextmanager
def solved(outer: Path) -> Iterator[Target]:
    """A file of `resolutions/`, up to the hunks that it solves."""
    conflict = b"a\n<<<<<<< upstream\nb\n=======\nc\n>>>>>>> mine\nd\n"
    one = resolution.Resolution(
        StageId("a"), "0001-x.patch", b"d/\xff", None, Side("100644", Oid(ID)),
        Side("120000", Oid(ID)), "100644", b"a\nc\nd\n", "M", 3,
        kind="content", conflicts=("1" * 16,), then=conflict,
    )  # fmt: skip

    def feed(raw: bytes) -> bool:
        with unchanged(outer):
            one = outcome(lambda: resolution.parse(raw, "r"))
            if one is not None:
                assert resolution.parse(resolution.serialise(one), "r") == one
                assert not {b"", b".", b"..", b".git"} & set(one.path.lower().split(b"/"))
                assert "/" not in one.stage + one.patch
                cut = markers.cut(one.then)
                if cut is not None:
                    assert cut.with_hunks(cut.hunks) == one.then
                    markers.solutions(cut, one.content)
        return one is not None

    with inside(outer):
        yield Target(feed, (resolution.serialise(one),), words.RESOLUTION)


@contextmanager
def patch(outer: Path) -> Iterator[Target]:
    """A patch file, from its mail to the commit that it makes on its preimage; also as an mbox.

    The preimage is the miniature CPython with a few odd files.
    """
    with inside(outer) as folder, ObjectStore(Git(folder)) as store:
        store.git.run("init", "-q", "--bare", "--template=", ".")
        upstream = store.commit(Oid(build_cpython(store.git).base)).tree
        beside = {entry.name: entry for entry in store.files(upstream)}
        author = Signature(b"Paul Monson", b"p@example.org", b"1556200000 -0700")
        with store.bulk():
            trees = [store.write_tree(beside | entries(store, files)) for files in STATES]
            base = store.write_commit(Commit(trees[0], (), author, author, b"base\n"))
        diffs = diffs_between(store, [(trees[0], tree) for tree in trees[1:]])
        seeds = [serialise(Patch(author, b"subject\n\nbody\n", None, diff)) for diff in diffs]
        seeds.append(serialise(Patch(author, b"[x] y\n---\n", b"latin1", diffs[0])))
        seeds.append(ATTACHED % diffs[0])
        pristine = set(store.objects.rglob("*"))

        def feed(raw: bytes) -> bool:
            with unchanged(outer, store.objects):
                took = [apply(store, base, mails) for mails in ways(raw)]
            if set(store.objects.rglob("*")) != pristine:
                forget(store, pristine)
            return any(took)

        yield Target(
            feed, (*seeds, seeds[0] + seeds[1], *of_root("patches/*/*")), words.MAIL + words.DIFF
        )


TARGETS = {"plan": plan, "patch": patch, "lock": the_lock, "resolution": solved}

# Patches ---------------------------------------------------------------------------------------

TEXT = b"".join(b"line %d\n" % n for n in range(20))
FIRST = {
    b"a": ("100644", TEXT), b"d/b": ("100644", b"x\r\ny"), b"bin": ("100644", bytes(range(256))),
    b"l": ("120000", b"d/b"), b"old \xff": ("100755", TEXT[40:]),
}  # fmt: skip
STATES = (
    FIRST,
    FIRST | {b"a": ("100644", TEXT.replace(b"line 9\n", b"line nine\n").replace(b"line 2\n", b""))},
    FIRST | {b"a": ("100755", TEXT), b"d/new": ("100644", b"new\n"), b"d/b": ("100644", b"x\r\nz")},
    {k: v for k, v in FIRST.items() if k not in {b"a", b"d/b"}} | {b"d": ("100644", b"")},
    FIRST | {b"bin": ("100644", bytes(range(255))), b"l": ("120000", b"../out")},
    {k: v for k, v in FIRST.items() if k[:3] != b"old"} | {b"new\tname": ("100644", TEXT[33:])},
    FIRST | {b"sub": ("160000", b"")},
)
ATTACHED = b"""\
From: =?utf-8?q?P=C3=A4?= =?utf-8?B?dWw=?= <p@example.org>
Date: Thu, 25 Apr 2019 09:01:02 +0200
Subject: [PATCH] x
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

b=C3=B6dy
---
--x
Content-Type: text/x-patch

%s
--x--
"""


def ways(raw: bytes) -> list[list[bytes]]:
    """The mails that a file is for a series, and those that it is for an import."""
    imported = split_mbox(raw)
    return [[raw]] if imported in ([], [raw]) else [[raw], imported]


def apply(store: ObjectStore, base: Oid, mails: Sequence[bytes]) -> bool:
    """Whether the mails make commits, all of them good ones."""
    named = [(f"{n}.patch", mail) for n, mail in enumerate(mails)]
    made = outcome(lambda: commits_of(store, named, base))
    for (name, mail), oid in zip(named, made or (), strict=made is not None):
        one = parse(mail, name)
        assert parse(serialise(one)) == one
        commit = Commit.parse(store.raw(oid, "commit"))
        assert (commit.author, commit.message) == (one.author, one.message)
        paths = [entry.name for entry in store.files(commit.tree)]
        assert len(set(paths)) == len(paths)
        for path in paths:
            assert not {b"", b".", b"..", b".git"} & set(path.lower().split(b"/"))
    return made is not None


def entries(store: ObjectStore, files: dict[bytes, tuple[str, bytes]]) -> dict[bytes, Entry]:
    """`files` (mode and content by path; of a submodule its commit) as what a tree has of them."""
    return {
        path: Entry(mode, Oid(ID) if mode == "160000" else store.write("blob", content), path)
        for path, (mode, content) in files.items()
    }


def forget(store: ObjectStore, pristine: set[Path]) -> None:
    """Take the objects of one input away, so that a long run stays as fast as it began."""
    store.close()  # it may hold a pack open
    for path in sorted(set(store.objects.rglob("*")) - pristine, reverse=True):
        path.chmod(0o700)
        path.rmdir() if path.is_dir() else path.unlink()


# All -------------------------------------------------------------------------------------------


def outcome(read: Callable[[], Value]) -> Value | None:
    """What was read; `None` after a refusal, which can be shown."""
    try:
        return read()
    except StackerError as error:
        refusal = error
    assert refusal.message
    assert all(format_problem(problem) for problem in refusal.where)
    return None


def of_root(pattern: str) -> tuple[bytes, ...]:
    """The files of the worked example."""
    return tuple(path.read_bytes() for path in sorted(ROOT.glob(pattern)))


@contextmanager
def inside(outer: Path) -> Iterator[Path]:
    """A folder so deep in `outer` that no few `..` lead out; all that is temporary is in `outer`
    too."""
    folder, here, temporary = outer / "a" / "b" / "c" / "d", outer / "here", outer / "temporary"
    for each in (folder, here, temporary):
        each.mkdir(parents=True)
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    try:
        with chdir(here):
            yield folder
    finally:
        tempfile.tempdir = before


@contextmanager
def unchanged(outer: Path, but: Path | None = None) -> Iterator[None]:
    """Nothing in `outer` comes, goes or is written to, except what is below `but`."""
    before = _listing(outer, but)
    yield
    after = _listing(outer, but)
    assert after == before, sorted(after.items() ^ before.items())


def _listing(outer: Path, but: Path | None) -> dict[str, tuple[int, int]]:
    found = {}
    for folder, below, files in os.walk(outer):
        found[folder] = (0, 0)
        if Path(folder) == but:
            below.clear()
            continue
        for path in (f"{folder}{os.sep}{name}" for name in files):
            stat = os.lstat(path)
            found[path] = (stat.st_size, stat.st_mtime_ns)
    return found
