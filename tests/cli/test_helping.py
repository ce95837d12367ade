"""`help`, `schema`, `completion`, and a command line without a command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest


def test_help_lists_topics_and_leads_to_commands(run_stacker):
    assert "exit-codes" in run_stacker("help").out
    said = run_stacker("help", "rebase").out
    assert said.startswith("Usage: stacker rebase [OPTIONS]\n")
    assert said == run_stacker("rebase", "--help").out
    ran = run_stacker("help", "nonsense")
    assert (ran.code, "There are: series.toml" in ran.err) == (2, True)


def test_a_topic_is_printed_as_it_is_written(run_stacker):
    assert "\n    3  stopped by a conflict" in run_stacker("help", "exit-codes").out
    assert run_stacker("help", "words", "--json").document["topic"] == "words"


def test_a_schema_is_one_and_tells_a_document_from_another(run_stacker, small):
    schema = run_stacker("schema", "status").document
    jsonschema.Draft202012Validator.check_schema(schema)
    document = small.good("status", "--json").document
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document, "version": "1"}, schema)
    assert run_stacker("schema", "nonsense").code == 2
    assert "rebase\n" in run_stacker("schema").out


def test_without_a_command_it_says_where_the_series_stands(small, run_stacker, tmp_path):
    assert small.run().out == small.good("status").out
    assert small.run("--json").document == small.good("status", "--json").document
    ran = run_stacker(cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"no series.toml in {str(tmp_path)!r} or above it\n  stacker init ")
    assert run_stacker("--json", cwd=tmp_path).code == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_gets_its_script(run_stacker, shell):
    assert f"stacker complete {shell} -- " in run_stacker("completion", shell).out


def test_an_unknown_shell_is_told_which_there_are(run_stacker):
    ran = run_stacker("completion", "tcsh")
    assert (ran.code, "bash, zsh, fish, powershell" in ran.err) == (2, True)


@pytest.mark.skipif(sys.platform == "win32", reason="git runs a shell script")
def test_git_finds_it(small, tmp_path):
    script = tmp_path / "bin" / "git-stacker"
    script.parent.mkdir()
    root = Path(__file__).parents[2]
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m stacker "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    env = {**os.environ, "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}"}

    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=small.folder / "patches", env=env,
                              capture_output=True, text=True, check=False)  # fmt: skip

    assert git("stacker").stdout == small.good("status").out
    # git tells a program that it runs where its repository is; the store is another one.
    told = git("--git-dir", str(small.folder / ".git"), "stacker", "rebase", "--json")
    assert (told.returncode, '"unchanged"' in told.stdout) == (0, True)
    assert git("stacker", "nonsense").returncode == 2
