"""What a clone on this disk has, taken as it lies there: its packs are copied, not made anew.

The clone is only read, and may change or go afterwards.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stacker import held_files
from stacker.errors import GitError
from stacker.git import partial
from stacker.git.present import folders
from stacker.git.process import Git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

_DURABLE = (("core.fsync", "committed"),)
_TAKEN = re.compile(r"pack-[0-9a-f]+\.(?:pack|rev|promisor|idx)")
_ORDER = ("pack", "rev", "promisor", "idx")  # git takes a pack for there when its index is
_FAN = re.compile(r"[0-9a-f]{2}")
_LOOSE = re.compile(r"[0-9a-f]{38}(?:[0-9a-f]{24})?")


class Held(NamedTuple):
    """Files of objects below an object folder: where each is, its path there, its size."""

    files: tuple[tuple[Path, str, int], ...]

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return sum(size for _, _, size in self.files)


def held(clone: Path) -> Held | None:
    """The objects of a clone; `None` of a shallow one, and of what is no repository.

    A shallow one has commits whose parents it lacks, and only its own git knows which.
    """
    git = Git(clone)
    env = {"GIT_CEILING_DIRECTORIES": str(clone.parent)}  # like a fetch, none around the folder
    asked = ("rev-parse", "--is-shallow-repository", "--git-path", "objects")
    done = git.attempt(*asked, env=env) if clone.is_dir() else None
    if done is None or done.code != 0:
        return None
    shallow, _, objects = done.out.decode("utf-8", "surrogateescape").rstrip("\n").partition("\n")
    if shallow != "false":
        return None
    found = (one for folder in folders(clone / objects) for one in _held_in(folder))
    return Held(tuple(sorted(found, key=_order)))


def take(held: Held, clone: Path, store: ObjectStore, under: str, url: str) -> None:
    """Bring all of it into `store`, with each ref of the clone below `under`.

    What a partial clone was promised is promised to the store, by `url`. Raises `GitError` where
    the clone changed meanwhile, or names what it has not.
    """
    if any(name.endswith(".promisor") for _, name, _ in held.files):
        partial.promise(store.git, url)  # first: whoever is killed leaves no gap that nobody owes
    made = set[Path]()
    for source, name, _ in held.files:
        target = store.objects / name
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        try:
            _copy(source, target)
        except FileNotFoundError as exc:
            raise GitError(f"{str(clone)!r} changed while it was read") from exc
    store.close()
    # The type makes git look whether the object is there.
    listing = Git(clone).run("for-each-ref", "--format=%(refname) %(objecttype) %(objectname)")
    words = (line.split(b" ") for line in listing.splitlines())
    refs = [(under.encode("ascii") + n.removeprefix(b"refs/"), oid) for n, _, oid in words]
    _name(store, sorted(refs))


def _name(store: ObjectStore, refs: Sequence[tuple[bytes, bytes]]) -> None:
    """Make these refs. git would make a file for each first, of which there may be thousands."""
    packed = store.git.directory / "packed-refs"
    if packed.exists():
        lines = (b"update %s %s\n" % one for one in refs)
        store.git.run("update-ref", "--stdin", stdin=b"".join(lines))
        return
    half = packed.with_name("packed-refs.new")
    lines = (b"%s %s\n" % (oid, name) for name, oid in refs)
    half.write_bytes(b"# pack-refs with: sorted \n" + b"".join(lines))
    held_files.replace(half, packed)


def hand_over(clone: Path, store: ObjectStore, oids: Iterable[Oid]) -> bool:
    """Bring commits of a clone into a store whose files are promised; false if the clone cannot.

    A fetch would do, but git then goes through all that was ever promised, which takes minutes.
    """
    git = Git(clone)
    shallow = git.attempt("rev-parse", "--is-shallow-repository").out.strip()
    if shallow != b"false" or not partial.is_partial(store.git) or partial.promises(git):
        return False
    names = set(store.git.text("for-each-ref", "--format=%(objectname)").split())
    asked = "".join(f"{name}\n" for name in names).encode("ascii")
    said = git.text("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked)
    both = [name for name, kind in map(str.split, said.splitlines()) if kind == "commit"]
    wanted = "".join([*(f"{oid}\n" for oid in oids), *(f"^{name}\n" for name in both)])
    words = ("pack-objects", "--revs", "--stdout", "-q", "--delta-base-offset")
    pack = git.run(*words, stdin=wanted.encode("ascii"))
    store.git.run("index-pack", "--stdin", stdin=pack, config=_DURABLE)
    return True


def _held_in(objects: Path) -> Iterator[tuple[Path, str, int]]:
    """The files of objects in one object folder; links lead anywhere, and are left."""
    if not objects.is_dir():  # git only warns of one that is borrowed from and gone
        return
    with os.scandir(objects) as listing:
        fans = [entry.name for entry in listing if _FAN.fullmatch(entry.name)]
    for folder, form in (("pack", _TAKEN), *((fan, _LOOSE) for fan in fans)):
        if not (objects / folder).is_dir() or (objects / folder).is_symlink():
            continue
        with os.scandir(objects / folder) as listing:
            for entry in listing:
                found = entry.stat(follow_symlinks=False)
                if form.fullmatch(entry.name) and stat.S_ISREG(found.st_mode):
                    yield objects / folder / entry.name, f"{folder}/{entry.name}", found.st_size


def _order(file: tuple[Path, str, int]) -> tuple[int, str]:
    suffix = file[1].rpartition(".")[2]
    return (_ORDER.index(suffix) if suffix in _ORDER else 0, file[1])


def _copy(source: Path, target: Path) -> None:
    """A file of its own; where the system can, both share what is on the disk.

    No link: git sets the time of a pack in which it finds what it was to write, and what may not
    be written is made writable before it is removed, on Windows. The clone would see both.
    """
    if target.exists():
        return
    half = target.with_name(f"tmp_{target.name}")
    with source.open("rb") as there, half.open("wb") as here:
        if not _share(there.fileno(), here.fileno()):
            shutil.copyfileobj(there, here, 1 << 20)
        here.flush()
        os.fsync(here.fileno())
    half.chmod(0o444)
    held_files.replace(half, target)


def _share(source: int, target: int) -> bool:
    """Let the system copy; false where it cannot, and then nothing is copied."""
    if sys.platform != "linux":
        return False
    try:
        while os.copy_file_range(source, target, 1 << 30):
            pass
    except OSError:
        if os.lseek(source, 0, os.SEEK_CUR):
            raise
        return False
    return True
