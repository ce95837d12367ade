"""Runs one submit and ends the process, as a kill would, at the k-th step of its work.

    python killed.py FOLDER K

Steps lie before and after whatever reaches the forge or the disk. Exit 0: there was no step K.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from stacker import wiring
from stacker.submit import acting, flow, intents
from stacker.submit.request import SubmitRequest

KILLED = 86


class Steps:
    def __init__(self, k):
        self.left = k

    def step(self):
        if self.left == 0:
            os._exit(KILLED)
        self.left -= 1

    def around(self, call):
        def stepped(*args, **more):
            self.step()
            answer = call(*args, **more)
            self.step()
            return answer

        return stepped


class Forge:
    """The real forge, with a step before and after each change."""

    def __init__(self, forge, steps):
        self._forge, self._steps = forge, steps

    def __getattr__(self, name):
        call = getattr(self._forge, name)
        return self._steps.around(call) if name not in {"pulls", "shown"} else call


def main(folder, k):
    steps = Steps(k)
    for place, name in ((flow, "save"), (intents, "write")):
        setattr(place, name, steps.around(getattr(place, name)))
    pushes = steps.around(acting.push_by_parts)
    made = acting.Run.__init__

    def with_steps(self, *args, **more):
        made(self, *args, **more)
        self.push = pushes

    acting.Run.__init__ = with_steps
    with wiring.desk(folder) as desk:
        flow.submit(desk.work, desk.place, Forge(desk.forge, steps), SubmitRequest())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
