from __future__ import annotations

import _thread
import contextlib
import os
import socket
import sys
import threading
import time

import pytest

from stacker.evidence.record import Verdict
from stacker.verify.runner import Job, Stop, run


def job(tmp_path, *steps, timeout=60.0, environment=None):
    return Job(
        steps=steps,
        folder=tmp_path,
        environment=dict(os.environ) if environment is None else environment,
        timeout=timeout,
        log=tmp_path / "logs" / "out.log",
    )


def python(code, *more):
    return (sys.executable, "-c", code, *more)


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        (0, Verdict.PASSED),
        (1, Verdict.FAILED),
        (124, Verdict.FAILED),
        (125, Verdict.COULD_NOT_RUN),
        (126, Verdict.FAILED),
        (127, Verdict.COULD_NOT_RUN),
        (200, Verdict.FAILED),
    ],
)
def test_exit_codes(tmp_path, code, verdict):
    ran = run(job(tmp_path, python(f"raise SystemExit({code})")), Stop())
    assert (ran.verdict, ran.exit_code) == (verdict, code)
    assert bool(ran.reason) is (verdict is Verdict.COULD_NOT_RUN)


def test_steps_in_order_until_one_fails(tmp_path):
    ran = run(
        job(tmp_path, python("print('one')"), python("exit(3)"), python("print('no')")), Stop()
    )
    assert (ran.verdict, ran.exit_code) == (Verdict.FAILED, 3)
    log = (tmp_path / "logs" / "out.log").read_text(encoding="utf-8")
    lines = [line for line in log.splitlines() if not line.startswith("$ ")]
    assert lines == ["one"]
    assert log.count("$ ") == 2


def test_the_log_is_bytes_and_holds_both_streams(tmp_path):
    code = "import sys; sys.stdout.buffer.write(b'\\xff\\r\\n'); sys.stderr.write('err')"
    run(job(tmp_path, python(code)), Stop())
    content = (tmp_path / "logs" / "out.log").read_bytes()
    assert b"\xff\r\n" in content
    assert content.endswith(b"err")


def test_there_is_no_shell(tmp_path):
    run(
        job(tmp_path, python("import sys; print(sys.argv[1:])", "a b", "$HOME", "*", "%PATH%")),
        Stop(),
    )
    log = (tmp_path / "logs" / "out.log").read_text(encoding="utf-8")
    assert "['a b', '$HOME', '*', '%PATH%']" in log


def test_nothing_to_read(tmp_path):
    assert (
        run(job(tmp_path, python("import sys; sys.stdin.read()")), Stop()).verdict is Verdict.PASSED
    )


def test_the_environment_is_all_it_has(tmp_path):
    needed = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    code = "import os; exit('HOME' in os.environ or os.environ['MINE'] != 'x')"
    assert (
        run(job(tmp_path, python(code), environment=needed | {"MINE": "x"}), Stop()).exit_code == 0
    )


@pytest.mark.parametrize("program", ["no-such-program-at-all", "./absent", "sub/absent"])
def test_a_program_that_is_not_there_could_not_run(tmp_path, program):
    ran = run(job(tmp_path, (program,)), Stop())
    assert (ran.verdict, ran.exit_code) == (Verdict.COULD_NOT_RUN, 127)
    assert program in ran.reason


@pytest.mark.skipif(os.name != "posix", reason="modes and signals are POSIX")
def test_a_program_from_the_tree_a_file_that_is_none_and_a_signal(tmp_path):
    script = tmp_path / "run.sh"
    script.write_text("#!/bin/sh\nexit 4\n", encoding="utf-8")
    assert run(job(tmp_path, ("./run.sh",)), Stop()).exit_code == 126
    script.chmod(0o755)
    assert run(job(tmp_path, ("./run.sh",)), Stop()).exit_code == 4
    ran = run(job(tmp_path, python("import os; os.kill(os.getpid(), 11)")), Stop())
    assert (ran.verdict, ran.exit_code) == (Verdict.FAILED, 128 + 11)


# Whoever holds the connection lives; its end is seen as the end of the stream, without waiting.
GRANDCHILD = """
import socket, sys, time
held = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
held.sendall(b"alive")
time.sleep(600)
"""
CHILD = """
import subprocess, sys
started = subprocess.Popen([sys.executable, "-c", sys.argv[1], sys.argv[2]])
{then}
"""


@pytest.fixture
def watch():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        yield server


def ended(watch):
    """Whether the grandchild had come to life and is dead now."""
    connection, _ = watch.accept()
    with connection:
        connection.settimeout(30)
        received = b""
        try:
            while chunk := connection.recv(100):
                received += chunk
        except ConnectionResetError:
            return received == b"alive"
        return received == b"alive"


def family(watch, then):
    return python(CHILD.format(then=then), GRANDCHILD, str(watch.getsockname()[1]))


def test_a_timeout_ends_the_whole_tree(tmp_path, watch):
    ran = run(job(tmp_path, family(watch, "started.wait()"), timeout=3.0), Stop())
    assert (ran.verdict, ran.exit_code) == (Verdict.TIMED_OUT, None)
    assert ended(watch)
    assert "stopped after 3 s" in (tmp_path / "logs" / "out.log").read_text(encoding="utf-8")


ORPHANED = """
import os, subprocess, sys
ready, told = os.pipe()
os.set_inheritable(told, True)
tell = f"import os; os.write({told}, b'x'); time.sleep"
subprocess.Popen(
    [sys.executable, "-c", sys.argv[1].replace("time.sleep", tell), sys.argv[2]], close_fds=False
)
os.read(ready, 1)
"""


@pytest.mark.skipif(os.name != "posix", reason="on Windows an orphan is not found any more")
def test_what_a_check_leaves_running_is_ended_too(tmp_path, watch):
    port = str(watch.getsockname()[1])
    assert run(job(tmp_path, python(ORPHANED, GRANDCHILD, port)), Stop()).verdict is Verdict.PASSED
    assert ended(watch)


def test_the_timeout_is_for_all_steps_together(tmp_path):
    start = time.monotonic()
    ran = run(
        job(tmp_path, python("pass"), python("import time; time.sleep(600)"), timeout=1.0), Stop()
    )
    assert ran.verdict is Verdict.TIMED_OUT
    assert time.monotonic() - start < 30


def test_an_interrupt_ends_the_tree_and_goes_on(tmp_path, watch):
    said = []

    def interrupt_when_alive():
        connection, _ = watch.accept()
        with connection:
            connection.settimeout(30)
            said.append(connection.recv(5))
            _thread.interrupt_main()
            with contextlib.suppress(ConnectionResetError):
                said.append(connection.recv(5))

    other = threading.Thread(target=interrupt_when_alive)
    other.start()
    with pytest.raises(KeyboardInterrupt):
        run(job(tmp_path, family(watch, "started.wait()")), Stop())
    other.join()
    assert said[0] == b"alive"
    assert b"".join(said[1:]) == b""
