"""What landed and was reverted on the way to another base, before the series knew that it landed.

It stays in the series, as if nothing had happened; but it happened, and who lands what stands on
it must know. This is for every rebase, so it is looked for only where one of upstream's messages
speaks of a revert, and only among the stages of which such a commit takes back a line. `stacker
landed` and `land` look in any case.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from stacker.git.history import diffs_of, telling
from stacker.landed.returning import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId

_BLANK = b" \t\r"
_PATHS = re.compile(
    rb"^(?:--- a/|\+\+\+ b/|rename from |rename to |copy to |diff --git a/.+ b/)(.+)$", re.MULTILINE
)
# A name that git writes in quotes is not read here: then all files are asked about.
_QUOTED = re.compile(rb'^diff --git .*"', re.MULTILINE)


class _Edits(NamedTuple):
    """What diffs do to files, which are known by the lines that begin their diffs: what is taken
    out and put in, and the files that have no such lines, as those of a binary diff."""

    out: set[tuple[bytes, bytes]]
    put: set[tuple[bytes, bytes]]
    whole: set[bytes]

    def take_back(self, other: _Edits) -> bool:
        """Whether anything that `other` does is taken back."""
        return not (
            self.out.isdisjoint(other.put)
            and self.put.isdisjoint(other.out)
            and self.whole.isdisjoint(other.whole)
        )


@contextmanager
def passing(
    store: ObjectStore, series: Series, targets: Mapping[str, Oid]
) -> Iterator[Callable[[], tuple[Lost, ...]]]:
    """Those of the live stages that landed and were reverted between the bases and `targets`.

    git reads upstream's messages while other things are done; what this gives waits for it.
    """
    with ExitStack() as stack:
        told = {
            name: stack.enter_context(telling(store, old, targets[name], "revert"))
            for name, old in series.lock.bases.items()
            if targets[name] != old
        }

        def found() -> tuple[Lost, ...]:
            near = {
                name: own
                for name, reverts in told.items()
                if (own := _near(store, series, name, reverts()))
            }
            return tuple(_looked_for(store, series, targets, near)) if near else ()

        yield found


def _near(
    store: ObjectStore, series: Series, repository: str, reverts: tuple[Oid, ...]
) -> set[StageId]:
    """The live stages of a repository of which these commits take back a line."""
    if not reverts:
        return set()
    texts = [
        (stage, series.files.get(f"patches/{stage}/{patch.file}", b""))
        for stage, patches in series.patches.items()
        if series.plan.stage(stage).repository == repository
        for patch in patches
    ]
    paths = {path for _, text in texts for path in _PATHS.findall(text)}
    quoted = any(_QUOTED.search(text) for _, text in texts)
    diffs = diffs_of(store, reverts, () if quoted else sorted(paths))
    if not diffs:
        return set()
    taken_back = _edits(diffs)
    return {stage for stage, text in texts if taken_back.take_back(_edits(text))}


def _edits(text: bytes) -> _Edits:
    found = _Edits(set(), set(), set())
    file, inside = b"", False
    for line in text.split(b"\n"):
        if line.startswith(b"diff --git "):
            file, inside = line, False
            found.whole.add(file)
        elif line.startswith(b"@@ "):
            inside = True
            found.whole.discard(file)
        elif inside and line[:1] in (b"+", b"-") and line[1:].strip(_BLANK):
            (found.put if line[:1] == b"+" else found.out).add((file, line[1:]))
    return found


def _looked_for(
    store: ObjectStore,
    series: Series,
    targets: Mapping[str, Oid],
    near: Mapping[str, set[StageId]],
) -> Iterator[Lost]:
    from stacker.git.beside import beside  # noqa: PLC0415 - few messages speak of a revert
    from stacker.landed.line import line_of  # noqa: PLC0415 - as above
    from stacker.landed.presence import Probes  # noqa: PLC0415 - as above
    from stacker.landed.proof import Prover  # noqa: PLC0415 - as above
    from stacker.landed.suspects import look_at, wholes_of  # noqa: PLC0415 - as above

    above = beside(store)
    what = series.composition(above, targets, {})
    probes, wholes = Probes(what), wholes_of(what)
    for name, stages in near.items():
        line = line_of(above, series.lock.bases[name], targets[name])
        all_here = [change for s, change in wholes.items() if what.repositories[s] == name]
        asked = [change for change in all_here if change.stage in stages]
        for stage, one in look_at(probes, line, asked, Prover(probes, all_here)).items():
            by = line.at(one.course.left) if one.course.left is not None else None
            if one.commit is not None and by is not None:
                landing = one.landing.commit if one.landing else one.commit
                yield Lost(stage, landing, by, None, was_gone=False)
