"""Solutions on their way into the series' files, and out of them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.git.merge import Side
from stacker.git.objects import REGULAR, SUBMODULE
from stacker.git.trees import changed_paths
from stacker.series.directory import write_atomically
from stacker.series.lock import parse as parse_lock
from stacker.series.plan.model import StageId
from stacker.series.resolutions.remembered import Resolutions
from stacker.series.resolutions.resolution import Resolution, serialise
from stacker.series.resolutions.solving import conflict_id, sides_of, with_hunks
from stacker.series.saving import see

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stacker.git.merge import Conflicted
    from stacker.git.objects import Entry, Oid
    from stacker.git.store import ObjectStore
    from stacker.series.workspace import Workspace


def remember(work: Workspace, of: StageId, file: str, conflicted: Conflicted, tree: Oid) -> None:
    """Keep `tree` as the solution of a conflict of patch `file` of stage `of`.

    One resolution for each conflicted path, and for each other path that was changed as well.
    """
    known = {r.file_name: r for r in Resolutions.read(work.directory.files()).of(of, file)}
    new = {r.file_name: r for r in _resolutions(work, of, file, conflicted, tree)}
    name = conflict_id(conflicted)
    for old in known.values():
        if old.beside == name and old.file_name not in new:  # of another solution of the same
            work.directory.replace(old.file_name, None)
    for one in new.values():
        kept = _with_earlier(one, known.get(one.file_name))
        if kept != known.get(one.file_name):
            # On the disk for sure: no version holds it before the rebase has gone through.
            place = work.directory.root / one.file_name
            write_atomically(place, serialise(kept), by_way_of=work.directory.state)


def stage_to_forget(work: Workspace, stage: str | None) -> StageId:
    """The stage whose solutions are meant: the one named, or the only one that has any."""
    if stage is not None:
        return work.plan.stage(stage).id
    known = Resolutions.read(work.directory.files()).by_patch
    have = sorted({StageId(of) for of, _ in known})
    if len(have) == 1:
        return have[0]
    hint = f"Some are remembered for: {', '.join(have)}." if have else "None is remembered."
    raise UsageError("which stage's solutions shall be forgotten?", hint=hint)


def forget(work: Workspace, stage: StageId, paths: Iterable[bytes]) -> tuple[Resolution, ...]:
    """Take resolutions of a stage's patches out of the series: those of `paths`, or all of them.

    What was changed beside a forgotten path goes with it. Both states are kept as operations.
    """
    wanted = frozenset(paths)
    files = work.directory.files()
    known = [
        one
        for (of, _), some in Resolutions.read(files).by_patch.items()
        for one in some
        if of == stage
    ]
    chosen = [one for one in known if not wanted or one.path in wanted]
    missing = wanted - {one.path for one in chosen}
    if missing or not chosen:
        what = ", ".join(sorted(path.decode("utf-8", "replace") for path in missing)) or stage
        have = sorted({one.path.decode("utf-8", "replace") for one in known})
        raise UsageError(
            f"no solution is remembered for {what}",
            hint=f"{stage} has some for: {', '.join(have)}." if have else "There is none at all.",
        )
    gone = {name for one in chosen for name in one.conflicts}
    chosen += [one for one in known if one.beside in gone and one not in chosen]
    see(work.directory, work.store, files, work.now, by=work.person)
    for one in chosen:
        work.directory.replace(one.file_name, None)
    see(work.directory, work.store, work.directory.files(), work.now, by=work.person)
    return tuple(chosen)


def _resolutions(
    work: Workspace, of: StageId, file: str, conflicted: Conflicted, tree: Oid
) -> Iterator[Resolution]:
    store, name = work.store, conflict_id(conflicted)
    lock = work.directory.read("series.lock")
    plain = Resolution(
        stage=of, patch=file, path=b"", base=None, upstream=None, mine=None, mode=None, content=b"",
        by=work.person, version=parse_lock(lock).version if lock else 0, when=work.now,
    )  # fmt: skip
    inside = set[bytes]()
    for conflict in conflicted.conflicts:
        inside |= {conflict.path, *(aside.path for aside in conflict.aside)}
        base, upstream, mine = sides_of(store, conflicted, conflict)
        mode, content = _content(store, store.entry_at(tree, conflict.path))
        then = with_hunks(store, conflicted, conflict) if mode in REGULAR else None
        yield plain._replace(
            path=conflict.path, base=base, upstream=upstream, mine=mine, mode=mode,
            content=content, kind=conflict.kind, conflicts=(name,), then=then or b"",
        )  # fmt: skip
    for path, entry in changed_paths(store, conflicted.tree, tree).items():
        if path not in inside:
            before = store.entry_at(conflicted.tree, path)
            merged = Side(before.mode, before.oid) if before else None
            mode, content = _content(store, entry)
            yield plain._replace(
                path=path, upstream=merged, mode=mode, content=content, beside=name
            )


def _with_earlier(new: Resolution, old: Resolution | None) -> Resolution:
    """The same solution found again stays whose it was; it holds for one more conflict."""
    if old is None or (old.mode, old.content) != (new.mode, new.content):
        return new
    return old._replace(
        kind=new.kind, then=new.then,
        conflicts=tuple(dict.fromkeys((*old.conflicts, *new.conflicts))),
    )  # fmt: skip


def _content(store: ObjectStore, entry: Entry | None) -> tuple[str | None, bytes]:
    if entry is None or entry.mode == "040000":
        return None, b""
    if entry.mode == SUBMODULE:
        return entry.mode, entry.oid.encode("ascii")
    return entry.mode, store.blob(entry.oid)
