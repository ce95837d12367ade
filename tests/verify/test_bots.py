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
from pathlib import Path

import pytest
from farm import PASSWORD, Farm, until
from small_series import make
from verify_world import silent

from stacker.errors import RunnerError
from stacker.evidence.record import Verdict
from stacker.evidence.store import EvidenceStore
from stacker.verify.aborting import aborted
from stacker.verify.cells import cells_of
from stacker.verify.flow import verify
from stacker.verify.known import EVIDENCE
from stacker.verify.request import Started, Underway

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
MANY = 8
LIE = "program finished with exit code 125"
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
        except Exception as exc:  # noqa: BLE001 - raised by who waits
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
    plan += check("fails", f"echo {LIE}; echo last words; exit 3", 'platforms = ["linux"]')
    plan += check("dies", "kill -9 $$", 'platforms = ["linux"]')
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
        ("dies", "linux"): Verdict.FAILED,
        ("tells-not", "arm"): Verdict.COULD_NOT_RUN,
        ("not-there", "arm"): Verdict.COULD_NOT_RUN,
    }
    log = _text(found["fails", "linux"])
    assert log.endswith(f"$ env sh -c 'echo {LIE}; echo last words; exit 3'\n{LIE}\nlast words\n")
    assert _text(found["passes", "arm"]).endswith("one arm 2\n")
    assert "exit code 125" in found["tells-not", "arm"].reason
    assert "exit code 127" in found["not-there", "arm"].reason
    assert [one.column for one in aborted(result.results)] == [("not-there", "arm")]
    assert {event.cell.where for event in said if isinstance(event, Underway)} == {
        one.where for one in result.results
    }
    with EvidenceStore(request.folder / EVIDENCE) as evidence:
        records = {one.check: one for one in evidence.every()}
    assert records["dies"].exit_code == 128 + signal.SIGKILL
    failed = records["fails"]
    assert (failed.runner, failed.builder, failed.host) == ("bots", "linux", "worker-linux")
    assert failed.exit_code == 3
    assert failed.url.startswith(f"{farm.url}/#/builders/")
    assert len(failed.log_digest) == 64
    assert farm.open_requests() == []
    assert farm.refs() == ""
    again = []
    verify(replace(request, checks=("passes", "fails", "dies")), again.append)
    assert [event for event in again if isinstance(event, Started)] == []
    untold = replace(request, checks=("tells-not",))
    verify(untold, silent)
    (asked_again,) = cells_of(untold)
    assert len(farm.builds(asked_again.key)) == 2


def _text(result):
    return Path(result.log).read_text(encoding="utf-8")


def test_a_killed_worker_is_no_failure(lab, farm, gate):
    request = asked(lab, farm, HEAD + check("test", gate.script))
    running = Running(request)
    gate.wait()
    farm.kill("worker-linux")
    (one,) = running.end()
    assert one.verdict is Verdict.COULD_NOT_RUN
    assert "lost its worker" in one.reason
    assert farm.url in one.reason
    until(lambda: not farm.open_requests(), "nothing is left to do for the worker")
    (still,) = verify(request, silent).results
    assert still.reason == "no worker of its builder is connected"
    farm.start("worker-linux")
    gate.open()
    assert [one.verdict for one in verify(request, silent).results] == [Verdict.PASSED]


def test_a_killed_master_is_no_failure_and_its_build_is_found_again(lab, farm, gate):
    request = asked(lab, farm, HEAD + check("test", gate.script))
    running = Running(request)
    gate.wait()
    farm.kill()
    (one,) = running.end()
    assert one.verdict is Verdict.COULD_NOT_RUN
    assert f"{farm.url} does not answer" in one.reason
    (still,) = verify(request, silent).results
    assert still.reason.startswith(f"cannot log in: {farm.url} does not answer")
    gate.open()
    farm.start()
    until(lambda: "worker-linux" in farm.connected(), "the worker is back")
    (again,) = verify(request, silent).results
    assert again.verdict is Verdict.PASSED
    assert len({build["buildrequestid"] for build in farm.builds(the_record(request).key)}) == 1


def test_without_a_master_the_rest_runs(lab, farm):
    here = "[platforms.here]\n"
    request = asked(lab, farm, HEAD + here + check("test", "true"))
    gone = {"bots": replace(request.access["bots"], url="http://127.0.0.1:9")}
    result = verify(replace(request, access=gone), silent)
    assert {one.platform: one.verdict for one in result.results} == {
        "linux": Verdict.COULD_NOT_RUN,
        "here": Verdict.PASSED,
    }


def test_a_build_cancelled_there_says_nothing(lab, farm, gate):
    request = asked(lab, farm, HEAD + check("test", gate.script))
    running = Running(request)
    gate.wait()
    (open_request,) = farm.open_requests()
    farm.cancel(open_request["buildrequestid"])
    (one,) = running.end()
    assert one.verdict is Verdict.COULD_NOT_RUN
    assert "was cancelled there" in one.reason


def test_a_build_that_hangs_is_ended_there(lab, farm, gate):
    request = asked(lab, farm, HEAD + check("test", gate.script, 'timeout = "1s"'))
    (one,) = verify(request, silent).results
    assert one.verdict is Verdict.TIMED_OUT
    assert farm.open_requests() == []
    (build,) = farm.builds(the_record(request).key)
    assert "its time is up" in build["state_string"]


def test_attempts_are_builds_of_their_own(lab, farm, tmp_path):
    script = f"test -e {tmp_path}/once && exit; touch {tmp_path}/once; false"
    flaky = check("test", script, "attempts = 3")
    request = asked(lab, farm, HEAD + flaky)
    (one,) = verify(request, silent).results
    assert [each.verdict for each in one.attempts] == [Verdict.FAILED, Verdict.PASSED]
    assert len(farm.builds(the_record(request).key)) == 2


def test_two_stackers_at_once_share_a_build(lab, farm, gate, tmp_path):
    request = asked(lab, farm, HEAD + check("test", gate.script))
    both = [Running(request), Running(replace(request, folder=tmp_path / "other" / ".stacker"))]
    gate.wait()
    until(
        lambda: all(any(isinstance(e, Underway) for e in each.said) for each in both),
        "both see it run",
    )
    gate.open()
    assert [[one.verdict for one in each.end()] for each in both] == [[Verdict.PASSED]] * 2
    assert len(farm.builds(the_record(request).key)) == 1
    third = replace(request, folder=tmp_path / "third" / ".stacker")
    assert [one.verdict for one in verify(third, silent).results] == [Verdict.PASSED]
    assert len(farm.builds(the_record(third).key)) == 1


def test_another_commit_is_no_evidence(lab, farm, tmp_path):
    """Also when somebody's build bears the very key."""
    request = asked(lab, farm, HEAD + check("test", "true"))
    verify(request, silent)
    stage = lab.stage("one", {"file": "other"})
    (cell,) = cells_of(request)
    assert len(farm.builds(cell.key)) == 1
    lie = replace(stage, tree=request.stages["one"].tree)
    other = replace(request, folder=tmp_path / "other" / ".stacker", stages={"one": lie})
    verify(other, silent)
    assert len(farm.builds(cell.key)) == 2


@pytest.mark.parametrize(
    ("more", "plan", "said"),
    [
        ({"account": ("stacker", "wrong")}, HEAD, "refuses the password of stacker"),
        ({"account": None}, HEAD, "refuses: you need to have role 'builds'"),
        ({"scheduler": "nightly"}, HEAD, "no force scheduler 'nightly'; it has: stacker"),
        ({}, f'{HEAD}builder = "vax"\n', "has no builder 'vax'; it has: arm, linux"),
    ],
)
def test_what_the_master_does_not_know_is_an_error(lab, farm, more, plan, said):
    request = asked(lab, farm, plan + check("test", "true"))
    with pytest.raises(RunnerError, match=said) as raised:
        verify(replace(request, access=farm.access(**more)), silent)
    assert raised.value.hint
    assert PASSWORD not in str(raised.value)
    assert farm.refs() == ""


def test_many_builds_queue_on_few_workers(lab, farm):
    names = [f"s{number}" for number in range(MANY // 2)]
    stages = [lab.stage(name, {"file": f"{lab.folder} {name}"}) for name in names]
    listed = "".join(f'[[stages]]\nid = "{name}"\n' for name in names)
    plan = HEAD.replace('[[stages]]\nid = "one"\n', listed) + ARM + check("test", "true")
    result = verify(lab.request(plan, *stages, access=farm.access(at_once=4)), silent)
    assert len(result.results) == MANY
    assert {one.verdict for one in result.results} == {Verdict.PASSED}
    assert farm.open_requests() == []
    assert farm.refs() == ""


class Program:
    """stacker as a process, in a series of its own."""

    def __init__(self, small, farm, script):
        self.small = small
        small.append(
            f'[runners.bots]\nkind = "buildbot"\nurl = "{farm.url}"\n'
            f'push = "{farm.repository}"\n[platforms.linux]\nrunner = "bots"\n'
            + check("test", script)
        )
        self.environment = dict(os.environ) | {
            "STACKER_BUILDBOT_USER": "stacker", "STACKER_BUILDBOT_PASSWORD_BOTS": PASSWORD,
            "STACKER_BUILDBOT_USER_BOTS": "stacker",
        }  # fmt: skip

    def found(self):
        """What the doctor says of the runner."""
        findings = self.small.run("doctor", "--json").document["checks"]
        return next(one for one in findings if one["name"] == "runner bots")

    def start(self):
        return subprocess.Popen(
            [sys.executable, "-m", "stacker", "verify", "--trust", "second-thing"],
            cwd=self.small.folder, env=self.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip


@pytest.fixture
def program(farm, gate, tmp_path, history, run_stacker):
    return Program(make(tmp_path, history, run_stacker), farm, gate.script)


def test_the_doctor_asks_the_master(farm, program, monkeypatch):
    before = program.found()
    assert (before["state"], "nobody logged in" in before["message"]) == ("warning", True)
    for name, value in program.environment.items():
        monkeypatch.setenv(name, value)
    assert program.found() == before  # the plan's address was not agreed to
    program.small.run("verify", "--trust", "--why")
    assert program.found()["message"] == (
        f"{farm.url}, scheduler stacker, builders linux, as stacker"
    )
    monkeypatch.setenv("STACKER_BUILDBOT_PASSWORD_BOTS", "wrong")
    assert program.found()["state"] == "problem"


def test_ctrl_c_gives_up_what_was_asked_for(farm, gate, program):
    running = program.start()
    gate.wait()
    since = time.monotonic()
    running.send_signal(signal.SIGINT)
    out, err = running.communicate()
    assert time.monotonic() - since < 20  # 2 s, if nobody else had this machine
    assert running.returncode == 130, out + err
    assert "Interrupted" in err
    assert farm.url in err
    assert PASSWORD not in out + err
    until(lambda: not farm.open_requests(), "the build was given up")
    assert farm.refs() == ""


def test_a_killed_stacker_finds_its_build_again(farm, gate, program):
    running = program.start()
    gate.wait()
    running.kill()
    running.communicate()
    assert len(farm.open_requests()) == 1
    again = program.start()
    assert "is built" in again.stderr.readline() + again.stderr.readline()
    gate.open()
    out, err = again.communicate()
    assert again.returncode == 0, out + err
    (build,) = farm.get("/builds?order=-buildid&limit=1&property=*")["builds"]
    assert len(farm.builds(build["properties"]["stacker_key"][0])) == 1
    assert farm.refs() == ""
