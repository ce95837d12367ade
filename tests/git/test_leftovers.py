from __future__ import annotations

import os
import time

from stacker.git.leftovers import remove_leftovers


def test_locks_of_the_dead_go_wherever_they_are(tmp_path):
    old, young = time.time() - 60, time.time()
    names = ("packed-refs", "refs/stacker/head", "refs/stacker/home/versions",
             "refs/stacker/home/boxes/pi-4", "refs/stacker/upstream/main")  # fmt: skip
    for name in names:
        for end, at in ((".lock", old), ("-2.lock", young)):
            file = tmp_path / f"{name}{end}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            os.utime(file, (at, at))
    remove_leftovers(tmp_path)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.lock")}
    assert left == {f"{name}-2.lock" for name in names}
