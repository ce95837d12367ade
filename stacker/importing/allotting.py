"""Which file of a branch goes to which stage, and what the stages' commits say. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.credits import distinct, in_utf8, people_of, with_credits
from stacker.series.plan.globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stacker.git.objects import Commit
    from stacker.series.plan.model import StageId


def allot(
    paths: Iterable[bytes], rules: Mapping[StageId, Sequence[str]]
) -> tuple[dict[StageId, list[bytes]], list[bytes]]:
    """Each path to the first of the stages whose globs name it, and those that none names."""
    shares: dict[StageId, list[bytes]] = {stage: [] for stage in rules}
    rest: list[bytes] = []
    for path in paths:
        claims = (own for stage, own in shares.items() if matches(rules[stage], path))
        next(claims, rest).append(path)
    return shares, rest


def words_of(commits: Sequence[Commit], title: str | None) -> Commit:
    """Whose a stage's share of `commits` is, and what it says: tree and parents are the first's.

    It is by the first one's author, and credits the others. One commit keeps its words; of several
    the first one's subject stays, and all are listed.
    """
    if len(commits) == 1 and title is None:
        return commits[0]
    commits = list(map(in_utf8, commits))
    author, *others = distinct(who for commit in commits for who in people_of(commit))
    subjects = "\n".join(f"* {commit.subject}" for commit in commits)
    text = f"{title or commits[0].subject}\n\nFrom these commits:\n\n{subjects}\n"
    message = with_credits(text.encode("utf-8", "backslashreplace"), others)
    return commits[0]._replace(author=author._replace(when=commits[0].author.when), message=message)
