"""Signed evidence: with which key this machine signs, and whose signatures count here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker import settings

if TYPE_CHECKING:
    from stacker.render.terminal import Terminal
    from stacker.series.workspace import Workspace
    from stacker.ssh.keygen import SigningKey


def own_key() -> SigningKey | None:
    """The key that the environment names, if any; it has signed something before this returns."""
    path = settings.signing_key()
    if path is None:
        return None
    from stacker.evidence import signing  # noqa: PLC0415 - few machines have a key

    return signing.signing_key(path)


def signing_key(work: Workspace, terminal: Terminal) -> SigningKey | None:
    """The same; says whom the plan takes it for."""
    key = own_key()
    if key is None:
        return None
    from stacker.verify.signers import signers_of  # noqa: PLC0415 - few machines have a key

    signer = signers_of(work.directory.state, work.plan).by(key.public)
    fingerprint = key.public.fingerprint
    terminal.say(
        f"Signed as {signer.name} ({fingerprint})." if signer
        else f"Signed by {fingerprint}, which is no signer of the plan: no landing relies on it."
    )  # fmt: skip
    return key


def agree_on_signers(terminal: Terminal, work: Workspace, *, trust: bool) -> None:
    """A person here says once whose signatures count; whoever changes the plan cannot.

    Without that their evidence does not count, and the landing says so.
    """
    from stacker.verify.signers import agree, signers_of  # noqa: PLC0415 - few plans have any

    new = signers_of(work.directory.state, work.plan).new
    if not new or not (trust or terminal.can_ask):
        return
    for one in new:
        where = ", ".join(one.platforms) if one.platforms is not None else "all platforms"
        terminal.say(f"  {one.name}  {one.key.fingerprint}  for {where}")
    if trust or terminal.ask("Shall what these keys signed count as if it had run here?"):
        agree(work.directory.state, work.plan)
