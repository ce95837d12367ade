"""Two diffs compared as they read, where there are no objects to compare. Pure."""

from __future__ import annotations

import re
from difflib import unified_diff

_LINES = re.compile(r"^@@ -\S+ \+\S+ @@")
_CHANGES_BY_ITSELF = ("index ", "similarity index ", "dissimilarity index ")


def diff_of_diffs(old: str, new: str, old_name: str, new_name: str) -> str:
    """How the diff `new` differs from `old`, file by file; where lines are is no difference."""
    before, after = _files(old), _files(new)
    told: list[str] = []
    for name in dict.fromkeys([*before, *after]):
        told += unified_diff(
            before.get(name, []), after.get(name, []), f"{name} in {old_name}",
            f"{name} in {new_name}", lineterm="",
        )  # fmt: skip
    return "".join(f"{line}\n" for line in told)


def _files(diff: str) -> dict[str, list[str]]:
    """The lines of each file, by its head; no line of a hunk looks like one."""
    found: dict[str, list[str]] = {}
    here: list[str] = []
    for line in diff.split("\n"):
        if line.startswith("diff --git "):
            here = found.setdefault(line.removeprefix("diff --git "), [])
        elif line and not line.startswith(_CHANGES_BY_ITSELF):
            here.append(_LINES.sub("@@", line))
    return found
