"""The picture: nothing overlaps, needs come first, groups are in their boxes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacker.report.nearest import depths, nearest_needs
from stacker.report.picture import HIGH, WIDE, Node, picture

FLAGSHIP = (
    Node("openssl", ()),
    Node("libffi", ()),
    Node("openssl-arm", ("openssl",)),
    Node("build", ("openssl", "libffi", "openssl-arm"), "final"),
    Node("ctypes", ("build",), "final"),
    Node("library", ("ctypes",), "final"),
)


def drawn_lines(found):
    return {(line.need, line.stage) for line in found.lines}


def test_needs_stand_left_of_who_needs_them_and_the_group_in_its_box():
    found = picture(FLAGSHIP, 1148)
    at = {spot.id: spot for spot in found.spots}
    assert at["openssl"].x == at["libffi"].x
    assert at["openssl"].x < at["openssl-arm"].x < at["build"].x < at["ctypes"].x
    [box] = found.boxes
    inside = {
        spot.id for spot in found.spots
        if box.x <= spot.x and spot.x + WIDE <= box.x + box.width
        and box.y <= spot.y and spot.y + HIGH <= box.y + box.height
    }  # fmt: skip
    assert (box.name, inside) == ("final", {"build", "ctypes", "library"})


def test_what_goes_without_saying_is_not_drawn():
    assert drawn_lines(picture(FLAGSHIP, 1148)) == {
        ("openssl", "openssl-arm"), ("libffi", "build"), ("openssl-arm", "build"),
        ("build", "ctypes"), ("ctypes", "library"),
    }  # fmt: skip


def test_a_long_line_goes_on_in_the_next_band():
    nodes = [Node(str(n), (str(n - 1),) if n else ()) for n in range(100)]
    found = picture(nodes, 1148)
    assert found.width <= 1148
    assert len({spot.y for spot in found.spots}) == 17
    narrow = picture(nodes, WIDE)
    assert (narrow.width, {spot.x for spot in narrow.spots}) == (WIDE, {0})


def test_groups_that_stand_on_each_other_have_no_boxes():
    nodes = (
        Node("a", (), "one"), Node("b", ("a",), "two"), Node("c", (), "two"),
        Node("d", ("c",), "one"),
    )  # fmt: skip
    found = picture(nodes, 1148)
    assert found.boxes == ()
    assert {spot.id for spot in found.spots} == {"a", "b", "c", "d"}


def test_a_circle_has_no_depth():
    assert depths({"a": ["b"], "b": ["a"]}) is None
    assert depths({"a": [], "b": ["a"], "c": ["b", "a"]}) == {"a": 0, "b": 1, "c": 2}


@st.composite
def series(draw):
    count = draw(st.integers(1, 30))
    nodes = []
    for n in range(count):
        needs = draw(st.sets(st.integers(0, n - 1), max_size=3)) if n else set()
        group = draw(st.sampled_from(["", "", "one", "two"]))
        nodes.append(Node(f"s{n}", tuple(f"s{m}" for m in sorted(needs)), group))
    return nodes


@given(series(), st.sampled_from([164, 330, 720, 1148]))
def test_no_stage_lies_on_another_and_all_is_within_the_picture(nodes, width):
    found = picture(nodes, width)
    assert [spot.id for spot in found.spots if spot.x < 0 or spot.y < 0] == []
    for spot in found.spots:
        assert spot.x + WIDE <= found.width
        assert spot.y + HIGH <= found.height
    spots = sorted(found.spots, key=lambda spot: (spot.x, spot.y))
    for n, one in enumerate(spots):
        for other in spots[n + 1 :]:
            apart = other.x >= one.x + WIDE or abs(other.y - one.y) >= HIGH
            assert apart, (one, other)
    for line in found.lines:
        assert re.fullmatch(r"(?:[MCQHV]?[-\d ]+)+", line.path)


@given(series())
def test_the_needs_that_are_left_lead_to_all_of_them(nodes):
    needs = {node.id: node.needs for node in nodes}
    left = nearest_needs(needs)

    def below(known, name):
        found = set()
        for need in known[name]:
            found |= {need, *below(known, need)}
        return found

    for name, some in needs.items():
        assert below(left, name) == below(needs, name)
        assert set(left[name]) <= set(some)


@pytest.mark.parametrize("width", [1, 164])
def test_there_is_always_room_for_one(width):
    assert picture([Node("a", ()), Node("b", ("a",))], width).width == WIDE
