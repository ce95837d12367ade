"""The candidate in as many commits as the project's habit is: one a patch, or one a stage. The
files after each stage are the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from stacker.land.words.habits import Commits, habits_of
from stacker.land.words.messages import stage_message
from stacker.land.words.told import authors_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.git.objects import Signature
    from stacker.git.store import ObjectStore
    from stacker.land.candidate import Candidate, Segment
    from stacker.land.preflight import MemberFacts
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId


def by_habit(
    store: ObjectStore, series: Series, candidate: Candidate, members: Sequence[MemberFacts]
) -> Candidate:
    """The chain of patches as it is to land in the members' repository."""
    repository = series.plan.repository(series.plan.stage(members[0].stage).repository)
    match habits_of(repository.preset).commits:
        case Commits.PATCH:
            return candidate
        case Commits.STAGE:
            known = {member.stage: member for member in members}

            def say(stage: StageId) -> tuple[Signature, str]:
                authors = authors_of(store, series, [stage])
                return authors[0], stage_message(series, known[stage], authors).text()

            return one_a_stage(store, candidate, say)
        case never:
            assert_never(never)


def one_a_stage(
    store: ObjectStore, candidate: Candidate, say: Callable[[StageId], tuple[Signature, str]]
) -> Candidate:
    """The candidate whose segments are a commit each; `say` gives its author and its message."""
    below = candidate.base
    segments: list[Segment] = []
    for segment in candidate.segments:
        author, text = say(segment.stage)
        commit = store.commit(segment.tip)._replace(
            parents=(below,), author=author, message=text.encode(), encoding=None
        )
        below = store.write_commit(commit)
        segments.append(replace(segment, tip=below))
    return replace(candidate, commit=below, segments=tuple(segments))
