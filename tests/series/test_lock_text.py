"""The quick reader of a lock gives what TOML says, or leaves the text to it."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_lock import BEFORE, locks

from stacker.series import lock_text
from stacker.series.lock import serialise

TEXT = serialise(BEFORE).decode()
HEAD, _, LINES = TEXT.partition("[stages]\n")


def by_toml(text):
    try:
        return tomllib.loads(text)
    except ValueError:
        return "no TOML"


def quickly(text):
    try:
        return lock_text.values_of(text)
    except ValueError:
        return "no TOML"


@given(locks)
def test_a_lock_of_ours_is_read_without_toml(lock):
    text = serialise(lock).decode()
    lines = text.partition("\n[stages]\n")[2]
    assert lock_text.values_of(text) == tomllib.loads(text)
    assert lock_text._stages(lines) == tomllib.loads(lines)


PIECES = st.sampled_from([
    '"', "\\", "\n", ", ", " }", "{ ", "[", "]", " = ", "# ", '"a" = ', "true", "007", "7", "\t",
    "é", "\r", "\x7f", '"""', "'", "[stages]\n", '\n"a" = { repository = "r" }\n', "1979-05-27",
    "needs",
])  # fmt: skip


@given(st.integers(0, len(TEXT)), PIECES | st.text(max_size=4), st.integers(0, 20))
def test_what_somebody_changed_in_it_means_what_toml_says(at, piece, length):
    text = TEXT[:at] + piece + TEXT[at + length :]
    assert quickly(text) == by_toml(text)


@pytest.mark.parametrize("text", [
    "", HEAD, LINES, f"[stages]\n{LINES}", f"{HEAD}[stages]\n", f"{TEXT}{LINES}",
    f"{TEXT}\n[stages.more]\nx = 1\n", f"stages = 1\n{TEXT}", f'stages.x = 1\n{TEXT}',
    f'x = """\n{TEXT}"""\n', f"x = '''\n[stages]\n{LINES}'''\n", f"{HEAD}[stages]\n# said\n{LINES}",
    TEXT.replace('pull = 1', 'pull = +1'), TEXT.replace("\n", "\r\n"), TEXT.replace(" }", ", }"),
    TEXT.replace(" }", ", needs = [] }"), TEXT.replace('"a"', "a"),
    TEXT.replace('"r"', '"\\u0072"'),
])  # fmt: skip
def test_other_forms(text):
    assert quickly(text) == by_toml(text)
