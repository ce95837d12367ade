"""The documents of what goes to other places: submit, land, gate, sync, hub."""

from __future__ import annotations

from stacker.forge.api import PullState
from stacker.land.outcome import Guarantee, State, Way, Who
from stacker.render.schemas.notation import (
    COUNT,
    OID,
    TEXT,
    YES,
    also,
    by_name,
    either,
    keys_of,
    listed,
    maybe,
    record,
    word,
)
from stacker.render.schemas.where import TORN
from stacker.submit.stops.refusing import StopKind
from stacker.submit.words.lint.finding import Level
from stacker.sync.outcome import State as Shared
from stacker.verify.standing import State as Standing

_ACTION = {"repository": TEXT, "stage": maybe(TEXT)}
_REF = record(ref=TEXT, old=maybe(OID), new=maybe(OID))
_ACTIONS = either(
    record(_ACTION, kind=word("fork"), upstream=TEXT, fork=TEXT),
    record(_ACTION, kind=word("push"), refs=listed(_REF)),
    record(_ACTION, kind=word("open"), head=TEXT, base=TEXT, title=TEXT, draft=YES),
    record(_ACTION, kind=word("edit"), number=maybe(COUNT), fields=listed(TEXT)),
    record(_ACTION, kind=word("draft", "ready", "close"), number=COUNT),
    record(_ACTION, kind=word("comment"), number=COUNT, comment=maybe(COUNT)),
    record(_ACTION, kind=word("hand-off"), path=TEXT),
)
_PULL = record(stage=TEXT, repository=TEXT, number=COUNT, url=TEXT)
_REHEARSAL = also(
    record(root=TEXT, serve=TEXT, api=TEXT, pulls=listed(TEXT)), supposed=listed(TEXT)
)
SUBMIT = either(
    also(
        record(
            actions=listed(_ACTIONS),
            pulls=listed(
                record(keys_of(_PULL), head=OID, base=TEXT, draft=YES, state=word(PullState))
            ),
            notes=listed(TEXT), foreign=listed(TEXT),
            blocked=listed(
                record(
                    stage=TEXT, check=TEXT, platform=TEXT, state=word(Standing), text=TEXT,
                    by=TEXT, command=TEXT,
                )
            ),
            stopped=listed(
                record(
                    stage=TEXT, number=maybe(COUNT), kind=word(StopKind), text=TEXT, way_out=TEXT
                )
            ),
            left_over=listed(_PULL),
            author_only=listed(
                record(
                    stage=TEXT, repository=TEXT, number=COUNT, author=TEXT, field=TEXT, to=TEXT,
                    text=TEXT,
                )
            ),
        ),
        rehearsal=_REHEARSAL,
    ),
    record(
        findings=listed(
            record(stage=TEXT, rule=TEXT, level=word(Level), message=TEXT, advice=TEXT)
        )
    ),
    record(
        previews=listed(
            record(stage=TEXT, repository=TEXT, number=maybe(COUNT), title=TEXT, body=TEXT)
        )
    ),
)  # fmt: skip

_MEMBER = record(
    stage=TEXT, number=maybe(COUNT), head=maybe(OID), landed_as=maybe(OID), pull_state=maybe(TEXT)
)
LAND = also(
    record(
        tx=maybe(TEXT), state=word(State), guarantee=word(Guarantee), way=maybe(word(Way)),
        branch=maybe(TEXT), commit=maybe(OID), tree=maybe(OID), members=listed(_MEMBER),
        reasons=listed(record(who=word(Who), stage=maybe(TEXT), text=TEXT, command=maybe(TEXT))),
        follow_up=listed(TEXT), notes=listed(TEXT),
        rules=maybe(either(TEXT, listed(TEXT))),
    ),
    rehearsal=_REHEARSAL,
)  # fmt: skip

_VERDICT = record(
    stage=TEXT, number=COUNT, head=OID, state=word("failure", "success"), description=TEXT,
    changed=YES,
)  # fmt: skip
GATE = either(
    record(pulls=listed(_VERDICT), torn=listed(TORN)),
    record(path=TEXT, text=TEXT),
)

_MOVED = record(sent=COUNT, taken=COUNT)
SYNC = record(
    home=maybe(TEXT), edits=listed(TEXT), state=word(Shared), dry_run=YES, version=COUNT,
    steps=_MOVED, evidence=_MOVED, landings=_MOVED, renumbered=by_name(COUNT),
    clashes=listed(record(stage=maybe(TEXT), file=TEXT, said=TEXT)), ours=maybe({}),
    stopped=listed(TEXT), upstreams=by_name(OID), notes=listed(TEXT),
)  # fmt: skip

HUB = record(url=TEXT, api=TEXT, root=TEXT)
DEMO = record(folder=TEXT, steps=COUNT, seconds={"type": "number"})
REPORT = record(file=TEXT, bytes=COUNT, stages=COUNT, left_out=maybe(TEXT))
