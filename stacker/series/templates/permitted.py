"""What a template of a series may use. Pure.

A series may be a stranger's. What is not listed here could run without end, or make a text of any
size out of a few lines: calls, arithmetic, assignments, macros, most filters. What is left goes
over lists of ours, at most two of them inside each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2.nodes import Node

_NODES = frozenset({
    "And", "Block", "Compare", "CondExpr", "Const", "Extends", "Filter", "For", "Getattr", "If",
    "Name", "Not", "Operand", "Or", "Output", "Template", "TemplateData", "Test",
})  # fmt: skip
_FILTERS = frozenset({"default", "first", "join", "last", "length", "lower", "trim", "upper"})
_TESTS = frozenset({"defined", "undefined", "none"})
_DEEPEST = 2


def refused(template: Node, parents: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Line and reason of all that a parsed template may not use; `parents` are the templates that
    it may extend."""
    return _refused(template, parents, 0)


def _refused(node: Node, parents: frozenset[str], depth: int) -> Iterator[tuple[int, str]]:
    kind = type(node).__name__
    if kind == "Call" and _is_super(node):
        return
    if why := _wrong_with(node, kind, parents, depth):
        yield node.lineno, why
        return
    for child in node.iter_child_nodes():
        yield from _refused(child, parents, depth + (kind == "For"))


def _wrong_with(node: Node, kind: str, parents: frozenset[str], depth: int) -> str:
    if kind not in _NODES:
        return f"a template may not use {kind.lower()}"
    if kind == "Filter" and getattr(node, "name", "") not in _FILTERS:
        return f"there is no filter {_word(node)!r}; there are {', '.join(sorted(_FILTERS))}"
    if kind == "Test" and getattr(node, "name", "") not in _TESTS:
        return f"there is no test {_word(node)!r}; there are {', '.join(sorted(_TESTS))}"
    if kind == "Extends" and _parent(node) not in parents:
        return f"it may extend one of {', '.join(sorted(parents))}, and nothing else"
    if kind == "For":
        return _wrong_with_loop(node, depth)
    return ""


def _wrong_with_loop(node: Node, depth: int) -> str:
    over = type(getattr(node, "iter", None)).__name__
    if getattr(node, "recursive", False) or over not in {"Name", "Getattr"}:
        return "a loop goes over a list by its name"
    return f"at most {_DEEPEST} loops stand inside each other" if depth >= _DEEPEST else ""


def _is_super(node: Node) -> bool:
    called = getattr(node, "node", None)
    given = [getattr(node, name, None) for name in ("args", "kwargs", "dyn_args", "dyn_kwargs")]
    return getattr(called, "name", "") == "super" and not any(given)


def _parent(node: Node) -> object:
    return getattr(getattr(node, "template", None), "value", None)


def _word(node: Node) -> str:
    return str(getattr(node, "name", ""))[:80]
