"""What others pushed to a stage's branch, as the forge has it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.git import transfer
from stacker.git.history import is_ancestor
from stacker.series.workspace import fetch_tip
from stacker.submit import intents
from stacker.submit.foreign import commits_of_others, fetch_branch, known_commits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.lock import Published, StageLock
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.place import Place


@dataclass(frozen=True, slots=True)
class NothingNew:
    """The branch is as `submit` left it, or as it was taken in: at `head`."""

    stage: StageId
    head: Oid
    version: int


@dataclass(frozen=True, slots=True)
class Theirs:
    """What is on a stage's branch beyond what we published: `commits` up to `head`.

    `trunk` is the tip of upstream's branch. With `adopted` it is what came to the pull request of
    that number, which the stage adopts, since it was taken in.
    """

    stage: StageId
    head: Oid
    commits: tuple[Oid, ...]
    trunk: Oid
    adopted: int | None = None


def pushed(
    work: Workspace, series: Series, line: StageLock, there: Place, told: Told | None
) -> Theirs | NothingNew:
    """Ask the forge what the branch of a published stage has now, and fetch it."""
    stage, published = line.stage, line.published
    assert published is not None, "what was never published has no branch"
    tips = transfer.ask(there.url, work.store.git.directory, there.credential).refs
    head = _head(work, stage, published, there, tips)
    if head == published.head:
        return NothingNew(stage, head, series.lock.version)
    trunk = fetch_tip(work.store, work.upstreams[line.repository], told)
    fetch_branch(work, there, stage, published.branch, told)
    known = known_commits(work, series.lock, there)
    commits = commits_of_others(work.store, published.head, head, known)
    if commits is None:
        raise _forced(there, published, head)
    _refuse_lower(work, series, stage, tips, head)
    return Theirs(stage, head, commits, trunk)


def _head(
    work: Workspace, stage: StageId, published: Published, there: Place, tips: Mapping[str, Oid]
) -> Oid:
    """What the branch has now; raises `SeriesError` where that is nothing to take in."""
    branch = published.branch
    head = tips.get(f"refs/heads/{branch}")
    if head is None:
        raise SeriesError(
            f"{there.fork} has no branch {branch} any more",
            hint="`stacker submit` brings it back as it was published.",
        )
    if is_begun(work, there, stage, head) and head != published.head:
        raise unfinished(f"{there.fork} {branch}")
    below = tips.get(f"refs/heads/{branch}.below")
    if published.below is not None and below not in (None, published.below):
        raise SeriesError(
            f"{there.fork} {branch}.below is at {below}, which stacker did not push",
            hint="It holds no work: delete it, and `stacker submit` makes it anew.",
        )
    return head


def is_begun(work: Workspace, place: Place, stage: StageId, head: Oid) -> bool:
    """Whether a submit meant to push `head` that did not get so far as to remember it."""
    begun = intents.read(work.directory.state).get((place.repository.name, stage))
    return begun is not None and begun.head == head


def unfinished(where: str) -> SeriesError:
    """What to say of such a head."""
    return SeriesError(
        f"{where} has what a submit pushed here that did not finish",
        hint="Run `stacker submit` to finish it.",
    )


def _forced(there: Place, published: Published, head: Oid) -> SeriesError:
    branch = published.branch
    return SeriesError(
        f"{there.fork} {branch} is at {head[:10]}, without what stacker pushed there "
        f"({published.head[:10]}): somebody force-pushed",
        hint="What they want to keep has to come on top of ours. To put ours back: "
        f"`git -C .stacker/store.git push --force-with-lease={branch}:{head} {there.url} "
        f"{published.head}:refs/heads/{branch}`.",
    )


def _refuse_lower(
    work: Workspace, series: Series, stage: StageId, tips: Mapping[str, Oid], head: Oid
) -> None:
    """What was pushed to a stage below and merged from there is to be taken in there."""
    for below in series.chain(stage)[:-1]:
        line = series.lock.stage(below)
        if line is None or line.published is None:
            continue
        tip = tips.get(f"refs/heads/{line.published.branch}", line.published.head)
        if tip != line.published.head and work.store.find(tip) and is_ancestor(
            work.store, tip, head
        ):  # fmt: skip
            raise SeriesError(
                f"the branch of {stage} has what was pushed to that of {below}",
                hint=f"Take that in first: `stacker edit {below} --from-pull`.",
            )
