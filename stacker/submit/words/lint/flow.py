"""`submit --check`: read the plan, the texts and the patch files; decide; nobody else is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stacker.errors import TemplateFault
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.patches.filediff import parts as parts_of
from stacker.series.patches.patchfile import parse
from stacker.series.templates.rendering import Templates, own_templates
from stacker.submit.words.body import Called, Part, Text, pull_body
from stacker.submit.words.lint.checks import findings
from stacker.submit.words.lint.finding import Finding, Level, PatchFacts, Subject
from stacker.submit.words.presets.choosing import rules_of
from stacker.submit.words.titles import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.series.plan.model import Plan, StageId

_HIDDEN = re.compile(r"<!--.*?-->|<details>.*?</details>", re.DOTALL)


def lint(plan: Plan, files: Mapping[str, bytes], asked: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What is wrong with the stages asked for (none: all that have not landed), in plan order."""
    found: list[Finding] = []
    broken: set[str] = set()
    for stage in linted(plan, files, asked):
        title, body = words_of(plan, files, stage)
        try:
            seen = _HIDDEN.sub("", _whole(plan, files, stage))
        except TemplateFault as fault:
            seen = body
            if fault.message not in broken:  # it is every stage's
                found.append(
                    Finding(stage, "template", Level.ERROR, fault.message, "mend the template")
                )
            broken.add(fault.message)
        found += findings(_subject(plan, files, stage, (title, body, seen)))
    return tuple(found)


def linted(
    plan: Plan, files: Mapping[str, bytes], asked: Sequence[str] = ()
) -> tuple[StageId, ...]:
    """The stages that are looked at; raises `UsageError` for one that the plan has not."""
    if asked:
        return plan.in_order([plan.stage(name).id for name in asked])
    lock = parse_lock(files["series.lock"]) if "series.lock" in files else Lock()
    lines = {stage: lock.stage(stage) for stage in plan.order}
    return tuple(s for s, line in lines.items() if line is None or not line.landed)


def _subject(
    plan: Plan, files: Mapping[str, bytes], stage: StageId, words: tuple[str, str, str]
) -> Subject:
    from stacker.series.patches.size import size_of  # noqa: PLC0415 - slow to load

    title, body, seen = words
    one = plan.stage(stage)
    repository = plan.repository(one.repository)
    patches = {name: raw for name, raw in sorted(files.items())
               if name.startswith(f"patches/{stage}/") and name.endswith(".patch")}  # fmt: skip
    size = size_of(patches.values())
    return Subject(
        stage=stage, rules=rules_of(repository.preset), sign_off=repository.sign_off,
        issue=one.issue, title=title, body=body, written=f"series/{stage}.md" in files, seen=seen,
        patches=tuple(_facts(name, raw) for name, raw in patches.items()),
        lines=size.added + size.removed,
    )  # fmt: skip


def _facts(name: str, raw: bytes) -> PatchFacts:
    patch = parse(raw, name)
    return PatchFacts(
        file=name,
        email=patch.author.email.decode("utf-8", "replace"),
        message=patch.message.decode("utf-8", "replace"),
        paths=tuple(_left_by(patch.diff)),
    )


def _left_by(diff: bytes) -> Iterator[str]:
    """The paths that are there after a diff; of what it takes away there is nothing to tell."""
    for part in parts_of(diff):
        path = part.new_path if part.new_path is not None else part.old_path
        if path is not None and b"deleted file mode" not in part.modes:
            yield path.decode("utf-8", "replace")


def _whole(plan: Plan, files: Mapping[str, bytes], stage: StageId) -> str:
    """The text as a pull request would have it that is the first of the series."""
    said = {s: words_of(plan, files, s) for s in plan.order}
    parts = [
        Part(
            stage=s, title=said[s][0], reference="", state="not yet here",
            needs=plan.stage(s).needs, group=group.name if (group := plan.group_of(s)) else None,
        )
        for s in plan.order
    ]  # fmt: skip
    here = next(part for part in parts if part.stage == stage)
    title, body = said[stage]
    preset = plan.repository(plan.stage(stage).repository).preset
    return pull_body(
        Called(plan.name, plan.title), here, parts, Text(title=title, body=body, range_view="-"),
        draft=False, templates=Templates(preset, own_templates(files)),
    )  # fmt: skip
