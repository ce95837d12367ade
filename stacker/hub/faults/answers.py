"""Answers made wrong: lists without their end, fields with another value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response


def shortened(answer: Response, items: int, *, link: bool) -> None:
    """Take the last items off the list that is the answer, or that is alone in it."""
    document = _document(answer)
    lists = [document] if isinstance(document, list) else _lists_in(document)
    if len(lists) == 1:
        [only] = lists
        del only[max(len(only) - items, 0) :]
        _put(answer, document)
    if not link:
        answer.headers.pop("Link", None)


def altered(answer: Response, fields: Mapping[str, object]) -> None:
    """Give every object in the answer that has one of the fields that value."""
    document = _document(answer)
    if document is not None:
        _put(answer, _altered(document, fields))


def _lists_in(document: object) -> list[list[object]]:
    values = document.values() if isinstance(document, dict) else ()
    return [value for value in values if isinstance(value, list)]


def _altered(value: object, fields: Mapping[str, object]) -> object:
    if isinstance(value, list):
        return [_altered(each, fields) for each in value]
    if isinstance(value, dict):
        return {name: fields.get(name, _altered(each, fields)) for name, each in value.items()}
    return value


def _document(answer: Response) -> object:
    text = answer.get_data()
    return json.loads(text) if answer.is_json and text else None


def _put(answer: Response, document: object) -> None:
    answer.set_data(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))
    answer.headers.pop("ETag", None)  # it was that of the truth
