"""The only place that runs `ssh-keygen`: signs and verifies, asks nobody anything.

It gets an empty passphrase, so that a key that wants another one fails at once, and may speak to
an ssh-agent only when it signs.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import StackerError
from stacker.ssh.signature import claim

if TYPE_CHECKING:
    from stacker.ssh.public_key import PublicKey

_PATIENCE = 60.0  # seconds; a key in hardware may have to be touched
# All that it is told: no display to ask on, no tokens.
_NEEDED = frozenset(
    {
        "PATH", "HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "SSH_SK_PROVIDER",
        "SYSTEMROOT", "SYSTEMDRIVE", "PROGRAMDATA",
    }
)  # fmt: skip
_INSTALL = "Install OpenSSH 8.2 or newer."
_SIGNER = "signer"  # whatever a key is called, an allowed one is allowed as this


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that can sign here: its file, and the public key that it turned out to be."""

    path: Path
    public: PublicKey

    def sign(self, namespace: str, message: bytes) -> str:
        """The signature over `message`; raises `StackerError` when the key no longer can."""
        return _sign(self.path, namespace, message)


def signing_key(path: Path, namespace: str) -> SigningKey:
    """The key in a file (private, or public with the private one in an ssh-agent), once it has
    signed something; raises `StackerError` when it cannot."""
    signed = _sign(path, namespace, b"can it sign?")
    try:
        return SigningKey(path, claim(signed).key)
    except ValueError as exc:
        raise StackerError(f"the key {path} cannot sign evidence: it {exc}") from exc


def verify(key: PublicKey, namespace: str, message: bytes, signature: str) -> str:
    """Why the signature is not that key's over `message`, in words; empty when it is.

    Raises `StackerError` when that cannot be found out here.
    """
    with tempfile.TemporaryDirectory(prefix="stacker-") as folder:
        allowed, signed = Path(folder) / "allowed", Path(folder) / "signature"
        allowed.write_text(f'{_SIGNER} namespaces="{namespace}" {key}\n', encoding="ascii")
        signed.write_text(signature, encoding="utf-8", newline="\n")
        words = ["verify", "-f", str(allowed), "-I", _SIGNER, "-n", namespace, "-s", str(signed)]
        code, said = _run(words, stdin=message)
    return "" if code == 0 else said or f"ssh-keygen ended with {code}"


def _sign(path: Path, namespace: str, message: bytes) -> str:
    if not path.is_file():
        raise StackerError(f"there is no key {path}", hint="STACKER_SIGNING_KEY names its file.")
    with tempfile.TemporaryDirectory(prefix="stacker-") as folder:
        # Not through standard input: from there a passphrase would be read, too.
        file = Path(folder) / "message"
        file.write_bytes(message)
        words = ["sign", "-n", namespace, "-f", str(path), str(file)]
        code, said = _run(words, agent=os.environ.get("SSH_AUTH_SOCK"))
        signed = file.with_suffix(".sig")
        if code != 0 or not signed.is_file():
            raise StackerError(
                f"the key {path} cannot sign: {said}",
                hint="It needs no passphrase, or its .pub file is named and an ssh-agent holds it.",
            )
        return signed.read_text(encoding="ascii")


def _run(words: list[str], *, stdin: bytes = b"", agent: str | None = None) -> tuple[int, str]:
    """The exit code of `ssh-keygen -Y …`, and the last line that it said."""
    env = {name: value for name, value in os.environ.items() if name.upper() in _NEEDED}
    env |= {"LC_ALL": "C", "SSH_ASKPASS_REQUIRE": "never"}
    if agent:
        env["SSH_AUTH_SOCK"] = agent
    try:
        done = subprocess.run(
            ["ssh-keygen", "-P", "", "-Y", *words],
            input=stdin, capture_output=True, env=env, timeout=_PATIENCE, check=False,
            start_new_session=True,  # without a terminal, where it could ask for a PIN
        )  # fmt: skip
    except FileNotFoundError as exc:
        raise StackerError("ssh-keygen was not found", hint=_INSTALL) from exc
    except OSError as exc:
        raise StackerError(f"ssh-keygen does not run: {exc.strerror}", hint=_INSTALL) from exc
    except subprocess.TimeoutExpired as exc:
        raise StackerError(f"ssh-keygen gave no answer in {_PATIENCE:g} s") from exc
    lines = done.stderr.decode("utf-8", "replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    if done.returncode != 0 and any(line.endswith("option -- Y") for line in said):
        raise StackerError("this ssh-keygen is too old to know signatures", hint=_INSTALL)
    return done.returncode, said[-1] if said else ""
