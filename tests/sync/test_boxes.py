"""Signs of life in home: whoever may push there may write anything there."""

from __future__ import annotations

import json
import subprocess
import time

import pytest
from sync_world import git, team

from stacker.boxes.sign import Doing, Sign, text_of

NOW = int(time.time())
SIGN = Sign(
    box="", host="pi-4", account="builder", platforms=("arm",), doing=Doing.IDLE, what="",
    version=1, looked_at=NOW, at=NOW, stacker="1.0",
)  # fmt: skip


@pytest.fixture
def ann(tmp_path, run_stacker, history):
    return team(run_stacker, tmp_path, history)


@pytest.fixture
def home(ann):
    return ann.home.parent / "home.git"


def write(home, *words, given):
    """An object that git makes of what is given."""
    made = subprocess.run(["git", *words], cwd=home, input=given, capture_output=True, check=True)
    return made.stdout.decode().strip()


def show(home, box, raw, *, mode="100644", name="sign.json"):
    """Put a sign into home, whatever it is."""
    blob = write(home, "hash-object", "-w", "--stdin", given=raw)
    tree = write(home, "mktree", given=f"{mode} blob {blob}\t{name}\n".encode())
    git(home, "update-ref", f"refs/stacker/boxes/{box}", git(home, "commit-tree", "-m", "x", tree))


def test_what_boxes_say_comes_with_sync(ann, home):
    show(home, "good", text_of(SIGN))
    show(
        home, "loud", text_of(SIGN).replace(b'"what": ""', b'"what": "a\\u001b[2J\\nNext: \\u202e"')
    )
    show(home, "no-json", b"{")
    show(home, "another", text_of(SIGN).replace(b'"format": 1', b'"format": 9'))
    show(home, "large", text_of(SIGN) + b" " * 20_000)
    show(home, "link", text_of(SIGN), mode="120000")
    show(home, "empty", text_of(SIGN), name="other.json")
    show(home, "Strange_name", text_of(SIGN))
    blob = write(home, "hash-object", "-w", "--stdin", given=b"x")
    git(home, "update-ref", "refs/stacker/boxes/blob", blob)
    assert ann.stacker("sync")["state"] == "sent"
    boxes = ann.stacker("status")["boxes"]
    assert [one["box"] for one in boxes] == ["good", "loud"]
    assert boxes[1]["what"] == "a\x1b[2J Next: \u202e"
    git(home, "update-ref", "-d", "refs/stacker/boxes/loud")
    ann.stacker("sync")
    assert [one["box"] for one in ann.stacker("status")["boxes"]] == ["good"]


def test_nothing_that_a_box_says_is_believed_by_a_terminal(ann, home):
    raw = {"platforms": ["local", "x\nNext: rm"], "host": "\u202eh", "what": "a\x1b[2J\nNext: rm"}
    show(home, "loud", json.dumps(json.loads(text_of(SIGN)) | raw).encode())
    ann.stacker("sync")
    text = ann.run("status", cwd=ann.home).out
    assert "\nlocal: box \\u202eh looked " in text
    assert ", idle (a\\u001b[2J Next: rm)\n" in text
    assert text.count("Next: ") == text.count("Next: rm")


def test_a_box_that_is_long_silent_is_named_by_the_doctor(ann, home):
    old = NOW - 9 * 86_400 - 60
    show(home, "gone", text_of(SIGN).replace(str(NOW).encode(), str(old).encode()))
    ann.stacker("sync")
    found = {one["name"]: one for one in ann.stacker("doctor", "--no-fetch")["checks"]}
    assert found["boxes"]["state"] == "warning"
    assert "pi-4, which built for arm, is silent 9 days" in found["boxes"]["message"]
    assert "refs/stacker/boxes/gone" in found["boxes"]["hint"]
