"""Which evidence a landing may rely on, and why not on the rest. Pure: `flaw` looks at signatures.

Each voice (this machine, each signer) is heard with its newest result; a failure in any of them
holds until that voice says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.evidence.signing import NAMESPACE, claimed
from stacker.verify.earlier import is_fresh

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.evidence.record import Record
    from stacker.ssh.public_key import PublicKey
    from stacker.verify.matrix import Cell
    from stacker.verify.signers import Signer, Signers

_AHEAD = 600.0  # seconds by which the clocks of two machines may differ
_HERE, _NOBODY = "", "?"  # no signer of a plan has such a name


class Remedy(Enum):
    """What would make a result count."""

    SIGN = auto()  # built there again, and signed
    NAME = auto()  # the plan names its signer, for its platform
    AGREE = auto()  # somebody here agrees to its signer


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A result that no landing may rely on, and why in words."""

    record: Record
    why: str
    remedy: Remedy = Remedy.SIGN


@dataclass(frozen=True, slots=True)
class Jury:
    """What decides: the signers, `flaw` that says what is wrong with a record's signature by a key
    (empty if nothing is), and the time in seconds since 1970."""

    signers: Signers
    flaw: Callable[[Record, PublicKey], str]
    now: float

    def weigh(
        self, cells: Sequence[Cell], records: Sequence[Record]
    ) -> tuple[Record | None, Uncounted | None]:
        """The result that holds for `cells`, which have one key; else the newest that does not.

        `records` are those under the key, each voice's newest first.
        """
        heard: dict[str, Record] = {}
        uncounted: Uncounted | None = None
        for record in records:
            voice = self._voice(record)
            if voice in heard:
                continue
            against = self._against(cells, record)
            if against is None:
                heard[voice] = record
            else:
                uncounted = uncounted or against
        bad = [one for one in heard.values() if one.verdict is not Verdict.PASSED]
        return next(iter(bad or heard.values()), None), uncounted

    def verdicts(
        self, cells: Sequence[Cell], under: Callable[[str], Sequence[Record]]
    ) -> tuple[dict[str, Record], dict[str, Uncounted]]:
        """By key, the results that hold for `cells`, and those that do not."""
        by_key: dict[str, list[Cell]] = {}
        for cell in cells:
            by_key.setdefault(cell.key, []).append(cell)
        known: dict[str, Record] = {}
        uncounted: dict[str, Uncounted] = {}
        for key, some in by_key.items():
            record, against = self.weigh(some, under(key))
            if record is not None:
                known[key] = record
            elif against is not None:
                uncounted[key] = against
        return known, uncounted

    def believes(self, record: Record) -> bool:
        """Whether it is our own, or signed by who may vouch for its platform."""
        return not record.shared or not (
            self._against_claim(record) or self._against_signer(record)
        )

    def signed_by(self, record: Record) -> str:
        """The plan's name of who signed it; empty when nobody did that the plan names."""
        signer = self._claimed(record)
        return signer.name if signer and not self.flaw(record, signer.key) else ""

    def _voice(self, record: Record) -> str:
        if not record.shared:
            return _HERE
        signer = self._claimed(record)
        return signer.name if signer else _NOBODY

    def _claimed(self, record: Record) -> Signer | None:
        by = claimed(record)
        return self.signers.by(by.key) if by and by.namespace == NAMESPACE else None

    def _against(self, cells: Sequence[Cell], record: Record) -> Uncounted | None:
        """What is to be said against it; what takes a process comes last."""
        return (
            (self._against_claim(record) if record.shared else None)
            or self._against_build(cells, record)
            or (self._against_signer(record) if record.shared else None)
        )

    def _against_build(self, cells: Sequence[Cell], record: Record) -> Uncounted | None:
        if not record.clean:
            return Uncounted(record, "it was not built in a fresh folder")
        if record.started_at > self.now + _AHEAD:
            return Uncounted(record, "its time has not come yet: a clock is wrong")
        if not all(is_fresh(cell, record, self.now) for cell in cells):
            return Uncounted(record, "it is too old")
        return None

    def _against_claim(self, record: Record) -> Uncounted | None:
        by, signer = claimed(record), self._claimed(record)
        if not record.signature:
            return Uncounted(record, "nobody signed it")
        if by is None:
            return Uncounted(record, "its signature cannot be read")
        if by.namespace != NAMESPACE:
            return Uncounted(record, f"it is signed as {by.namespace[:40]!r}, not as evidence")
        if signer is None:
            return Uncounted(record, self._unnamed(by.key), Remedy.NAME)
        if signer.platforms is not None and record.platform not in signer.platforms:
            only = ", ".join(signer.platforms)
            return Uncounted(record, f"{signer.name} may vouch for {only} only", Remedy.NAME)
        return None

    def _against_signer(self, record: Record) -> Uncounted | None:
        signer = self._claimed(record)
        assert signer is not None, "who claims to be nobody was turned down before"
        if not signer.agreed:
            said = f"nobody here has agreed to the signer {signer.name} ({signer.key.fingerprint})"
            return Uncounted(record, said, Remedy.AGREE)
        wrong = self.flaw(record, signer.key)
        return Uncounted(record, wrong) if wrong else None

    def _unnamed(self, key: PublicKey) -> str:
        name = self.signers.gone.get(key.fingerprint)
        if name is not None:
            return f"its key was taken out of the plan, which called it {name}"
        return f"it is signed by {key.fingerprint}, which the plan does not name"


def own_signed(found: Mapping[str, Sequence[Record]], key: PublicKey) -> dict[str, Record]:
    """Of the results by key, newest first, what this machine built in a fresh folder and signed."""
    return {
        name: record
        for name, records in found.items()
        for record in reversed(records)
        if not record.shared and record.clean and (by := claimed(record)) and by.key == key
    }
