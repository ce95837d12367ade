"""Signed evidence: somebody's key vouches for all that a record says."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.errors import StackerError
from stacker.evidence import sharing
from stacker.ssh import keygen
from stacker.ssh.signature import claim

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.evidence.record import Record
    from stacker.ssh.keygen import SigningKey
    from stacker.ssh.public_key import PublicKey
    from stacker.ssh.signature import Claim

NAMESPACE = "stacker-evidence"


def signing_key(path: Path) -> SigningKey:
    """The key in that file, after it has signed something; raises `StackerError`."""
    key = keygen.signing_key(path, NAMESPACE)
    if len(key.sign(NAMESPACE, b"")) > sharing.LONGEST:
        raise StackerError(f"the key {path} makes too long signatures", hint="Use ssh-ed25519.")
    return key


def statement(record: Record) -> bytes | None:
    """What a signature of the record is over: its file, unsigned.

    None for a record of an old format: that says too little to be vouched for.
    """
    if not sharing.can_be_signed(record):
        return None
    return sharing.text_of(replace(record, signature=""))


def sign(record: Record, key: SigningKey) -> Record:
    """The same record with that key's signature."""
    said = statement(record)
    assert said is not None, "what is recorded now has all that can be vouched for"
    return replace(record, signature=key.sign(NAMESPACE, said))


class Checker:
    """Says whether a signature holds; of one that held once, no process is asked again.

    What held is remembered in the file `memory`: that is so for ever, whoever may still sign.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._held: set[str] | None = None

    def not_known(self, record: Record, key: PublicKey) -> str:
        """The same without asking a process: of what was never looked at, that."""
        said = statement(record)
        known = said is not None and _mark(said, record.signature, key) in self._known()
        return "" if known else "its signature was not looked at"

    def flaw(self, record: Record, key: PublicKey) -> str:
        """Why the record is not signed by that key, in words; empty when it is."""
        said = statement(record)
        if said is None:
            return "its format is too old to be signed"
        if _mark(said, record.signature, key) in self._known():
            return ""
        try:
            wrong = keygen.verify(key, NAMESPACE, said, record.signature)
        except StackerError as exc:
            return f"its signature cannot be checked: {exc.message}"
        if wrong:
            return f"its signature does not hold: {wrong}"
        self._remember(_mark(said, record.signature, key))
        return ""

    def _known(self) -> set[str]:
        if self._held is None:
            lines = self._memory.read_text(encoding="ascii") if self._memory.is_file() else ""
            self._held = set(lines.split())
        return self._held

    def _remember(self, mark: str) -> None:
        self._known().add(mark)
        with self._memory.open("a", encoding="ascii", newline="\n") as file:
            file.write(f"{mark}\n")


def claimed(record: Record) -> Claim | None:
    """By whom and for what the record claims to be signed; None if nothing readable is there."""
    try:
        return claim(record.signature)
    except ValueError:
        return None


def _mark(said: bytes, signature: str, key: PublicKey) -> str:
    digests = (hashlib.sha256(part).digest() for part in (said, signature.encode(), key.blob))
    return hashlib.sha256(b"".join(digests)).hexdigest()
