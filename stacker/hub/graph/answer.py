"""The hub's GraphQL endpoint: reads documents against the schema, answers in GitHub's shape."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.hub.call import Answer, Refusal

if TYPE_CHECKING:
    from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema

    from stacker.hub.call import Call, Json
    from stacker.hub.limits import Allowance

_LARGEST_DOCUMENT = 20_000  # tokens
_KINDS = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND"}


def answer(call: Call, allowance: Allowance) -> Answer:
    """Answer one GraphQL request: 200 with `data`, `errors` or both."""
    document, wrong = _read(call.body.text("query", ""))
    if document is None:
        return Answer({"errors": wrong})
    result = _execute(call, allowance, document)
    shown: Json = {"data": result.data}
    if result.errors:
        shown["errors"] = [_shown(error) for error in result.errors]
    return Answer(shown)


@functools.lru_cache(maxsize=64)  # a client asks the same again and again
def _read(query: str) -> tuple[DocumentNode | None, list[Json]]:
    """The document that a query is, or what is wrong with it."""
    from graphql import parse, validate  # noqa: PLC0415 - costs 0.1 s that git and REST do not need
    from graphql.error import GraphQLError  # noqa: PLC0415 - the same

    try:
        document = parse(query, max_tokens=_LARGEST_DOCUMENT)
    except GraphQLError as exc:
        return None, [_shown(exc)]
    if wrong := validate(_schema(), document):
        return None, [_shown(error) for error in wrong]
    return document, []


def _execute(call: Call, allowance: Allowance, document: DocumentNode) -> ExecutionResult:
    from graphql import execute_sync  # noqa: PLC0415 - as above

    from stacker.hub.graph.readings import Context  # noqa: PLC0415 - as above

    variables = call.body.part("variables")
    with call.db.writing():  # a read may find refs that moved, and that is remembered
        return execute_sync(
            _schema(),
            document,
            context_value=Context(call, allowance),
            variable_values=dict(variables.fields) if variables else None,
            operation_name=call.body.text("operationName", "") or None,
        )


@functools.cache
def _schema() -> GraphQLSchema:
    from graphql import build_schema  # noqa: PLC0415 - as above

    from stacker.hub.graph.fields import attach  # noqa: PLC0415 - as above

    text = Path(__file__).with_name("schema.graphql").read_text(encoding="utf-8")
    schema = build_schema(text)
    attach(schema)
    return schema


def _shown(error: GraphQLError) -> Json:
    """An error as GitHub writes it: `type` is its kind, when it has one."""
    shown: Json = {"message": error.message}
    cause = error.original_error
    if isinstance(cause, Refusal):
        shown = {"type": _KINDS.get(cause.status, "UNPROCESSABLE")} | shown
    elif cause is not None:
        shown = {"message": "Something went wrong while executing your query."}
    if error.path:
        shown["path"] = list(error.path)
    if error.locations:
        shown["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    return shown
