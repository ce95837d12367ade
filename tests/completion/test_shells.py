"""Real shells, completing as a person at a terminal does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = """\
[series]
name = "s"
[repositories.up]
upstream = "/nowhere"
[[stages]]
id = "build"
[[stages]]
id = "ctypes"
[groups.final]
stages = ["build"]
"""
BASH = """
eval "$(stacker completion bash)"
complete_line() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
    _stacker_complete stacker
    echo "${COMPREPLY[*]}"
}
complete_line stacker reb
complete_line stacker edit c
complete_line stacker land --group = f
words=(git stacker land --group ''); cword=4; _git_stacker; echo "${COMPREPLY[*]}"
cd /; complete_line stacker edit ''
"""
ZSH = """
eval "$(stacker completion zsh)"
_describe() { print -r -- ${(P)4%%:*} }
_files() { print files }
complete_line() { words=("$@"); CURRENT=$#; _stacker }
complete_line stacker reb
complete_line stacker edit c
complete_line stacker land --group=f
cd /; complete_line stacker edit ''
"""
FISH = """
stacker completion fish | source
for line in 'stacker reb' 'stacker edit c' 'stacker land --group f' 'git-stacker reb'
    complete -C $line | string split -f1 \\t
end
"""


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """`shell("bash", script)`: what a script says where `stacker` is a command."""
    (tmp_path / "series.toml").write_text(PLAN, encoding="utf-8")
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "stacker"
    root = Path(__file__).parents[2]
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m stacker "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def run(name, *arguments):
        program = shutil.which(name)
        if program is None:
            pytest.skip(f"there is no {name}")
        done = subprocess.run([program, *arguments], cwd=tmp_path, capture_output=True, text=True,
                              check=False)  # fmt: skip
        assert done.stderr == ""
        return done.stdout.splitlines()

    return run


def test_bash(shell):
    assert shell("bash", "--norc", "-c", BASH) == ["rebase", "ctypes", "final", "final", ""]


def test_zsh(shell):
    said = shell("zsh", "-f", "-c", ZSH)
    assert said == ["rebase", "ctypes", "--group=final", "files"]


def test_fish(shell):
    assert shell("fish", "--no-config", "-c", FISH) == ["rebase", "ctypes", "final", "rebase"]


def test_a_word_is_answered_at_once_and_without_a_complaint(tmp_path, run_stacker):
    (tmp_path / "series.toml").write_text("[[[", encoding="utf-8")
    ran = run_stacker("complete", "fish", "--", "edit", "")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
