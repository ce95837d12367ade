"""What a lane needs beside the stage's own files: what is carried into it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from stacker.git.worktree import remove_tree
from stacker.series.plan.naming import same_file
from stacker.verify.carried import source_of
from stacker.verify.content import Uncarriable, copy

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stacker.verify.lane import Lane
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest
    from stacker.verify.stage_tree import StageTree


def prepare(request: VerifyRequest, cell: Cell, stage: StageTree, lane: Lane) -> str:
    """Put into the lane what the check needs there; why that cannot be, empty when it is done."""
    if not cell.check.carry:
        return ""
    tracked = request.store.run("ls-tree", "-r", "-z", "--name-only", "--full-tree", stage.tree)
    names = [same_file(name.decode("utf-8", "replace")) for name in tracked.split(b"\0") if name]
    there = _there(lane.carried)
    for target, written in cell.check.carry.items():
        digest = cell.parts[f"carry.{target}"]
        try:
            _refuse_hiding(target, names)
            place = _free(lane.tree, target)
            if there.get(target) == digest and place.exists():
                continue
            _put(source_of(request, written), place, digest)
        except Uncarriable as exc:
            return f"{written} cannot be carried to {target}: it {exc}"
        except OSError as exc:
            return f"{written} cannot be carried to {target}: {exc.strerror}"
        there[target] = digest
    lane.carried.write_text(json.dumps(there), encoding="ascii", newline="\n")
    return ""


def _there(file: Path) -> dict[str, Any]:
    """What was carried into the lane, by its target: the digests."""
    with suppress(FileNotFoundError, ValueError):
        found = json.loads(file.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _refuse_hiding(target: str, tracked: Iterable[str]) -> None:
    own = same_file(target)
    for name in tracked:
        if name == own or name.startswith(f"{own}/") or own.startswith(f"{name}/"):
            raise Uncarriable(f"would hide {name}, which the stage has")


def _free(tree: Path, target: str) -> Path:
    """The place of `target` below `tree`, with real folders above it."""
    *above, name = target.split("/")
    place = tree
    for part in above:
        place /= part
        if place.is_symlink():
            raise Uncarriable(f"would go through a link, {part}")
        place.mkdir(exist_ok=True)
    return place / name


def _put(source: Path, place: Path, digest: str) -> None:
    if place.is_dir() and not place.is_symlink():
        remove_tree(place)
    else:
        place.unlink(missing_ok=True)
    if copy(source, place) != digest:
        raise Uncarriable("changed since this run began")
