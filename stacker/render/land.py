"""How a landing reads: what happened, what is in the way, who must act."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.doctor.rules import rules_text
from stacker.errors import ExitCode
from stacker.land.outcome import Guarantee, State, Way

if TYPE_CHECKING:
    from stacker.land.outcome import LandResult, MemberResult


def land_document(result: LandResult) -> dict[str, object]:
    """The `--json` document of `land`."""
    return {
        "tx": result.tx,
        "state": str(result.state),
        "guarantee": str(result.guarantee),
        "way": str(result.way) if result.way else None,
        "branch": result.branch,
        "commit": result.commit,
        "tree": result.tree,
        "members": [
            {
                "stage": m.stage,
                "number": m.number,
                "head": m.head,
                "landed_as": m.landed_as,
                "pull_state": m.pull_state,
            }
            for m in result.members
        ],
        "reasons": [
            {"who": str(r.who), "stage": r.stage, "text": r.text, "command": r.command}
            for r in result.reasons
        ],
        "follow_up": list(result.follow_up),
        "notes": list(result.notes),
        "rules": rules_text(result.rules.protection) if result.rules else None,
    }


def land_code(result: LandResult) -> ExitCode:
    """The exit code of a landing."""
    match result.state:
        case State.LANDED:
            return ExitCode.UNKNOWN if result.follow_up else ExitCode.DONE
        case State.UNKNOWN | State.TORN:
            return ExitCode.UNKNOWN
        case State.BLOCKED | State.STALE | State.WAITING | State.NOT_LANDED:
            return ExitCode.BLOCKED
        case never:
            assert_never(never)


def land_text(result: LandResult, name: str) -> str:
    """The verdict first, then each member or each reason, by who must act."""
    lines = [_verdict(result, name)]
    if result.state is State.LANDED:
        members = () if result.takes_back else result.members
        width = max((len(m.stage) for m in members), default=0)
        lines += [_member(m, width) for m in members]
        lines += [f"  {what}" for what in result.notes]
        lines += [f"  still to do: {what}" for what in result.follow_up]
        following = "run this again" if result.follow_up else "stacker rebase"
        return "\n".join([*lines, f"Next: {following}"])
    if result.rules is not None:
        lines.append(f"  {result.branch}: {rules_text(result.rules.protection)}")
    if _could(result):
        width = max(len(m.stage) for m in result.members)
        lines += [_member(m, width) for m in result.members]
    for who in dict.fromkeys(r.who for r in result.reasons):
        lines.append(f"  {who}:")
        for reason in (r for r in result.reasons if r.who is who):
            stage = f"{reason.stage}: " if reason.stage else ""
            command = f"   -> {reason.command}" if reason.command else ""
            lines.append(f"    {stage}{reason.text}{command}")
    return "\n".join(lines)


def _verdict(result: LandResult, name: str) -> str:
    count = len(result.members)
    commit = result.commit[:10] if result.commit else "?"
    if result.state is State.LANDED:
        if result.way is None or result.way is Way.HAND_OFF:
            return f"Landed before: {name}; {result.branch} has it as {commit}."
        parts = "" if result.takes_back else f", {count} of {count}"
        return f"Landed: {name}{parts} in {result.branch} {commit}{_how(result)}."
    said = _SAID[result.state]
    if result.state is State.TORN and result.commit is not None:
        said = "Landed, but not with the expected files: look at {commit}."
    if _could(result):
        how = _WAYS.get(result.way, "") if result.way else ""
        said = f"Could land: {{name}}, {{count}} of {{count}}{how}; {{branch}} is as it was."
    return said.format(name=name, branch=result.branch, count=count, commit=commit)


_WAYS = {
    Way.PUSH: " by one push",
    Way.PULL_REQUEST: " by the merge of one pull request",
}

_SAID = {
    State.BLOCKED: "Blocked: {name} cannot land; nothing was changed.",
    State.STALE: "Stale: {name} does not go on {branch} as it is now; nothing landed.",
    State.WAITING: "Waiting: {name} is prepared; run this again when what is missing is there.",
    State.NOT_LANDED: "Not landed: {name}; {branch} is as it was.",
    State.TORN: "Torn: {branch} has a part of {name} without the rest; nothing was changed.",
    State.UNKNOWN: "Unknown: what became of {name} cannot be told; merge no member by hand.",
}


def _could(result: LandResult) -> bool:
    """Whether it was only asked, and nothing is in the way."""
    return result.state is State.NOT_LANDED and result.tx is None and bool(result.members)


def _how(result: LandResult) -> str:
    """The way, the guarantee that was kept, and the proof."""
    way = "by one update of the branch" if result.way is Way.PUSH else "by one merge"
    squashed = result.guarantee is Guarantee.ONE_SQUASHED_COMMIT
    return f" {way}{', as one commit' if squashed else ''}, tree verified"


def _member(one: MemberResult, width: int) -> str:
    shown = f"#{one.number}" if one.number else "-"
    commit = (one.landed_as or one.head or "?")[:10]
    return f"  {one.stage:<{width}}  {shown:<7} {commit}  {one.pull_state}".rstrip()
