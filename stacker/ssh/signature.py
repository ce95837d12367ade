"""What a signature says of itself: by which key, and for what. It need not be true."""

from __future__ import annotations

from typing import NamedTuple

from stacker.ssh.public_key import PublicKey, key_of
from stacker.ssh.wire import decoded, strings

_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_MAGIC = b"SSHSIG\x00\x00\x00\x01"


class Claim(NamedTuple):
    """Who is said to have signed, and for which namespace."""

    key: PublicKey
    namespace: str


def claim(signature: str) -> Claim:
    """What a signature, as `ssh-keygen` writes it, claims; raises `ValueError` for other texts."""
    lines = signature.split()
    text = "".join(lines[3:-3])
    if " ".join(lines[:3]) != _BEGIN or " ".join(lines[-3:]) != _END:
        raise ValueError("is no SSH signature")
    data = decoded(text)
    if not data.startswith(_MAGIC):
        raise ValueError("is no SSH signature")
    parts = strings(data[len(_MAGIC) :])
    if len(parts) != 5:
        raise ValueError("is cut short")
    return Claim(key_of(parts[0]), parts[1].decode("utf-8", "replace"))
