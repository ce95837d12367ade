"""From patch files or mails to commits, the first on a given one, each on its exact preimage."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.objects import Commit, Oid
from stacker.series.patches.patchfile import parse
from stacker.series.patches.preimage import Preimage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.store import ObjectStore
    from stacker.series.patches.lines import Lines
    from stacker.series.patches.patchfile import Patch


class Given(NamedTuple):
    """A patch to be put on; `name` is for errors, `how` as in `Preimage.apply`."""

    name: str
    patch: Patch
    how: Lines | None = None


def commits_of(store: ObjectStore, mails: Iterable[tuple[str, bytes]], onto: Oid) -> list[Oid]:
    """The commits that `mails` (name and bytes of each) make, the first one on `onto`.

    Raises `PatchError` that names the mail.
    """
    return put_on(store, (Given(name, parse(raw, name)) for name, raw in mails), onto)


def put_on(store: ObjectStore, patches: Iterable[Given], onto: Oid) -> list[Oid]:
    """The commits that `patches` make, the first one on `onto`.

    The committer repeats the author, so that everybody gets the same ids. Raises `PatchError`
    that names the patch.
    """
    found, here = list[Oid](), onto
    with store.bulk(), Preimage(store, store.commit(onto).tree) as preimage:
        for name, patch, how in patches:
            tree = preimage.apply(patch.diff, name, how)
            here = store.write_commit(
                Commit(tree, (here,), patch.author, patch.author, patch.message, patch.encoding)
            )
            found.append(here)
    return found
