from __future__ import annotations

import pytest

from stacker.completion.answering import answer
from stacker.completion.choosing import offers
from stacker.completion.naming import names_at

NAMES = {"stage": ("build", "ctypes"), "group": ("final",)}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("reb", ["rebase"]),
        ("edit ", ["build", "ctypes"]),
        ("edit b", ["build"]),
        ("edit build ", []),  # it takes one
        ("verify build c", ["ctypes"]),  # and this any number
        ("edit -- b", ["build"]),
        ("edit -- --d", []),
        ("land --group ", ["final"]),
        ("land --group=f", ["--group=final"]),
        ("land --group final ", ["build", "ctypes"]),
        ("log --diff v1 v2 c", ["ctypes"]),
        ("log --diff v1 ", []),
        ("--json -C there edit c", ["ctypes"]),
        ("-C ", []),
        ("resolve --take m", ["mine"]),
        ("doctor --for ", ["land"]),
        ("hub s", ["serve"]),
        ("completion z", ["zsh"]),
        ("help ex", ["exit-codes"]),
        ("rebase --on", ["--onto"]),
        ("rebase --js", ["--json"]),
    ],
)
def test_what_can_stand_there(line, words):
    found = [one.word for one in offers(line.split(" "), NAMES.__getitem__)]
    assert found == words


def test_every_command_is_offered_with_what_it_does():
    found = offers([""], NAMES.__getitem__)
    assert "rebase" in [one.word for one in found]
    assert all(one.says for one in found)


PLAN = """\
[series]
name = "s"
[repositories.up]
upstream = "/nowhere"
[[stages]]
id = "build"
[[stages]]
id = "$(touch x)"
[groups.final]
stages = ["build"]
"""


def test_names_are_those_of_the_plan_that_a_shell_takes_as_they_are(tmp_path):
    (tmp_path / "series.toml").write_text(PLAN, encoding="utf-8")
    inside = tmp_path / "patches"
    inside.mkdir()
    assert names_at(inside, "stage") == ["build"]
    assert names_at(tmp_path, "group") == ["final"]
    assert answer("fish", ["-C", "patches", "edit", ""], tmp_path) == "build\t\n"


@pytest.mark.parametrize("plan", [None, "", "[[stages]]\nid = 3\n", "stages = 3\n", "\0"])
def test_without_a_good_plan_there_are_no_names_and_no_words(tmp_path, plan):
    if plan is not None:
        (tmp_path / "series.toml").write_text(plan, encoding="utf-8")
    assert not names_at(tmp_path, "stage")
    assert not names_at(tmp_path, "group")


def test_bash_takes_what_is_behind_an_equals_sign_for_a_word(tmp_path):
    (tmp_path / "series.toml").write_text(PLAN, encoding="utf-8")
    assert answer("bash", ["land", "--group", "=", "f"], tmp_path) == "final\n"
    assert answer("bash", ["land", "--group", "="], tmp_path) == "final\n"
    assert answer("zsh", ["land", "--group=f"], tmp_path) == "--group=final\t\n"
