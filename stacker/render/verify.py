"""How the checks of a series read: the way there, the table, and what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.evidence.record import Verdict
from stacker.render.evidence import earlier_document, stale_text
from stacker.verify.aborting import aborted, aborts
from stacker.verify.price import duration
from stacker.verify.request import Ended, Priced, Started, Underway

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.verify.aborting import Aborted
    from stacker.verify.request import CellResult, Event, VerifyResult

_SHORT = {Verdict.COULD_NOT_RUN: "not run", Verdict.TIMED_OUT: "timed out"}


def verify_document(result: VerifyResult) -> dict[str, object]:
    """The `--json` document of `verify`."""
    return {
        "results": results_document(result.results),
        "aborted": [
            {
                "check": one.check,
                "platform": one.platform,
                "stage": one.stage,
                "reason": one.reason,
                "log": one.log,
                "not_begun": one.left,
            }
            for one in aborted(result.results)
        ],
    }


def results_document(results: Sequence[CellResult]) -> list[dict[str, object]]:
    """What came of each check."""
    return [
        {
            "stage": one.stage,
            "check": one.check,
            "platform": one.platform,
            "verdict": str(one.verdict),
            "required": one.required,
            "cached": one.cached,
            "seconds": round(one.seconds, 3),
            "origin": one.origin,
            "shared": one.shared,
            "signed_by": one.signed_by,
            "runner": one.runner,
            "log": one.log,
            "reason": one.reason,
            "url": one.url,
            "shown": one.shown,
            "attempts": [
                {
                    "verdict": str(a.verdict),
                    "exit_code": a.exit_code,
                    "seconds": round(a.seconds, 3),
                }
                for a in one.attempts
            ],
            "stale": earlier_document(one.earlier) if one.earlier and one.earlier.stale else None,
        }
        for one in results
    ]


def event_text(event: Event) -> str:
    """One line for what a running `verify` says."""
    match event:
        case Priced(price):
            return str(price)
        case Started(cell, number, total, _):
            of = f"/{total}" if total else ""
            return f"{number}{of}  {cell.stage}: {cell.check.name} for {cell.platform.name}"
        case Underway(cell, _, url):
            return f"  {cell.stage}: {cell.check.name} for {cell.platform.name} is built: {url}"
        case Ended(one):
            took = f" ({duration(one.seconds)})" if one.seconds else ""
            said = f": {one.reason}" if one.reason and one.verdict.is_evidence else ""
            return f"  {one.stage}: {one.check} for {one.platform} {_verdict(one)}{took}{said}"
        case never:
            assert_never(never)


def verify_text(result: VerifyResult, tails: Mapping[str, Sequence[str]], *, on_forge: bool) -> str:
    """A table for each check, then what failed with its log's last lines, by log path.

    `on_forge` says that there are pull requests to make of it.
    """
    if not result.results:
        return "The plan has no checks for these stages."
    lines: list[str] = []
    for check in dict.fromkeys(one.check for one in result.results):
        lines += [*_table(check, [one for one in result.results if one.check == check]), ""]
    lines += _from_others(result)
    for one in result.failed:
        lines.append(f"{one.stage}: {one.check} for {one.platform} {_verdict(one)}")
        lines += [f"    {line}" for line in tails.get(one.log, ())]
        lines += [f"  All of it: {one.log or one.url}"] if one.log or one.url else []
    lines += aborted_lines(result)
    ends = {one.where for one in result.results if aborts(one) or one.aborted_at}
    reasons = (one for one in result.unknown if one.reason and one.where not in ends)
    lines += list(dict.fromkeys(f"{one.check} for {one.platform}: {one.reason}" for one in reasons))
    lines += [
        f"{one.stage}: {one.check} for {one.platform}: {stale_text(one.earlier)}"
        for one in result.results
        if not one.verdict.is_evidence and one.earlier and one.earlier.stale
    ]
    return "\n".join([*lines, _summary(result), *_next(result, on_forge=on_forge)])


def aborted_lines(result: VerifyResult) -> list[str]:
    """Each check that was aborted for a platform, once, and what to do about it."""
    return [line for one in aborted(result.results) for line in _aborted(one)]


def _aborted(one: Aborted) -> Iterator[str]:
    left = ""
    if one.left:
        others = "other build was" if one.left == 1 else f"other {one.left} builds were"
        left = f"; the {others} not begun"
    yield f"{one.check} for {one.platform} was aborted at {one.stage}: {one.reason}{left}"
    if one.log:
        yield f"  All of it: {one.log}"
    command = f"stacker verify --check {one.check} --platform {one.platform}"
    yield f"  Install what it lacks there, then: {command}"


def _from_others(result: VerifyResult) -> list[str]:
    """Where the results of others come from, and who stands for them."""
    shared = (one for one in result.results if one.shared)
    said = (
        f"{one.check} for {one.platform}: from {one.origin}, "
        f"{f'signed by {one.signed_by}' if one.signed_by else 'signed by nobody the plan names'}"
        for one in shared
    )
    return list(dict.fromkeys(said))


def _table(check: str, results: Sequence[CellResult]) -> list[str]:
    platforms = list(dict.fromkeys(one.platform for one in results))
    stages = list(dict.fromkeys(one.stage for one in results))
    cells = {(one.stage, one.platform): _cell(one) for one in results}
    first = max(len(check), *(len(stage) + 2 for stage in stages))
    widths = [
        max(len(name), *(len(cells.get((s, name), "")) for s in stages)) for name in platforms
    ]

    def row(head: str, texts: Sequence[str]) -> str:
        padded = (text.ljust(width) for text, width in zip(texts, widths, strict=True))
        return "  ".join([head.ljust(first), *padded]).rstrip()

    rows = [row(f"  {s}", [cells.get((s, name), "") for name in platforms]) for s in stages]
    return [row(check, platforms), *rows]


def _cell(one: CellResult) -> str:
    may_fail = one.verdict.is_red and not one.required
    return f"{_verdict(one)}{' (allowed)' if may_fail else ''}"


def _verdict(one: CellResult) -> str:
    said = one.shown or _SHORT.get(one.verdict, str(one.verdict))
    if len(one.attempts) < 2 or not one.verdict.is_evidence:
        return said
    passes = sum(each.verdict is Verdict.PASSED for each in one.attempts)
    counted = f"{passes} of {len(one.attempts)} attempts"
    return f"passed {counted}" if one.verdict is Verdict.PASSED else f"{said}, passed {counted}"


def _summary(result: VerifyResult) -> str:
    required = [one for one in result.results if one.required]
    passed = sum(one.verdict is Verdict.PASSED for one in required)
    cached = sum(one.cached for one in result.results)
    known = f"; {cached} known before" if cached else ""
    return f"{passed} of {len(required)} required checks passed{known}."


def _next(result: VerifyResult, *, on_forge: bool) -> list[str]:
    if result.failed:
        stages = " ".join(dict.fromkeys(one.stage for one in result.failed))
        return [f"Next: mend the patches, then stacker verify {stages}"]
    return [] if result.unknown or not on_forge else ["Next: stacker submit"]
