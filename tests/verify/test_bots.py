"""Builds on a real Buildbot. All of it is in this file, so that few processes need a farm."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest
from farm import PASSWORD, Farm, until

from stacker.errors import RunnerError
from stacker.evidence.record import Verdict
from stacker.evidence.store import EvidenceStore
from stacker.verify.cells import cells_of
from stacker.verify.flow import EVIDENCE, verify
from stacker.verify.request import Ended, Started, Underway

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the farm wants sh and signals")

HEAD = """
[series]
name = "s"
[repositories.main]
upstream = "o/main"
[[stages]]
id = "one"
[runners.bots]
kind = "buildbot"
url = "https://bots.example"
[platforms.linux]
runner = "bots"
"""
ARM = '[platforms.arm]\nrunner = "bots"\n'


@pytest.fixture(scope="module")
def farm(tmp_path_factory):
    farm = Farm(tmp_path_factory.mktemp("farm"))
    try:
        for name in ("master", "worker-linux", "worker-arm"):
            farm.start(name)
        yield farm
    finally:
        farm.close()


def check(name, script, more=""):
    return f'[[checks]]\nname = "{name}"\nrun = {json.dumps(["sh", "-c", script])}\n{more}\n'


class Gate:
    """A check that says that it runs and goes on when it is told to."""

    def __init__(self, folder):
        self.runs, self.go = folder / "runs", folder / "go"
        self.script = f"touch {self.runs}; until test -e {self.go}; do sleep 0.05; done"

    def wait(self):
        until(self.runs.exists, "the build runs")

    def open(self):
        self.go.touch()


@pytest.fixture
def gate(tmp_path):
    return Gate(tmp_path)


class Running:
    """A `verify` in a thread."""

    def __init__(self, request):
        self.said, self.result, self.failure = [], None, None
        self._thread = threading.Thread(target=self._run, args=[request])
        self._thread.start()

    def _run(self, request):
        try:
            self.result = verify(request, self.said.append)
        except Exception as exc:
            self.failure = exc

    def end(self):
        self._thread.join()
        if self.failure is not None:
            raise self.failure
        return self.result.results


def the_record(request):
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        (record,) = evidence.every()
    return record


def asked(lab, farm, plan, **more):
    """A request about one stage, which no other test has."""
    stage = lab.stage("one", {"file": str(lab.folder)})
    return lab.request(plan, stage, access=farm.access(), **more)


def test_verdicts_come_with_their_logs(lab, farm):
    plan = HEAD + ARM
    plan += check("passes", "echo {stage} {platform} {jobs}; test $WORD = told", 'env = ["WORD"]')
    plan += check("fails", "echo first; echo last words; exit 3", 'platforms = ["linux"]')
    plan += check("tells-not", "exit 125", 'platforms = ["arm"]')
    plan += '[[checks]]\nname = "not-there"\nrun = ["no-such-program"]\nplatforms = ["arm"]\n'
    request = asked(lab, farm, plan, environment=dict(os.environ, WORD="told"))
    said = []
    result = verify(request, said.append)
    found = {(one.check, one.platform): one for one in result.results}
    assert {where: one.verdict for where, one in found.items()} == {
        ("passes", "linux"): Verdict.PASSED,
        ("passes", "arm"): Verdict.PASSED,
        ("fails", "linux"): Verdict.FAILED,
        ("tells-not", "arm"): Verdict.COULD_NOT_RUN,
        ("not-there", "arm"): Verdict.COULD_NOT_RUN,
    }
    log = _text(found["fails", "linux"])
    assert log.endswith("$ env sh -c 'echo first; echo last words; exit 3'\nfirst\nlast words\n")
    assert _text(found["passes", "arm"]).endswith("one arm 2\n")
    assert "exit code 125" in found["tells-not", "arm"].reason
    assert "exit code 127" in found["not-there", "arm"].reason
    assert {event.cell.where for event in said if isinstance(event, Underway)} == {
        one.where for one in result.results
    }
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        records = {one.check: one for one in evidence.every()}
    failed = records["fails"]
    assert (failed.runner, failed.builder, failed.host) == ("bots", "linux", "worker-linux")
    assert failed.exit_code == 3
    assert failed.url.startswith(f"{farm.url}/#/builders/")
    assert len(failed.log_digest) == 64
    assert farm.open_requests() == []
    assert farm.refs() == ""
    again = []
    verify(replace(request, checks=("passes", "fails")), again.append)
    assert [event for event in again if isinstance(event, Started)] == []


def _text(result):
    with open(result.log, encoding="utf-8") as file:
        return file.read()
