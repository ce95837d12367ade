"""What the reference says is what the code says."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from stacker.errors import ExitCode

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
sys.path.append(str(REFERENCE))

import generate  # noqa: E402 - found through the path set above


@pytest.fixture(scope="module")
def pages():
    return generate.pages()


@pytest.mark.parametrize("name", ["commands.md", "series-toml.md", "exit-codes.md", "json.md"])
def test_a_page_that_is_made_is_as_made(pages, name):
    """If not: `python docs/reference/generate.py`."""
    committed = (REFERENCE / name).read_text(encoding="utf-8")
    assert pages.get(name, committed) == committed


def test_every_exit_code_has_its_line():
    told = (REFERENCE / "exit-codes.md").read_text(encoding="utf-8")
    codes = [int(code) for code in re.findall(r"^\| (\d+) \|", told, re.MULTILINE)]
    assert codes == [code.value for code in ExitCode]


def test_what_is_optional_says_what_holds_without_it(pages):
    rows = re.findall(r"^\| `.*", pages["series-toml.md"], re.MULTILINE)
    assert len(rows) > 50
    assert all(re.split(r"(?<!\\)\|", row)[3].strip() for row in rows)
