"""A release is what its tag says, and nobody but a person makes one."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".ci" / "release_text.py"
CHANGELOG = """\
# Changelog

## [Unreleased]

x

## [1.2.0] - 2026-12-01

### Added

- y

## [1.1.0] - 2026-11-01

- z
"""


@pytest.fixture(scope="module")
def release():
    spec = importlib.util.spec_from_file_location("release_text", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_text_is_the_changelogs_section_of_that_version(release):
    assert release.section(CHANGELOG, "1.2.0") == "### Added\n\n- y"
    assert release.section(CHANGELOG, "1.1.0") == "- z"
    assert release.section(CHANGELOG, "1.2") is None
    assert release.section("## [2.0.0] - 2026-12-01\n\n## [1.0.0] - 2026-01-01\n", "2.0.0") is None


def test_tag_project_and_package_name_one_version(release):
    package = '__version__ = "1.2.0"\n'
    assert release.disagreement("v1.2.0", "1.2.0", package) is None
    assert "the tag is v1.2.1" in release.disagreement("v1.2.1", "1.2.0", package)
    assert "stacker/__init__.py" in release.disagreement("v1.3.0", "1.3.0", package)


def test_another_tag_ends_the_release_before_anything_is_built():
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "v99.0.0"], capture_output=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"the tag is v99.0.0" in done.stderr


def test_the_release_runs_only_actions_that_nobody_can_exchange():
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)", text)
    assert len(used) >= 6
    assert [one for one in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one)] == []
    assert "\npermissions: {}\n" in text
    assert "secrets." not in text
    assert "pull_request" not in text
