"""A folder as it is on Windows: what is in it comes back byte for byte, whatever the person set."""

from __future__ import annotations

from pathlib import Path

import pytest
from world import begin

LF, CRLF = b"one\ntwo\n", b"one\r\ntwo\r\n"


@pytest.fixture
def world(tmp_path, run_stacker, history, home):
    """Files with both line ends, one that is text by attribute; a person with Windows' settings."""
    upstream = history.draw(tmp_path / "upstream", {
        "master": [("start", {"lf.c": LF, "crlf.c": CRLF, "auto.txt": LF, "same.txt": LF,
                              ".gitattributes": "*.txt text=auto\n"})],
        "port": ["start", ("First", {"lf.c": LF + b"three\n"})],
    })  # fmt: skip
    (home / ".gitconfig").write_text(
        "[core]\n\tautocrlf = true\n\tsafecrlf = false\n", encoding="utf-8"
    )
    return begin(run_stacker, tmp_path, upstream, (f"{upstream['start']}..port", "--stage", "one"))


def opened(world):
    return Path(world.stacker("edit", "one")["folder"])


def blob(world, path):
    """The bytes that the tip of the stage has."""
    tip = world.stacker("status")["stages"][0]["commit"]
    there = world.git("rev-parse", f"{tip}:{path}")
    done = world.git("cat-file", "-s", there)
    return world.git("cat-file", "blob", there).encode(), int(done)


def test_the_persons_own_git_stores_what_is_there(world):
    """It commits, and gets a file back: neither changes a line end."""
    folder = opened(world)
    assert (folder / "lf.c").read_bytes() == LF + b"three\n"
    (folder / "new.c").write_bytes(CRLF)
    (folder / "crlf.c").write_bytes(CRLF + b"three\r\n")
    (folder / "lf.c").unlink()
    world.git("checkout", "-q", "--", "lf.c", where=folder)
    assert (folder / "lf.c").read_bytes() == LF + b"three\n"
    world.git("add", "-A", where=folder)
    world.git("commit", "-q", "-m", "More", where=folder)
    world.stacker("edit", "--done", "-m", "why")
    assert blob(world, "new.c") == (b"one\r\ntwo", len(CRLF))
    assert blob(world, "crlf.c") == (b"one\r\ntwo\r\nthree", len(CRLF) + 7)


def test_where_text_has_the_systems_line_ends(world):
    """Which is CRLF on Windows: it is there in the folder, and not in what is stored."""
    world.git("config", "core.eol", "crlf")
    folder = opened(world)
    assert (folder / "auto.txt").read_bytes() == CRLF
    assert (folder / "lf.c").read_bytes() == LF + b"three\n"
    (folder / "auto.txt").write_bytes(CRLF + b"three\r\n")
    (folder / "same.txt").write_bytes(LF)
    world.stacker("edit", "--done", "-m", "why")
    assert blob(world, "auto.txt") == (b"one\ntwo\nthree", len(LF) + 6)
    tip = world.stacker("status")["stages"][0]["commit"]
    changed = world.git("diff", "--name-only", f"{world.upstream['start']}..{tip}").split()
    assert changed == ["auto.txt", "lf.c"]
