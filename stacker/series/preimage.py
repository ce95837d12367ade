"""A patch's diff becomes a tree: read on its exact preimage, never placed by text."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import PatchError
from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.git.store import ObjectStore

_FILE = re.compile(rb"^diff --git (.*)$", re.MULTILINE)
_INDEX = re.compile(rb"^index ([0-9a-f]+)\.\.([0-9a-f]+)", re.MULTILINE)
_OLD_NAME = re.compile(rb"^(--- |rename from |copy from )(.*?)\t?$", re.MULTILINE)
_SHORTEST_ID = 7  # hex digits; git abbreviates to no less unless it is told to
_EMPTY_BLOBS = (
    b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    b"473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)
_CHANGES = re.compile(rb"^(?:@@ |GIT binary patch$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _FileDiff:
    """One file's part of a diff: its old path (`None`: the file is new) and old blob, if told.

    `changes` says that it has hunks, and not only a name or a mode; `lacking` that it has none
    although its blob ids differ.
    """

    old_path: bytes | None
    old_blob: bytes | None
    changes: bool
    lacking: bool


def tree_after(store: ObjectStore, tree: Oid, diff: bytes, name: str) -> Oid:
    """The tree that `diff` makes of `tree`; `name` is the patch's, for errors.

    Raises `PatchError` unless every file is, byte for byte, what the diff was made from.
    """
    if not diff.strip():
        return tree
    for part in _parts(diff):
        _check_preimage(store, tree, part, name)
    with tempfile.TemporaryDirectory(prefix="stacker-") as folder:
        env = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        store.git.run("read-tree", tree, env=env)
        done = store.git.attempt(
            "apply", "--cached", "--whitespace=nowarn", "-v", "-", stdin=diff, env=env
        )
        said = done.err.decode("utf-8", "replace")
        if done.code != 0:
            raise PatchError(f"{name} does not apply: {_reason(said)}", hint=_advice(diff, said))
        if moved := re.search(r"Hunk #\d+ succeeded at .*\(offset.*", said):
            raise PatchError(
                f"{name} does not fit where it says: {moved[0]}",
                hint="stacker never places text by guess. Re-make the patch on the stage below.",
            )
        return Oid(store.git.run("write-tree", env=env).decode("ascii").strip())


def diff_between(store: ObjectStore, old: Oid, new: Oid) -> bytes:
    """The change from tree `old` to tree `new`: git's diff with full blob ids, byte-stable."""
    if old == new:
        return b""
    return store.git.run(
        "diff-tree", "-r", "-p", "--full-index", "--binary", "--find-renames", "--no-color",
        "--no-ext-diff", "--no-textconv", "--diff-algorithm=default", "--unified=3",
        "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=none", old, new,
    )  # fmt: skip


def _parts(diff: bytes) -> Iterator[_FileDiff]:
    starts = [m.start() for m in _FILE.finditer(diff)] or [0]
    for start, end in zip(starts, [*starts[1:], len(diff)], strict=True):
        text = diff[start:end]
        head = text[: cut.start()] if (cut := re.search(rb"^@@ ", text, re.MULTILINE)) else text
        index, old = _INDEX.search(head), _OLD_NAME.search(head)
        path = _path(old[2], prefixed=old[1] == b"--- ") if old else None
        changes = _CHANGES.search(text) is not None
        lacking = not changes and index is not None and not all(map(_is_nothing, index.groups()))
        yield _FileDiff(path, index[1] if index else None, changes, lacking)


def _is_nothing(blob: bytes) -> bool:
    return not blob.strip(b"0") or any(empty.startswith(blob) for empty in _EMPTY_BLOBS)


def _path(raw: bytes, *, prefixed: bool) -> bytes | None:
    if raw == b"/dev/null":
        return None
    if raw.startswith(b'"') and raw.endswith(b'"'):
        raw = _unquote(raw[1:-1])
    return raw.removeprefix(b"a/") if prefixed else raw


def _unquote(raw: bytes) -> bytes:
    """Undo git's C-style quoting of a path."""
    plain = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f",
             b"v": b"\v", b'"': b'"', b"\\": b"\\"}  # fmt: skip
    return re.sub(
        rb"\\([0-7]{3}|.)",
        lambda m: bytes([int(m[1], 8) & 255]) if len(m[1]) == 3 else plain.get(m[1], m[1]),
        raw,
    )


def _check_preimage(store: ObjectStore, tree: Oid, part: _FileDiff, name: str) -> None:
    if part.lacking:
        raise PatchError(
            f"{name} says that a file changes, but not how",
            hint="A binary change needs its content: make it with `git format-patch --binary`.",
        )
    if part.old_path is None or (part.old_blob is None and not part.changes):
        return
    shown = part.old_path.decode("utf-8", "backslashreplace")
    if part.old_blob is None or len(part.old_blob) < _SHORTEST_ID:
        raise PatchError(
            f"{name} does not tell which {shown} it was made on",
            hint="It lacks an index line with blob ids: make it with `git format-patch "
            "--full-index`, or apply it where it belongs and import the commit.",
        )
    entry = store.entry_at(tree, part.old_path)
    wanted = part.old_blob.decode("ascii")
    if entry is None:
        raise PatchError(
            f"{name} changes {shown}, which is not there",
            hint="It was made on another base, or a patch before it is missing.",
        )
    if not entry.oid.startswith(wanted):
        raise PatchError(
            f"{name} was made on another {shown}: on {wanted[:10]}, here it is {entry.oid[:10]}",
            hint="Give the base it was made on, or the patches that come before it.",
        )


def _reason(said: str) -> str:
    errors = [x.removeprefix("error: ") for x in said.splitlines() if x.startswith("error: ")]
    return errors[0] if errors else (said.strip().splitlines() or ["git apply refused it"])[-1]


def _advice(diff: bytes, said: str) -> str:
    if b"\r\n" in diff and "patch does not apply" in said:
        return "Its lines end in CR LF: a checkout or a mail program may have converted them."
    if "corrupt patch" in said or "patch fragment without header" in said:
        return "The file is damaged (wrapped, cut, or edited without its line counts)."
    if "without full index line" in said:
        return "A binary change needs full blob ids: make it with `git format-patch --full-index`."
    return "It was made on another base, or was edited since."
