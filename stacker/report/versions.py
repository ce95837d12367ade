"""What the page's script compares versions by: the texts of their patches, each once.

Line numbers and blob ids are no part of a text, as in git's range-diff: so a patch that only moved
is the same text, and a series that was rebased a hundred times is little more than one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import PatchError
from stacker.git.objects import Oid, entries
from stacker.render.terminal import visible
from stacker.report.diff import named
from stacker.report.past import when
from stacker.series.patches.patchfile import parse
from stacker.series.versions import operations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stacker.git.store import ObjectStore
    from stacker.series.plan.model import Plan
    from stacker.series.versions.operations import Operation

    Stages = Mapping[str, tuple[Oid, ...]]
    """The blobs of each stage's patch files, in their order."""

_MOST = 1_000  # versions
_MOST_LINES = 100_000  # stages of all these versions; each is looked at
_MOST_PATCHES = 4_000  # files that are read beside those of the newest version
_NEWEST = 4_000_000  # characters of the newest version's texts, without which there is nothing
_MOST_TEXT = 2_000_000  # characters of all others


class Texts(NamedTuple):
    """The document for the page's script, and what is not in it, in words."""

    document: dict[str, object]
    left_out: str


# No line of a hunk begins as these do: it has its sign before.
_HEAD = re.compile(
    rb"^(diff --git [^\n]*\n(?:(?!@@ |diff --git |GIT binary patch)[^\n]*\n)*)"
    rb"(GIT binary patch\n(?:(?!diff --git )[^\n]*\n)*)?",
    re.MULTILINE,
)
_NUMBERS = re.compile(rb"^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@", re.MULTILINE)

NOTHING = Texts({"texts": [], "versions": []}, "")


def texts(store: ObjectStore, plan: Plan, wanted: Iterable[int]) -> Texts:
    """The texts of the newest versions, and before them of those `wanted`, as many as fit for so
    many stages as the plan has; a stage that was renamed has its newest id."""
    known: dict[int, Operation] = {}
    for one in operations.history(store):
        if one.command != operations.SEEN and one.version:  # v0 has no patches
            known.setdefault(one.version, one)
    if not known:
        return NOTHING
    newest = next(iter(known))
    most = min(_MOST, max(2, _MOST_LINES // max(len(plan.order), 1)))
    order = dict.fromkeys([newest, *(n for n in wanted if n in known), *known])
    chosen = [known[n] for n in list(order)[:most]]
    held = _Held(store, {one.was: one.id for one in plan.stages if one.was is not None})
    kept = held.take(chosen)
    document = _document([one for one in known.values() if one.version in kept], kept, held.texts)
    left = sorted(known.keys() - kept.keys())
    return Texts(document, _left_out(left))


def _left_out(left: Sequence[int]) -> str:
    if not left:
        return ""
    span = f"v{left[0]}" if len(left) == 1 else f"{len(left)} versions, v{left[0]} to v{left[-1]},"
    is_are = "is" if len(left) == 1 else "are"
    return f"{span} {is_are} left out for size; `stacker log --diff vA vB` compares any two."


class _Held:
    """Texts by blob, as many as a page may hold."""

    def __init__(self, store: ObjectStore, renamed: Mapping[str, str]) -> None:
        self._store = store
        self._renamed = renamed
        self._room, self._reads = _MOST_TEXT, _MOST_PATCHES
        self.texts: dict[Oid, str] = {}

    def take(self, chosen: Sequence[Operation]) -> dict[int, Stages]:
        """The stages of each version whose texts still fit, in that order."""
        kept: dict[int, Stages] = {}
        for one, then in zip(chosen, _stages_of(self._store, chosen), strict=True):
            stages = {self._renamed.get(stage, stage): some for stage, some in then.items()}
            blobs = dict.fromkeys(oid for some in stages.values() for oid in some)
            new = [oid for oid in blobs if oid not in self.texts]
            if kept and len(new) > self._reads:
                continue
            contents = operations.contents(self._store, {oid: oid for oid in new})
            read = {Oid(oid): normal(raw) for oid, raw in contents.items()}
            size = sum(map(len, read.values()))
            if kept:
                self._reads -= len(new)
                if size > self._room:
                    continue
                self._room -= size
            elif size > _NEWEST:
                break
            self.texts |= read
            kept[one.version] = stages
        return kept


def _stages_of(store: ObjectStore, chosen: Sequence[Operation]) -> Iterator[Stages]:
    """The patch files of each version; folders that several share are read once."""
    folders: list[dict[str, Oid]] = []
    for one, found in zip(
        chosen, store.find_many([f"{one.oid}:patches" for one in chosen]), strict=True
    ):
        listed = entries(found[2], len(one.oid) // 2) if found else ()
        folders.append({e.name.decode("utf-8", "replace"): e.oid for e in listed})
    trees = store.trees(oid for some in folders for oid in some.values())
    files_in = {
        oid: tuple(e.oid for e in tree if e.name.endswith(b".patch")) for oid, tree in trees.items()
    }
    for some in folders:
        yield {stage: files_in[oid] for stage, oid in some.items()}


def _document(
    kept: Sequence[Operation], stages: Mapping[int, Stages], known: Mapping[Oid, str]
) -> dict[str, object]:
    """Newest first; each version tells only of the stages that differ from those of the one before
    it in the list."""
    numbers: dict[str, int] = {}
    by_blob = {oid: numbers.setdefault(text, len(numbers)) for oid, text in known.items()}
    versions: list[dict[str, object]] = []
    last: dict[str, list[int]] = {}
    for one in kept:
        here = {
            stage: [by_blob[oid] for oid in some] for stage, some in stages[one.version].items()
        }
        told = {stage: some for stage, some in here.items() if last.get(stage) != some}
        versions.append(
            {
                "n": one.version, "when": when(one.seconds), "who": visible(one.by),
                "what": visible(f"{one.command} {one.reason}".strip()),
                "stages": told, "gone": [stage for stage in last if stage not in here],
            }
        )  # fmt: skip
        last = here
    return {"texts": list(numbers), "versions": versions}


def normal(raw: bytes) -> str:
    """A patch file as two of them are compared: message, author, and each file's lines."""
    try:
        patch = parse(raw)
    except PatchError:  # somebody edited it
        return visible(raw.decode("utf-8", "backslashreplace"))
    said = patch.message.decode("utf-8", "backslashreplace").strip()
    diff = _NUMBERS.sub(rb"@@", _HEAD.sub(_named, patch.diff)).decode("utf-8", "backslashreplace")
    text = f"{said}\n\nFrom: {patch.author.text()}\n{diff.rstrip()}"
    return visible(text.replace("\r\n", "^M\n"))


def _named(found: re.Match[bytes]) -> bytes:
    path, note = named(found[1], binary=found[2] is not None)
    return f"\n## {path}{f' ({note})' if note else ''}\n".encode()
