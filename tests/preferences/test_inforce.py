"""Which of several words counts, and where a series' builds lie."""

from __future__ import annotations

import os
import subprocess

import pytest

from stacker import settings
from stacker.errors import SettingsError
from stacker.preferences.inforce import own_file, preferences
from stacker.preferences.telling import examine_settings


@pytest.fixture
def series(tmp_path):
    root = tmp_path / "series"
    root.mkdir()
    (root / "series.toml").write_text("", encoding="utf-8")
    return root


def say(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_what_is_nearer_goes_first(series, monkeypatch):
    assert preferences(series).jobs() == (1, "default")
    say(own_file(), "jobs = 2\n")
    assert preferences(series).jobs() == (2, str(own_file()))
    near = series.resolve() / ".stacker" / "config.toml"
    say(near, "jobs = 3\n")
    assert preferences(series / ".stacker").jobs() == (3, str(near))
    monkeypatch.setenv("STACKER_JOBS", "4")
    assert preferences(series).jobs() == (4, "STACKER_JOBS")


def test_outside_of_a_series_only_the_own_file_speaks(tmp_path):
    say(own_file(), "jobs = 2\n")
    assert preferences(tmp_path).jobs().value == 2
    assert preferences(tmp_path).lanes() is None


def test_the_editor_is_gits_unless_we_have_a_word_on_it(series, home, monkeypatch):
    monkeypatch.delenv("EDITOR")
    monkeypatch.setenv("VISUAL", "emacs")
    assert preferences(series).editor() == ("emacs", "VISUAL")
    subprocess.run(["git", "init", "-q", str(series)], check=True)
    subprocess.run(["git", "config", "core.editor", "evil"], cwd=series, check=True)
    assert preferences(series).editor() == ("emacs", "VISUAL")  # the series has no say
    subprocess.run(["git", "config", "--global", "core.editor", "nano"], check=True)
    assert preferences(series).editor() == ("nano", "git's core.editor")
    say(own_file(), "editor = 'code --wait'\n")
    assert preferences(series).editor() == ("code --wait", str(own_file()))


def test_the_merge_tool_is_left_to_git_unless_we_have_a_word_on_it(series):
    assert preferences(series).merge_tool().value is None
    say(own_file(), "merge_tool = 'meld'\n")
    assert preferences(series).merge_tool().value == "meld"


def test_builds_of_each_series_lie_apart_under_short_names(series, tmp_path):
    assert (preferences(series).lanes() is None) is (os.name != "nt")
    say(own_file(), f"work = '{(tmp_path / 'w').as_posix()}'\n")
    other = tmp_path / "other"
    other.mkdir()
    (other / "series.toml").touch()
    here, there = preferences(series).lanes(), preferences(other).lanes()
    assert here.parent == there.parent == tmp_path / "w"
    assert here.name != there.name
    assert len(here.name) == 8


def test_the_doctor_says_what_is_in_force_and_who_said_it(series, monkeypatch):
    monkeypatch.setenv("STACKER_JOBS", "4")
    monkeypatch.delenv("NO_COLOR")
    assert examine_settings(series).message == "jobs 4 (STACKER_JOBS), editor false (EDITOR)"
    say(own_file(), "jbs = 4\n")
    found = examine_settings(series)
    assert found.health == "problem"
    assert f"{own_file()}:1  jbs: there is no such setting" in found.hint
    with pytest.raises(SettingsError):
        preferences(series)


def test_no_colour_is_what_other_programs_understand(monkeypatch):
    monkeypatch.delenv("NO_COLOR")
    settings.no_colour()
    assert settings.environment()["NO_COLOR"] == "1"
