from __future__ import annotations

import pytest
from verify_world import STAGES, cells

from stacker.errors import UsageError


def rows(**more):
    return [(cell.stage, cell.check.name, cell.platform.name) for cell in cells(**more)]


def test_tips_first_then_the_newest_each_check_where_it_belongs():
    assert rows() == [
        ("tests", "build", "win32"),
        ("tests", "build", "amd64"),
        ("tests", "arm", "arm"),
        ("build", "build", "win32"),
        ("build", "build", "amd64"),
        ("build", "arm", "arm"),
        ("arm-deps", "deps", "win32"),
        ("ffi", "build", "win32"),
        ("ffi", "build", "amd64"),
        ("ssl", "build", "win32"),
        ("ssl", "build", "amd64"),
    ]


def test_a_tip_of_what_was_selected_comes_first():
    assert [row[0] for row in rows(selection=("ssl", "ffi", "build"), platforms=("win32",))] == [
        "build",
        "ffi",
        "ssl",
    ]
    assert [row[0] for row in rows(selection=("arm-deps", "ffi", "ssl"), platforms=("win32",))] == [
        "arm-deps",
        "ffi",
        "ssl",
    ]


def test_only_the_tip_of_a_group_must_pass_a_group_tip_check():
    required = {(cell.stage, cell.check.name): cell.required for cell in cells()}
    assert required["tests", "arm"]
    assert not required["build", "arm"]
    assert required["build", "build"]
    assert {cell.tip_of for cell in cells(selection=("tests",))} == {"final"}
    assert {cell.tip_of for cell in cells(selection=("build", "ssl"))} == {""}


def test_what_cannot_run_here_says_why():
    said = {cell.platform.name: cell.cannot for cell in cells(machine="linux-amd64")}
    assert said["win32"] == ""
    assert said["amd64"] == "amd64 counts only on windows-amd64; this machine is linux-amd64"
    assert said["arm"] == ""
    assert {(cell.platform.name, cell.runner) for cell in cells()} == {
        ("win32", ""), ("amd64", ""), ("arm", "bots"),
    }  # fmt: skip
    on_windows = {cell.platform.name: cell.cannot for cell in cells(machine="windows-amd64")}
    assert on_windows["amd64"] == ""
    assert on_windows["arm"] == ""


def test_a_stage_without_a_tree_is_left_out():
    assert {row[0] for row in rows(stages={"ssl": STAGES["ssl"]})} == {"ssl"}


def test_choosing_checks_and_platforms():
    assert rows(checks=("deps",)) == [("arm-deps", "deps", "win32")]
    assert {row[2] for row in rows(platforms=("arm", "amd64"))} == {"arm", "amd64"}


@pytest.mark.parametrize(
    "wrong", [{"selection": ("sll",)}, {"checks": ("biuld",)}, {"platforms": ("win31",)}]
)
def test_an_unknown_name_is_a_usage_error(wrong):
    with pytest.raises(UsageError):
        cells(**wrong)


def test_the_key_is_that_of_the_stages_tree():
    cell = cells(selection=("ssl",))[0]
    assert cell.parts == {"tree": "tree-ssl", "check": "build", "platform": "win32"}
    assert cell.key != cells(selection=("ffi",))[0].key
