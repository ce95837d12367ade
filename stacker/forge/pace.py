"""How fast a forge may be asked to change something, and what waiting for it looks like.

GitHub's secondary limits: 80 requests a minute that create content, 500 an hour; and whoever is
told to pause waits as long as the answer says. (docs.github.com, "Rate limits for the REST API")
"""

from __future__ import annotations

import random
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.git.transfer import Told

WAITING = "the forge wants a pause"
_MOST = ((60.0, 80), (3600.0, 500))  # changes in so many seconds
_LONGEST = 3660.0  # seconds; more than the longest of those spans
_UNTOLD = 60.0  # seconds, where the forge asks for a pause and does not say how long


@dataclass(slots=True)
class Pace:
    """The changes made lately with one connection. A forge `here`, on this machine, sets no pace.

    `clock` gives seconds, from anywhere on.
    """

    here: bool = False
    told: Told | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _made: deque[float] = field(default_factory=deque)

    def asking(self, what: str) -> None:
        """Tell whoever looks on what the forge is asked for; it may take its time."""
        if self.told is not None:
            self.told(f"the forge: {what}", 0, 0)

    def change(self) -> None:
        """Wait until one more change is allowed, and count it."""
        if self.here:
            return
        now = self.clock()
        self.pause(max((self._left(span, most, now) for span, most in _MOST), default=0.0))
        self._made.append(self.clock())
        while self._made and self._made[0] <= self._made[-1] - _LONGEST:
            self._made.popleft()

    def _left(self, span: float, most: int, now: float) -> float:
        """Seconds until fewer than `most` changes lie in the last `span` seconds."""
        return self._made[-most] + span - now if len(self._made) >= most else 0.0

    def grants(self, asked: float | None) -> float | None:
        """How many seconds to wait for a forge that asked for a pause; None: too long to wait."""
        if asked is None:
            return None if self.here else _UNTOLD
        return asked if asked <= _LONGEST else None

    def pause(self, seconds: float) -> None:
        """Wait, and tell each second of it."""
        end = self.clock() + seconds
        while (left := end - self.clock()) > 0:
            if self.told is not None:
                self.told(f"{WAITING}: {left:.0f} s left,", int(seconds - left), int(seconds) or 1)
            self.sleep(min(left, 1.0))


def jittered(seconds: float) -> float:
    """About so long: clients that failed together are not to come back together."""
    return seconds * random.uniform(0.5, 1.5)  # noqa: S311 - nothing secret
