"""How the life of a series reads: its versions, and what differs between two of them."""

from __future__ import annotations

import re
import time
from textwrap import wrap
from typing import TYPE_CHECKING

from stacker.log.deciding import UPSTREAM
from stacker.log.value import How
from stacker.series.plan.naming import listed
from stacker.series.versions import operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.log.value import Entry, StageChange, StageDiff, VersionDiff
    from stacker.series.lock import StageLock
    from stacker.series.versions.operations import Operation

    Document = dict[str, object]

_WIDTH = 80
_ORDER = (
    How.NEW, How.CHANGED, How.RENAMED, How.MOVED, How.LANDED, How.BACK, How.DROPPED, How.UNKNOWN,
)  # fmt: skip
# A pair of commits in a range-diff; what is indented below it is how they differ.
_COMMITS = re.compile(r"^ *(?:\d+|-): ")


def log_document(entries: Sequence[Entry], default: str) -> Document:
    """The steps, newest first; `default` names the repository whose base is `base`."""
    return {"versions": [_entry(one, default) for one in entries]}


def _entry(one: Entry, default: str) -> Document:
    how = {change.stage: change for change in one.changes}
    gone = [change for change in one.changes if change.how is How.DROPPED]
    return {
        **_operation(one.operation),
        "base": one.lock.bases.get(default),
        "bases": dict(one.lock.bases),
        "edited": list(one.edited),
        "stages": [
            {**_line(line, one.patch_ids), **_change(how.get(line.stage))}
            for line in one.lock.stages
        ],
        "dropped": [change.stage for change in gone],
    }


def _operation(one: Operation) -> Document:
    return {
        "version": one.version,
        "operation": one.oid,
        "time": one.seconds,
        "author": one.by or None,
        "command": one.command,
        "reason": one.reason,
    }


def _line(line: StageLock, ids: Mapping[str, str | None]) -> Document:
    prefix = f"patches/{line.stage}/"
    return {
        "id": line.stage,
        "repository": line.repository,
        "commit": line.commit,
        "tree": line.trees[-1] if line.trees else None,
        "trees": list(line.trees),
        "patches": [
            {"file": name.removeprefix(prefix), "patch_id": ids[name]}
            for name in sorted(ids)
            if name.startswith(prefix)
        ],
    }


def _change(change: StageChange | None) -> Document:
    return {
        "change": str(change.how) if change else None,
        "moved_by": list(change.moved_by) if change else [],
        "was": change.was if change else None,
        "landing": change.landing if change else None,
    }


def log_text(entries: Sequence[Entry], me: str) -> str:
    """The same for a person, who is called `me`."""
    lines = [line for one in entries for line in _entry_lines(one, me)]
    told = [x for x in entries if x.lock.stages and x.operation.command != operations.SEEN]
    numbers = list(dict.fromkeys(x.operation.version for x in told))
    if len(numbers) > 1:
        lines.append(f"Next: stacker log --diff v{numbers[1]} v{numbers[0]}")
    return "\n".join(lines)


def _entry_lines(one: Entry, me: str) -> Iterator[str]:
    here = one.operation
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(here.seconds))
    who = "you: " if here.by and here.by == me else f"{here.by}: " if here.by else ""
    yield from _wrapped(f"v{here.version}  {when}  {who}{done(one)}", "")
    if one.lock.bases and here.command != operations.SEEN:
        yield from _wrapped(f"on {bases_text(one.lock.bases)}")
    for line in became(one.changes):
        yield from _wrapped(line)


def became(changes: Sequence[StageChange]) -> Iterator[str]:
    """What became of the stages that did not stay as they were, a line for each way."""
    for how in _ORDER:
        for title, stages in _groups(how, changes).items():
            yield f"{title}: {listed(stages)}"


def done(one: Entry) -> str:
    """What was done; where the series went to is said beside it anyway."""
    here = one.operation
    if here.command == operations.SEEN:
        what = f"edited {', '.join(dict.fromkeys(map(_edited, one.edited)))}"
        return f"{here.reason}, {what}" if here.reason.startswith("back to ") else what
    told = "" if here.reason.startswith("onto ") else here.reason
    return f"{here.command} {told}".rstrip()


def _edited(name: str) -> str:
    """What a file is to a person: one stage has many of them, with long names."""
    kind, _, rest = name.partition("/")
    stage, _, _ = rest.partition("/")
    words = {"patches": "patches of ", "resolutions": "resolutions of ", "series": "text of "}
    return f"{words[kind]}{stage.removesuffix('.md')}" if kind in words and rest else name


def _groups(how: How, changes: Sequence[StageChange]) -> dict[str, list[str]]:
    """Stages by what is said of them."""
    found: dict[str, list[str]] = {}
    for change in changes:
        if change.how is how:
            title, stage = str(how), str(change.stage)
            if change.moved_by:
                only = " only" if change.moved_by == (UPSTREAM,) else ""
                title = f"moved by {' and '.join(change.moved_by)}{only}"
            if change.how is How.RENAMED:
                stage = f"{stage} (was {change.was})"
            if change.landing:
                stage = f"{stage} as {change.landing[:10]}"
            found.setdefault(title, []).append(stage)
    return found


def diff_document(diff: VersionDiff) -> Document:
    """How two versions differ."""
    return {
        "from": {**_operation(diff.old), "bases": dict(diff.old_bases)},
        "to": {**_operation(diff.new), "bases": dict(diff.new_bases)},
        "stages": [_stage_document(one) for one in diff.stages],
    }


def _stage_document(one: StageDiff) -> Document:
    clash = None
    if one.clash is not None:
        paths = [path.decode("utf-8", "surrogateescape") for path in one.clash.paths]
        clash = {"subject": one.clash.subject, "paths": paths}
    return {
        "id": one.change.stage,
        **_change(one.change),
        "range_diff": one.range_diff.decode("utf-8", "surrogateescape"),
        "interdiff": None
        if one.interdiff is None
        else one.interdiff.decode("utf-8", "surrogateescape"),
        "clash": clash,
    }


def diff_text(diff: VersionDiff, *, whole: bool) -> str:
    """The same for a person: all stages in short, then what people changed in each.

    Of a stage that upstream only moved the differences of commits are shown if it is the `whole`
    question.
    """
    one, other = f"v{diff.old.version}", f"v{diff.new.version}"
    lines = [f"{one} -> {other}"]
    for name, base in diff.new_bases.items():
        before = diff.old_bases.get(name)
        moved = f"{before[:10]} -> {base[:10]}" if before and before != base else base[:10]
        lines.append(f"  on {name} {moved}")
    width = max((len(x.change.stage) for x in diff.stages), default=0)
    for stage in diff.stages:
        lines += _wrapped(f"{stage.change.stage:<{width}}  {_short(stage, one, other)}", "  ")
    for stage in diff.stages:
        lines += _details(stage, one, other, whole=whole)
    return "\n".join(lines)


def _short(stage: StageDiff, old: str, new: str) -> str:
    change = stage.change
    if change.how is How.SAME:
        return "the same"
    if change.how is How.UNKNOWN:
        return "not known: this store lacks its commits"
    if stage.clash is not None:
        paths = ", ".join(_shown(path) for path in stage.clash.paths)
        return f"changed: {old} conflicts where {new} stands, in {paths}"
    [title] = _groups(change.how, [change])
    if change.how is How.LANDED and change.landing:
        return f"landed as {change.landing[:10]}"
    return f"renamed (was {change.was})" if change.how is How.RENAMED else title


def _details(stage: StageDiff, old: str, new: str, *, whole: bool) -> list[str]:
    name = stage.change.stage
    lines: list[str] = []
    if stage.range_diff:
        commits = _shown(stage.range_diff).splitlines()
        if stage.change.how is How.MOVED and not whole:
            commits = [line for line in commits if _COMMITS.match(line)]
        lines += ["", f"{name}, commit by commit:", *commits]
    if stage.interdiff:
        lines += ["", f"{name}, what people changed ({old} put where {new} stands, then {new}):"]
        # Blob ids are longer than a line, and no person reads them.
        diff = _shown(stage.interdiff).splitlines()
        lines += [line for line in diff if not line.startswith("index ")]
    elif stage.interdiff is not None and stage.change.how is How.CHANGED:
        lines += ["", f"{name}: the same files in the end; patches or their texts changed."]
    return lines


def bases_text(bases: Mapping[str, str]) -> str:
    """The commits that the series stands on."""
    return ", ".join(f"{name} {base[:10]}" for name, base in bases.items())


def _wrapped(text: str, indent: str = "    ") -> list[str]:
    return wrap(
        text, _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}      ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
