"""Real repositories in which a patch and upstream are in each other's way, in every way git knows.

A file is its bytes, or (mode, content): a link's target, a submodule's commit, or a program.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from world import World, begin

from stacker.git.objects import Commit, Entry, Oid, Signature
from stacker.git.process import Git
from stacker.git.store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    File = bytes | tuple[str, bytes]
    Files = dict[bytes, File]

ADA = Signature(b"Ada", b"ada@example.org", b"1556000000 +0000")
LINES = b"".join(b"line %d\n" % n for n in range(12))
THEIRS = LINES.replace(b"line 6\n", b"theirs\n")
MINE = LINES.replace(b"line 6\n", b"mine\n")
BOTH = LINES.replace(b"line 6\n", b"both\n")
OTHER = b"".join(b"other %d\n" % n for n in range(30))
BINARY = bytes(range(256))


def link(target: bytes) -> File:
    """A symbolic link."""
    return "120000", target


def program(content: bytes) -> File:
    """An executable file."""
    return "100755", content


def submodule(digit: int) -> File:
    """A submodule at a commit that nobody has."""
    return "160000", b"%d" % digit * 40


@dataclass(frozen=True)
class Kind:
    """Who has what; the conflicts as `path: kind`; what a person does; the files that come of it.

    `untouched` says that the folder as laid out is a solution already.
    """

    base: Files
    upstream: Files
    mine: Files
    conflicts: dict[str, str]
    by_hand: Callable[[Path], None]
    solved: Files
    take_upstream: Files
    take_mine: Files
    untouched: bool = False


def write(path: str, content: bytes) -> Callable[[Path], None]:
    """Somebody writes a file."""
    return lambda folder: (folder / path).write_bytes(content) and None


def remove(*paths: str) -> Callable[[Path], None]:
    """Somebody removes files."""

    def act(folder: Path) -> None:
        for path in paths:
            (folder / path).unlink()

    return act


def move(old: str, new: str) -> Callable[[Path], None]:
    """Somebody renames a file, over what is there."""
    return lambda folder: (folder / old).replace(folder / new) and None


def git(*arguments: str) -> Callable[[Path], None]:
    """Somebody tells git in the folder."""

    def act(folder: Path) -> None:
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)

    return act


def both(*acts: Callable[[Path], None]) -> Callable[[Path], None]:
    """One thing after the other."""

    def act(folder: Path) -> None:
        for one in acts:
            one(folder)

    return act


def relink(path: str, target: str) -> Callable[[Path], None]:
    """Somebody points a link elsewhere."""

    def act(folder: Path) -> None:
        (folder / path).unlink()
        (folder / path).symlink_to(target)

    return act


Z = {b"z": b"z\n"}

KINDS = {
    "content": Kind(
        {b"a": LINES}, {b"a": THEIRS}, {b"a": MINE}, {"a": "content"},
        write("a", BOTH), {b"a": BOTH}, {b"a": THEIRS}, {b"a": MINE},
    ),
    "content after a rename": Kind(
        {b"a": LINES}, {b"moved": THEIRS}, {b"a": MINE}, {"moved": "content"},
        write("moved", BOTH), {b"moved": BOTH}, {b"moved": THEIRS}, {b"moved": MINE},
    ),
    "binary": Kind(
        {b"a": BINARY}, {b"a": BINARY + b"u"}, {b"a": BINARY + b"m"}, {"a": "binary"},
        write("a", BINARY + b"b"), {b"a": BINARY + b"b"}, {b"a": BINARY + b"u"},
        {b"a": BINARY + b"m"},
    ),
    "add/add": Kind(
        Z, Z | {b"d/a": THEIRS}, Z | {b"d/a": MINE}, {"d/a": "add/add"},
        write("d/a", BOTH), Z | {b"d/a": BOTH}, Z | {b"d/a": THEIRS}, Z | {b"d/a": MINE},
    ),
    "modify/delete": Kind(
        Z | {b"a": LINES}, Z | {b"a": THEIRS}, Z, {"a": "modify/delete"},
        remove("a"), Z, Z | {b"a": THEIRS}, Z,
    ),
    "delete/modify": Kind(
        Z | {b"a": LINES}, Z, Z | {b"a": MINE}, {"a": "modify/delete"},
        write("a", BOTH), Z | {b"a": BOTH}, Z, Z | {b"a": MINE}, untouched=True,
    ),
    "rename/delete": Kind(
        Z | {b"a": LINES}, Z | {b"moved": LINES}, Z, {"moved": "rename/delete"},
        git("add", "moved"), Z | {b"moved": LINES}, Z | {b"moved": LINES}, Z,
    ),
    "delete/rename": Kind(
        Z | {b"a": LINES}, Z, Z | {b"moved": MINE}, {"moved": "rename/delete"},
        move("moved", "there"), Z | {b"there": MINE}, Z, Z | {b"moved": MINE}, untouched=True,
    ),
    "rename/rename": Kind(
        {b"a": LINES}, {b"x": LINES}, {b"y": LINES},
        {"a": "rename/rename", "x": "rename/rename", "y": "rename/rename"},
        remove("x"), {b"y": LINES}, {b"x": LINES}, {b"y": LINES},
    ),
    "rename/rename, both changed": Kind(
        {b"a": LINES}, {b"x": THEIRS}, {b"y": MINE},
        {"a": "rename/rename", "x": "rename/rename", "y": "rename/rename"},
        both(remove("x"), write("y", BOTH)), {b"y": BOTH}, {b"x": THEIRS}, {b"y": MINE},
    ),
    "rename/rename to one": Kind(
        {b"a": LINES, b"b": OTHER}, {b"x": LINES, b"b": OTHER}, {b"a": LINES, b"x": OTHER},
        {"x": "add/add"}, write("x", BOTH), {b"x": BOTH}, {b"x": LINES}, {b"x": OTHER},
    ),
    "rename/add": Kind(
        {b"a": LINES}, {b"x": THEIRS}, {b"a": MINE, b"x": OTHER}, {"x": "rename/add"},
        write("x", BOTH), {b"x": BOTH}, {b"x": THEIRS}, {b"x": OTHER},
    ),
    "file/directory": Kind(
        Z, Z | {b"d/x": LINES}, Z | {b"d": MINE}, {"d": "file/directory"},
        move("d~mine", "e"), Z | {b"d/x": LINES, b"e": MINE}, Z | {b"d/x": LINES},
        Z | {b"d": MINE},
    ),
    "directory/file": Kind(
        Z, Z | {b"d": THEIRS}, Z | {b"d/x": LINES}, {"d": "file/directory"},
        both(remove("d/x"), lambda f: (f / "d").rmdir(), move("d~upstream", "d")),
        Z | {b"d": THEIRS}, Z | {b"d": THEIRS}, Z | {b"d/x": LINES},
    ),
    "file location": Kind(
        Z | {b"old/a": LINES, b"old/b": OTHER}, Z | {b"new/a": LINES, b"new/b": OTHER},
        Z | {b"old/a": LINES, b"old/b": OTHER, b"old/c": b"c\n"}, {"new/c": "file location"},
        move("new/c", "c"), Z | {b"new/a": LINES, b"new/b": OTHER, b"c": b"c\n"},
        Z | {b"new/a": LINES, b"new/b": OTHER},
        Z | {b"new/a": LINES, b"new/b": OTHER, b"new/c": b"c\n"}, untouched=True,
    ),
    "directory rename split": Kind(
        {b"old/a": LINES, b"old/b": OTHER}, {b"one/a": LINES, b"two/b": OTHER},
        {b"old/a": LINES, b"old/b": OTHER, b"old/c": b"c\n"}, {"old": "directory rename split"},
        move("old/c", "c"), {b"one/a": LINES, b"two/b": OTHER, b"c": b"c\n"},
        {b"one/a": LINES, b"two/b": OTHER, b"old/c": b"c\n"},
        {b"one/a": LINES, b"two/b": OTHER, b"old/c": b"c\n"}, untouched=True,
    ),
    "two files for one place": Kind(
        {b"o1/a": LINES, b"o1/b": OTHER, b"o2/d": b"d\n" * 9, b"o2/e": b"e\n" * 9},
        {b"new/a": LINES, b"new/b": OTHER, b"new/d": b"d\n" * 9, b"new/e": b"e\n" * 9},
        {b"o1/a": LINES, b"o1/b": OTHER, b"o2/d": b"d\n" * 9, b"o2/e": b"e\n" * 9,
         b"o1/c": b"1\n", b"o2/c": b"2\n"},
        {"o1/c": "implicit dir rename", "o2/c": "implicit dir rename"},
        both(move("o1/c", "c1"), remove("o2/c")),
        {b"new/a": LINES, b"new/b": OTHER, b"new/d": b"d\n" * 9, b"new/e": b"e\n" * 9,
         b"c1": b"1\n"},
        *2 * [{b"new/a": LINES, b"new/b": OTHER, b"new/d": b"d\n" * 9, b"new/e": b"e\n" * 9,
               b"o1/c": b"1\n", b"o2/c": b"2\n"}], untouched=True,
    ),
    "file and link": Kind(
        {b"a": LINES}, {b"a": link(b"else/where")}, {b"a": MINE}, {"a": "mode"},
        both(remove("a"), move("a~mine", "a")), {b"a": MINE}, {b"a": link(b"else/where")},
        {b"a": MINE},
    ),
    "executable or not": Kind(
        Z, Z | {b"a": program(LINES)}, Z | {b"a": LINES}, {"a": "mode"},
        write("a", BOTH), Z | {b"a": program(BOTH)}, Z | {b"a": program(LINES)},
        Z | {b"a": LINES},
    ),
    "links": Kind(
        {b"l": link(b"one")}, {b"l": link(b"two")}, {b"l": link(b"three")}, {"l": "content"},
        relink("l", "four"), {b"l": link(b"four")}, {b"l": link(b"two")}, {b"l": link(b"three")},
    ),
    "submodule": Kind(
        Z | {b"s": submodule(1)}, Z | {b"s": submodule(2)}, Z | {b"s": submodule(3)},
        {"s": "submodule"}, git("update-index", "--cacheinfo", f"160000,{'4' * 40},s"),
        Z | {b"s": submodule(4)}, Z | {b"s": submodule(2)}, Z | {b"s": submodule(3)},
    ),
    "submodule or not": Kind(
        Z | {b"s": submodule(1)}, Z | {b"s": submodule(2)}, Z | {b"s": LINES}, {"s": "mode"},
        both(lambda f: (f / "s").rmdir(), move("s~mine", "s")), Z | {b"s": LINES},
        Z | {b"s": submodule(2)}, Z | {b"s": LINES},
    ),
    "a name that is no UTF-8": Kind(
        {b"d\xff/a b": LINES}, {b"d\xff/a b": THEIRS}, {b"d\xff/a b": MINE},
        {"d\udcff/a b": "content"}, write("d\udcff/a b", BOTH), {b"d\xff/a b": BOTH},
        {b"d\xff/a b": THEIRS}, {b"d\xff/a b": MINE},
    ),
}  # fmt: skip


def stopped(kind: Kind, folder: Path, run: Callable[..., object]) -> World:
    """A series of one patch, whose rebase onto upstream's drift stops."""
    path = folder / "upstream"
    path.mkdir()
    bare = Git(path)
    bare.run("init", "-q", "--bare", "-b", "master", ".")
    with ObjectStore(bare) as store:
        base = commit(store, kind.base, (), b"start\n")
        mine = commit(store, kind.mine, (base,), b"A change\n")
        drift = commit(store, kind.upstream, (base,), b"drift\n")
    for name, oid in (("master", base), ("port", mine), ("drift", drift)):
        bare.run("update-ref", f"refs/heads/{name}", oid)
    upstream = Upstream(path)
    world = begin(run, folder, upstream, ("master..port", "--stage", "one"))
    bare.run("update-ref", "refs/heads/master", drift)
    world.stacker("rebase", code=3)
    return world


@dataclass
class Upstream:
    """Where upstream is."""

    path: Path


def commit(store: ObjectStore, files: Files, parents: tuple[Oid, ...], message: bytes) -> Oid:
    """A commit of these files alone."""
    entries = {}
    for name, value in files.items():
        mode, content = value if isinstance(value, tuple) else ("100644", value)
        oid = Oid(content.decode()) if mode == "160000" else store.write("blob", content)
        entries[name] = Entry(mode, oid, b"")
    return store.write_commit(Commit(store.write_tree(entries), parents, ADA, ADA, message))


def files_of(world: World, tree: str) -> Files:
    """All files of a tree in the store, in the form of this module."""
    found: Files = {}
    with ObjectStore(Git(world.home / ".stacker" / "store.git")) as store:
        for entry in store.files(Oid(tree)):
            if entry.mode == "160000":
                found[entry.name] = (entry.mode, entry.oid.encode())
            else:
                content = store.blob(entry.oid)
                found[entry.name] = content if entry.mode == "100644" else (entry.mode, content)
    return found
