"""A series on an upstream that takes, reverts and changes its stages."""

from __future__ import annotations

from world import begin

LINES = "".join(f"line {n}\n" for n in range(20))


def edited(**words):
    """`LINES` with other words in some lines: `n3="one"` is in line 3."""
    text = LINES
    for number, word in words.items():
        text = text.replace(f"line {number[1:]}\n", f"{word}\n")
    return text


ONE = {"a.c": edited(n3="one")}
TWO = {"a.c": edited(n3="one", n9="two")}
ALONE = {"b.c": edited(n3="alone")}


def port(folder, run, history, *, close=False):
    """`two` stands on `one` (in the next line with `close`); `alone` on the base."""
    two = {"a.c": edited(n3="one", n4="two")} if close else TWO
    upstream = history.draw(folder / "upstream", {
        "master": [("start", {"a.c": LINES, "b.c": LINES, "z": "z\n"})],
        "port": ["start", ("One", ONE), ("Two", two)],
        "alone": ["start", ("Alone", ALONE)],
    })  # fmt: skip
    return begin(run, folder, upstream,
                 (f"{upstream['start']}..port", "--stage-per-commit"),
                 (f"{upstream['start']}..alone", "--stage-per-commit"))  # fmt: skip


def drift(world, name="drift"):
    """A commit of upstream that touches nothing of the series."""
    return world.upstream.add("master", (name, {"z": f"{name}\n"}))
