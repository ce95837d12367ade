"""One pull request read through the forge's API alone, by somebody who has nothing of its series.

Nothing of the series is fetched or run: its text tells which commits to compare, the forge compares
them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from stacker.errors import ForgeError, UsageError
from stacker.forge.failures import Refused
from stacker.git.hunks import line_after
from stacker.review.asking import PullReader, read
from stacker.review.block import block_of
from stacker.review.diffs import diff_of_diffs
from stacker.review.placing import in_order, placed
from stacker.review.reviewed import version_reviewed
from stacker.review.value import DiffOfDiffs, Interdiff, Published, SinceVersion, Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.forge.api import PullRequest
    from stacker.forge.comparing import Comparison
    from stacker.forge.threads import Thread
    from stacker.review.asking import Seen
    from stacker.review.block import Block
    from stacker.review.value import Place, Since, SinceWanted

_URL = re.compile(r"(https?://[^/?#@\s]+)/([^/?#\s]+/[^/?#\s]+)/pull/([0-9]{1,9})(?:[/?#].*)?")


class Comparing(PullReader, Protocol):
    """What is asked of a forge."""

    def compared(self, repository: str, base: str, head: str) -> Comparison:
        """How one commit differs from another, file by file."""
        ...

    def diff_between(self, repository: str, base: str, head: str) -> str:
        """The diff from where two commits parted."""
        ...


class Address(NamedTuple):
    """A pull request as a browser shows its address; `site` is where its forge is."""

    site: str
    repository: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReview:
    """A pull request with its own change, or what became of it.

    `block` is what stacker wrote into its text, `None` without; `version` which one its head is,
    `None` if stacker published no such head. `diff` goes from `below`.
    """

    pull: PullRequest
    block: Block | None
    version: int | None
    below: str
    diff: str
    since: Since | None
    threads: tuple[Place, ...]


def address(url: str) -> Address:
    """What a URL names; raises `UsageError`."""
    found = _URL.fullmatch(url)
    if found is None:
        raise UsageError(
            f"{url!r} is no address of a pull request",
            hint="It is written https://HOST/OWNER/NAME/pull/N.",
        )
    return Address(found[1].lower(), found[2], int(found[3]))


def review(forge: Comparing, where: Address, since: SinceWanted | None) -> PullReview:
    """What the forge tells of it."""
    seen = read(forge, where.repository, where.number, since)
    pull, block = seen.pull, block_of(seen.pull.body)
    versions = block.versions if block else ()
    known = tuple(Published(one.number, one.head, one.below) for one in versions)
    here = next((one for one in known if one.head == pull.head), None)
    below = _below(pull, here or (known[-1] if known else None))
    diff = forge.diff_between(pull.repository, below, pull.head)
    looking = _Looking(forge, pull, below, diff)
    return PullReview(
        pull=pull,
        block=block,
        version=here.number if here else None,
        below=below,
        diff=diff,
        since=None if since is None else looking.since(_old(seen, known, since)),
        threads=in_order(placed(one, looking.now(one), known) for one in seen.threads),
    )


def _below(pull: PullRequest, newest: Published | None) -> str:
    """Where its own change begins; without a word of stacker's, at its base."""
    below = newest.below if newest else pull.base_tip
    if not below:
        raise ForgeError(f"the base of #{pull.number} is gone, and what is shown starts nowhere")
    return below


def _old(seen: Seen, known: Sequence[Published], since: SinceWanted) -> Published | Whole:
    if not isinstance(since, SinceVersion):
        return version_reviewed(seen.pull.reviews, seen.me, known)
    found = next((one for one in known if one.number == since.number), None)
    if found is None:
        have = ", ".join(f"v{one.number}" for one in known) or "none"
        raise UsageError(
            f"v{since.number} was not published to #{seen.pull.number}",
            hint=f"Its text tells of {have}.",
        )
    return found


class _Looking:
    """Compares commits with the head of one pull request, each of them once."""

    def __init__(self, forge: Comparing, pull: PullRequest, below: str, diff: str) -> None:
        self._forge = forge
        self._pull = pull
        self._below = below
        self._diff = diff
        self._known: dict[str, Comparison | None] = {}

    def since(self, old: Published | Whole) -> Since:
        """What became of an older version."""
        if isinstance(old, Whole):
            return old
        name, repository, head = f"v{old.number}", self._pull.repository, self._pull.head
        comparison = self._compared(old.head)
        if comparison is None:
            return Whole(f"the forge does not have {name} any more")
        if old.below == self._below and comparison.straight:  # nothing below it moved
            return Interdiff(name, _raw(self._forge.diff_between(repository, old.head, head)))
        before = self._forge.diff_between(repository, old.below, old.head)
        return DiffOfDiffs(name, _raw(diff_of_diffs(before, self._diff, name, "the newest")))

    def now(self, thread: Thread) -> tuple[str, int | None] | None:
        """Path and line of a thread today; `None` if that cannot be told."""
        if thread.line is not None or thread.first_line is None or thread.removed:
            return None
        comparison = self._compared(thread.commit) if thread.commit else None
        if comparison is None or not comparison.straight:
            return None
        file = comparison.files.get(thread.path)
        if file is None:
            return (thread.path, thread.first_line) if comparison.whole else None
        if file.path is None or file.patch is None:
            return file.path or thread.path, None
        return file.path, line_after(file.patch, thread.first_line)

    def _compared(self, commit: str) -> Comparison | None:
        """The head against that commit; `None` if the forge does not have it any more."""
        if commit not in self._known:
            try:
                found = self._forge.compared(self._pull.repository, commit, self._pull.head)
            except Refused as refusal:
                if refusal.status != 404:
                    raise
                found = None
            self._known[commit] = found
        return self._known[commit]


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
