"""How long it takes to build every stage for every platform, beside git rebase and git-test.

    python bench/verify.py [--files 300] [--stages 8] [--rounds 3] [--git-test FILE]

README.md in this folder says what is measured, and how to read it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import machine
import report
from contenders import STACKER, Ran, timed
from report import Score
from repository import Repository
from stand import say

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = 12  # in each file
_TOUCHED = 5  # files that a stage changes
_PLATFORMS = {"one": "-O1", "two": "-O1 -DTWO"}
_EDITED = 5  # the stage, from 1
_AT_MOST = 0.65  # of the time of git rebase
_IDLE = (100, 3, 1.5)  # stages, platforms, seconds
_MAKEFILE = """\
OBJECTS := $(patsubst %.c,$(O)/%.o,$(wildcard *.c))
all: $(OBJECTS)
$(O)/%.o: %.c
\t@mkdir -p $(O)
\tgcc $(CFLAGS) -MMD -c -o $@ $<
-include $(OBJECTS:.o=.d)
"""


def project(folder: Path, files: int, stages: int) -> Repository:
    """A repository at `folder`: `main` with a C project, `port` with a commit a stage on it."""
    folder.mkdir()
    made = Repository(folder)
    made.run("init", "-q", "-b", "main")
    made.run("fast-import", "--quiet", stdin=b"".join(_stream(files, stages)))
    return made


def _stream(files: int, stages: int) -> Iterator[bytes]:
    yield _commit("main", 0, "the project")
    yield _file(".gitignore", "b-*/\n")
    yield _file("Makefile", _MAKEFILE)
    yield _file("README", "A project.\n")
    yield _file("all.h", "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n")
    texts = {number: _source(number) for number in range(files)}
    for number, text in texts.items():
        yield _file(f"f{number:03}.c", text)
    for stage in range(1, stages + 1):
        yield _commit("port", stage, f"stage {stage}")
        if stage == 1:
            yield b"from refs/heads/main\n"
        for at in range(_TOUCHED):
            number = (stage * _TOUCHED + at) % files
            texts[number] += f"int stage_{stage}_{at}(int x) {{ return x + {stage}; }}\n"
            yield _file(f"f{number:03}.c", texts[number])


def _source(number: int) -> str:
    functions = (
        f"int f{number}_{at}(char *s, int n)\n{{\n"
        f"    for (int i = 0; i < n; i++) s[i] = (char)(strlen(s) * {at + 1} + i);\n"
        f'    return printf("%s %d\\n", s, n + atoi(s));\n}}\n'
        for at in range(_FUNCTIONS)
    )
    return '#include "all.h"\n' + "".join(functions)


def _commit(branch: str, step: int, subject: str) -> bytes:
    who = f"A Porter <porter@example.com> {1_600_000_000 + 60 * step} +0000"
    return f"commit refs/heads/{branch}\ncommitter {who}\ndata {len(subject)}\n{subject}\n".encode()


def _file(path: str, text: str) -> bytes:
    return f"M 100644 inline {path}\ndata {len(text)}\n{text}\n".encode()


def directory(folder: Path, source: Repository, plan: str) -> Path:
    """A series at `folder` with a stage for each commit of `port`."""
    timed([*STACKER, "init", str(folder), "--upstream", str(source.folder)], source.folder)
    span = ["main..port", "--from", str(source.folder), "--stage-per-commit"]
    timed([*STACKER, "import", *span], folder)
    with (folder / "series.toml").open("a", encoding="utf-8") as file:
        file.write(plan)
    return folder


def checks(commands: dict[str, list[str]], paths: list[str]) -> str:
    """A plan's part: for each platform a check that runs its command."""
    lines = [f"\n[platforms.{name}]" for name in commands]
    for name, command in commands.items():
        lines += ["\n[[checks]]", f'name = "build-{name}"', f"run = {json.dumps(command)}",
                  f"paths = {json.dumps(paths)}", f'platforms = ["{name}"]']  # fmt: skip
    return "\n".join(lines) + "\n"


def makes(name: str) -> list[str]:
    """The command that builds for a platform."""
    return ["make", "-s", "-j1", f"O=b-{name}", f"CFLAGS={_PLATFORMS[name]}"]


def rebased(folder: Path, source: Repository) -> Ran:
    """`git rebase --exec` of the same builds, in a new clone."""
    source.run("clone", "-q", "-b", "port", str(source.folder), str(folder))
    base = ["--force-rebase", "--exec", _both(), "origin/main"]
    return timed(["git", "rebase", "-q", *base], folder)


def _both() -> str:
    """The builds of all platforms for a shell."""
    return " && ".join(" ".join(f"'{word}'" for word in makes(name)) for name in _PLATFORMS)


def tested(script: Path, folder: Path, source: Repository) -> tuple[Ran, Ran]:
    """git-test of the same builds in a new clone, and once more with nothing to do."""
    source.run("clone", "-q", "-b", "port", str(source.folder), str(folder))
    program = [sys.executable, str(script)]
    timed([*program, "add", _both()], folder)
    Repository(folder).run("checkout", "-q", "--detach")  # it moves HEAD from commit to commit
    run = [*program, "run", "origin/main..port"]
    return timed(run, folder), timed(run, folder)


def verified(folder: Path, *more: str) -> tuple[Ran, list[str]]:
    """`stacker verify -j 2`: its times, and the stages of which something was built."""
    ran = timed([*STACKER, "--json", "verify", "--trust", "-j", "2", *more], folder)
    results = json.loads(ran.out)["results"]
    if any(one["verdict"] != "passed" for one in results):
        raise SystemExit("a build did not pass")
    return ran, [one["stage"] for one in results if not one["cached"]]


def later(folder: Path, source: Repository) -> Iterator[tuple[Score, str]]:
    """What is verified after a first run: the times, and what is wrong."""
    drift = b"from refs/heads/main^0\n" + _file("README", "Another text.\n")
    source.run("fast-import", "--quiet", stdin=_commit("main", 99, "drift") + drift)
    timed([*STACKER, "rebase"], folder)
    ran, built = verified(folder)
    yield _later("after drift beside the paths", ran, built, 0)
    every = sorted(one.name for one in (folder / "patches").iterdir())
    ids = sorted(every, key=lambda one: int(one.rpartition("-")[2]))
    (patch,) = (folder / "patches" / ids[_EDITED - 1]).iterdir()
    text = patch.read_text(encoding="utf-8")
    patch.write_text(text.replace(f"x + {_EDITED};", "x + 1000;"), encoding="utf-8")
    ran, built = verified(folder)
    expected = [one for one in ids[_EDITED - 1 :] for _ in _PLATFORMS]
    what = f"after an edit of stage {_EDITED}"
    yield _later(what, ran, built, len(expected), wrong=sorted(built) != sorted(expected))
    ran, built = verified(folder)
    yield _later("nothing to do", ran, built, 0)


def _later(
    what: str, ran: Ran, built: list[str], wanted: int, *, wrong: bool = False
) -> tuple[Score, str]:
    score = Score(f"{what}: {len(built)} builds")
    score.add(ran)
    wrong = wrong or len(built) != wanted
    return score, f"{what}: {len(built)} builds, wanted {wanted}" if wrong else ""


def idle(folder: Path, rounds: int) -> Score:
    """`stacker verify` of many stages with nothing to do."""
    stages, platforms, _ = _IDLE
    source = project(folder / "many", stages * _TOUCHED, stages)
    named = [f"p{number}" for number in range(platforms)]
    series = directory(folder / "idle", source, checks({name: ["true"] for name in named}, ["*.c"]))
    verified(series)
    score = Score(f"{stages} stages x {platforms} platforms, nothing to do")
    for _ in range(rounds):
        ran, built = verified(series)
        if built:
            raise SystemExit("something was built again")
        score.add(ran)
    return score


def main() -> int:
    """Measure and report; 1 when something else was built than had to be."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = Path(temporary).resolve()
        source = project(folder / "upstream", options.files, options.stages)
        plan = checks({name: makes(name) for name in _PLATFORMS}, ["*.c", "*.h", "Makefile"])
        theirs, ours = Score("git rebase --exec"), Score("stacker verify -j 2")
        peer, again = Score("git test run"), Score("git test run, nothing to do")
        series = folder
        for number in range(options.rounds):
            theirs.add(rebased(folder / f"clone-{number}", source))
            series = directory(folder / f"series-{number}", source, plan)
            ours.add(verified(series)[0])
            if options.git_test:
                clone = folder / f"tested-{number}"
                for score, ran in zip(
                    (peer, again), tested(options.git_test, clone, source), strict=True
                ):
                    score.add(ran)
            say(f"{theirs.seconds[-1]:.1f} s beside {ours.seconds[-1]:.1f} s")
        after = list(later(series, source))
        still = idle(folder, options.rounds)
    said = [wrong for _, wrong in after if wrong]
    shape = f"{options.files} files of C, {options.stages} stages x {len(_PLATFORMS)} platforms"
    lines = report.title("Verify", machine.described([("git",)]))
    lines += [f"- {shape}, make -j1, cold on both sides; wanted: at most {_AT_MOST:g}",
              f"- {still.name}: wanted at most {_IDLE[2]:g} s"]  # fmt: skip
    lines += [] if options.git_test else ["- git-test was left out: no --git-test"]
    lines += ["", *(f"- VOID: {one}" for one in said)]
    peers, idlers = ([peer], [again]) if options.git_test else ([], [])
    lines += report.plain("The first verify", [theirs, *peers, ours])
    lines += report.plain("Later ones", [ours, *(score for score, _ in after), *idlers, still])
    text = "\n".join(lines) + "\n"
    print(text)
    if options.out:
        with options.out.open("a", encoding="utf-8") as file:
            file.write(text)
    return int(bool(said))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("--files", type=int, default=300)
    add("--stages", type=int, default=8)
    add("--rounds", type=int, default=3)
    add("--git-test", type=Path, metavar="FILE", help="bin/git-test of github.com/mhagger/git-test")
    add("--out", type=Path, metavar="FILE", help="add the report to this Markdown file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
