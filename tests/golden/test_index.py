"""Every golden case has a test, and `docs/golden-cases.md` is made of what the tests say."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "golden-cases.md"
CASES = range(1, 71)
CASE = re.compile(r"test_(\d\d)(_to_\d\d)?_(.*)")
THEMES = {
    "test_line_ends.py": "Line ends and bytes",
    "test_mails.py": "Messages, authors and contents by mail",
    "test_paths.py": "Paths, modes and types",
    "test_placement.py": "Where a change goes, and when it has landed",
    "test_environment.py": "Damage, interruptions and surroundings",
}
HEAD = """\
# Golden cases

Seventy things that happen to patches in the life of a series: what git does with each, and what
stacker does. Where the two differ it is on purpose: in 40, 44 to 47, 50, 53, 55 and 60 git loses or
misplaces work without a word, in 8 to 22 its mail tools change what they carry, in 29 it accepts
paths that Windows takes for something else. Each line is a test that runs both side by side, with
the git on PATH. This page is made of these tests: `pytest tests/golden/test_index.py --update`.
"""


@dataclass(frozen=True)
class Told:
    """What the docstring of one test tells of its case."""

    number: int
    more: str
    words: str
    git: str
    ours: str


def told(file):
    """The cases in a file of tests, in its order."""
    for node in ast.parse((HERE / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and (case := CASE.match(node.name)):
            git, found, ours = (ast.get_docstring(node) or "").partition("\n\nOurs: ")
            assert found, f"{file}: {node.name} does not say what git does and what we do"
            words = case[3].replace("_", " ")
            yield Told(int(case[1]), case[2] or "", words, _line(git), _line(ours))


def _line(text):
    line = " ".join(text.split()).replace("|", "\\|")
    return line[0].upper() + line[1:] if not line.startswith("git") else line


def page():
    """The page as it should be."""
    parts = [HEAD]
    for file, theme in THEMES.items():
        parts += [f"\n## {theme}\n\n", "| | git | stacker |\n|---|---|---|\n"]
        for one in told(file):
            number = f"{one.number}{one.more.replace('_', ' ')}"
            parts.append(f"| **{number}** {one.words} | {one.git} | {one.ours} |\n")
    return "".join(parts)


def test_every_case_has_a_test():
    assert {one.number for file in THEMES for one in told(file)} == set(CASES)
    assert {file.name for file in HERE.glob("test_*.py")} == {*THEMES, Path(__file__).name}


def test_cases_stand_in_their_order():
    for file in THEMES:
        numbers = [one.number for one in told(file) if not one.more]
        assert numbers == sorted(numbers), file


def test_the_page_says_what_the_tests_say(request):
    if request.config.getoption("--update", False):
        PAGE.write_text(page(), encoding="utf-8", newline="\n")
    assert PAGE.read_text(encoding="utf-8") == page()
