"""The documents that say where the series stands: status, evidence, review, doctor."""

from __future__ import annotations

from stacker.approvals.standing import ApprovalState
from stacker.boxes.sign import Doing
from stacker.doctor.finding import Health
from stacker.evidence.record import Verdict
from stacker.forge.api import CIState, PullState
from stacker.landed.group import Extent
from stacker.render.schemas.notation import (
    COUNT,
    OID,
    SECONDS,
    TEXT,
    TIME,
    YES,
    also,
    by_name,
    either,
    listed,
    maybe,
    record,
    says,
    word,
)
from stacker.render.schemas.series import RESIDUE
from stacker.status.value import StageState, WaitsFor
from stacker.verify.standing import State

_RECORD = record(
    verdict=word(Verdict), origin=TEXT, runner=TEXT, builder=TEXT, url=TEXT, shared=YES, clean=YES,
    commit=TEXT, tree=TEXT, base=TEXT, at=TIME,
)  # fmt: skip
MATRIX = listed(
    record(
        check=TEXT, platform=TEXT, required=YES, state=word(State), reason=TEXT, by=TEXT,
        command=TEXT, signed_by=TEXT, evidence=maybe(_RECORD),
    )
)  # fmt: skip
TORN = record(
    group=TEXT, extent=word(Extent), landed=listed(record(stage=TEXT, commit=maybe(OID))),
    left=listed(TEXT), said=TEXT, ways=listed(record(what=TEXT, command=TEXT)),
)  # fmt: skip
_APPROVALS = listed(
    record(
        author=TEXT, commit=TEXT, version=maybe(COUNT), state=word(ApprovalState), stands=YES
    )
)  # fmt: skip
_ADOPTS = maybe(record(number=COUNT, state=maybe(word(PullState)), more=maybe(YES)))
_EVIDENCE = record(
    passed=COUNT, required=COUNT, failing=listed(TEXT), stale=listed(TEXT), matrix=MATRIX
)
_REVIEW = record(
    state=word(PullState), draft=YES, approved_by=listed(TEXT), approved_before=listed(TEXT),
    refused_by=listed(TEXT), approvals=_APPROVALS,
    open_threads=says("null: not known", maybe(COUNT)), ci_failing=listed(TEXT),
    ci_pending=listed(TEXT), read_at=TIME,
)  # fmt: skip
_STAGE = record(
    id=TEXT, repository=TEXT, group=maybe(TEXT), needs=listed(TEXT), status=word(StageState),
    waits_for=word(WaitsFor), stopped_on=maybe(TEXT), restack=listed(TEXT), ready=YES,
    patches=COUNT, commit=maybe(OID), pull=maybe(COUNT), url=maybe(TEXT), adopts=_ADOPTS,
    head=maybe(OID),
    published=maybe(record(version=COUNT, changed=maybe(YES), others=maybe(OID))),
    packaged=maybe(YES), landed=YES, landing=maybe(OID), release=maybe(TEXT),
    reverted=maybe(record(landing=OID, by=OID)), evidence=maybe(_EVIDENCE),
    review=maybe(_REVIEW),
)  # fmt: skip
_BOX = record(
    box=TEXT, host=TEXT, account=TEXT, platforms=listed(TEXT), doing=word(Doing), what=TEXT,
    version=maybe(COUNT), looked_at=maybe(TIME), at=TIME, stacker=TEXT, silent=maybe(SECONDS),
)  # fmt: skip
_UPSTREAM = record(branch=maybe(TEXT), tip=maybe(OID), ahead=maybe(COUNT), seen_at=maybe(TIME))
_GROUP = record(name=TEXT, stages=listed(TEXT), ready=COUNT, extent=word(Extent), torn=maybe(TORN))
_STOPPED = record(targets=by_name(OID), stages=listed(TEXT), edit=maybe(TEXT))
STATUS = either(
    record(
        series=TEXT, title=TEXT, version=COUNT, bases=by_name(OID), upstream=by_name(_UPSTREAM),
        stages=listed(_STAGE), groups=listed(_GROUP), edits=listed(TEXT), stopped=maybe(_STOPPED),
        open=listed(record(stage=TEXT, verb=TEXT, folder=TEXT, command=TEXT)),
        unfinished=listed(record(what=TEXT, command=TEXT, ours=YES)),
        forge_read_at=maybe(TIME), boxes=listed(_BOX), in_store=YES,
        next=maybe(record(command=TEXT, because=TEXT)),
    ),
    record(plan=TEXT),
    RESIDUE,
    {"type": "object", "required": ["$schema"]},
)  # fmt: skip

_SINCE = record(
    version=maybe(COUNT), how=word("whole", "interdiff", "range-diff", "diff-of-diffs"),
    why=maybe(TEXT), conflicts=listed(TEXT), diff=maybe(TEXT),
)  # fmt: skip
_THREAD = record(
    path=TEXT, line=maybe(COUNT), was=maybe({}), outdated=YES, removed=YES, commit=maybe(OID),
    original_line=maybe(COUNT), author=TEXT, text=TEXT, replies=COUNT, url=TEXT,
)  # fmt: skip
_SHOWN = {
    "stage": maybe(TEXT), "version": maybe(COUNT), "title": TEXT, "pull": maybe(COUNT),
    "url": maybe(TEXT), "below": maybe(TEXT), "commit": maybe(OID), "diff": TEXT,
    "since": maybe(_SINCE), "threads": maybe(listed(_THREAD)),
}  # fmt: skip
REVIEW = either(
    record(
        _SHOWN, state=word(StageState), group=maybe(TEXT), adopts=_ADOPTS, needs=listed(TEXT),
        together=listed(TEXT), approvals=_APPROVALS, edits=listed(TEXT), head=maybe(OID),
        evidence=maybe(MATRIX),
    ),
    record(
        _SHOWN, state=TEXT, home=maybe(TEXT), part=maybe(TEXT),
        versions=listed(record(version=COUNT, head=TEXT, below=TEXT, why=TEXT)),
        evidence=listed(TEXT), ci=listed(record(name=TEXT, state=word(CIState), url=TEXT)),
    ),
)  # fmt: skip

DOCTOR = either(
    record(checks=listed(record(name=TEXT, state=word(Health), message=TEXT, hint=TEXT))),
    record(steps=COUNT, versions=listed(COUNT), freed=COUNT, leftovers=listed(TEXT)),
)

EARLIER = maybe(
    record(
        verdict=word(Verdict), origin=TEXT, shared=YES, commit=TEXT, base=TEXT, at=TIME,
        because=TEXT, differs=listed(TEXT),
    )
)  # fmt: skip
_RESULT = record(
    stage=TEXT, check=TEXT, platform=TEXT, verdict=word(Verdict), required=YES, cached=YES,
    seconds=SECONDS, origin=TEXT, shared=YES, signed_by=TEXT, runner=TEXT, log=maybe(TEXT),
    reason=TEXT, url=TEXT, shown=TEXT,
    attempts=listed(record(verdict=word(Verdict), exit_code=maybe({"type": "integer"}),
                           seconds=SECONDS)),
    stale=EARLIER,
)  # fmt: skip
_ABORTED = record(
    check=TEXT, platform=TEXT, stage=TEXT, reason=TEXT, log=maybe(TEXT), not_begun=COUNT
)
_VERIFIED = record(results=listed(_RESULT), aborted=listed(_ABORTED))
_FIRST_BAD = record(
    check=TEXT, platform=TEXT, tip=TEXT, stage=maybe(TEXT), passes_at=maybe(TEXT),
    between=listed(TEXT), bad=maybe(YES), builds=COUNT,
)  # fmt: skip
_ARRIVAL = record(
    stage=TEXT, commit=OID, tip=OID, proved=either(YES, TEXT), results=listed(_RESULT)
)
_MISSING = record(
    stage=TEXT, check=TEXT, platform=TEXT, required=YES, cannot=maybe(TEXT), differs=listed(TEXT),
    newest=EARLIER,
)  # fmt: skip
_WATCHING = record(
    box=TEXT, home=TEXT, host=TEXT, account=TEXT, platforms=listed(TEXT), every=SECONDS
)
VERIFY = either(
    also(_VERIFIED, upstream=listed(_ARRIVAL), first_bad=listed(_FIRST_BAD)),
    record(why=listed(_MISSING)),
    _WATCHING,
)
