"""What is not proved of what is to land, and why what others showed of it does not count. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.evidence.record import Verdict
from stacker.land.outcome import Reason, Who
from stacker.verify.counting import Remedy, Uncounted
from stacker.verify.earlier import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.verify.earlier import Earlier
    from stacker.verify.request import CellResult

# For people to run: nothing that came from elsewhere may be in it, such as the machine's name.
_SIGNED = "STACKER_SIGNING_KEY=… stacker verify"


def unproved(results: Iterable[CellResult]) -> tuple[Reason, ...]:
    """The required checks that did not pass on what is to land; "could not run" has not passed.

    What fails is the porter's to mend; for what could not run here whoever lands has to find where
    it can.
    """
    found = tuple(results)
    red = {(one.stage, one.platform): one.cached for one in found if one.verdict.is_red}
    return tuple(
        _reason(one, red.get((one.stage, one.platform)))
        for one in found
        if one.required and one.verdict is not Verdict.PASSED
    )


def _reason(one: CellResult, red: bool | None) -> Reason:
    """`red` is None where nothing failed there, and says whether what did was known before: then
    only `--rerun` asks again."""
    verdict = one.verdict.words
    reason = f": {one.reason}" if one.reason else ""
    said = f"{one.check} for {one.platform} {verdict}{reason}"
    if one.shared:
        whose = f"{one.origin}{f', signed by {one.signed_by}' if one.signed_by else ''}"
        return Reason(Who.PORTER, one.stage, f"{said} ({whose})", f"{_SIGNED} --rerun {one.stage}")
    other = None if one.verdict.is_evidence else one.uncounted or _stale(one.earlier)
    if other is None or not other.record.shared:  # our own is built anew as soon as it can be
        if red is None:
            command = f"stacker verify {one.stage} --platform {one.platform}"
            return Reason(Who.COORDINATOR, one.stage, said, command)
        again = " --rerun" if red else ""
        return Reason(Who.PORTER, one.stage, said, f"stacker verify{again} {one.stage}")
    said += f"; {told(other.record)} is not counted: {other.why}"
    match other.remedy:
        case Remedy.SIGN:
            said += "; build it there again, signed"
            return Reason(Who.PORTER, one.stage, said, f"{_SIGNED} {one.stage}")
        case Remedy.NAME:
            return Reason(Who.PORTER, one.stage, said, "[evidence_signers] in series.toml")
        case Remedy.AGREE:
            return Reason(Who.COORDINATOR, one.stage, said, "stacker land … --trust-signers")
        case never:
            assert_never(never)


def _stale(one: Earlier | None) -> Uncounted | None:
    """What was shown elsewhere about something else."""
    if one is None or not one.record.shared:
        return None
    differs = f"it has not the same {', '.join(one.differs)}"
    return Uncounted(one.record, f"it is {one.stale}" if one.stale else differs)
