"""docs/security.md: what it says stands against somebody is there to be seen."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def test_each_test_that_it_names_exists():
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = NAMED.findall(page)
    assert len(named) > 30
    for file, test in named:
        path = ROOT / file
        assert path.is_file(), file
        assert not test or f"\ndef {test}(" in path.read_text(encoding="utf-8"), (file, test)


def test_each_test_here_is_named():
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = {test for _, test in NAMED.findall(page)}
    here = Path(__file__).parent
    there = {
        test
        for path in here.glob("test_*.py")
        if path != Path(__file__)
        for test in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert there - named == set()
