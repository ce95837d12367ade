"""What is read quickly means what it means to the parser of all commands, word for word."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stacker.cli import idle, parser, quick, rebasing
from stacker.cli.context import options_from
from stacker.errors import UsageError
from stacker.render.terminal import Answer

WORDS = st.sampled_from([
    "--onto", "--onto=v2", "--onto=", "--onto=up=v3", "--onto=-x", "v1", "up=v1", "-", "", "x y",
    "--fetch", "--abort", "--continue", "--fetch=1", "--fet", "--no-abort", "--ont", "-o",
    "--version", "--help", "-h", "--", "--json", "-q", "--quiet", "-v", "--no-fetch", "-C",
    "rebase", "ünï", "--install-completion",
])  # fmt: skip
LINES = st.lists(WORDS, max_size=5).map(lambda words: ["rebase", *words])
DONE = Answer({}, "")


def called(run):
    """How a command line calls `rebase`: its folder, whether it may fetch, and what it asks for."""
    calls = []

    def rebase(options, *, onto=(), afresh=False, abort=False, go_on=False, then=None):
        calls.append((options.folder, options.fetch, tuple(onto), afresh, abort, go_on))
        return DONE

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rebasing, "rebase", rebase)
        patch.setattr(idle, "rebase", rebase)
        assert run() is DONE
    return calls


@settings(max_examples=60)
@given(LINES)
@example(["rebase"])
@example(["rebase", "--onto", "v1", "--onto=up=v3", "--fetch", "--json"])
def test_both_understand_the_same(line):
    options, words = options_from(line)
    command = quick.read(words)
    if command is not None:
        quickly = called(lambda: command(options))
        assert quickly == called(lambda: parser.call(words, options))
        assert len(quickly) == 1


@pytest.mark.parametrize("line", [
    ["rebase"], ["rebase", "--fetch"], ["rebase", "--abort"], ["rebase", "--continue"],
    ["rebase", "--onto", "v1"], ["rebase", "--onto=up=v1", "--fetch"], ["--version"], [],
    ["complete", "zsh", "--", "--onto", ""],
])  # fmt: skip
def test_what_is_documented_is_read_quickly(line):
    assert quick.read(line) is not None


@pytest.mark.parametrize("line", [
    ["status"], ["rebase", "--help"], ["rebase", "onto"], ["rebase", "--onto"],
    ["rebase", "--fetch=yes"], ["rebase", "--", "--fetch"], ["--version", "rebase"], ["--help"],
])  # fmt: skip
def test_all_else_is_left_to_the_parser(line):
    assert quick.read(line) is None


def test_a_mistake_is_told_with_the_usage():
    options, words = options_from(["rebase", "master"])
    with pytest.raises(UsageError, match="master") as caught:
        parser.call(words, options)
    assert "stacker rebase" in caught.value.hint


def test_both_say_the_same_version(run_stacker, capsys):
    said = run_stacker("--version")
    options, words = options_from(["--version"])
    parser.call(words, options)
    assert (said.code, said.out) == (0, capsys.readouterr().out)
    assert said.out.startswith("stacker ")
