"""What landed and was reverted on the way to another base, before the series knew that it landed.

It stays in the series, as if nothing had happened; but it happened, and who lands what stands on
it must know. Only where upstream's messages speak of a revert is it looked for: this is for every
rebase. `stacker landed` and `land` look in any case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.history import tells_of
from stacker.landed.returning import Lost

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series


def passed(store: ObjectStore, series: Series, targets: Mapping[str, Oid]) -> tuple[Lost, ...]:
    """Those of the live stages that landed and were reverted between the bases and `targets`."""
    moved = [
        name
        for name, old in series.lock.bases.items()
        if targets[name] != old and tells_of(store, old, targets[name], "revert")
    ]
    return tuple(_looked_for(store, series, targets, moved)) if moved else ()


def _looked_for(
    store: ObjectStore, series: Series, targets: Mapping[str, Oid], moved: list[str]
) -> Iterator[Lost]:
    from stacker.git.beside import beside  # noqa: PLC0415 - few messages speak of a revert
    from stacker.landed.line import line_of  # noqa: PLC0415 - as above
    from stacker.landed.presence import Probes  # noqa: PLC0415 - as above
    from stacker.landed.proof import Prover  # noqa: PLC0415 - as above
    from stacker.landed.suspects import look_at, wholes_of  # noqa: PLC0415 - as above

    with beside(store) as above:
        what = series.composition(above, targets, {})
        probes, wholes = Probes(what), wholes_of(what)
        for name in moved:
            line = line_of(above, series.lock.bases[name], targets[name])
            own = [change for s, change in wholes.items() if what.repositories[s] == name]
            for stage, one in look_at(probes, line, own, Prover(probes, own)).items():
                by = line.at(one.course.left) if one.course.left is not None else None
                if one.commit is not None and by is not None:
                    landing = one.landing.commit if one.landing else one.commit
                    yield Lost(stage, landing, by, None, was_gone=False)
