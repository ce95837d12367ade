"""The documents of what is done to the series itself."""

from __future__ import annotations

from stacker.forecast.neighbours import Kind
from stacker.forecast.outcome import Fate
from stacker.landed.fate import HunkState
from stacker.log.value import How
from stacker.rebase.outcome import Status
from stacker.render.schemas.notation import (
    COUNT,
    OID,
    TEXT,
    TIME,
    YES,
    also,
    by_name,
    either,
    keys_of,
    listed,
    maybe,
    record,
    says,
    word,
)

INIT = record(directory=TEXT, name=TEXT, branch=TEXT, upstream=says("its tip", OID))

_FILE = record(path=TEXT, added=COUNT, removed=COUNT)
IMPORT = record(
    stages=listed(TEXT), version=COUNT, base=OID,
    sizes=listed(record(files=COUNT, added=COUNT, removed=COUNT)), notes=listed(TEXT),
    residue=listed(_FILE),
)  # fmt: skip

UPSTREAM_COMMIT = record(
    commit=OID, subject=TEXT, author=TEXT, date=either(TEXT, TIME), pull=maybe(COUNT),
)  # fmt: skip
CULPRIT = record(
    keys_of(UPSTREAM_COMMIT), inside=maybe(OID), inside_subject=maybe(TEXT),
    inside_author=maybe(TEXT),
)  # fmt: skip
_CONFLICT = record(
    {"in": says("the stage whose patch it is", TEXT)}, path=TEXT, kind=TEXT, patch=TEXT,
    culprit=maybe(CULPRIT),
)  # fmt: skip
_SOLVED = record(path=TEXT, from_version=COUNT, by=TEXT, carried=YES)
_REBASED_STAGE = record(
    id=TEXT, status=word(Status), commit=maybe(OID), tree=maybe(OID), old_commit=maybe(OID),
    because=TEXT, release=maybe(TEXT), conflicts=listed(_CONFLICT), resolutions=listed(_SOLVED),
)  # fmt: skip
_RESOLVING = record(
    {"in": TEXT}, stage=TEXT, patch=TEXT, folder=TEXT, paths=listed(TEXT), solved=listed(TEXT)
)
_MOVED = record(
    base=maybe(OID), bases=by_name(OID), version=COUNT, stages=listed(_REBASED_STAGE),
    store=says("the git directory that has the new objects", TEXT), new_commits=COUNT,
    edits=listed(TEXT),
)  # fmt: skip
_REBASED = also(_MOVED, opened=says("the folder of the next conflict", _RESOLVING))
REBASE = either(_REBASED, record(aborted=YES))

_SIDE = maybe(record(mode=TEXT, blob=OID))
_SHOWN = record(
    {"in": TEXT}, patch=TEXT, path=TEXT, kind=TEXT, base=_SIDE, upstream=_SIDE, mine=_SIDE
)
_FORGOTTEN = record(patch=TEXT, path=TEXT, from_version=COUNT, by=TEXT)
RESOLVE = either(
    _RESOLVING,
    _REBASED,
    record(conflicts=listed(_SHOWN)),
    record(stage=TEXT, folder={"type": "null"}),
    record(stage=TEXT, folder=TEXT, left=listed(TEXT)),
    record(stage=TEXT, forgotten=listed(_FORGOTTEN)),
)

_FOLDER = record(stage=TEXT, folder=TEXT, base=OID)
_TAKEN = record(keys_of(_MOVED), stage=TEXT, patches=listed(TEXT))
_TAKEN_IN = record({**keys_of(_TAKEN), "from": TEXT}, head=OID)
_NOTHING = record(stage=TEXT, patches=listed(TEXT), version=COUNT, stages=listed(TEXT))
EDIT = either(
    _FOLDER,
    record(keys_of(_FOLDER), head=OID, conflicts=listed(TEXT)),
    _TAKEN,
    _TAKEN_IN,
    _NOTHING,
    record(keys_of(_NOTHING), head=OID),
    record(stage=TEXT, folder={"type": "null"}, kept=maybe(COUNT)),
)

UNDO = record(before=COUNT, version=COUNT, edits_kept=YES)

_HUNKS = record(path=TEXT, upstream=TEXT, before=TEXT, mine=TEXT)
_FORECAST_STAGE = record(
    {"in": maybe(TEXT)}, id=TEXT, status=word(Fate), paths=listed(TEXT), patch=maybe(TEXT),
    conflicts=listed(record(path=TEXT, kind=TEXT)),
    culprit=maybe(record(keys_of(CULPRIT), paths=listed(TEXT), hunks=listed(_HUNKS))),
    landing=maybe(OID), landed_as=maybe(UPSTREAM_COMMIT), waits_for=maybe(TEXT),
    nearby=listed(record(keys_of(UPSTREAM_COMMIT), kind=word(Kind), path=TEXT, detail=TEXT)),
)  # fmt: skip
FORECAST = record(
    upstream=maybe(OID), upstreams=by_name(OID), new_commits=COUNT, edits=listed(TEXT),
    stages=listed(_FORECAST_STAGE),
)  # fmt: skip

_LANDED_HUNK = record(
    patch=maybe(TEXT), patches=listed(TEXT), path=TEXT, hunk=TEXT, state=word(HunkState),
    commit=maybe(UPSTREAM_COMMIT), by=maybe(UPSTREAM_COMMIT),
)  # fmt: skip
LANDED = record(
    upstream=maybe(OID), upstreams=by_name(OID), edits=listed(TEXT),
    stages=listed(
        record(
            id=TEXT, state=TEXT, gone=YES, commit=maybe(UPSTREAM_COMMIT),
            together_with=listed(TEXT), release=maybe(TEXT), reverted_by=maybe(UPSTREAM_COMMIT),
            hunks=listed(_LANDED_HUNK),
        )
    ),
)  # fmt: skip

_OPERATION = record(
    version=COUNT, operation=OID, time=TIME, author=maybe(TEXT), command=TEXT, reason=maybe(TEXT)
)
_CHANGE = record(
    change=maybe(word(How)), moved_by=listed(TEXT), was=maybe(TEXT), landing=maybe(OID)
)
_VERSION_STAGE = record(
    keys_of(_CHANGE), id=TEXT, repository=TEXT, commit=maybe(OID), tree=maybe(OID),
    trees=listed(OID), patches=listed(record(file=TEXT, patch_id=maybe(TEXT))),
)  # fmt: skip
_DIFF_STAGE = record(
    keys_of(_CHANGE), id=TEXT, range_diff=TEXT, interdiff=maybe(TEXT),
    clash=maybe(record(subject=TEXT, paths=listed(TEXT))),
)  # fmt: skip
_SIDE_OF_DIFF = record(keys_of(_OPERATION), bases=by_name(OID))
LOG = either(
    record(
        versions=listed(
            record(
                keys_of(_OPERATION), base=maybe(OID), bases=by_name(OID), edited=listed(TEXT),
                stages=listed(_VERSION_STAGE), dropped=listed(TEXT),
            )
        )
    ),
    record({"from": _SIDE_OF_DIFF}, to=_SIDE_OF_DIFF, stages=listed(_DIFF_STAGE)),
)  # fmt: skip

EXPORT = also(
    record(
        form=word("mbox", "patches", "quilt", "branch"), path=TEXT, repository=TEXT, base=OID,
        commit=OID, tree=OID, stages=listed(TEXT),
        patches=listed(record(stage=TEXT, file=TEXT, subject=TEXT, commit=OID)),
        left_out=listed(record(stage=TEXT, because=TEXT)),
        notes=listed(record(stage=TEXT, file=TEXT, what=TEXT)),
    ),
    branch=says("the one that was made", TEXT),
)  # fmt: skip

_HUNK_LEFT = record(line=COUNT, added=COUNT, removed=COUNT, what=maybe(TEXT))
_FILE_LEFT = record(keys_of(_FILE), hunks=listed(_HUNK_LEFT))
RESIDUE = record(
    branch=TEXT, repository=TEXT, version=COUNT, commit=OID, branch_base=OID, base=OID,
    complete=YES, residue=listed(record(keys_of(_FILE_LEFT), reason=maybe(TEXT))),
    extra=listed(_FILE_LEFT),
)  # fmt: skip
