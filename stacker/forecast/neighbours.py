"""What upstream did next to a stage that still fits: merged without a conflict, worth a look. Pure.

A clean merge says nothing of meaning. Warned of is
- a change inside a function that the stage changes too,
- a file of the stage's that upstream moved,
- build files: of a file's own folder and all above it, and toolchain pins anywhere.
"""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from stacker.git.paths import folders_above

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stacker.forecast.touched import FileTouched, Touched
    from stacker.git.objects import Oid

BUILD_FILES = (
    "Makefile", "Makefile.*", "GNUmakefile", "*.mk", "configure", "configure.ac", "configure.in",
    "CMakeLists.txt", "*.cmake", "meson.build", "BUILD", "BUILD.bazel", "setup.py",
    "pyproject.toml", "Cargo.toml", "go.mod", "package.json", "build.gradle*", "pom.xml",
    "*.vcxproj",
)  # fmt: skip
"""Names of files that say how the files of their folder, and of those below it, are built."""

PINS = (
    ".python-version", ".nvmrc", ".tool-versions", ".bazelversion", "rust-toolchain*",
    "global.json", "flake.lock", "gradle-wrapper.properties", "Dockerfile", "*.props",
    "get_externals.*",
)  # fmt: skip
"""Names of files that say with what everything is built."""


class Kind(StrEnum):
    """Why a commit is worth a look."""

    FUNCTION = "same function"
    MOVED = "moved"
    BUILD = "build file"
    PIN = "toolchain"


class Nearby(NamedTuple):
    """What a commit did to the file `path`; `detail` is the function, or where the file is now."""

    commit: Oid
    kind: Kind
    path: bytes
    detail: bytes = b""


def watched(own: Iterable[bytes], changed: Iterable[bytes]) -> set[bytes]:
    """Of the files that upstream changed those that may be next to one of the stage's `own`."""
    paths = set(own)
    folders = {b"", *(folder for path in paths for folder in folders_above(path))}
    return {path for path in changed if path in paths or _build_kind(path, folders)}


def nearby(
    own: Iterable[FileTouched],
    upstream: Sequence[Touched],
    moved: Mapping[tuple[Oid, bytes], bytes],
) -> tuple[Nearby, ...]:
    """What `upstream` did next to a stage that touches `own`, oldest first.

    `moved` has the new path of a file (commit, path) that upstream renamed.
    """
    headings: dict[bytes, set[bytes]] = {}
    for one in own:
        headings.setdefault(one.path, set()).update(one.headings)
    folders = {b"", *(folder for path in headings for folder in folders_above(path))}
    return tuple(
        Nearby(commit, kind, file.path, detail)
        for commit, files in upstream
        for file in files
        for kind, detail in _kinds(file, headings, folders, moved.get((commit, file.path)))
    )


def _kinds(
    file: FileTouched,
    headings: Mapping[bytes, set[bytes]],
    folders: set[bytes],
    new_path: bytes | None,
) -> Iterator[tuple[Kind, bytes]]:
    kind = _build_kind(file.path, folders)
    if file.path in headings and new_path is not None:
        yield Kind.MOVED, new_path
    elif kind is not None:
        yield kind, b""
    else:
        shared = file.headings & headings.get(file.path, set())
        yield from ((Kind.FUNCTION, heading) for heading in sorted(shared))


def _build_kind(path: bytes, folders: set[bytes]) -> Kind | None:
    """What the name of a file says, for stages with files in or below `folders`."""
    folder, _, name = path.rpartition(b"/")
    if _is_one_of(name, PINS):
        return Kind.PIN
    return Kind.BUILD if folder in folders and _is_one_of(name, BUILD_FILES) else None


def _is_one_of(name: bytes, globs: Sequence[str]) -> bool:
    text = name.decode("utf-8", "surrogateescape")
    return any(fnmatchcase(text, glob) for glob in globs)
