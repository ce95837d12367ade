"""How an export reads: what went where, what was left out, what readers of the form may miss."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, assert_never

from stacker.export.value import Branch, Mbox, PatchFolder, Quilt
from stacker.series.plan.naming import listed

if TYPE_CHECKING:
    from stacker.export.value import Exported

    Document = dict[str, object]

_WIDTH = 80


def export_document(done: Exported) -> Document:
    """What was exported."""
    line = done.line
    return {
        **_place(done),
        "repository": line.repository,
        "base": line.base,
        "commit": line.tip,
        "tree": done.tree,
        "stages": list(line.stages),
        "patches": [
            {"stage": p.stage, "file": p.file, "subject": p.subject, "commit": p.commit}
            for p in line.patches
        ],
        "left_out": [{"stage": one.stage, "because": one.because} for one in done.left_out],
        "notes": [
            {"stage": n.patch.stage, "file": n.patch.file, "what": n.what} for n in done.notes
        ],
    }


def _place(done: Exported) -> Document:
    match done.target:
        case Mbox(file):
            return {"form": "mbox", "path": str(file)}
        case PatchFolder(folder):
            return {"form": "patches", "path": str(folder)}
        case Quilt(folder):
            return {"form": "quilt", "path": str(folder)}
        case Branch(name, clone):
            return {"form": "branch", "branch": name, "path": str(clone)}
        case never:
            assert_never(never)


def export_text(done: Exported) -> str:
    """The same for a person."""
    line = done.line
    count = _count(len(line.patches), "patch", "patches")
    stages = _count(len(line.stages), "stage", "stages")
    lines = [f"{count} of {stages}, made on {line.repository} {line.base[:10]}:"]
    lines += _wrapped(listed(line.stages))
    reasons = dict.fromkeys(one.because for one in done.left_out)
    for why in reasons:
        some = listed([one.stage for one in done.left_out if one.because == why])
        lines += _wrapped(f"without {some} ({why})")
    for note in done.notes:
        lines += _wrapped(f"{note.patch.file}: {note.what}")
    return "\n".join([*lines, f"Next: {_next(done)}"])


def _next(done: Exported) -> str:
    am = " ".join(["git am", *done.options])
    match done.target:
        case Mbox(file):
            return f"{am} {file}"
        case PatchFolder(folder):
            return f"{am} {folder / '*.patch'}"
        case Quilt(folder):
            return f"git quiltimport --patches {folder}"
        case Branch(name, clone):
            return f"git -C {clone} log {done.line.base[:10]}..{name}"
        case never:
            assert_never(never)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _wrapped(text: str) -> list[str]:
    return wrap(
        text, _WIDTH, initial_indent="  ", subsequent_indent="    ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
