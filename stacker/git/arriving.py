"""How a big upstream comes into the store: its history first, files when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stacker.git import partial, transfer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Oid
    from stacker.git.process import Credential
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told

Say = Callable[[str], None]
"""Hears a sentence for people."""

_MOST = 20_000  # objects; fewer come in seconds, and a store that is whole asks nobody later


class Origin(NamedTuple):
    """Where an upstream is, and the token for it."""

    url: str
    credential: Credential | None


def first(
    store: ObjectStore, origin: Origin, refspecs: Sequence[str],
    *, told: Told | None, say: Say | None,
) -> None:  # fmt: skip
    """The first fetch: all of it, but of a big one on another disk no files, if that is offered."""
    url, credential = origin
    if Path(url).is_dir():
        transfer.fetch(store.git, url, refspecs, credential=credential, told=told)
        return
    if transfer.fetch_if_small(store.git, url, refspecs, _MOST, credential=credential, told=told):
        return
    big = f"{transfer.shown_url(url)} has more than {_MOST:,} objects"
    if partial.is_offered(store.git.with_credential(credential), url):
        _say(say, f"{big}: its history is fetched first, and files when they are needed.")
        transfer.fetch_without_files(store.git, url, refspecs, credential=credential, told=told)
        store.close()  # what reads has to learn that there are promises
    else:
        _say(say, f"{big}, and its server offers no fetch without files: all is fetched.")
        transfer.fetch(store.git, url, refspecs, credential=credential, told=told)


def complete(
    store: ObjectStore, origin: Origin, base: Oid, tip: Oid | None,
    *, told: Told | None = None, say: Say | None = None,
) -> None:  # fmt: skip
    """Bring the files of `base`, and of what came since up to `tip`, where they are not here.

    What a series stands on, and what it may have to move over, is then read without the network.
    """
    if not partial.is_partial(store.git):
        return
    lacking = partial.lacking(store.git, base, tip or base)
    if lacking:
        _say(say, f"{len(lacking):,} files of {(tip or base)[:10]} are fetched.")
        transfer.fetch_files(
            store.git, origin.url, lacking, credential=origin.credential, told=told
        )


def _say(say: Say | None, sentence: str) -> None:
    if say is not None:
        say(sentence)
