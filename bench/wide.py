"""A series as wide as one asks: many stages in many repositories, with a long past."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from contenders import STACKER, timed
from repository import Repository
from stand import say

from stacker import wiring
from stacker.evidence.record import Record, Verdict
from stacker.evidence.store import EvidenceStore
from stacker.series.versions import operations
from stacker.series.versions.recording import NewOperation, extend
from stacker.series.versions.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINES = 60
_AT_ONCE = 50  # versions that are made in one step
_CHANGED = 3  # patches in each version
_PLAN = """
[platforms.one]

[[checks]]
name = "build"
run = ["true"]
platforms = ["one"]
"""


class Wide:
    """The series at `folder / "series"`, and its upstreams beside it."""

    def __init__(self, folder: Path, stages: int, repositories: int) -> None:
        self.folder, self.series = folder, folder / "series"
        self._each = stages // repositories
        names = [f"r{number}" for number in range(repositories)]
        self._upstreams = {name: self._upstream(name) for name in names}
        first, *others = names
        source = str(self._upstreams[first].folder)
        timed([*STACKER, "init", str(self.series), "--upstream", source, "--name", first], folder)
        self._plan(first, others)
        for number, name in enumerate(names):
            say(f"import {self._each} stages of {name}, {number + 1} of {repositories}")
            where = ["--from", str(self._upstreams[name].folder), "--repository", name]
            timed([*STACKER, "import", "main..port", *where, "--stage-per-commit"], self.series)

    def _upstream(self, name: str) -> Repository:
        made = Repository(self.folder / f"{name}.git")
        made.folder.mkdir(parents=True)
        made.run("init", "-q", "--bare", "-b", "main")
        made.run("fast-import", "--quiet", stdin=b"".join(self._stream(name)))
        return made

    def _stream(self, name: str) -> Iterator[bytes]:
        yield _commit("main", "Start")
        for number in range(self._each):
            yield _file(f"lib/{number}.c", _text(number))
        yield b"reset refs/heads/port\nfrom refs/heads/main\n"
        for number in range(self._each):
            yield _commit("port", f"{name} part {number}")
            yield _file(f"lib/{number}.c", _text(number, {30: f"part {number}"}))
            yield _file(f"new/{name}-{number}.c", _text(number, {3: "return a + 3;"}))

    def _plan(self, first: str, others: list[str]) -> None:
        plan = self.series / "series.toml"
        text = plan.read_text(encoding="utf-8").replace(
            f"[repositories.{first}]", "[repositories.r0]"
        )
        for name in others:
            upstream = json.dumps(str(self._upstreams[name].folder))
            text += f'\n[repositories.{name}]\nupstream = {upstream}\nbranch = "main"\n'
        plan.write_text(text + _PLAN, encoding="utf-8")

    def drift(self) -> None:
        """Let every upstream move: other lines of the files that the stages change."""
        for upstream in self._upstreams.values():
            lines = [_commit("main", "Later"), b"from refs/heads/main^0\n"]
            lines += [_file(f"lib/{n}.c", _text(n, {5: "later"})) for n in range(0, self._each, 2)]
            upstream.run("fast-import", "--quiet", stdin=b"".join(lines))

    def past(self, versions: int) -> None:
        """Versions of earlier days; the newest is the series as it is."""
        with wiring.workspace(self.series) as work:
            store, now = work.store, dict(work.directory.files())
            names = sorted(name for name in now if name.endswith(".patch"))
            seen = Snapshot.of(store.algorithm, now)
            here = operations.current(store)
            assert here is not None
            number, line = here.version, []
            for step in range(1, versions + 1):
                files = dict(now)
                if step < versions:
                    for place in range(_CHANGED):
                        name = names[(7 * step + 13 * place) % len(names)]
                        files[name] = now[name].replace(b"a + 3;", b"a + %d;" % (1000 + step))
                seen = Snapshot.of(store.algorithm, files, seen)
                said = "rebase", f"onto {step:07x}", 1_600_000_000 + 3600 * step, "A Porter"
                line.append(NewOperation(seen, (), number + step, f"{step:032x}", *said))
                if len(line) == _AT_ONCE or step == versions:
                    here = operations.current(store)
                    extend(store, here, here, line)
                    line = []

    def evidence(self, records: int) -> None:
        """What was found of earlier states of the stages."""
        with wiring.workspace(self.series) as work:
            stages = [stage.id for stage in work.plan.stages]
            path = work.directory.state / "evidence.sqlite"
        one = Record(
            key="", stage="", check="build", platform="one", verdict=Verdict.PASSED, exit_code=0,
            seconds=1.0, host="here", commit="1" * 40, tree="2" * 40, base="3" * 40, log="",
            started_at=1_600_000_000.0, clean=True,
        )  # fmt: skip
        with EvidenceStore(path) as store:
            for begin in range(0, records, 10_000):
                numbers = range(begin, min(begin + 10_000, records))
                store.add(*(
                    replace(
                        one, key=f"{n:064x}", stage=stages[n % len(stages)],
                        started_at=one.started_at + n,
                    )
                    for n in numbers
                ))  # fmt: skip


def _text(number: int, changed: dict[int, str] | None = None) -> str:
    lines = [f"int line_{number}_{n}(void) {{ return {n}; }}\n" for n in range(_LINES)]
    for at, text in (changed or {}).items():
        lines[at] = f"int line_{number}_{at}(int a) {{ {text} }}\n"
    return "".join(lines)


def _commit(branch: str, subject: str) -> bytes:
    who = "A Porter <porter@example.com> 1600000000 +0000"
    text = f"{subject}\n"
    return (
        f"commit refs/heads/{branch}\nauthor {who}\ncommitter {who}\ndata {len(text)}\n{text}\n"
    ).encode()


def _file(path: str, text: str) -> bytes:
    return f"M 100644 inline {path}\ndata {len(text)}\n{text}\n".encode()
