"""Prints what CHANGELOG.md says of a tag's version; fails where tag, package and text disagree."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(tag: str) -> int:
    """The text for the release of `tag`, on standard output."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = (ROOT / "stacker" / "__init__.py").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    wrong = disagreement(tag, project["version"], package) or ""
    text = section(changelog, project["version"])
    if not wrong and text is None:
        wrong = f"CHANGELOG.md has no section [{project['version']}] with a date and a text"
    if wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    sys.stdout.write(f"{text}\n")
    return 0


def disagreement(tag: str, project: str, package: str) -> str | None:
    """Where the three places that name a version do not name the same one."""
    if tag != f"v{project}":
        return f"the tag is {tag}, pyproject.toml has {project}"
    if f'__version__ = "{project}"' not in package:
        return f"stacker/__init__.py has another version than {project}"
    return None


def section(changelog: str, version: str) -> str | None:
    """What stands under the version's dated heading; `None` if there is nothing."""
    heading = rf"^## \[{re.escape(version)}\] - \d{{4}}-\d{{2}}-\d{{2}}$"
    found = re.search(rf"{heading}\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return (found[1].strip() or None) if found else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
