"""Evidence goes to home and comes from there; what others ran is marked so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import StackerError
from stacker.evidence import sharing
from stacker.verify.known import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def known(state: Path) -> dict[str, bytes]:
    """All records of this clone as shared files; `state` is `.stacker`."""
    if not (state / EVIDENCE).is_file():
        return {}
    from stacker.evidence.store import EvidenceStore  # noqa: PLC0415 - sqlite, often not needed

    with EvidenceStore(state / EVIDENCE) as store:
        texts = [sharing.text_of(record) for record in store.every()]
    return {sharing.name_of(text): text for text in texts}


def take(state: Path, came: Mapping[str, bytes]) -> int:
    """Remember what others ran; says how many records could be read."""
    records = []
    for name, text in came.items():
        try:
            records.append(sharing.read(name, text))
        except StackerError:  # it says nothing about any stage, as if it were not there
            continue
    if records:
        from stacker.evidence.store import EvidenceStore  # noqa: PLC0415 - as above

        with EvidenceStore(state / EVIDENCE) as store:
            store.add(*records)
    return len(records)
