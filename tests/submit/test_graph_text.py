"""The picture of a series, as text."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from stacker.submit.words.body import Part
from stacker.submit.words.graph_text import graph_lines


def part(stage, *needs, reference="", state="open", group=None):
    return Part(
        stage=stage, title=stage, reference=reference, state=state, group=group, needs=needs
    )


def test_who_stands_on_whom_what_landed_and_what_goes_in_together():
    ssl = part("openssl", reference="up/other#2", state="landed")
    build = part("build", "openssl", reference="#7", group="final")
    skips = part("test-skips", "build", group="final")
    assert graph_lines(build, (ssl, build, skips)) == [
        "```mermaid",
        "graph BT",
        '  s1["up/other#35;2 openssl"]',
        '  subgraph g1["lands together: final"]',
        '    s2["#35;7 build"]',
        '    s3["test-skips"]',
        "  end",
        "  s2 --> s1",
        "  s3 --> s2",
        "  classDef here stroke-width:4px",
        "  class s2 here",
        "  classDef landed stroke-dasharray:5",
        "  class s1 landed",
        "```",
    ]


def test_a_need_that_is_no_part_of_the_text_is_not_drawn():
    alone = part("b", "a")
    assert not [line for line in graph_lines(alone, (alone,)) if "-->" in line]


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_no_name_ends_its_label_or_the_fence(stage, group, where):
    first, *inner, last = graph_lines(
        here := part(stage, reference=f"{where}#1", group=group), (here,)
    )
    assert (first, last) == ("```mermaid", "```")
    assert not any("`" in line or "\n" in line or "\r" in line for line in inner)
    boxes = [line for line in inner if "[" in line]
    assert len(boxes) == 2
    assert all(re.fullmatch(r' *(subgraph )?[sg]\d+\["[^"\]]*"\]', line) for line in boxes)
