"""A small upstream with three stages on it: two on the base, one on the first of them."""

from __future__ import annotations

from world import begin

LINES = "".join(f"line {n}\n" for n in range(30))
CODE = "int one(void)\n{\n\ta;\n\tb;\n}\n\n\nint two(void)\n{\n\tc;\n\td;\n}\n"
BASE = {"a.c": LINES, "b.c": LINES, "src/d.c": CODE, "tool/Makefile": "x\n"}


def line(number, word):
    return LINES.replace(f"line {number}\n", f"{word}\n")


def make(folder, run_stacker, history):
    """`one` changes a.c, `two` b.c, `three` a function of src/d.c."""
    up = history.draw(folder / "upstream", {
        "master": [("start", BASE)],
        "one": ["start", ("One", {"a.c": line(3, "one")})],
        "two": ["start", ("Two", {"b.c": line(3, "two")})],
        "three": ["One", ("Three", {"src/d.c": CODE.replace("c;", "C;")})],
    })  # fmt: skip
    world = begin(run_stacker, folder, up, (f"{up['start']}..one", "--stage", "one"),
                  (f"{up['start']}..two", "--stage", "two"))  # fmt: skip
    world.plan('[[stages]]\nid = "one"\nneeds = []\n\n[[stages]]\nid = "two"\nneeds = []\n\n'
               '[[stages]]\nid = "three"\nneeds = ["one"]\n')  # fmt: skip
    world.stacker("import", f"{up['One']}..three", "--stage", "three")
    return world
