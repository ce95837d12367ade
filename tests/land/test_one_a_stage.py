"""Where a pull request is a commit, as with CPython, a stage lands as one, whatever its patches."""

from __future__ import annotations

from pathlib import Path

from land_world import git, land


def test_a_stage_of_two_patches_lands_as_one_commit_with_its_text(ready):
    folder = Path(ready.good("edit", "a")["folder"])
    (folder / "more.txt").write_text("more\n", encoding="utf-8")
    ready.good("edit", "--done", "--new", "-m", "More of it")
    plan = ready.folder / "series.toml"
    text = plan.read_text(encoding="utf-8")
    text = text.replace('publish = "', 'preset = "cpython"\npublish = "', 1)
    plan.write_text(text.replace('id = "b"', 'id = "b"\nissue = "7"'), encoding="utf-8")
    ready.good("submit")
    for stage in "ab":
        ready.approve(stage)
    said = land(ready)
    number = {m["stage"]: m["number"] for m in said["members"]}
    shown = git(ready.upstream.path, "log", "-2", "--format=%s%n%an%n%(trailers:only)", "master")
    newest, _, older = shown.partition("Stacker-Member: #2@")
    assert older.split("\n")[2:4] == [f"Part a: the first (GH-{number['a']})", "Ada Upstream"]
    assert newest.startswith(f"gh-7: Part b @\u200dzed fixes #\u200d1 (GH-{number['b']})\nAda Up")
    body = git(ready.upstream.path, "log", "-1", "--skip=1", "--format=%b", "master")
    assert body.startswith("Its text.\n\nCo-authored-by: Paul Porter <paul@example.org>")
    assert [m["landed_as"] for m in said["members"]] == git(
        ready.upstream.path, "log", "-2", "--format=%H", "--reverse", "master"
    ).split()
    assert git(ready.upstream.path, "show", "master:more.txt") == "more"
