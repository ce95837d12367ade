"""The resolutions that a series remembers, by the patches whose conflicts they solve."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.series.directory import RESOLUTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.series.resolutions.resolution import Resolution


class Resolutions(NamedTuple):
    """All remembered resolutions of a series, newest first for each (stage, patch file)."""

    by_patch: Mapping[tuple[str, str], tuple[Resolution, ...]]

    @classmethod
    def read(cls, files: Mapping[str, bytes]) -> Resolutions:
        """Those among the series' files."""
        found: dict[tuple[str, str], list[Resolution]] = {}
        for name, raw in files.items():
            if name.startswith(f"{RESOLUTIONS}/"):
                from stacker.series.resolutions.resolution import parse  # noqa: PLC0415 - mostly there are none

                one = parse(raw, name)
                found.setdefault((one.stage, one.patch), []).append(one)
        return cls({
            patch: tuple(sorted(some, key=lambda r: (-r.version, -r.when, r.file_name)))
            for patch, some in found.items()
        })  # fmt: skip

    def of(self, stage: str, patch: str) -> tuple[Resolution, ...]:
        """Those of one patch."""
        return self.by_patch.get((stage, patch), ())
