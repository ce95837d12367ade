"""Lanes: what moves, what stays, what is believed, and how many run at once."""

from __future__ import annotations

import _thread
import contextlib
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from verify_world import PLAN, builds, cells, plan, silent

from stacker.evidence.record import Verdict
from stacker.evidence.store import EvidenceStore
from stacker.verify.building import built
from stacker.verify.course import Turn
from stacker.verify.flow import verify
from stacker.verify.known import EVIDENCE
from stacker.verify.lane import lane_of
from stacker.verify.order import in_order
from stacker.verify.request import Started
from stacker.verify.runner import Stop, Stopped
from stacker.verify.site import Site

LOOK = (
    "import os\n"
    "print(sorted(os.listdir()), os.stat('same').st_mtime_ns, open('same').read())\n"
    "open('out', 'a').write('x')\n"
)
TWO_PLATFORMS = "[platforms.here]\n[platforms.there]\n"


def last_line(result):
    return Path(result.log).read_text(encoding="utf-8").splitlines()[-1]


def records(lab):
    with EvidenceStore(lab.folder / EVIDENCE) as evidence:
        return [(record.stage, record.verdict, record.clean) for record in evidence.every()]


def test_a_lane_moves_only_what_differs_and_keeps_what_was_built(lab):
    one = lab.stage("one", {"same": "s", "a": "1"})
    two = lab.stage("two", {"same": "s", "a": "2", "gone": ""})
    first, second = verify(lab.request(plan(LOOK), one, two), silent).results
    before, after = last_line(second), last_line(first)
    assert before.startswith("['a', 'gone', 'same'] ")
    assert after.startswith("['a', 'out', 'same'] ")
    assert before.partition("] ")[2] == after.partition("] ")[2]
    assert records(lab) == [("two", Verdict.PASSED, True), ("one", Verdict.PASSED, False)]


def test_the_next_run_goes_on_in_the_same_lane(lab):
    verify(lab.request(plan(LOOK), lab.stage("one", {"same": "s", "a": "1"})), silent)
    later = lab.request(plan(LOOK), lab.stage("one", {"same": "s", "a": "2"}))
    assert last_line(verify(later, silent).results[0]).startswith("['a', 'out', 'same'] ")


def test_a_file_that_was_touched_but_not_changed_is_left_alone(lab):
    code = "import os; print(os.stat('same').st_mtime_ns); os.utime('same', (1, 1))"
    one, two = lab.stage("one", {"same": "s"}), lab.stage("two", {"same": "s", "a": ""})
    first, second = verify(lab.request(plan(code), one, two), silent).results
    assert last_line(second) != last_line(first) == "1000000000"


def test_what_a_build_did_to_tracked_files_is_set_right(lab):
    code = (
        "import os\n"
        "assert open('same').read() == 's' and os.path.isfile('removed')\n"
        "open('same', 'w').write('t'); os.remove('removed'); os.mkdir('removed')\n"
        "open('removed/in the way', 'w')\n"
        "open('later', 'w').write('built')\n"
    )
    one = lab.stage("one", {"same": "s", "removed": "", "later": "tracked"})
    two = lab.stage("two", {"same": "s", "removed": ""})
    verify(lab.request(plan(code), one, two), silent)
    assert [verdict for _, verdict, _ in records(lab)] == [Verdict.PASSED] * 2


def test_a_red_result_of_a_moved_lane_is_not_believed(lab):
    code = "import os\nif os.path.exists('out'): exit(1)\nopen('out', 'w')"
    one, two = lab.stage("one", {"a": "1"}), lab.stage("two", {"a": "2"})
    assert verify(lab.request(plan(code), one, two), silent).failed == ()
    assert records(lab) == [("two", Verdict.PASSED, True), ("one", Verdict.PASSED, True)]


def test_what_is_red_in_a_fresh_lane_too_is(lab):
    code = "exit(int(open('code').read()))"
    one, two = lab.stage("one", {"code": "3"}), lab.stage("two", {"code": "0"})
    assert len(verify(lab.request(plan(code), one, two), silent).failed) == 1
    assert records(lab)[1:] == [("one", Verdict.FAILED, True)]


def test_a_pass_of_a_moved_lane_is_confirmed_once_before_it_counts_for_landing(lab):
    one, two = lab.stage("one", {"same": "1"}), lab.stage("two", {"same": "2"})
    request = lab.request(plan(LOOK), one, two)
    verify(request, silent)
    landing = replace(request, own_evidence=True)
    assert builds(landing) == 1
    assert records(lab)[2:] == [("one", Verdict.PASSED, True)]
    assert builds(landing) == builds(request) == 0


def test_what_is_asked_again_runs_in_fresh_lanes(lab):
    one, two = lab.stage("one", {"same": "1"}), lab.stage("two", {"same": "2"})
    verify(lab.request(plan(LOOK), one, two, rerun=True), silent)
    assert [clean for _, _, clean in records(lab)] == [True, True]


@pytest.mark.parametrize("what", ["killed", "another command", "attributes", "index", "timeout"])
def test_a_lane_is_made_anew(lab, what):
    more = 'timeout = "1s"' if what == "timeout" else ""
    code = LOOK + ("import time; time.sleep(600)" if what == "timeout" else "")
    first = {"same": "s"}
    verify(lab.request(plan(code, more), lab.stage("one", first)), silent)
    words, files = [], {"same": "s", "a": "1"}
    match what:
        case "killed":
            (mark,) = lab.folder.glob("lanes/*/stands")
            mark.unlink()
        case "another command" | "timeout":
            words = ["x"]
        case "attributes":
            files[".gitattributes"] = "same eol=crlf\n"
        case _:
            (index,) = lab.folder.glob("lanes/*/index")
            index.write_bytes(b"not an index")
    verify(lab.request(plan(LOOK, words=words), lab.stage("one", files)), silent)
    assert records(lab)[-1][2] is True
    (lane,) = (lab.folder / "lanes").iterdir()
    assert (lane / "tree" / "out").read_text("utf-8") == "x"


def test_nothing_is_left_of_a_lane_that_the_plan_has_no_more_and_of_private_folders(lab):
    one = lab.stage("one", {"same": "s"})
    verify(lab.request(plan(LOOK, TWO_PLATFORMS), one), silent)
    assert len(list(lab.folder.glob("lanes/*"))) == 2
    verify(lab.request(plan(LOOK), one), silent)
    (lane,) = lab.folder.glob("lanes/*")
    assert {path.name for path in lane.iterdir()} == {"index", "stands", "tree"}


# Says that it lives, and waits for leave to end; so nothing here depends on the clock.
MEET = "import socket; s = socket.create_connection(('127.0.0.1', {port})); exit(s.recv(1) != b'y')"


@pytest.fixture
def meeting():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


def two_meet(lab, meeting, then):
    """A verify of two platforms at once; `then` is done when both are running."""
    code = MEET.format(port=meeting.getsockname()[1])
    request = lab.request(plan(code, TWO_PLATFORMS), lab.stage("one", {"a": ""}), jobs=2)
    ended = []

    def meet():
        with contextlib.ExitStack() as held:
            both = [held.enter_context(meeting.accept()[0]) for _ in range(2)]
            then(both)
            for one in both:
                one.settimeout(60)
                with contextlib.suppress(ConnectionResetError):
                    ended.append(one.recv(1))

    other = threading.Thread(target=meet)
    other.start()
    try:
        return verify(request, silent)
    finally:
        other.join()
        assert b"".join(ended) == b""


def test_lanes_run_at_once(lab, meeting):
    result = two_meet(lab, meeting, lambda both: [one.sendall(b"y") for one in both])
    assert [one.verdict for one in result.results] == [Verdict.PASSED] * 2


def test_an_interrupt_ends_all_lanes_and_leaves_no_half_one(lab, meeting):
    with pytest.raises(KeyboardInterrupt):
        two_meet(lab, meeting, lambda _: _thread.interrupt_main())
    assert list((lab.folder / "lanes").iterdir()) == []
    assert records(lab) == []


def test_two_of_one_lane_never_run_at_once():
    todo = [cell for cell in cells(machine="windows-amd64") if not (cell.cannot or cell.runner)]
    running, most = [], []
    gate = threading.Lock()

    def build(cell):
        with gate:
            running.append(lane_of(cell))
            most.append(len(running))
            assert len(set(running)) == len(running)
        with gate:
            running.remove(lane_of(cell))
        return cell.key

    started = []
    here = {"": Site(build, 4, lane_of)}
    done = built(todo, here, turn=lambda _: Turn.NOW, starting=started.append, stop=Stop())
    assert {cell.key: key for cell, key in done} == {cell.key: cell.key for cell in todo}
    assert len(started) == len(todo)
    assert max(most) <= 4


def test_an_error_of_one_build_ends_the_others():
    todo = [cell for cell in cells(machine="windows-amd64") if not (cell.cannot or cell.runner)]
    stop, second_runs, begun, ended = Stop(), threading.Event(), [], []

    def build(cell):
        begun.append(cell)
        if cell is todo[0]:
            assert second_runs.wait(60)
            raise OSError("disk full")
        second_runs.set()
        try:
            while True:
                stop.heed()
        except Stopped:
            ended.append(cell)
            raise

    here = {"": Site(build, 2, lane_of)}
    with pytest.raises(OSError, match="disk full"):
        list(built(todo, here, turn=lambda _: Turn.NOW, starting=lambda _: None, stop=stop))
    assert len(ended) == len(begun) - 1 >= 1


def test_tips_come_first_then_what_lies_nearest():
    def order(stages):
        return list(dict.fromkeys(cell.stage for cell in in_order(PLAN, stages)))

    everything = cells()
    assert order(everything)[0] == everything[0].stage == "tests"
    assert order(everything) == ["tests", "build", "arm-deps", "ssl", "ffi"]


def test_the_event_says_how_long_it_usually_takes(lab):
    said = []
    request = lab.request(plan("pass"), lab.stage("one", {"a": ""}))
    verify(request, said.append)
    verify(replace(request, rerun=True), said.append)
    first, second = (event.usual for event in said if isinstance(event, Started))
    assert first is None
    assert second > 0
