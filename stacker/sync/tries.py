"""What a try to come together with home came to; somebody may send meanwhile, and it takes more."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from stacker.sync.joining import Joined
from stacker.sync.outcome import Count, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid


class Came(NamedTuple):
    """How our line and home's came together; `head` is home's then, and `ours` what we had."""

    state: State
    steps: Count
    head: Oid | None
    joined: Joined = Joined()
    ours: int | None = None
    renumbered: Mapping[int, int] = MappingProxyType({})

    def after(self, earlier: Came | None) -> Came:
        """What came of both, where somebody else sent between an `earlier` try and this one."""
        if earlier is None:
            return self
        new = self.renumbered
        first = {old: new.get(number, number) for old, number in earlier.renumbered.items()}
        between = earlier.renumbered.values()
        rest = {old: number for old, number in new.items() if old not in between}
        clashes = (*earlier.joined.clashes, *self.joined.clashes)
        merged = State.MERGED in (earlier.state, self.state) and self.state is not State.STOPPED
        return self._replace(
            state=State.MERGED if merged else self.state,
            steps=Count(self.steps.sent, earlier.steps.taken + self.steps.taken),
            joined=self.joined._replace(clashes=clashes),
            ours=self.ours if earlier.ours is None else new.get(earlier.ours, earlier.ours),
            renumbered={**rest, **first},
        )
