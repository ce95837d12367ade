"""The verbatim patch-ids of a version's patches: what tells a change by its lines alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import PatchError
from stacker.git.comparing import verbatim_ids
from stacker.series.patches.patchfile import parse
from stacker.series.versions import operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore


def patch_ids(
    store: ObjectStore, files: Iterable[Mapping[str, Oid]]
) -> list[dict[str, str | None]]:
    """For each of `files` (blobs by name) the ids of its patches by their names, all at once.

    A patch that changes nothing, or cannot be read, has `None`.
    """
    patches = [{name: oid for name, oid in one.items() if is_patch(name)} for one in files]
    names = {oid: name for one in patches for name, oid in one.items()}
    contents = operations.contents(store, {oid: oid for oid in names})
    diffs: dict[Oid, bytes] = {}
    for oid, name in names.items():
        try:
            diffs[oid] = parse(contents[oid], name).diff
        except PatchError:  # somebody edited it
            continue
    ids = dict(zip(diffs, verbatim_ids(store, list(diffs.values())), strict=True))
    return [{name: ids.get(oid) for name, oid in one.items()} for one in patches]


def is_patch(name: str) -> bool:
    """Whether a file of the series is a patch."""
    return name.startswith("patches/") and name.endswith(".patch")
