"""The stages of a series as a picture that the forge draws from text (Mermaid). Pure."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.submit.words.body import Part

_UNSAFE = re.compile(r"[^\w .+/-]")  # what could end a label, or mean something in one
_HASH = "#35;"


def graph_lines(here: Part, parts: Sequence[Part]) -> list[str]:
    """A fenced graph: who stands on whom, `here` drawn bold, what has landed dashed, the members
    of a group in one frame."""
    names = {part.stage: f"s{number}" for number, part in enumerate(parts, 1)}
    nodes = []
    for group, members in groupby(parts, key=lambda part: part.group):
        boxes = [f'{names[part.stage]}["{_label(part)}"]' for part in members]
        if group is None:
            nodes += [f"  {box}" for box in boxes]
        else:
            frame = f'  subgraph g{len(nodes)}["lands together: {_plain(group)}"]'
            nodes += [frame, *(f"    {box}" for box in boxes), "  end"]
    edges = [
        f"  {names[part.stage]} --> {names[need]}"
        for part in parts
        for need in part.needs
        if need in names
    ]
    styles = ["  classDef here stroke-width:4px", f"  class {names[here.stage]} here"]
    landed = ",".join(names[part.stage] for part in parts if part.state == "landed")
    if landed:
        styles += ["  classDef landed stroke-dasharray:5", f"  class {landed} landed"]
    return ["```mermaid", "graph BT", *nodes, *edges, *styles, "```"]


def _label(part: Part) -> str:
    where, _, number = part.reference.partition("#")
    reference = f"{_plain(where)}{_HASH}{_plain(number)} " if number else ""
    return f"{reference}{_plain(part.stage)}"


def _plain(text: str) -> str:
    return _UNSAFE.sub(" ", text)
