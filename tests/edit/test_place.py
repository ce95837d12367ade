"""The folders of open stages: short names, no two alike."""

from __future__ import annotations

import pytest

from stacker.edit.place import Opened, all_opened, close_folder, folder_for, open_folder, sweep
from stacker.errors import SeriesError
from stacker.git.objects import Oid
from stacker.git.process import Git
from stacker.git.store import ObjectStore


@pytest.fixture
def state(tmp_path):
    folder = tmp_path / ".stacker"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path, history):
    upstream = history.draw(tmp_path / "store.git", {"master": [("start", {"a": "a\n"})]})
    with ObjectStore(Git(upstream.path)) as made:
        made.tip = Oid(upstream["start"])
        yield made


def opened(store, state, stage):
    one = Opened(stage, folder_for(state, stage), store.tip, store.tip, 0, store.tip)
    open_folder(store, state, one)
    return one


def test_names_are_short_and_differ(store, state):
    long = "calling-convention"
    stages = [f"{long}-1", f"{long.upper()}-2", f"{long}-3", "a.json", "a"]
    found = [opened(store, state, stage) for stage in stages]
    assert [one.folder.name for one in found] == [
        "calling-conv", "CALLING-CON2", "calling-con3", "a-json", "a"
    ]  # fmt: skip
    assert {one.stage: one for one in all_opened(state)} == {one.stage: one for one in found}
    for one in found:
        assert (one.folder / "a").read_bytes() == b"a\n"
        close_folder(store, one.folder)
    assert list((state / "edit").iterdir()) == []
    assert Git(store.git.directory).text("worktree", "list").count("\n") == 0


def test_what_a_killed_command_left_is_swept(store, state):
    whole, half, gone = (opened(store, state, stage) for stage in ("whole", "half", "gone"))
    half.folder.with_name("half.json").unlink()
    close_folder(store, gone.folder)
    gone.folder.with_name("gone.json").write_text("{}", encoding="utf-8")
    sweep(store, state)
    assert sorted(p.name for p in (state / "edit").iterdir()) == ["whole", "whole.json"]
    assert all_opened(state) == [whole]


@pytest.mark.parametrize("note", ["{}", "", "[]", '{"stage": "one"}'])
def test_a_note_that_cannot_be_read_is_said(store, state, note):
    one = opened(store, state, "one")
    one.folder.with_name("one.json").write_text(note, encoding="utf-8")
    with pytest.raises(SeriesError, match=r"one\.json is damaged") as told:
        all_opened(state)
    assert str(one.folder) in told.value.hint
