"""A stage as files that can be sent: a bundle, its patches, what proves it, and a text to paste.

All of it follows from the series and from what others are called by in it, so that the same series
makes the same package; it is replaced as a whole, and only where it says something else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, assert_never

from stacker.git.bundle import Bundle, bundled, verify
from stacker.git.objects import Oid, is_oid
from stacker.git.worktree import remove_tree
from stacker.handoff.proof import ByCheck, ByPaths, ByTree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stacker.git.store import ObjectStore
    from stacker.handoff.proof import HandOffProof
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId

PROOF, TEXT = "proof.json", "TEXT.md"


@dataclass(frozen=True, slots=True)
class Package:
    """What is to be in `folder`: the small files by name, and the bundle in a file of that name."""

    folder: Path
    files: Mapping[str, bytes]
    bundle_name: str
    bundle: Bundle

    def with_text(self, text: str) -> Package:
        """The same with the text that goes with it."""
        return replace(self, files={**self.files, TEXT: text.encode("utf-8")})


def folder_of(state: Path, stage: StageId) -> Path:
    """Where a stage's package is."""
    return state / "hand-off" / stage


def bundle_of(series: Series, stage: StageId) -> Bundle:
    """The stage's chain on its base."""
    line = series.lock.stage(stage)
    assert line is not None
    ref = f"refs/heads/{series.plan.name}/{stage}"
    return Bundle(ref, line.commit, series.lock.bases[line.repository])


def package(
    store: ObjectStore, series: Series, stage: StageId, *, state: Path, proof: HandOffProof
) -> Package:
    """The package of a stage as it is now, but for its text."""
    files = {
        f"patches/{one}/{patch.file}": series.files[f"patches/{one}/{patch.file}"]
        for one in series.chain(stage)
        for patch in series.patches.get(one, ())
    }
    bundle = bundle_of(series, stage)
    told = _proof_document(store, series, stage, bundle, proof)
    files[PROOF] = json.dumps(told, indent=1).encode("ascii") + b"\n"
    return Package(folder_of(state, stage), files, f"{stage}.bundle", bundle)


def is_there(wanted: Package) -> bool:
    """Whether the folder has just that."""
    if not wanted.folder.is_dir():
        return False
    there = {
        path.relative_to(wanted.folder).as_posix(): path
        for path in wanted.folder.rglob("*")
        if not path.is_dir()
    }
    bundle = there.pop(wanted.bundle_name, None)
    if bundle is None or there.keys() != wanted.files.keys():
        return False
    with bundle.open("rb") as file:
        if file.read(len(wanted.bundle.head)) != wanted.bundle.head:
            return False
    return all(path.read_bytes() == wanted.files[name] for name, path in there.items())


def write(store: ObjectStore, wanted: Package) -> None:
    """Put it in place of what was there, as a whole; git has read the bundle before."""
    above = wanted.folder.parent
    # No stage is called so: names do not begin with a dot.
    new, old = above / f".new-{wanted.folder.name}", above / f".old-{wanted.folder.name}"
    for left in (new, old):  # by a command that was killed
        remove_tree(left)
    for name, content in wanted.files.items():
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    file = new / wanted.bundle_name
    file.write_bytes(bundled(store, wanted.bundle))
    verify(store, file)
    if wanted.folder.exists():
        wanted.folder.replace(old)
    new.replace(wanted.folder)
    remove_tree(old)


def packed_commit(state: Path, stage: StageId) -> Oid | None:
    """The tip of the chain that the stage's package has; `None` where there is no package."""
    path = folder_of(state, stage) / PROOF
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    commit = found.get("commit") if isinstance(found, dict) else None
    return Oid(commit) if isinstance(commit, str) and is_oid(commit) else None


def _proof_document(
    store: ObjectStore, series: Series, stage: StageId, bundle: Bundle, proof: HandOffProof
) -> dict[str, object]:
    repository = series.plan.repository(series.plan.stage(stage).repository)
    return {
        "format": 1,
        "series": series.plan.name,
        "stage": stage,
        "upstream": repository.upstream,
        "branch": repository.branch,
        "base": bundle.base,
        "commit": bundle.tip,
        "tree": store.commit(bundle.tip).tree,
        "proof": str(repository.proof),
        **_details(proof),
    }


def _details(proof: HandOffProof) -> dict[str, object]:
    """What is to be compared; the tree is told in any case."""
    match proof:
        case ByTree():
            return {}
        case ByPaths():
            return {
                "paths": [
                    {
                        "path": path.decode("utf-8", "surrogateescape"),
                        "mode": leaf.mode if leaf else None,
                        "object": leaf.oid if leaf else None,
                    }
                    for path, leaf in proof.leaves
                ]
            }
        case ByCheck(checks, _):
            return {
                "checks": [
                    {"name": one.name, "run": [list(argv) for argv in one.run]} for one in checks
                ]
            }
        case never:
            assert_never(never)
