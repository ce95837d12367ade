"""`status` as its `--json` document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.render.adopts import adopts_document
from stacker.render.approvals import approvals_document
from stacker.render.boxes import boxes_document
from stacker.render.gate import torn_document
from stacker.render.matrix import matrix_document
from stacker.status.next_step import next_step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.status.value import SeriesStatus, StageStatus


def status_document(status: SeriesStatus, stages: Sequence[str] = ()) -> dict[str, object]:
    """The `--json` document of `status`, with `stages` or all; times are seconds since 1970."""
    step = next_step(status)
    return {
        "series": status.name,
        "title": status.title,
        "version": status.version,
        "bases": {u.repository: u.base for u in status.upstreams if u.base is not None},
        "upstream": {
            u.repository: {
                "branch": u.branch, "tip": u.tip, "ahead": u.ahead, "seen_at": u.seen_at,
            }
            for u in status.upstreams
        },
        "stages": [_stage(one) for one in status.stages if not stages or one.id in stages],
        "groups": [
            {
                "name": g.name, "stages": list(g.stages), "ready": g.ready,
                "extent": str(g.extent), "torn": g.torn and torn_document(g.torn),
            }
            for g in status.groups
        ],
        "edits": list(status.edits),
        "stopped": status.stopped
        and {
            "targets": dict(status.stopped.targets), "stages": list(status.stopped.stages),
            "edit": status.stopped.edit,
        },
        "open": [
            {
                "stage": one.stage, "verb": one.verb, "folder": str(one.folder),
                "command": one.command,
            }
            for one in status.folders
        ],
        "unfinished": [
            {"what": one.what, "command": one.command, "ours": one.ours}
            for one in status.unfinished
        ],
        "forge_read_at": status.forge_read_at,
        "boxes": boxes_document(status.boxes),
        "in_store": status.in_store,
        "next": step and {"command": step.command, "because": step.because},
    }  # fmt: skip


def _stage(one: StageStatus) -> dict[str, object]:
    evidence, opinion, published = one.evidence, one.opinion, one.published
    return {
        "id": one.id,
        "repository": one.repository,
        "group": one.group,
        "needs": list(one.needs),
        "status": str(one.state),
        "waits_for": str(one.waits_for),
        "stopped_on": one.stopped_on,
        "restack": list(one.restack),
        "ready": one.ready,
        "patches": one.patches,
        "commit": one.commit,
        "pull": one.pull,
        "url": one.url,
        "adopts": adopts_document(one),
        "head": published.head if published else None,
        "published": published
        and {
            "version": published.version,
            "changed": published.changed,
            "others": published.others,
        },
        "packaged": one.package,
        "landed": one.landed,
        "landing": one.landing,
        "release": one.release,
        "reverted": one.reverted and {"landing": one.reverted.landing, "by": one.reverted.by},
        "evidence": evidence
        and {
            "passed": len(evidence.passed),
            "required": len(evidence.required),
            "failing": [str(one) for one in evidence.failing],
            "stale": [str(one) for one in evidence.stale],
            "matrix": matrix_document(evidence),
        },
        "review": opinion
        and {
            "state": str(opinion.state),
            "draft": opinion.draft,
            "approved_by": list(opinion.approved_by),
            "approved_before": list(opinion.approved_before),
            "refused_by": list(opinion.refused_by),
            "approvals": approvals_document(opinion.approvals),
            "open_threads": opinion.open_threads,
            "ci_failing": list(opinion.failing),
            "ci_pending": list(opinion.pending),
            "read_at": opinion.read_at,
        },
    }
