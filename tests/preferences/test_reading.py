"""Settings files and variables: what they may say, and how mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from stacker.errors import SettingsError
from stacker.preferences.reading import from_environment, parse, read

ALL = """\
work = "~/builds"
jobs = 4
editor = "code --wait"
merge_tool = "meld"
colour = false
"""


def test_every_setting_is_read(home):
    assert parse(ALL, "config.toml") == {
        "work": home / "builds",
        "jobs": 4,
        "editor": "code --wait",
        "merge_tool": "meld",
        "colour": False,
    }


def test_all_mistakes_are_told_at_once_each_at_its_place():
    text = "# mine\nedtor = 'vi'\njobs = '4'\ncolour = 'auto'\n[work]\nx = 1\n"
    with pytest.raises(SettingsError) as caught:
        parse(text, "config.toml")
    told = [(one.file, one.line, one.key, one.message) for one in caught.value.where]
    assert told == [
        ("config.toml", 2, "edtor", "there is no such setting\ndid you mean 'editor'?"),
        ("config.toml", 3, "jobs", "it must be a whole number from 1 to 1000"),
        ("config.toml", 4, "colour", "it must be true or false"),
        ("config.toml", 5, "work", 'it must be an absolute path, as "~/builds"'),
    ]
    assert "work, jobs, editor, merge_tool, colour" in caught.value.hint


@pytest.mark.parametrize(
    "line",
    [
        "jobs = 0", "jobs = true", "jobs = 1.0", "work = 'builds'", "work = '~nobody-at-all/x'",
        "editor = ''", "editor = \"vi\\nrm\"", "editor = ['vi']",
        # git would look for these among its tools, and run what it finds
        "merge_tool = '../../evil'", "merge_tool = '--tool=x'", "merge_tool = ''",
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(line):
    with pytest.raises(SettingsError, match="has 1 problem"):
        parse(line, "config.toml")


def test_what_is_no_toml_is_told_with_its_line():
    with pytest.raises(SettingsError) as caught:
        parse("jobs = 2\neditor = vi\n", "config.toml")
    assert caught.value.where[0].line == 2


def test_no_file_says_nothing_and_a_damaged_one_is_an_error(tmp_path):
    assert read(tmp_path / "config.toml") == {}
    (tmp_path / "config.toml").write_bytes(b"editor = '\xff'\n")
    with pytest.raises(SettingsError, match="not UTF-8"):
        read(tmp_path / "config.toml")


def test_variables_say_the_same():
    given = {
        "STACKER_WORK": str(Path.cwd()), "STACKER_JOBS": "3", "STACKER_EDITOR": "vi",
        "STACKER_MERGE_TOOL": "", "NO_COLOR": "1",
    }  # fmt: skip
    assert from_environment(given) == {
        "work": (Path.cwd(), "STACKER_WORK"),
        "jobs": (3, "STACKER_JOBS"),
        "editor": ("vi", "STACKER_EDITOR"),
        "colour": (False, "NO_COLOR"),
    }


def test_a_variable_that_says_nonsense_is_an_error():
    with pytest.raises(SettingsError, match="STACKER_JOBS is 'many'"):
        from_environment({"STACKER_JOBS": "many"})
