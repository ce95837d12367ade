"""How the results of the commands that reach the forge read."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.submit.actions import (
    ClosePull,
    CreateFork,
    EditPull,
    HandOver,
    OpenPull,
    PushHeads,
    SetDraft,
    WriteComment,
    described,
)

if TYPE_CHECKING:
    from stacker.submit.actions import Action
    from stacker.submit.request import SubmitResult


def submit_document(result: SubmitResult) -> dict[str, object]:
    """The `--json` document of `submit`."""
    return {
        "actions": [described(action) for action in result.actions],
        "pulls": [
            {
                "stage": stage,
                "repository": pull.repository,
                "number": pull.number,
                "url": pull.url,
                "head": pull.head,
                "base": pull.base_branch,
                "draft": pull.draft,
                "state": str(pull.state),
            }
            for stage, pull in result.pulls
        ],
        "notes": list(result.notes),
        "foreign": list(result.foreign),
        "blocked": [
            {
                "stage": one.stage,
                "check": one.check,
                "platform": one.platform,
                "state": str(one.state),
                "text": str(one),
                "by": one.by,
                "command": one.command,
            }
            for one in result.blocked
        ],
        "stopped": [
            {
                "stage": one.stage,
                "number": one.number or None,
                "kind": str(one.kind),
                "text": one.why,
                "way_out": one.way_out,
            }
            for one in result.stopped
        ],
        "left_over": [
            {
                "stage": stage,
                "repository": pull.repository,
                "number": pull.number,
                "url": pull.url,
            }
            for stage, pull in result.left_over
        ],
        "author_only": [
            {
                "stage": one.stage,
                "repository": one.repository,
                "number": one.number,
                "author": one.author,
                "field": one.field,
                "to": one.to,
                "text": str(one),
            }
            for one in result.author_only
        ],
    }


def submit_text(result: SubmitResult, *, dry_run: bool) -> str:
    """One line an action, then what to know."""
    if result.foreign or result.blocked or result.stopped:
        return "\n".join([*_stopped(result), *_foreign(result), *_blocked(result)])
    lines = [f"  {_action(action)}" for action in result.actions]
    if lines and dry_run:
        lines.insert(0, "Would be done, in this order:")
    elif lines and not result.author_only:
        count = len(result.pulls)
        what = "1 pull request says" if count == 1 else f"{count} pull requests say"
        lines.append(f"Done: {what} what the series says." if count else "Done.")
    elif not result.author_only:
        lines = [
            "Every pull request says what the series says." if result.pulls else "Nothing new."
        ]
    return "\n".join([*lines, *_left(result), *_left_over(result), *result.notes])


def _stopped(result: SubmitResult) -> list[str]:
    """Stage by stage what the forge would make of it, and what to do instead."""
    if not result.stopped:
        return []
    lines = ["Nothing was done: the forge would refuse this, or take it for a merge."]
    for one in result.stopped:
        lines += [f"  {one.stage}: {one.why}", f"    -> {one.way_out}"]
    return lines


def _foreign(result: SubmitResult) -> list[str]:
    if not result.foreign:
        return []
    lines = ["Nothing was done: somebody else pushed to a branch of this series."]
    return lines + [f"  {one}" for one in result.foreign]


def _blocked(result: SubmitResult) -> list[str]:
    """Stage by stage what its checks say against it, and what to do."""
    if not result.blocked:
        return []
    lines = ["Nothing was done: not all that is to be published is verified."]
    here = [one.stage for one in result.blocked if not one.by or one.from_ci]
    for stage in dict.fromkeys(one.stage for one in result.blocked):
        lacking = [one for one in result.blocked if one.stage == stage]
        away = [one for one in lacking if one.by and not one.from_ci]
        elsewhere = [f"    -> on {one.by}: {one.command}" for one in away]
        lines += [f"  {stage}", *(f"    {one}" for one in lacking), *dict.fromkeys(elsewhere)]
    lines.append("To publish it as it is, and to say so there: stacker submit --unverified")
    if here:
        lines.append(f"Next: stacker verify {' '.join(dict.fromkeys(here))}")
    return lines


def _left(result: SubmitResult) -> list[str]:
    """What this token may not do."""
    if not result.author_only:
        return []
    lines = ["Left to the authors, whose pull requests this token may not edit:"]
    return lines + [f"  {one.stage}: {one.author} has to {one}" for one in result.author_only]


def _left_over(result: SubmitResult) -> list[str]:
    """Pull requests without a stage."""
    return [
        f"Left over: #{pull.number} of {stage}, which the plan no longer has. "
        f"To close it: stacker submit --close {stage}"
        for stage, pull in result.left_over
    ]


def _action(action: Action) -> str:
    match action:
        case CreateFork(_, upstream, fork):
            return f"fork   {upstream}: as {fork}"
        case PushHeads(repository, updates):
            names = ", ".join(u.ref.removeprefix("refs/heads/") for u in updates)
            return f"push   {repository}: {names}"
        case OpenPull(_, stage, head, base, _, draft):
            return f"open   {stage}: {head} -> {base}{' (draft)' if draft else ''}"
        case EditPull(_, stage, number, title, base, body):
            fields = {"title": title, "base": base, "text": body}
            what = ", ".join(name for name, value in fields.items() if value is not None)
            return f"edit   {stage}: {what}{f' of #{number}' if number else ''}"
        case SetDraft(_, stage, number, draft):
            return f"{'draft ' if draft else 'ready '} {stage}: #{number}"
        case WriteComment(_, stage, number, comment, _):
            return f"say    {stage}: in {'our' if comment else 'a'} comment on #{number}"
        case ClosePull(_, stage, number):
            return f"close  {stage}: #{number}"
        case HandOver(_, stage, package):
            return f"hand   {stage}: {package.folder}"
        case never:
            assert_never(never)
