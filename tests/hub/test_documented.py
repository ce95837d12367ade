"""docs/hub.md says of each behaviour which test shows it and where GitHub says so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "hub.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| .+ \| `(\w+)::(\w+)` \| \[.+?\]\((https://\S+)\) \|$", PAGE, re.MULTILINE)


def test_the_table_is_read():
    assert len(ROWS) == PAGE.count("::test_") > 20


@pytest.mark.parametrize(("file", "name", "source"), ROWS)
def test_the_test_is_there_and_names_its_source(file, name, source):
    text = (HERE / f"test_{file}.py").read_text(encoding="utf-8")
    [found] = [
        each
        for each in ast.parse(text).body
        if isinstance(each, ast.FunctionDef) and each.name == name
    ]
    assert f"# {source}\n" in (ast.get_source_segment(text, found) or "")
