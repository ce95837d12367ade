"""`rebase` behind its arguments: the command that is run most loads nothing that it can spare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import ExitCode
from stacker.rebase import flow as rebasing
from stacker.rebase.flow import RebaseRequest
from stacker.render import documents
from stacker.render.rebase import Reader, rebase_text
from stacker.render.terminal import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.cli.context import Options
    from stacker.rebase.outcome import RebaseResult
    from stacker.resolve.flow import Went
    from stacker.series.workspace import Workspace


def rebase(
    options: Options,
    *,
    onto: Sequence[str] = (),
    afresh: bool = False,
    abort: bool = False,
    go_on: bool = False,
    then: Callable[[Workspace, Answer], None] | None = None,
) -> Answer:
    """Put the series on upstream's tip, or on what `onto` names (`[REPO=]REV`).

    `afresh` asks upstream anew for the target of a rebase that stopped, `abort` forgets it, and
    `go_on` takes the solution of its conflict. `then` hears the answer while the series is held.
    """
    told = options.terminal.told
    with options.workspace() as work:
        if abort:
            there = rebasing.abort(work)
            text = "Forgotten; the series is where it was." if there else "No rebase had stopped."
            return Answer({"aborted": there}, text)
        if go_on:
            from stacker.resolve import flow as resolving  # noqa: PLC0415 - a command of its own

            stage = resolving.stage_of(work.directory, options.folder)
            return went(work, resolving.take_back(work, stage, told))
        request = RebaseRequest(targets(onto), fetch=options.fetch, afresh=afresh)
        done = answer(work, rebasing.rebase(work, request, told))
        if then is not None:
            then(work, done)
        return done


def answer(work: Workspace, result: RebaseResult, following: str = "") -> Answer:
    """What is said of a rebase, whichever command made it; `following` says what is next."""
    default = work.plan.default_repository
    # The first one may have no stage yet, and so no base.
    based = (one for one in work.plan.repositories if one.name in result.bases)
    repository = next(based, default)
    branch = work.upstreams[repository.name].branch or "upstream"
    code = ExitCode.CONFLICT if result.halted else ExitCode.DONE
    document = documents.rebased(result, default.name)
    reader = Reader(work.whoami, work.now)
    text = rebase_text(result, repository.name, branch, reader, following)
    return Answer(document, text, code)


def went(work: Workspace, how: Went) -> Answer:
    """How the rebase went on after a conflict, and the next one where its folder is open."""
    if how.next is None:
        return answer(work, how.result)
    from stacker.render import resolve as texts  # noqa: PLC0415 - a rebase alone opens nothing

    said = answer(work, how.result, texts.opened_text(how.next))
    return Answer({**said.document, "opened": texts.opened(how.next)}, said.text, said.code)


def targets(onto: Sequence[str]) -> dict[str, str]:
    """The revisions that `[REPO=]REV` name, by repository; `""` is the default one."""
    pairs = (text.partition("=") for text in onto)
    return {name if eq else "": rev if eq else name for name, eq, rev in pairs}
