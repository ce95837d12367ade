from __future__ import annotations

import pytest

from stacker.verify.globs import filtered_tree, matches


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
    assert matches([glob], path) is is_match


def test_only_the_named_files_decide(lab):
    one = lab.stage("one", {"a.py": "1", "b.txt": "1"})
    two = lab.stage("two", {"a.py": "1", "b.txt": "2"})
    three = lab.stage("three", {"a.py": "3", "b.txt": "1"})
    found = [filtered_tree(lab.store, stage.tree, ["*.py"]) for stage in (one, two, three)]
    assert found[0] == found[1] != found[2]
