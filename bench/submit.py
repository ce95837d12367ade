"""What a submit asks of a forge: calls, pushes and seconds, for series of growing length.

    python bench/submit.py [--stages 10 50 100]

The forge is the hub, on this machine, with 2,000 open pull requests of other series.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / name) for name in ("submit", "kit")]

import history  # noqa: E402 - found through the path set above
from submit_world import FORK, UPSTREAM, Door  # noqa: E402
from test_cost import crowd  # noqa: E402

from stacker.hub.call import Limits  # noqa: E402
from stacker.hub.server import User, start  # noqa: E402

if TYPE_CHECKING:
    from stacker.hub.server import Hub


# What is measured is the work, not the pauses that github.com would want.
_NO_PAUSE = Limits(creations_a_minute=10_000, creations_an_hour=10_000)


class Place:
    """A hub with an upstream and its fork, and a series of so many stages beside it."""

    def __init__(self, root: Path, stages: int) -> None:
        self.root = root
        files = {"f.txt": "start\n"}
        self.upstream = history.draw(
            root / "hub" / f"{UPSTREAM}.git", {"master": [("start", files)]}
        )
        users = [User("up", "token-up"), User("porter", "token-porter")]
        self.hub: Hub = start(root / "hub", users, limits=_NO_PAUSE)
        self.door: Any = Door(self.hub._server.app)  # noqa: SLF001 - as below
        self.hub._server.app = self.door  # noqa: SLF001 - between the hub and the world
        commits = []
        for number in range(stages):
            files = {**files, f"{number}.txt": f"{number}\n"}
            commits.append((f"Part {number}", files))
        clone = history.draw(
            root / "clone.git", {"master": [("start", {"f.txt": "start\n"})],
                                 "port": ["start", *commits]},
        )  # fmt: skip
        fork = [sys.executable, "-c", _FORK, self.hub.api]
        subprocess.run(fork, check=True, cwd=root)
        self.stacker("init", "series", "--upstream", UPSTREAM, "--fork", FORK, at=root)
        span = f"{clone['start']}..{clone[f'Part {stages - 1}']}"
        self.stacker("import", span, "--from", str(clone.path), "--stage-per-commit")

    def stacker(self, *words: str, at: Path | None = None) -> None:
        """Run a command as a person does."""
        environment = {"GITHUB_TOKEN": "token-porter", "STACKER_FORGE": self.hub.url}
        subprocess.run(
            [sys.executable, "-m", "stacker", "-q", *words], check=True,
            cwd=at or self.root / "series", env=os.environ | environment, capture_output=True,
        )  # fmt: skip

    def measured(self, what: str, stages: int) -> str:
        """A line about one submit."""
        self.door.seen.clear()
        since = time.monotonic()
        self.stacker("submit")
        took = time.monotonic() - since
        pushes = sum(one[0] == "PUSH" for one in self.door.seen)
        calls = len(self.door.seen) - pushes
        return f"| {what} | {stages} | {calls} | {pushes} | {took:.1f} |"


_FORK = """
import sys, urllib.request
ask = urllib.request.Request(sys.argv[1] + "/repos/up/proj/forks", b"{}", method="POST")
ask.add_header("Authorization", "token token-porter")
urllib.request.urlopen(ask).close()
"""


def main() -> None:
    """Print the figures as lines of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stages", type=int, nargs="+", default=[10, 50, 100])
    print("| submit | stages | calls | pushes | s |\n|---|---|---|---|---|")
    for stages in parser.parse_args().stages:
        with tempfile.TemporaryDirectory() as name:
            place = Place(Path(name), stages)
            crowd(place)
            print(place.measured("the first", stages), flush=True)
            print(place.measured("unchanged", stages), flush=True)
            place.hub.stop()


if __name__ == "__main__":
    main()
