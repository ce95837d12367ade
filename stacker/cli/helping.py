"""`help`, `schema`, `completion`: what can be known without a series."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stacker.completion import answering
from stacker.errors import UsageError
from stacker.render.schemas.documents import NAMES, schema_of
from stacker.render.terminal import Answer, dumps
from stacker.topics.reading import TOPICS, page

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMMANDS = "`stacker help COMMAND` is `stacker COMMAND --help`."


def help_(
    context: typer.Context,
    topic: Annotated[str | None, typer.Argument(help="|".join(TOPICS) + ", or a command.")] = None,
) -> Answer:
    """Print a page about a topic, or the help of a command."""
    root = context.find_root()
    commands = getattr(root.command, "commands", {})
    if topic is None:
        listed = "\n".join(f"  {name:<12} {says}" for name, says in TOPICS.items())
        document = {"topics": TOPICS, "commands": list(commands)}
        return Answer(document, f"Topics of `stacker help`:\n{listed}\n{_COMMANDS}")
    if topic in TOPICS:
        text = page(topic)
        return Answer({"topic": topic, "text": text}, text, to_read=True)
    if topic not in commands:
        raise UsageError(f"there is no topic and no command {topic!r}", hint=_among(TOPICS))
    command = commands[topic]
    with command.make_context(topic, ["--help"], parent=root, resilient_parsing=True) as inner:
        text = command.get_help(inner)
    return Answer({"topic": topic, "text": text}, text)


def schema(
    name: Annotated[str | None, typer.Argument(help="A command, or `error`.")] = None,
) -> Answer:
    """Print the JSON Schema of what a command says with `--json`."""
    if name is None:
        return Answer({"schemas": NAMES}, "\n".join(NAMES))
    if name not in NAMES:
        raise UsageError(f"there is no schema {name!r}", hint=_among(NAMES))
    document = schema_of(name)
    return Answer(document, dumps(document))


def completion(
    shell: Annotated[str, typer.Argument(help="|".join(answering.SHELLS))],
) -> Answer:
    """Print what makes a shell complete commands, options, stages and groups."""
    if shell not in answering.SHELLS:
        raise UsageError(f"no completion for {shell!r}", hint=_among(answering.SHELLS))
    text = answering.script(shell)
    return Answer({"shell": shell, "script": text}, text)


def _among(names: Iterable[str]) -> str:
    return f"There are: {', '.join(names)}."
