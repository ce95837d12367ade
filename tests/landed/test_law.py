"""The law, on made-up histories: what landed is what git's own merges say has landed."""

from __future__ import annotations

import random
import subprocess

import pytest

from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.landed.suspects import landings
from stacker.series.compose import Composition, PatchCommit
from stacker.series.resolutions.remembered import Resolutions

LINES = [f"line {n}\n" for n in range(16)]
MINE = {3: "mine\n", 12: "also mine\n"}


def step(rng, lines, other):
    """One commit of upstream: it takes the stage, all or half, takes it back, or does its own."""
    lines, other = list(lines), list(other)
    what = rng.choice(("take", "take", "back", "half", "own", "near", "more"))
    places = {"half": [3], "near": [], "own": []}.get(what, [3, 12])
    for at in places:
        lines[at] = LINES[at] if what == "back" else MINE[at]
    if what == "own":
        lines[rng.choice((0, 7, 15))] = f"own {rng.random()}\n"
    if what == "near":
        lines[3] = f"near {rng.random()}\n"
    if what in ("more", "own"):
        other.append(f"{rng.random()}\n")
    return lines, other


def upstream(rng, history, folder):
    lines, other = LINES, []
    commits = []
    for number in range(rng.randrange(2, 12)):
        lines, other = step(rng, lines, other)
        commits.append((f"c{number}", {"a": "".join(lines), "b": "".join(other) or "-"}))
    mine = [MINE.get(n, line) for n, line in enumerate(LINES)]
    return history.draw(folder, {
        "master": [("start", {"a": "".join(LINES), "b": "-"}), *commits],
        "port": ["start", ("mine", {"a": "".join(mine)})],
    })  # fmt: skip


def merged(repository, commit):
    """The tree that git makes of a commit and the stage; `None` where it stops."""
    done = subprocess.run(["git", "merge-tree", "--write-tree", commit, "port"],
                          cwd=repository.path, capture_output=True, text=True,
                          check=False)  # fmt: skip
    return done.stdout.strip() if done.returncode == 0 else None


def tree(repository, commit):
    return repository.git("rev-parse", f"{commit}^{{tree}}")


@pytest.mark.parametrize("seed", range(24))
def test_landed_is_what_git_says(seed, tmp_path, history):
    made = upstream(random.Random(seed), history, tmp_path / "upstream")
    line = made.git("rev-list", "--reverse", f"{made['start']}..master").split()
    before = dict(zip(line, [made["start"], *line], strict=False))
    has = {c: merged(made, c) == tree(made, c) for c in line}
    lacks = {c: merged(made, c) not in (None, tree(made, c)) for c in line}
    proved = {c for c in line if has[c] and merged(made, before[c]) == tree(made, c)}
    with ObjectStore(Git(made.path)) as store:
        what = Composition(
            store=store, bases={"up": line[-1]}, chains={"mine": ("mine",)},
            repositories={"mine": "up"}, patches={"mine": (PatchCommit("1", made["mine"]),)},
            resolutions=Resolutions.read({}), picks={},
        )  # fmt: skip
        found = landings(what, ["mine"], {"up": made["start"]})
    # Since it was there last without being taken back again:
    since = max((n + 1 for n, c in enumerate(line) if lacks[c]), default=0)
    first = next((c for c in line[since:] if has[c]), None)
    if has[line[-1]]:
        assert found.get("mine") == (first if first in proved else None)
    else:  # whoever changed it further took nothing of it back, or it has not landed
        assert found.get("mine") in (None, first if first in proved else None)
        assert not (lacks[line[-1]] and found)
