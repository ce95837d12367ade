"""`verify --watch` as a service runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from watch_world import begin, check

import stacker
from stacker import wiring
from stacker.cli.watching import _refuse_mighty
from stacker.errors import UsageError
from stacker.series.directory import SeriesDirectory
from stacker.series.plan.reading import parse_plan
from stacker.watch.account import Account, this_account

SOURCE = str(Path(stacker.__file__).parents[1])


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
def test_a_process_that_somebody_ends(tmp_path, run_stacker, history):
    secret = "import os, sys; sys.exit('GITHUB_TOKEN' in os.environ)"
    folder = tmp_path / "team"
    folder.mkdir()
    post = begin(run_stacker, folder, history, check(secret))
    words = ["-C", "box", "--json", "verify", "--watch", "--platform", "arm", "--every", "1h"]
    with subprocess.Popen(
        [sys.executable, "-m", "stacker", *words, "--trust", "--as-root"], cwd=folder,
        env={**os.environ, "PYTHONPATH": SOURCE, "GITHUB_TOKEN": "of-somebody"},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as box:  # fmt: skip
        ready = json.loads(box.stdout.readline())
        assert (ready["platforms"], ready["every"]) == (["arm"], 3600.0)
        assert ready["account"] == this_account().name
        lines = []
        while not lines or not lines[-1].startswith("3 results sent home"):
            lines.append(box.stderr.readline())
            assert lines[-1], lines
        box.send_signal(signal.SIGTERM)
        out, err = box.communicate(timeout=60)
    assert (box.returncode, out) == (130, "")
    assert err == (
        "Stopped watching; what ended by then is recorded. What home lacks of it goes next time.\n"
    )
    assert {verdict for _, _, verdict in post.results()} == {"passed"}


def test_who_may_do_anything_is_refused_unless_he_insists():
    with pytest.raises(UsageError, match="root may do anything"):
        _refuse_mighty(Account("root", mighty=True), as_root=False)
    _refuse_mighty(Account("root", mighty=True), as_root=True)
    _refuse_mighty(Account("builder", mighty=False), as_root=False)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="asks root")
def test_root_is_known(tmp_path, run_stacker):
    done = run_stacker("verify", "--watch")
    assert done.code == 2
    assert "--as-root" in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("--every", "5m"), ("--as-root",), ("--watch", "--rerun"), ("--watch", "--why"),
        ("--watch", "--fail-fast"), ("--watch", "one"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_together(run_stacker, words):
    assert run_stacker("verify", *words).code == 2


@pytest.mark.parametrize("time", ["soon", "0m", "2d"])
def test_a_time_that_is_none(run_stacker, time):
    done = run_stacker("verify", "--watch", "--as-root", "--every", time)
    assert done.code == 2
    assert repr(time) in done.err


def test_upstream_is_asked_without_any_token(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "of-somebody")
    text = '[series]\nname = "s"\n{}\n[repositories.main]\nupstream = "o/main"\n'
    there = wiring.public_upstreams(SeriesDirectory(tmp_path), parse_plan(text.format(""), "p"))
    assert there["main"].url == "https://github.com/o/main.git"
    assert there["main"].credential is None
    demo = parse_plan(text.format('forge = "demo"'), "p")
    with pytest.raises(UsageError, match="demo"):
        wiring.public_upstreams(SeriesDirectory(tmp_path), demo)
