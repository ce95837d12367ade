"""`submit --check` and `submit --preview`: what would be said, and what could be said to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import ExitCode
from stacker.render import lint as rendering
from stacker.render.terminal import Answer
from stacker.series.directory import SeriesDirectory, write_atomically
from stacker.series.plan.reading import read_plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stacker.submit.request import SubmitResult

_FOLDER = "preview"


def checked(folder: Path, stages: Sequence[str]) -> Answer:
    """What the projects' habits have against the stages; nobody is asked."""
    from stacker.submit.words.lint.finding import Level  # noqa: PLC0415 - most submits do without
    from stacker.submit.words.lint.flow import lint  # noqa: PLC0415 - as above

    directory = SeriesDirectory.find(folder)
    found = lint(read_plan(directory.plan_file), directory.files(), stages)
    wrong = any(one.level is Level.ERROR for one in found)
    code = ExitCode.BLOCKED if wrong else ExitCode.DONE
    return Answer(rendering.findings_document(found), rendering.findings_text(found), code)


def previewed(result: SubmitResult, state: Path, asked: Sequence[str]) -> Answer:
    """The text of the one stage that was asked for; of several, the files that they are in."""
    found = [one for one in result.previews if not asked or one.stage in asked]
    document = rendering.previews_document(found)
    if len(found) == 1 and len(asked) == 1:
        return Answer(document, rendering.preview_text(found[0]))
    folder = state / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for one in found:
        text = rendering.preview_text(one) + "\n"
        write_atomically(folder / f"{one.stage}.md", text.encode("utf-8", "replace"))
    paths = [f"  {one.stage}  {folder / f'{one.stage}.md'}" for one in found]
    said = ["What the pull requests would say:", *paths] if paths else ["There is nothing to say."]
    return Answer(document, "\n".join(said))
