"""Landings in which things go wrong, as many as are asked for; violations must be 0.

    python dev.py soak [--walk] [--seconds N | --landings N] [--jobs J] [--whole N] [--seed S]

In process: `chance.py` tells stories by their seed, over the protocol's ports on the hub in
process. `--walk`: before that every fault at every call in each way (`walk.py`). `--whole`: so
many landings by whole processes, `stacker land` over HTTP and git, killed at random times
(`whole.py`). A violation is printed with the seed that tells it again: `--seed S --landings 1`.
"""

from __future__ import annotations

import argparse
import itertools
import math
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2] / name) for name in ("land", "submit", "kit")]

import pytest  # noqa: E402
from proof import inside, straight, walk, whole  # noqa: E402
from proof.chance import tell  # noqa: E402
from proof.scene import Scene  # noqa: E402

_TOLD_EVERY = 15.0  # seconds
_LIVES = 20_000  # of one scene; then what is remembered of it goes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--landings", type=int)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--walk", action="store_true")
    parser.add_argument("--whole", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    asked = parser.parse_args()
    if asked.seconds is None and asked.landings is None and not asked.whole:
        asked.seconds = 60.0
    _seal()
    begun = time.monotonic()
    queue = multiprocessing.Queue()
    makers = [
        multiprocessing.Process(target=_work, args=(queue, asked, job), daemon=True)
        for job in range(asked.jobs)
    ]
    for maker in makers:
        maker.start()
    total, left, said = Counter(), len(makers), begun
    while left:
        news = queue.get()
        if news is None:
            left -= 1
            continue
        total += news
        if time.monotonic() - said > _TOLD_EVERY:
            said = time.monotonic()
            _print(total, said - begun)
    _print(total, time.monotonic() - begun)
    sys.exit(1 if total["violations"] else 0)


def _print(total, seconds):
    words = ("landings", "landed", "runs", "faults", "kills", "others' doings", "violations")
    told = ", ".join(f"{word} {total[word]}" for word in words)
    whole.say(f"{told} in {seconds:.0f} s")


def _seal():
    """What the tests' conftest does for them."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "STACKER_")) or name.endswith("_TOKEN"):
            del os.environ[name]
    os.environ |= {
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TEMPLATE_DIR": "",
        "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
    }  # fmt: skip
    memory = Path("/dev/shm")
    if memory.is_dir():
        os.environ.setdefault("TMPDIR", str(memory))
        tempfile.tempdir = None


def _work(queue, asked, job):
    try:
        with tempfile.TemporaryDirectory(prefix="stacker-soak-") as folder:
            os.environ["TMPDIR"] = folder  # what the killed leave goes with it
            tempfile.tempdir = None
            if asked.whole:
                for number in range(job, asked.whole, asked.jobs):
                    queue.put(whole.landing(Path(folder), asked.seed + number))
            else:
                _stories(queue, asked, job, Path(folder))
    finally:
        queue.put(None)


def _stories(queue, asked, job, folder):
    patch = pytest.MonkeyPatch()
    inside.installed(patch)
    scenes = _scenes(folder, patch)
    if asked.walk:
        for step in itertools.islice(walk.steps(next(scenes)), job, None, asked.jobs):
            queue.put(_counted(walk.take(next(scenes), *step), step))
    ends = time.monotonic() + asked.seconds if asked.seconds else math.inf
    last = asked.seed + asked.landings if asked.landings else None
    seeds = range(asked.seed + job, last or sys.maxsize, asked.jobs)
    for seed in seeds:
        if time.monotonic() > ends:
            break
        queue.put(_counted(tell(next(scenes), seed), f"seed {seed}"))
    scenes.close()
    patch.undo()


def _scenes(folder, patch):
    """The same scene for many lives, then another one."""
    for number in itertools.count():
        scene = Scene(folder / str(number), straight=True)
        straight.hurry(patch, scene)
        try:
            for _ in range(_LIVES):
                yield scene
        finally:
            scene.close()
            shutil.rmtree(scene.folder)


def _counted(story, name):
    for words in story.broken:
        whole.say(f"{name}: {words}")
    return Counter({
        "landings": 1, "landed": bool(story.rules.landed), "runs": story.runs,
        "faults": story.faults, "kills": story.kills, "others' doings": story.doings,
        "violations": len(story.broken),
    })  # fmt: skip


if __name__ == "__main__":
    main()
