"""The candidate's checks: every gap is a reason, many run at once, an interrupt lands nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import threading

import pytest
from land_world import GROUP, acting_as, land, life, refs

AWAY = """
[platforms.local]
[platforms.vax]
host = "plan9-vax"
[[checks]]
name = "looks"
run = [["{python}", "-c", "import os, sys; sys.exit(os.path.exists('b.txt'))"]]
[[checks]]
name = "after"
run = [["{python}", "-c", "import sys; sys.exit(0)"]]
needs = ["looks"]
"""


def test_every_gap_is_a_reason_with_who_must_act(approved):
    world = approved(more=GROUP + AWAY)
    world.good("verify", "--trust", "--why")
    said = land(world, code=5)
    away = "could not run: vax counts only on plan9-vax; this machine is "
    found = [
        (r["who"], r["stage"], r["text"].split("linux")[0].split("macos")[0].split("windows")[0],
         r["command"])
        for r in said["reasons"]
    ]  # fmt: skip
    assert found == [
        ("coordinator", "a", f"looks for vax {away}", "stacker verify a --platform vax"),
        ("coordinator", "a", f"after for vax {away}", "stacker verify a --platform vax"),
        ("porter", "b", "looks for local failed", "stacker verify b"),
        ("coordinator", "b", f"looks for vax {away}", "stacker verify b --platform vax"),
        ("porter", "b", "after for local could not run: it needs looks, which failed there",
         "stacker verify b"),
        ("coordinator", "b", f"after for vax {away}", "stacker verify b --platform vax"),
    ]  # fmt: skip
    assert (life(world), refs(world)) == ([], [])


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals")
def test_builds_run_at_once_and_end_with_an_interrupt(approved):
    """Two checks meet; one of them ends well; then somebody ends the landing."""
    world = approved()
    with socket.create_server(("127.0.0.1", 0)) as server, contextlib.ExitStack() as stack:
        server.settimeout(30)
        code = (
            f"import socket; s = socket.create_connection({server.getsockname()!r});"
            "exit(s.recv(1) != b'y')  # "
        )
        checks = (
            f'\n[[checks]]\nname = "{name}"\ntimeout = "30s"\n'
            f'run = ["{{python}}", "-c", "{code}{name}"]\n'
            for name in ("one", "two")
        )
        plan = world.folder / "series.toml"
        plan.write_text(plan.read_text("utf-8") + "".join(checks), "utf-8", newline="\n")
        world.good("verify", "--trust", "--why")
        ended = []

        def met():
            return stack.enter_context(server.accept()[0])

        def interrupt():
            first, second = met(), met()  # at once
            first.sendall(b"y")
            third = met()
            os.kill(os.getpid(), signal.SIGTERM)
            for one in (second, third):
                one.settimeout(30)
                with contextlib.suppress(ConnectionResetError):
                    ended.append(one.recv(1))

        def answer():
            for _ in range(3):
                met().sendall(b"y")

        def landing(meanwhile):
            other = threading.Thread(target=meanwhile)
            other.start()
            with acting_as(world, "up"):
                ran = world.run("land", "--group", "final", "-j", "2")
            other.join()
            return ran

        stopped = landing(interrupt)
        assert stopped.code == 130
        assert stopped.err.endswith("Interrupted; nothing landed.\n")
        assert set(ended) <= {b""}
        assert (life(world), refs(world)) == ([], [])
        landed = landing(answer)
    assert "3 builds to run, 1 cached" in landed.err
    assert landed.document["state"] == "landed"
