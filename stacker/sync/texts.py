"""Plan, texts and resolutions of two sides, merged line by line as git merges files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import PlanError
from stacker.git.merge import Conflicted
from stacker.git.quarantine import merge_trees
from stacker.series.directory import LOCK, PLAN
from stacker.series.plan.reading import parse_plan
from stacker.series.versions.snapshot import Snapshot
from stacker.sync.outcome import Clash
from stacker.sync.plans import merge_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

    Files = Mapping[str, bytes]


class MergedTexts(NamedTuple):
    """The files; where both sides changed the same lines, home's."""

    files: dict[str, bytes]
    clashes: tuple[Clash, ...]


def merge_texts(store: ObjectStore, base: Files, ours: Files, theirs: Files) -> MergedTexts:
    """All files of the series but the lock and the patches."""
    trees = [_tree(store, _texts(files)) for files in (base, theirs, ours)]
    outcome = merge_trees(store, *trees)
    files = _files(store, outcome.tree)
    clashes = []
    for conflict in outcome.conflicts if isinstance(outcome, Conflicted) else ():
        name = conflict.path.decode("utf-8", "surrogateescape")
        stays = theirs.get(name, ours.get(name))
        if stays is None:
            continue
        files[name] = stays
        both = _both_plans(base, ours, theirs) if name == PLAN else None
        if both is None:
            whose = "home's" if name in theirs else "ours"
            clashes.append(Clash(None, name, f"both sides changed it; {whose} stays"))
        else:
            files[name] = both
    if files.get(PLAN) not in (ours.get(PLAN), theirs.get(PLAN)) and not _is_plan(files[PLAN]):
        files[PLAN] = theirs[PLAN]
        clashes.append(Clash(None, PLAN, "what both sides wrote is no plan together; home's stays"))
    return MergedTexts(files, tuple(clashes))


def _texts(files: Files) -> dict[str, bytes]:
    return {
        name: content
        for name, content in files.items()
        if name != LOCK and not (name.startswith("patches/") and name.endswith(".patch"))
    }


def _both_plans(base: Files, ours: Files, theirs: Files) -> bytes | None:
    """The plan with the tables of both sides, if that is one."""
    if PLAN not in ours or PLAN not in theirs:
        return None
    texts = (side.get(PLAN, b"").decode("utf-8", "replace") for side in (base, ours, theirs))
    merged = merge_tables(*texts)
    return merged.encode() if merged is not None and _is_plan(merged.encode()) else None


def _is_plan(raw: bytes) -> bool:
    try:
        parse_plan(raw.decode("utf-8", "replace"), PLAN)
    except PlanError:
        return False
    return True


def _tree(store: ObjectStore, files: Files) -> Oid:
    what = Snapshot.of(store.algorithm, files)
    with store.bulk():
        for content in files.values():
            store.write("blob", content)
        for raw in what.trees.values():
            store.write("tree", raw)
    return what.root


def _files(store: ObjectStore, tree: Oid) -> dict[str, bytes]:
    found = list(store.files(tree))
    return {entry.name.decode("utf-8", "surrogateescape"): store.blob(entry.oid) for entry in found}
