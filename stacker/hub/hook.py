"""The update hook by which git itself, inside a push, enforces what the hub decided about it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from stacker import held_files

if TYPE_CHECKING:
    from stacker.hub.pushes import Verdict

# The pushed objects are only visible to git's own hooks until the push is accepted, so what
# needs them is decided here. Git for Windows brings the sh that runs this.
_SCRIPT = """\
#!/bin/sh
# Written by stacker's hub; arguments: ref, old id, new id.
name=$1 old=$2 new=$3

refuse() {
  printf 'error: GH006: Protected branch update failed for %s.\\n' "$name" >&2
  printf 'error: %s\\n' "$1" >&2
  exit 1
}

too_many() {
  printf 'error: GH013: Repository rule violations found for %s.\\n' "$name" >&2
  printf -- '- Pushes can not update more than %s branches or tags.\\n' "$1" >&2
  exit 1
}

if [ -n "$STACKER_HUB_MOST" ]; then too_many "$STACKER_HUB_MOST"; fi

listed() {
  case "
$1
" in *"
$name
"*) return 0 ;; esac
  return 1
}

absent() {
  case $1 in *[!0]*) return 1 ;; esac
  return 0
}

while IFS=' ' read -r ref said; do
  if [ "$ref" = "$name" ]; then refuse "$said"; fi
done <<END
$STACKER_HUB_REFUSED
END

if absent "$new"; then exit 0; fi

if listed "$STACKER_HUB_FORWARD_ONLY" && ! absent "$old"; then
  git merge-base --is-ancestor "$old" "$new" ||
    refuse 'Cannot force-push to this protected branch'
fi

if listed "$STACKER_HUB_LINEAR"; then
  if absent "$old"; then known=--all; else known=$old; fi
  [ -z "$(git rev-list --merges --max-count=1 "$new" --not $known)" ] ||
    refuse 'This branch must not contain merge commits.'
fi
exit 0
"""


def install(root: Path) -> None:
    """Write the hook below the hub's root, where `hooks_folder` says."""
    folder = hooks_folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    hook = folder / "update"
    if hook.is_file() and hook.read_bytes() == _SCRIPT.encode("ascii"):
        return
    with tempfile.TemporaryDirectory(dir=folder.parent) as half:
        written = Path(half) / "update"
        written.write_bytes(_SCRIPT.encode("ascii"))
        written.chmod(0o755)
        held_files.replace(written, hook)


def hooks_folder(root: Path) -> Path:
    """Where git finds the hub's hooks; the repositories themselves stay as they are."""
    return root / ".hub" / "hooks"


def environment(verdict: Verdict) -> dict[str, str]:
    """What the hook reads."""
    refused = "\n".join(f"{name} {_line(said)}" for name, said in verdict.refused)
    return {
        "STACKER_HUB_REFUSED": refused,
        "STACKER_HUB_FORWARD_ONLY": "\n".join(verdict.forward_only),
        "STACKER_HUB_LINEAR": "\n".join(verdict.linear),
        "STACKER_HUB_MOST": str(verdict.most or ""),
    }


def _line(text: str) -> str:
    """One line that a terminal can show: names of checks are other people's words."""
    return "".join(c if c.isprintable() else "?" for c in text)
