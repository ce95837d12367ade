"""What the signers of a plan must hold to: whole keys, each once, for platforms that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.plan.checking import refuse_unknown

if TYPE_CHECKING:
    from stacker.series.plan.drafting import Draft, Entry
    from stacker.series.plan.model import EvidenceSigner
    from stacker.series.plan.problems import Report


def check_signers(draft: Draft, report: Report) -> None:
    """Each has a key of its own that can sign, and vouches for platforms of the plan."""
    platforms = [each.value.name for each in draft.platforms]
    names: dict[str, str] = {}
    for entry in draft.evidence_signers:
        if entry.value.platforms == ():
            message = "a signer that vouches for no platform is none"
            report.add((*entry.path, "platforms"), message, way_out="leave it out to mean all")
        for position, platform in enumerate(entry.value.platforms or ()):
            at = (*entry.path, "platforms", position)
            refuse_unknown(platform, platforms, "platform", at, report)
        if "key" in entry.read:
            _check_key(entry, names, report)


def _check_key(entry: Entry[EvidenceSigner], names: dict[str, str], report: Report) -> None:
    from stacker.ssh.public_key import public_key  # noqa: PLC0415 - few plans name a key

    signer, at = entry.value, (*entry.path, "key")
    try:
        key = str(public_key(signer.key))
    except ValueError as exc:
        report.add(at, f"the key {exc}")
        return
    other = names.setdefault(key, signer.name)
    if other != signer.name:
        report.add(at, f"is the key of {other!r} already")
