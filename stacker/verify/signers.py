"""Who may vouch for what: the signers of the plan, and which of them somebody here agreed to.

Whoever may push to home can change the plan, so a signer that is new in it, or has another key or
other platforms, counts only after a person here has agreed. One that left the plan is forgotten
with that: should it come back, it is new.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stacker.series.directory import write_atomically
from stacker.ssh.public_key import public_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stacker.series.plan.model import EvidenceSigner, Plan
    from stacker.ssh.public_key import PublicKey

_FILE = "signers.json"


@dataclass(frozen=True, slots=True)
class Signer:
    """One signer of the plan; `agreed` says that it counts here."""

    name: str
    key: PublicKey
    platforms: tuple[str, ...] | None
    agreed: bool


@dataclass(frozen=True, slots=True)
class Signers:
    """All signers of a plan; `gone` are the names that keys had before they left it."""

    named: tuple[Signer, ...]
    gone: Mapping[str, str]

    def by(self, key: PublicKey) -> Signer | None:
        """The signer with that key."""
        return next((one for one in self.named if one.key == key), None)

    @property
    def new(self) -> tuple[Signer, ...]:
        """Those that nobody here has agreed to."""
        return tuple(one for one in self.named if not one.agreed)


def signers_of(folder: Path, plan: Plan) -> Signers:
    """The plan's signers; `folder` is the series' `.stacker`."""
    agreed, gone = _remembered(folder)
    named = tuple(
        Signer(one.name, public_key(one.key), one.platforms, agreed.get(one.name) == _told(one))
        for one in plan.evidence_signers
    )
    return Signers(named, gone)


def agree(folder: Path, plan: Plan) -> None:
    """Let all signers of the plan count here, as they are in it now."""
    _, gone = _remembered(folder)
    keys = {public_key(one.key).fingerprint for one in plan.evidence_signers}
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder,
        {one.name: _told(one) for one in plan.evidence_signers},
        {key: name for key, name in gone.items() if key not in keys},
    )


def forget_gone(folder: Path, plan: Plan) -> None:
    """Take back what was agreed about signers that are no longer in the plan as they were."""
    agreed, gone = _remembered(folder)
    now = {one.name: _told(one) for one in plan.evidence_signers}
    keys = {public_key(one.key).fingerprint for one in plan.evidence_signers}
    left = {name: told for name, told in agreed.items() if now.get(name) == told}
    if left == agreed:
        return
    lost = {public_key(told[0]).fingerprint: n for n, told in agreed.items() if n not in left}
    _write(folder, left, gone | {key: name for key, name in lost.items() if key not in keys})


def _told(one: EvidenceSigner) -> list[object]:
    platforms = None if one.platforms is None else sorted(one.platforms)
    return [str(public_key(one.key)), platforms]


def _remembered(folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """What was agreed, by name; and which name a key had that left."""
    try:
        known = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        agreed, gone = dict(known["agreed"]), dict(known["gone"])
        for key, _ in agreed.values():
            public_key(key)
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError):
        return {}, {}  # damaged: nobody has agreed
    return agreed, gone


def _write(folder: Path, agreed: Mapping[str, object], gone: Mapping[str, str]) -> None:
    text = json.dumps({"agreed": agreed, "gone": gone}, indent=1, sort_keys=True)
    write_atomically(folder / _FILE, f"{text}\n".encode())
