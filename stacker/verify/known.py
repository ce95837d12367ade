"""What was recorded before, and what of it counts for a request."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from stacker.evidence.signing import Checker
from stacker.verify.counting import Jury, own_signed
from stacker.verify.earlier import fresh
from stacker.verify.signers import signers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.evidence.record import Record
    from stacker.evidence.store import EvidenceStore
    from stacker.verify.counting import Uncounted
    from stacker.verify.matrix import Cell
    from stacker.verify.request import VerifyRequest

EVIDENCE = "evidence.sqlite"
SIGNATURES = "signatures"


def held(evidence: EvidenceStore, cells: Sequence[Cell]) -> dict[str, Record]:
    """The evidence that there is for `cells`, by key, whoever ran it."""
    return fresh(cells, evidence.newest({cell.key for cell in cells}), time.time())


def jury_of(request: VerifyRequest, *, asks: bool = True) -> Jury:
    """What decides which evidence a landing may rely on.

    Unless it `asks`, only signatures that were found to hold before are believed.
    """
    signers = signers_of(request.folder, request.plan)
    checker = Checker(request.folder / SIGNATURES)
    return Jury(signers, checker.flaw if asks else checker.not_known, time.time())


def known_of(
    request: VerifyRequest, evidence: EvidenceStore, cells: Sequence[Cell], jury: Jury
) -> tuple[dict[str, Record], dict[str, Uncounted]]:
    """The evidence by which a cell need not be built, and what else there is of the others."""
    told = [cell for cell in cells if cell.ci]  # nothing here builds them, nor builds them anew
    rest = [cell for cell in cells if not cell.ci and not request.rerun]
    if request.own_evidence:
        return jury.verdicts([*told, *rest], evidence.under)
    if request.signing is None:
        return held(evidence, [*told, *rest]), {}
    found = {cell.key: evidence.under(cell.key) for cell in rest}
    signed = fresh(rest, own_signed(found, request.signing.public), jury.now)
    return {**held(evidence, told), **signed}, {}
