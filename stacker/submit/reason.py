"""What the subjects of new heads tell the readers of mails: why there is a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.versions import operations

if TYPE_CHECKING:
    from stacker.git.store import ObjectStore
    from stacker.series.loading import Series

_BY_ITSELF = "upstream moved"


def reason_for(store: ObjectStore, series: Series) -> str:
    """The newest `edit --done -m` since anything was published; without one, upstream moved."""
    published = [line.published.version for line in series.lock.stages if line.published]
    last = max(published, default=0)
    for one in operations.history(store):
        if one.version <= last:
            break
        if one.command == "edit" and one.reason not in series.plan.order:  # else nobody gave one
            return one.reason
    return _BY_ITSELF
