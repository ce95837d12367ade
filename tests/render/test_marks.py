"""The two pages that people look at most, as they are to be: on any terminal, and on none."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from status_samples import (
    BASE,
    HEAD,
    NOW,
    TIP,
    approved,
    evidence,
    landed,
    opinion,
    series,
    stage,
    submitted,
)

from stacker.forecast.culprit import Culprit
from stacker.git.merge import Conflict
from stacker.rebase.outcome import RebaseResult, StageConflict, StageResult, Status
from stacker.render.rebase import Reader, rebase_text
from stacker.render.status import status_text
from stacker.render.terminal import Answer, Terminal
from stacker.series.compose import Solved
from stacker.series.resolutions.resolution import Resolution
from stacker.status.value import PublishedAs, Stopped, UpstreamStatus
from stacker.upstream.commit import UpstreamCommit

STATUS_160 = """\
win-arm32 v40 on master 8a1657b · upstream 31 ahead · forge read 12 min ago
  1  openssl      #11779  approved by tiran  2/2  published v38, same change
  2  libffi       landed 32119e1 in v3.8.0a4
  3  openssl-arm  hand-off  waits for cpython-bin-deps openssl-bin
  final, lands together, 1 of 4 ready, gate L1: drafts
  4  build        #11825  approved by zooba  2/2
  5  ctypes       #12059  waits for you: conflict, 2 open threads  2/2
  6  test-skips   #11774  waits for review   1/2  arm32: no evidence (box arm32-1 silent 9 days)
  7  library      -       not submitted
Next: stacker resolve ctypes     (rebase to 62dfd7d stopped there)
"""
NOTE = "  arm32: no evidence (box arm32-1 silent 9 days)\n"
STATUS_80 = STATUS_160.replace(NOTE, "\n" + " " * 16 + NOTE)

REBASE = """\
4 of 7 stages fit master 62dfd7d (31 new commits). Nothing moved yet: 1 conflict.
  ctypes  0001-arm-calling-convention.patch
    Modules/_ctypes/callproc.c   content; first broken by 32119e1000 (GH-11797, paulmon)
    Modules/_ctypes/callbacks.c  solved as in v31 (you, 2 March)
  test-skips, library  wait for ctypes
Next: stacker resolve ctypes
"""


def drafted(**more):
    return opinion(draft=True, **more)


def whole():
    now = PublishedAs(40, HEAD, changed=False)
    silent = evidence(True, False, heard="box arm32-1 silent 9 days", by="the bots")
    return series(
        approved("openssl", 11779),
        landed("libffi", release="v3.8.0a4"),
        stage("openssl-arm", repository="bin-deps", upstream="python/cpython-bin-deps",
              hand_off=True),
        submitted("build", 11825, group="final", published=now,
                  opinion=drafted(approved_by=("zooba",))),
        submitted("ctypes", 12059, group="final", published=now, stopped_on="ctypes",
                  opinion=drafted(open_threads=2)),
        submitted("test-skips", 11774, group="final", published=now, opinion=drafted(),
                  evidence=silent),
        stage("library", group="final", evidence=None),
        stopped=Stopped((("cpython", TIP),), ("ctypes",)),
        upstreams=(
            UpstreamStatus("cpython", "master", BASE, TIP, 31, NOW),
            UpstreamStatus("bin-deps", "openssl-bin", None, None, None, None),
        ),
    )  # fmt: skip


def stopped():
    path, patch = "Modules/_ctypes/", "0001-arm-calling-convention.patch"
    broke = UpstreamCommit("32119e1" + "0" * 33, "Rewrite calls", "paulmon", "2019-04-23", 11797)
    conflict = StageConflict(
        "ctypes", patch, Conflict(f"{path}callproc.c".encode(), "content", None, None, None),
        Culprit(broke, None, (), ()),
    )  # fmt: skip
    known = Resolution(
        stage="ctypes", patch=patch, path=f"{path}callbacks.c".encode(), base=None, upstream=None,
        mine=None, mode=None, version=31, by="Paul", when=1_551_500_000, content=b"",
    )  # fmt: skip
    stages = (
        StageResult("libffi", Status.LANDED, HEAD, HEAD, HEAD, ""),
        *(StageResult(name, Status.REBASED, HEAD, HEAD, HEAD, "")
          for name in ("openssl", "openssl-arm", "build")),
        StageResult("ctypes", Status.CONFLICT, None, None, HEAD, "", (conflict,),
                    (Solved("ctypes", known, carried=False),)),
        *(StageResult(name, Status.BLOCKED, None, None, HEAD, "")
          for name in ("test-skips", "library")),
    )  # fmt: skip
    return RebaseResult(
        bases={"cpython": BASE}, version=40, stages=stages, store=Path("/s"), halted=True,
        edits=(), remembered=False, new_commits=31, targets={"cpython": TIP},
    )  # fmt: skip


def rebase_page():
    return rebase_text(stopped(), "cpython", "master", Reader(lambda: "Paul", NOW))


def shown(monkeypatch, text, encoding, *, terminal):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding, newline="\n")
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stdout", stream)
    Terminal(json_only=False, quiet=False).answer(Answer({}, text))
    stream.flush()
    return raw.getvalue().decode(encoding)


ASCII = str.maketrans({"·": "-"})


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    ("encoding", "as_there"), [("utf-8", {}), ("cp1252", {}), ("ascii", ASCII)]
)
def test_both_pages_on_any_console(monkeypatch, encoding, as_there, terminal):
    monkeypatch.setenv("NO_COLOR", "1")
    for page, mark in ((status_text(whole()), STATUS_80), (rebase_page(), REBASE)):
        assert shown(monkeypatch, page, encoding, terminal=terminal) == mark.translate(as_there)


def test_a_wide_terminal_has_notes_beside(monkeypatch):
    assert status_text(whole(), 160) + "\n" == STATUS_160
    assert max(map(len, STATUS_80.splitlines())) <= 80
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr("sys.stdout", io.StringIO())
    assert Terminal(json_only=False, quiet=False).columns == 80  # nobody looks on
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert Terminal(json_only=False, quiet=False).columns == 160
