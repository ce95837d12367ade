"""A public key as `ssh-keygen` prints it: which kinds there are, and what is wrong with a text."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import NamedTuple

from stacker.ssh.wire import decoded, strings

# By how many strings each kind's key has; its own name is the first.
_KINDS = {
    "ssh-ed25519": 2,
    "ssh-rsa": 3,
    "ecdsa-sha2-nistp256": 3,
    "ecdsa-sha2-nistp384": 3,
    "ecdsa-sha2-nistp521": 3,
    "sk-ssh-ed25519@openssh.com": 3,
    "sk-ecdsa-sha2-nistp256@openssh.com": 4,
}
_SHORTEST_RSA = 2048  # bits


class PublicKey(NamedTuple):
    """A key: its kind as SSH calls it, and its bytes."""

    kind: str
    blob: bytes

    def __str__(self) -> str:
        """The key as SSH's files have it, without a comment."""
        return f"{self.kind} {b64encode(self.blob).decode('ascii')}"

    @property
    def fingerprint(self) -> str:
        """The name by which people compare keys, as `ssh-keygen -l` prints it."""
        digest = b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return f"SHA256:{digest.rstrip('=')}"


def public_key(text: str) -> PublicKey:
    """The key in a line `KIND KEY COMMENT`; raises `ValueError` with what is wrong in words."""
    kind, _, rest = text.strip().partition(" ")
    encoded = rest.split(maxsplit=1)[0] if rest.strip() else ""
    if kind not in _KINDS:
        raise ValueError(_wrong_kind(kind, text))
    key = key_of(decoded(encoded))
    if key.kind != kind:
        raise ValueError(f"says {kind} and holds a key of another kind")
    return key


def key_of(blob: bytes) -> PublicKey:
    """The key that these bytes are; raises `ValueError` when they are none that may sign."""
    parts = strings(blob)
    kind = parts[0].decode("ascii", "replace") if parts else ""
    if kind not in _KINDS or len(parts) != _KINDS[kind] or not all(parts):
        raise ValueError("is no whole key: copy all of its line")
    if kind == "ssh-rsa" and int.from_bytes(parts[2], "big").bit_length() < _SHORTEST_RSA:
        raise ValueError(f"is an RSA key of less than {_SHORTEST_RSA} bits, which can be broken")
    return PublicKey(kind, blob)


def _wrong_kind(kind: str, text: str) -> str:
    if "PRIVATE KEY" in text:
        return "is a private key: write the line of its .pub file, and make a new key"
    if "-cert-v01@" in kind:
        return "is a certificate: write the key itself"
    if any(f" {known} " in text for known in _KINDS):
        return "has options before the key: write the key alone"
    return "is no public key that can sign: write the line of its .pub file"
