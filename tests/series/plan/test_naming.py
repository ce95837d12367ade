"""Names are fit for branches and for files, everywhere."""

import subprocess

import pytest
from hypothesis import given, settings
from plan_strategies import NAMES

from stacker.series.plan.naming import (
    did_you_mean,
    listed,
    wrong_with_branch,
    wrong_with_glob,
    wrong_with_name,
)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("", "is empty"),
        ("a" * 61, "is longer than 60 characters"),
        ("a\tb", "has the invisible character U+0009"),
        ("a\u202eb", "has the invisible character U+202E"),
        ("a\u200bb", "has the invisible character U+200B"),
        ("a b", "has a space"),
        ("a\u00a0b", "has a space"),
        ("e\u0301", "is not in Unicode's composed form (NFC)"),
        ("-a", "starts with '-'"),
        (".a", "starts with '.'"),
        ("a.", "ends with '.'"),
        ("a.lock", "ends with '.lock', which is taken"),
        ("a.LOCK", "ends with '.LOCK', which is taken"),
        ("a.below", "ends with '.below', which is taken"),
        ("a..b", "has '..'"),
        ("@", "has '@' where git gives it a meaning"),
        ("a@{b", "has '@' where git gives it a meaning"),
        *((name, "is a device on Windows") for name in ("con", "NUL", "aux.c", "Com1", "lpt¹.x")),
        *(
            (f"a{bad}b", f"has {bad!r}, which branches and files cannot have")
            for bad in '<>:"/\\|?*~^['
        ),
    ],
)
def test_names_that_are_refused(name, wrong):
    assert wrong_with_name(name) == wrong


@pytest.mark.parametrize("name", ["a", "A-1_b.c", "über", "日本", "console", "a" * 60, "x@y", "]"])
def test_names_that_are_good(name):
    assert wrong_with_name(name) is None


@settings(max_examples=20)
@given(NAMES)
def test_git_takes_every_good_name_as_a_branch(name):
    for branch in (name, f"series/{name}", f"series/{name}.below"):
        subprocess.run(["git", "check-ref-format", f"refs/heads/{branch}"], check=True)


@pytest.mark.parametrize(
    "branch",
    ["", "/a", "a/", "a//b", "-a", "a/.b", "a.lock", "a.lock/b", "a..b", "a b", "a@{1}", "@",
     "HEAD", "a^", "a:b", "a\\b", "a\x7f"],
)  # fmt: skip
def test_branches_that_are_refused(branch):
    assert wrong_with_branch(branch)


@pytest.mark.parametrize("branch", ["main", "release/3.8", "a|b", 'q"', "@x", "ä/ö"])
def test_branches_that_are_good(branch):
    assert wrong_with_branch(branch) is None
    subprocess.run(["git", "check-ref-format", "--branch", branch], check=True, capture_output=True)


def test_globs_stay_inside():
    assert all(wrong_with_glob(glob) for glob in ("/a", "~/a", "C:/a", "a\\b", "..", "a/../b"))
    assert not any(wrong_with_glob(glob) for glob in ("a", "**/*.c", "a..b/c", "..a"))


def test_near_names():
    assert did_you_mean("OPENSL", ["libffi", "openssl"]) == "did you mean 'openssl'?"
    assert did_you_mean("zzz", ["libffi"]) is None
    assert did_you_mean("a" * 61, ["a" * 60]) is None
    assert listed(str(n) for n in range(14)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more"
