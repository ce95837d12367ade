"""`stacker export`: put the stages in line, say what the form cannot carry, write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.export.branching import put_branch, require_branch
from stacker.export.choosing import left_out
from stacker.export.files import ORDER, fill, require_file, require_folder
from stacker.export.limits import am_options, for_mail, for_quilt
from stacker.export.lining import line_of
from stacker.export.value import Branch, Exported, Mbox, Note, PatchFolder, Quilt
from stacker.git.changes import changes_of
from stacker.series.directory import write_atomically
from stacker.series.patches.patchtexts import patch_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.export.value import ExportRequest, Line, Target
    from stacker.git.changes import Change
    from stacker.git.transfer import Told
    from stacker.series.workspace import Workspace


def export(work: Workspace, request: ExportRequest, told: Told | None = None) -> Exported:
    """Write the series, or some of it, in another form; the series itself stays as it is."""
    _require(work, request)
    series = work.look(told)
    line = line_of(work.store, series, request.stages)
    commits = [patch.commit for patch in line.patches]
    renames = not isinstance(request.target, Quilt)
    texts = patch_texts(work.store, commits, renames=renames)
    texts[0] = _with_base(texts[0], line)
    by_commit = changes_of(work.store, commits)
    changes = [by_commit[oid] for oid in commits]
    _write(work, request, line, texts, told)
    return Exported(
        target=request.target,
        line=line,
        tree=work.store.commit(line.tip).tree,
        left_out=() if request.stages else left_out(series, line.stages),
        notes=tuple(_notes(request.target, line, texts, changes)),
        options=am_options(texts),
    )


def _require(work: Workspace, request: ExportRequest) -> None:
    match request.target:
        case Mbox(file):
            require_file(work.directory, file, force=request.force)
        case PatchFolder(folder) | Quilt(folder):
            require_folder(work.directory, folder, force=request.force)
        case Branch() as branch:
            require_branch(branch, force=request.force)
        case never:
            assert_never(never)


def _write(
    work: Workspace,
    request: ExportRequest,
    line: Line,
    texts: Sequence[bytes],
    told: Told | None,
) -> None:
    files = dict(zip((patch.file for patch in line.patches), texts, strict=True))
    match request.target:
        case Mbox(file):
            write_atomically(file, b"".join(texts))
        case PatchFolder(folder):
            fill(folder, files)
        case Quilt(folder):
            fill(folder, {**files, ORDER: _order(line)})
        case Branch() as branch:
            put_branch(work.store, branch, line.tip, force=request.force, told=told)
        case never:
            assert_never(never)


def _notes(
    target: Target, line: Line, texts: Sequence[bytes], changes: Sequence[Sequence[Change]]
) -> list[Note]:
    if isinstance(target, Branch):  # commits carry all there is
        return []
    limits = for_quilt if isinstance(target, Quilt) else for_mail
    return [
        Note(patch, what)
        for patch, text, some in zip(line.patches, texts, changes, strict=True)
        for what in limits(text, some)
    ]


def _order(line: Line) -> bytes:
    """The `series` file; quilt strips one folder (`-p1`) unless told otherwise."""
    lines = [f"# {line.repository} {line.base}"]
    for stage in line.stages:
        lines += [f"# {stage}", *(patch.file for patch in line.patches if patch.stage == stage)]
    return "\n".join([*lines, ""]).encode()


def _with_base(text: bytes, line: Line) -> bytes:
    """The first patch says what all were made on, where git's own mails may say it too."""
    head, dashes, diff = text.partition(b"\n---\n")
    return head + dashes + f"base-commit: {line.base}\n".encode() + diff
