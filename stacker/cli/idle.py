"""A rebase with nothing to do: what was said of it holds while nothing has changed.

What `rebase` answers follows from the files of the series, the refs of its store and the tips of
its upstreams. The answer of one that changed nothing is kept beside all that it followed from;
the next one compares, and says it again. What is kept may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stacker import __version__
from stacker.errors import ExitCode, GitError
from stacker.git import nearby
from stacker.git.process import Git
from stacker.render.terminal import Answer
from stacker.series.directory import SeriesDirectory, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.cli.context import Options
    from stacker.series.workspace import Workspace

_KEPT = "idle.json"
_STOPPED = "attempt.json"  # of `stacker.rebase.attempt`, which takes long to load


def rebase(options: Options) -> Answer:
    """Put the series on upstream's tip, unless it is known to stand there."""
    directory = SeriesDirectory.find(options.folder)
    files = _digest(directory)
    known = _known(directory, files)
    if known is not None:
        return known
    from stacker.cli import rebasing  # noqa: PLC0415 - it loads all that is spared above

    return rebasing.rebase(options, then=partial(_keep, files))


def _known(directory: SeriesDirectory, files: str) -> Answer | None:
    try:
        kept: dict[str, Any] = json.loads((directory.state / _KEPT).read_bytes())
        if kept["files"] == files and _holds(directory, kept):
            return Answer(kept["document"], kept["text"])
    except (OSError, ValueError, KeyError, TypeError, GitError):
        pass  # nothing was kept, or nothing that makes sense here
    return None


def _holds(directory: SeriesDirectory, kept: dict[str, Any]) -> bool:
    """Whether all but the files is as it was."""
    return (
        kept["stacker"] == __version__
        and kept["root"] == str(directory.root)
        and not (directory.state / _STOPPED).exists()
        and all(
            nearby.ref(directory.root / Path(path).expanduser(), ref) == tip
            for path, ref, tip in kept["upstreams"]
        )
        and kept["refs"] == _refs(directory)
    )


def _keep(files: str, work: Workspace, answer: Answer) -> None:
    """Keep the answer if the files are still those of the beginning, and all upstreams near."""
    from stacker.series.plan.upstream import UpstreamKind  # noqa: PLC0415 - loaded by now

    document: Any = answer.document
    told_by_date = any(stage["resolutions"] for stage in document["stages"])
    near = all(one.kind is UpstreamKind.PATH for one in work.plan.repositories)
    # A tag of upstream, or what somebody brings into the store, may tell more of these.
    open_ends = any(_may_change(stage) for stage in document["stages"])
    if answer.code is not ExitCode.DONE or told_by_date or open_ends or not near:
        return
    if _digest(work.directory) != files:
        return
    kept = {
        "stacker": __version__,
        "root": str(work.directory.root),
        "files": files,
        "refs": _refs(work.directory),
        "upstreams": [
            (one.upstream, work.upstreams[one.name].source, document["bases"][one.name])
            for one in work.plan.repositories
            if one.name in document["bases"]
        ],
        "document": document,
        "text": answer.text,
    }
    write_atomically(work.directory.state / _KEPT, json.dumps(kept).encode())


def _may_change(stage: Mapping[str, object]) -> bool:
    status = stage["status"]
    return status == "blocked" or (status == "landed" and stage["release"] is None)


def _digest(directory: SeriesDirectory) -> str:
    """Stands for all files of the series and their contents."""
    digest = hashlib.sha256()
    for name, content in directory.files().items():
        path = name.encode("utf-8", "surrogateescape")
        digest.update(b"%d %d " % (len(path), len(content)) + path)
        digest.update(content)
    return digest.hexdigest()


def _refs(directory: SeriesDirectory) -> str:
    """The operation that the series is at, and the upstream tips that were fetched."""
    return Git(directory.store).text("for-each-ref", "refs/stacker/head", "refs/stacker/upstream/")
