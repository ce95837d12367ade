"""Keys of real ssh-keygen, in folders of a test."""

from __future__ import annotations

import shutil
import subprocess

import pytest


def ssh_keygen(*words, **more):
    """Run it as a person would; what it printed."""
    done = subprocess.run(["ssh-keygen", *words], capture_output=True, check=False, **more)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def new_key(folder, name, *, kind="ed25519", passphrase="", bits=None):
    """A new key pair in `folder`: the path of the private half, and the line of the public one."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed; signed evidence needs OpenSSH (docs/signers.md)")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    size = ["-b", str(bits)] if bits else []
    ssh_keygen("-q", "-t", kind, *size, "-N", passphrase, "-C", f"{name}@box", "-f", str(path))
    return path, path.with_name(f"{name}.pub").read_text(encoding="utf-8").strip()
