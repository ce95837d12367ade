"""A stage as files that can be sent: a bundle, its patches, what proves it, and a text to paste.

All of it follows from the series and from what others are called by in it, so that the same series
makes the same package; it is replaced as a whole, and only where it says something else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from stacker import held_files
from stacker.git.bundle import bundled, verify
from stacker.git.transfer import shown_url
from stacker.git.worktree import remove_tree
from stacker.handoff.proof import ByCheck, ByPaths, ByTree
from stacker.series.plan.upstream import UpstreamKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stacker.git.bundle import Bundle
    from stacker.git.store import ObjectStore
    from stacker.handoff.proof import HandOffProof
    from stacker.series.loading import Series
    from stacker.series.plan.model import Repository, StageId

PROOF, TEXT = "proof.json", "TEXT.md"


@dataclass(frozen=True, slots=True)
class Package:
    """What is to be in `folder`: the small files by name, and the bundle in a file of that name."""

    folder: Path
    files: Mapping[str, bytes]
    bundle_name: str
    bundle: Bundle


def called(repository: Repository) -> str:
    """What others know the upstream by: nothing of this machine, and nobody's password."""
    if repository.kind is UpstreamKind.PATH:
        return repository.upstream.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return shown_url(repository.upstream)


def package(
    store: ObjectStore,
    series: Series,
    stage: StageId,
    bundle: Bundle,
    *,
    folder: Path,
    proof: HandOffProof,
    text: str,
) -> Package:
    """The package of a stage whose chain is in `bundle`, proved by `proof`, with its text."""
    files = _patches(series, stage, bundle, folder)
    told = _proof_document(store, series, stage, bundle, proof)
    files[PROOF] = json.dumps(told, indent=1).encode("ascii") + b"\n"
    files[TEXT] = text.encode("utf-8")
    return Package(folder, files, f"{stage}.bundle", bundle)


def _patches(series: Series, stage: StageId, bundle: Bundle, folder: Path) -> dict[str, bytes]:
    """The patch files of the chain; of a bundle on an older base those that are there beside it,
    for the series' own may have other lines around their changes by now."""
    names = [f"patches/{s}/{p.file}" for s in series.chain(stage) for p in series.patches[s]]
    newest = series.lock.bases[series.plan.stage(stage).repository]
    there = bundle.base != newest and all((folder / name).is_file() for name in names)
    return {name: (folder / name).read_bytes() if there else series.files[name] for name in names}


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
        held_files.replace(wanted.folder, old)
    held_files.replace(new, wanted.folder)
    remove_tree(old)


def _proof_document(
    store: ObjectStore, series: Series, stage: StageId, bundle: Bundle, proof: HandOffProof
) -> dict[str, object]:
    repository = series.plan.repository(series.plan.stage(stage).repository)
    return {
        "format": 1,
        "series": series.plan.name,
        "stage": stage,
        "upstream": called(repository),
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
        case ByPaths(leaves):
            rows = [
                {
                    "path": path.decode("utf-8", "surrogateescape"),
                    "mode": leaf.mode if leaf else None,
                    "object": leaf.oid if leaf else None,
                }
                for path, leaf in leaves
            ]
            return {"paths": rows}
        case ByCheck(checks, _):
            runs = [{"name": one.name, "run": [list(argv) for argv in one.run]} for one in checks]
            return {"checks": runs}
        case never:
            assert_never(never)
