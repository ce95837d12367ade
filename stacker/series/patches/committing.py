"""From patch files or mails to commits, the first on a given one, each on its exact preimage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.objects import Commit, Oid
from stacker.series.patches.patchfile import parse
from stacker.series.patches.preimage import Preimage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.store import ObjectStore


def commits_of(store: ObjectStore, mails: Iterable[tuple[str, bytes]], onto: Oid) -> list[Oid]:
    """The commits that `mails` (name and bytes of each) make, the first one on `onto`.

    The committer repeats the author, so that everybody gets the same ids. Raises `PatchError`
    that names the mail.
    """
    found, here = list[Oid](), onto
    with store.bulk(), Preimage(store, store.commit(onto).tree) as preimage:
        for name, raw in mails:
            patch = parse(raw, name)
            tree = preimage.apply(patch.diff, name)
            here = store.write_commit(
                Commit(tree, (here,), patch.author, patch.author, patch.message, patch.encoding)
            )
            found.append(here)
    return found
