"""The stages as a picture: who stands on whom, from left to right, in as many bands as it takes.

Groups are boxes. What is drawn is nearest needs only: who needs the last of three needs all three.
Pure; lengths are those of the picture's own units, which a page shows as pixels.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from stacker.report.nearest import depths, nearest_needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDE, HIGH = 164, 52
"""The size of a stage."""
_ASIDE, _UNDER, _BETWEEN = 28, 14, 30  # gaps: to the next column, in a column, between two bands
_FRAME, _TITLE = 10, 22  # of a group's box: its padding, its heading
_MOST = 8  # things of one column
_BEND = 6  # radius of a corner


class Node(NamedTuple):
    """A stage as the picture sees it; `group` is what it lands with, empty for none."""

    id: str
    needs: tuple[str, ...]
    group: str = ""


class Spot(NamedTuple):
    """Where the upper left corner of a stage is."""

    id: str
    x: int
    y: int


class Box(NamedTuple):
    """The box of a group."""

    name: str
    x: int
    y: int
    width: int
    height: int


class Line(NamedTuple):
    """`stage` needs `need`; `path` is an SVG path from the one to the other."""

    need: str
    stage: str
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it."""

    width: int
    height: int
    spots: tuple[Spot, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


class _Item(NamedTuple):
    name: str
    width: int
    height: int


class _Place(NamedTuple):
    """A thing's corner; above `free` nothing stands in its band, so that lines may pass there."""

    x: int
    y: int
    free: int


class _Room(NamedTuple):
    places: Mapping[str, _Place]
    width: int
    height: int


def picture(nodes: Sequence[Node], width: int) -> Picture:
    """The picture of stages in plan order, at most `width` wide if that has room for one."""
    needs = {node.id: node.needs for node in nodes}
    inner = _groups(nodes, needs, width - 2 * _FRAME)
    home = {stage: name for name, room in inner.items() for stage in room.places}
    units: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        mine = [home.get(need, need) for need in node.needs]
        units[home.get(node.id, node.id)] += [one for one in mine if one != home.get(node.id)]
    outer = _arranged([_item(name, inner) for name in units], units, width)
    spots, boxes, free = _placed(outer, inner)
    lines = tuple(
        Line(need, stage, _path(spots[need], spots[stage], free[stage]))
        for stage, some in nearest_needs(needs).items()
        for need in some
    )
    return Picture(outer.width, outer.height, tuple(spots.values()), boxes, lines)


def _groups(
    nodes: Sequence[Node], needs: Mapping[str, tuple[str, ...]], width: int
) -> dict[str, _Room]:
    """The inside of each group's box; no boxes at all where they would stand on each other."""
    members: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        if node.group:
            members[f"group {node.group}"].append(node.id)  # no stage has such an id
    home = {stage: name for name, some in members.items() for stage in some}
    between: dict[str, tuple[str, ...]] = {}
    for stage, some in needs.items():
        unit = home.get(stage, stage)
        others = (home.get(need, need) for need in some)
        between[unit] = (*between.get(unit, ()), *(one for one in others if one != unit))
    if depths(between) is None:
        return {}
    return {
        name: _arranged(
            [_Item(stage, WIDE, HIGH) for stage in some],
            {stage: [need for need in needs[stage] if need in some] for stage in some},
            width,
        )
        for name, some in members.items()
    }


def _item(name: str, inner: Mapping[str, _Room]) -> _Item:
    room = inner.get(name)
    if room is None:
        return _Item(name, WIDE, HIGH)
    return _Item(name, room.width + 2 * _FRAME, room.height + _TITLE + _FRAME)


def _arranged(items: Sequence[_Item], needs: Mapping[str, Sequence[str]], width: int) -> _Room:
    """Columns by depth, bands of columns; within a column in the order of what is needed."""
    sizes = {item.name: item for item in items}
    depth = depths(needs) or dict.fromkeys(sizes, 0)
    columns: dict[int, list[_Item]] = defaultdict(list)
    for item in items:
        columns[depth[item.name]].append(item)
    places: dict[str, _Place] = {}
    x = y = widest = 0
    band: list[tuple[int, list[_Item]]] = []
    for column in _columns(columns, needs):
        wide = max(item.width for item in column)
        if x and x + wide > width:
            y += _close(band, y, places) + _BETWEEN
            x, band = 0, []
        band.append((x, column))
        x += wide + _ASIDE
        widest = max(widest, x - _ASIDE)
    return _Room(places, widest, y + _close(band, y, places))


def _columns(
    columns: Mapping[int, list[_Item]], needs: Mapping[str, Sequence[str]]
) -> list[list[_Item]]:
    found: list[list[_Item]] = []
    order: dict[str, float] = {}
    for depth in sorted(columns):
        here = sorted(columns[depth], key=lambda item: _mean(order, needs[item.name]))
        order |= {item.name: n / len(here) for n, item in enumerate(here)}
        found += [here[n : n + _MOST] for n in range(0, len(here), _MOST)]
    return found


def _mean(order: Mapping[str, float], names: Sequence[str]) -> float:
    known = [order[name] for name in names if name in order]
    return sum(known) / len(known) if known else 0.0


def _close(band: Sequence[tuple[int, Sequence[_Item]]], top: int, places: dict[str, _Place]) -> int:
    """Place the things of a band, each column in its middle; returns how high the band is."""
    heights = [sum(i.height for i in column) + _UNDER * (len(column) - 1) for _, column in band]
    high = max(heights, default=0)
    for (x, column), own in zip(band, heights, strict=True):
        y = top + (high - own) // 2
        for item in column:
            places[item.name] = _Place(x, y, top)
            y += item.height + _UNDER
    return high


def _placed(
    outer: _Room, inner: Mapping[str, _Room]
) -> tuple[dict[str, Spot], tuple[Box, ...], dict[str, int]]:
    """The stages, the boxes, and above which height the band of each stage is free for lines."""
    spots: dict[str, Spot] = {}
    free: dict[str, int] = {}
    boxes: list[Box] = []
    for name, place in outer.places.items():
        room = inner.get(name)
        if room is None:
            spots[name], free[name] = Spot(name, place.x, place.y), place.free
            continue
        item = _item(name, inner)
        boxes.append(Box(name.removeprefix("group "), place.x, place.y, item.width, item.height))
        left, top = place.x + _FRAME, place.y + _TITLE
        for stage, there in room.places.items():
            spots[stage] = Spot(stage, left + there.x, top + there.y)
            free[stage] = top + there.free if there.free else place.free
    return spots, tuple(boxes), free


def _path(need: Spot, stage: Spot, free: int) -> str:
    """From the right side of what is needed to the left side of what needs it."""
    x1, y1, x2, y2 = need.x + WIDE, need.y + HIGH // 2, stage.x, stage.y + HIGH // 2
    if x2 > x1 and need.y + HIGH > free:
        middle = (x1 + x2) // 2
        return f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}"
    out, into, gutter, r = x1 + _ASIDE // 3, x2 - _ASIDE // 3, free - _BETWEEN // 2, _BEND
    side = r if into > out else -r
    return (
        f"M{x1} {y1}H{out - r}Q{out} {y1} {out} {y1 + r}V{gutter - r}"
        f"Q{out} {gutter} {out + side} {gutter}H{into - side}"
        f"Q{into} {gutter} {into} {gutter + r}V{y2 - r}Q{into} {y2} {into + r} {y2}H{x2}"
    )
