from __future__ import annotations

import pytest

from stacker.verify.machine import is_machine, this_machine


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        ("windows-amd64", True),
        ("Windows-AMD64", True),
        ("windows-x86_64", True),
        ("windows", True),
        ("windows-arm64", False),
        ("win", False),
        ("linux", False),
    ],
)
def test_what_a_plan_calls_a_windows_machine(host, is_it):
    assert is_machine(host, "windows-amd64") is is_it


def test_this_machine_is_itself():
    assert is_machine(this_machine(), this_machine())
    assert is_machine(this_machine().partition("-")[0], this_machine())
