"""What a form cannot carry is told, and never lost: git and stacker still read it."""

from __future__ import annotations

import subprocess

import pytest
from world import begin

MODULE = "1" * 40


@pytest.fixture
def world(tmp_path, run_stacker, history):
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": "a\n", "file": "f\n", "pic.bin": b"\0one", "dir/x": "x\n"})],
        "port": [
            "start",
            ("Plain", {"a.c": "b\n"}),
            ("Picture", {"pic.bin": b"\0two\xff"}),
            ("Module", {"lib": ("160000", MODULE)}),
            ("Folder", {"file": None, "file/inside": "f\n"}),
            ("File", {"dir/x": None, "dir": "x\n"}),
            ("Mode", {"a.c": ("100755", "b\n")}),
            ("Link", {"link": ("120000", "a.c")}),
            ("Nothing", {}),
            ("Dashes\n\nsee\n---\nbelow", {"a.c": ("100755", "c\n")}),
        ],
    })  # fmt: skip
    return begin(run_stacker, tmp_path, upstream,
                 (f"{upstream['start']}..port", "--stage-per-commit"))  # fmt: skip


def notes(document):
    return {note["stage"]: note["what"] for note in document["notes"]}


def test_quilt(world, taker, tmp_path):
    done = world.stacker("export", "--quilt", str(tmp_path / "out"))
    assert notes(done) == {
        "picture": "quilt cannot apply it: binary content",
        "module": "quilt cannot apply it: submodule lib",
        "folder": "quilt cannot apply it: file is a file on one side, a folder on the other",
        "file": "quilt cannot apply it: dir is a file on one side, a folder on the other",
        "nothing": "changes nothing: git quiltimport stops there, quilt does not",
    }
    assert taker.imported(tmp_path / "out") == done["tree"]
    text = world.run("export", "--quilt", "again", cwd=world.home).out
    assert "0002-picture.patch: quilt cannot apply it" in text
    assert max(map(len, text.splitlines())) <= 80


def test_mail(world, taker, tmp_path):
    file = tmp_path / "all.mbox"
    done = world.stacker("export", "--mbox", str(file))
    assert notes(done) == {
        "nothing": "changes nothing: git am stops there; git am --skip goes on without it",
        "dashes": "git am may change its author or message; stacker import does not",
    }
    assert taker.imported(file) == done["tree"]
    text = world.run("export", "--mbox", "again.mbox", cwd=world.home).out
    assert text.endswith("Next: git am again.mbox\n")
    clone = taker.clone()
    subprocess.run(["git", "am", "-q", file], cwd=clone, check=False, capture_output=True)
    assert taker.apply(clone, "am", "-q", "--skip") == done["tree"]


def test_a_branch_carries_all(world, taker):
    done = world.stacker("export", "--branch", "all", "--to", str(taker.clone()))
    assert done["notes"] == []
