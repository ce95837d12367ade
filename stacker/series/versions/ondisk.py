"""The files on disk follow the newest operation, whatever stopped the command that made it.

`.stacker/written` names the operation they were last written from, so a command that was killed
in between is completed by the next one. Replaced files in folders come onto the disk when the
system likes. A machine that loses power before that may leave them empty or full of NUL bytes;
where the operation has another content, such a file is no edit, and is written again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.objects import Oid, is_oid
from stacker.git.pack import object_id
from stacker.series.directory import LOCK, write_atomically
from stacker.series.versions import operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.git.store import ObjectStore
    from stacker.series.directory import SeriesDirectory
    from stacker.series.versions.snapshot import Snapshot


def write_files(
    store: ObjectStore, directory: SeriesDirectory, known: Iterable[Snapshot] = ()
) -> bool:
    """Bring the files on disk to the newest operation; says whether anything was to do.

    Only files in which it differs from the operation last written are looked at. One that is
    neither as before nor as after was edited by hand meanwhile and stays. What is `known` need
    not be read from the store.
    """
    here, last = operations.current(store), _last_written(store, directory)
    if here is None or last == here.oid:
        return False
    by_root = {one.root: one for one in known}
    old = _ids(store, last, by_root) if last else {}
    new = _ids(store, here.oid, by_root)
    changed = [name for name in old.keys() | new.keys() if old.get(name) != new.get(name)]
    after = by_root.get(store.commit(here.oid).tree)
    files = after.files if after else operations.contents(store, _only(new, changed))
    # The lock goes last: while it is old, a fresh look still sees the old series as edited.
    for name in sorted(changed, key=lambda n: (n == LOCK, n)):
        on_disk = directory.read(name)
        blob = None if on_disk is None else object_id(store.algorithm, "blob", on_disk)
        is_ours = blob == old.get(name) or (on_disk is not None and _is_blank(on_disk))
        if is_ours and blob != new.get(name):
            directory.replace(name, files[name] if name in new else None)
    write_atomically(directory.state / "written", here.oid.encode("ascii") + b"\n")
    return True


def pending(store: ObjectStore, directory: SeriesDirectory) -> bool:
    """Whether a command was killed before the files on disk were brought to its operation."""
    here = operations.current(store)
    return here is not None and _last_written(store, directory) != here.oid


def found(store: ObjectStore, directory: SeriesDirectory) -> dict[str, bytes]:
    """The files on disk, after those that a power cut left blank were written again."""
    files = directory.files()
    blank = [name for name, content in files.items() if _is_blank(content)]
    last = _last_written(store, directory) if blank else None
    for name in blank if last else ():
        content = operations.file_of(store, Oid(last or ""), name)
        if content is not None and content != files[name]:
            directory.replace(name, content)
            files[name] = content
    return files


def _last_written(store: ObjectStore, directory: SeriesDirectory) -> Oid | None:
    raw = directory.read(".stacker/written") or b""
    oid = raw.decode("ascii", "replace").strip()
    return Oid(oid) if is_oid(oid) and store.find(oid) is not None else None


def _ids(store: ObjectStore, operation: Oid, known: Mapping[Oid, Snapshot]) -> Mapping[str, Oid]:
    one = known.get(store.commit(operation).tree)
    return one.blobs if one else operations.file_ids_of(store, operation)


def _only(ids: Mapping[str, Oid], names: Iterable[str]) -> dict[str, Oid]:
    return {name: ids[name] for name in names if name in ids}


def _is_blank(content: bytes) -> bool:
    return not content.strip(b"\0")
