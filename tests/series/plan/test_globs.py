"""Which files a glob of the plan names."""

from __future__ import annotations

import pytest

from stacker.series.plan.globs import matches


@pytest.mark.parametrize(
    ("glob", "path", "is_match"),
    [
        ("Lib", "Lib/os.py", True),
        ("Lib/", "Lib/os.py", True),
        ("Lib", "Library", False),
        ("*.py", "a.py", True),
        ("*.py", "Lib/a.py", False),
        ("**/*.py", "Lib/test/a.py", True),
        ("**/*.py", "a.py", True),
        ("Lib/**", "Lib/test/a.py", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a.c", "abc", False),
        ("[x]", "[x]", True),
        ("lib", "Lib/a", False),
        ("*", "line\nbreak", True),
    ],
)
def test_globs(glob, path, is_match):
    assert matches([glob], path.encode()) is is_match
