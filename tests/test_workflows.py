"""What runs on the forge's machines: nothing that somebody else could exchange."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

WORKFLOWS = sorted((Path(__file__).parent.parent / ".github" / "workflows").glob("*.yml"))


def test_there_are_some():
    assert "ci.yml" in [path.name for path in WORKFLOWS]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_named_by_commit_and_say_of_which_version(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    named = re.compile(r"\s*(?:- )?uses: [\w./-]+@[0-9a-f]{40} # v[\d.]+")
    assert lines
    assert [line for line in lines if not named.fullmatch(line)] == []
