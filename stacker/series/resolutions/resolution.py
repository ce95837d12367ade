"""One resolution as a file: a head of `key: value` lines, an empty line, the solved content.

Behind it may stand the conflicted file as it was then; the head says how many bytes that has.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import NamedTuple

from stacker.errors import NewerFormat, SeriesError
from stacker.git.merge import Side
from stacker.git.objects import Oid, is_oid
from stacker.series.directory import RESOLUTIONS
from stacker.series.patches.patchfile import slug
from stacker.series.plan.model import StageId

FORMAT = 1
_MODES = (None, "100644", "100755", "120000", "160000")


class Resolution(NamedTuple):
    """The solution for one path of one patch: for these three sides, this content.

    `mode` is `None` when there is to be no file. `version` is the series' version at the time,
    `when` the time in seconds since 1970. `beside` is empty, or names the conflict beside which
    this path, itself without conflict, was changed as well; its `upstream` is then what git had
    merged. `conflicts` names the whole conflicts that a path was solved in, `kind` says what it
    was, and `then` is the file with its markers, empty where there were none.
    """

    stage: StageId
    patch: str
    path: bytes
    base: Side | None
    upstream: Side | None
    mine: Side | None
    mode: str | None
    content: bytes
    by: str
    version: int
    beside: str = ""
    when: int = 0
    kind: str = ""
    conflicts: tuple[str, ...] = ()
    then: bytes = b""

    @property
    def file_name(self) -> str:
        """Where it is kept, relative to the series directory."""
        sides = repr((self.path, self.base, self.upstream, self.mine, self.beside))
        key = hashlib.sha256(sides.encode()).hexdigest()[:12]
        shown = slug(self.path.decode("utf-8", "replace").rsplit("/", 1)[-1])
        return f"{RESOLUTIONS}/{self.stage}/{self.patch.removesuffix('.patch')}.{shown}.{key}"


def serialise(one: Resolution) -> bytes:
    """The file's bytes."""
    head = {
        "stage": one.stage,
        "patch": one.patch,
        "path": one.path.decode("utf-8", "surrogateescape"),
        "base": _side(one.base),
        "upstream": _side(one.upstream),
        "mine": _side(one.mine),
        "mode": one.mode or "gone",
        "version": str(one.version),
        "by": one.by,
        "when": str(one.when),
        "beside": one.beside,
        "kind": one.kind,
        "conflicts": " ".join(one.conflicts),
        "then": str(len(one.then)),
    }
    # JSON keeps any path and name on one line, whatever characters it has.
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in head.items()]
    return "".join(lines).encode("ascii") + b"\n" + one.content + one.then


def parse(raw: bytes, name: str) -> Resolution:
    """Read such a file; raises `SeriesError` naming a damaged one."""
    head, _, body = raw.partition(b"\n\n")
    try:
        fields = dict(line.split(": ", 1) for line in head.decode("ascii").splitlines())
        values = {key: str(json.loads(value)) for key, value in fields.items()}
        if int(values.get("format", "1")) > FORMAT:
            raise NewerFormat(name, values["format"], FORMAT)
        content, then = _parts(body, int(values.get("then", "0")))
        one = Resolution(
            stage=StageId(values["stage"]),
            patch=values["patch"],
            path=values["path"].encode("utf-8", "surrogateescape"),
            base=_read_side(values["base"]),
            upstream=_read_side(values["upstream"]),
            mine=_read_side(values["mine"]),
            mode=None if values["mode"] == "gone" else values["mode"],
            content=content,
            by=values["by"],
            version=int(values["version"]),
            beside=values["beside"],
            when=int(values.get("when", "0")),
            kind=values.get("kind", ""),
            conflicts=tuple(values.get("conflicts", "").split()),
            then=then,
        )
        _refuse_what_git_would_not_have(one)
    except (ValueError, KeyError, RecursionError) as exc:
        raise SeriesError(
            f"{name} is damaged: {exc}",
            hint="Remove the file; the conflict is then shown again.",
        ) from exc
    return one


def _refuse_what_git_would_not_have(one: Resolution) -> None:
    """The file may be anybody's: it must not name other files than those of a tree."""
    for name in (one.stage, one.patch):
        if not name or {"/", "\\", "\0"} & set(name) or name in (".", ".."):
            raise ValueError(f"{name!r} is no name")
    for part in one.path.split(b"/"):
        # What HFS and NTFS take for `.git`, with signs that nobody sees or ends that are dropped.
        seen = re.sub(rb"\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf", b"", part)
        folder = re.split(rb"[:\\]", seen.lower())[0].rstrip(b" .")
        if b"\0" in part or part in (b"", b".", b"..") or folder in (b".git", b"git~1"):
            raise ValueError(f"{one.path!r} is no path of a file")
    if one.mode not in _MODES or (one.mode == "160000" and not is_oid(one.content.decode("ascii"))):
        raise ValueError(f"{one.mode} is no mode of such a file")


def _parts(body: bytes, size: int) -> tuple[bytes, bytes]:
    """The solved content, and the conflicted file of `size` bytes behind it."""
    if not 0 <= size <= len(body):
        raise ValueError(f"it has {len(body)} bytes, and {size} of them are to be the conflict")
    return body[: len(body) - size], body[len(body) - size :]


def _side(side: Side | None) -> str:
    return f"{side.mode} {side.oid}" if side else "none"


def _read_side(text: str) -> Side | None:
    mode, _, oid = text.partition(" ")
    return Side(mode, Oid(oid)) if oid else None
