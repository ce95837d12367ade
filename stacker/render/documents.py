"""The `--json` documents of the local commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.errors import StackerError
    from stacker.forecast.culprit import Culprit
    from stacker.initialise.flow import InitResult
    from stacker.rebase.outcome import RebaseResult, StageConflict, StageResult
    from stacker.series.compose import Solved
    from stacker.upstream.commit import UpstreamCommit

    Document = dict[str, object]


def error(exc: StackerError) -> Document:
    """An error: the message, what to do next, and the places where it is."""
    where = [
        {"file": p.file, "line": p.line, "column": p.column, "key": p.key, "message": p.message}
        for p in exc.where
    ]
    return {"error": {"message": exc.message, "hint": exc.hint, "where": where}}


def initialised(result: InitResult) -> Document:
    """What `init` made."""
    return {
        "directory": str(result.folder),
        "name": result.name,
        "branch": result.branch,
        "upstream": result.tip,
    }


def rebased(result: RebaseResult, default: str) -> Document:
    """What `rebase` did; `default` names the repository whose base is `base`."""
    return {
        "base": result.bases.get(default),
        "bases": dict(result.bases),
        "version": result.version,
        "stages": [_stage(one) for one in result.stages],
        "store": str(result.store),
        "new_commits": result.new_commits,
        "edits": list(result.edits),
    }


def _stage(one: StageResult) -> Document:
    return {
        "id": one.stage,
        "status": str(one.status),
        "commit": one.commit,
        "tree": one.tree,
        "old_commit": one.old_commit,
        "because": one.because,
        "release": one.release,
        "conflicts": [_conflict(c) for c in one.conflicts],
        "resolutions": [_solved(s) for s in one.solved],
    }


def _conflict(one: StageConflict) -> Document:
    return {
        "path": one.conflict.path.decode("utf-8", "surrogateescape"),
        "kind": one.conflict.kind,
        "in": one.of,
        "patch": one.file,
        "culprit": culprit(one.culprit) if one.culprit else None,
    }


def culprit(one: Culprit) -> Document:
    """The upstream commit that broke something."""
    inside = one.inside
    return {
        **upstream_commit(one.commit),
        "inside": inside.oid if inside else None,
        "inside_subject": inside.subject if inside else None,
        "inside_author": inside.author if inside else None,
    }


def upstream_commit(one: UpstreamCommit) -> Document:
    """A commit of upstream."""
    return {
        "commit": one.oid,
        "subject": one.subject,
        "author": one.author,
        "date": one.date,
        "pull": one.pull,
    }


def _solved(one: Solved) -> Document:
    resolution = one.resolution
    return {
        "path": resolution.path.decode("utf-8", "surrogateescape"),
        "from_version": resolution.version,
        "by": resolution.by,
        "carried": one.carried,
    }
