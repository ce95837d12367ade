"""Runs one submit and ends the process, as a kill would, at the k-th step of its work.

    python killed.py FOLDER K

Steps lie before and after whatever reaches the forge or the disk. Exit 0: there was no step K.
Without arguments each line of its input is such a run, in a fork of its own that finds everything
loaded: `{"folder": FOLDER, "step": K, "environment": {...}, "said": FILE}`; its exit code is a line
of the output.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path

import stacker.forge.github  # noqa: F401 - each run needs it; it is heavy
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
        self.push, self.pack = pushes, steps.around(self.pack)

    acting.Run.__init__ = with_steps
    with wiring.desk(folder) as desk:
        flow.submit(desk.work, desk.place, Forge(desk.forge, steps), SubmitRequest())


def serve():
    for line in sys.stdin:
        wanted = json.loads(line)
        child = os.fork()
        if child == 0:
            _one(wanted)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _one(wanted):
    code = 70
    said = os.open(wanted["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    try:
        os.environ.clear()
        os.environ.update(wanted["environment"])
        main(Path(wanted["folder"]), wanted["step"])
        code = 0
    except BaseException:  # noqa: BLE001 - told; the fork ends in any case
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    else:
        serve()
