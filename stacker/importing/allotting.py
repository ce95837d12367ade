"""Which file of a branch goes to which stage, and what the stages' commits say. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.credits import distinct, in_utf8, people_of, with_credits
from stacker.git.paths import folders_above
from stacker.importing.folding import without_fix_ups
from stacker.series.plan.globs import matches

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stacker.git.objects import Commit
    from stacker.series.plan.model import StageId


def allot(
    come: Collection[bytes], gone: Collection[bytes], rules: Mapping[StageId, Sequence[str]]
) -> tuple[dict[StageId, list[bytes]], list[bytes]]:
    """Each path to the first of the stages whose globs name it, and those that none names.

    What is `gone` because a file became a folder, or a folder a file, goes where that came.
    """
    shares: dict[StageId, list[bytes]] = {stage: [] for stage in rules}
    rest: list[bytes] = []
    instead = _instead(come, gone)
    for path in (*come, *gone):
        deciding = instead.get(path, [path])
        claims = (
            own for s, own in shares.items() if any(matches(rules[s], one) for one in deciding)
        )
        next(claims, rest).append(path)
    return shares, rest


def _instead(come: Collection[bytes], gone: Collection[bytes]) -> dict[bytes, list[bytes]]:
    """Of what is gone to make place: what came there."""
    found: dict[bytes, list[bytes]] = {}
    for path in come:
        for above in folders_above(path):
            if above in gone:
                found.setdefault(above, []).append(path)
    for path in gone:
        found.setdefault(path, []).extend(f for f in folders_above(path) if f in come)
    return {path: here for path, here in found.items() if here}


def words_of(commits: Sequence[Commit], title: str | None) -> Commit:
    """Whose a stage's share of `commits` is, and what it says: tree and parents are the first's.

    It is by the author of the first one that is no fix-up, and credits the others. One commit
    keeps its words; of several the first one's subject stays, and all but fix-ups are listed.
    """
    if len(commits) == 1 and title in (None, commits[0].subject):
        return commits[0]
    commits = list(map(in_utf8, commits))
    own = without_fix_ups(commits) or commits
    everybody = (who for commit in (*own, *commits) for who in people_of(commit))
    _, *others = distinct(everybody)
    subjects = "\n".join(f"* {commit.subject}" for commit in own)
    text = f"{title or own[0].subject}\n\nMade of these commits:\n\n{subjects}\n"
    return own[0]._replace(message=with_credits(text.encode("utf-8", "backslashreplace"), others))
