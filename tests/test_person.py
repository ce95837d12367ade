"""Who runs a command is whom git's own settings name, plainly written or not."""

from __future__ import annotations

import subprocess

import pytest

from stacker import settings


@pytest.mark.parametrize(
    "text",
    [
        "[user]\n\tname = Ann Ö. Arm\n",
        "[core]\n\tbare = false\n[User]\n  email = a@b\n  NAME=Ann\n[alias]\n\tname = no\n",
        "[user] name = Ann\n",
        '[user]\n\tname = "Ann ; Arm"\n',
        "[user]\n\tname = Ann # the porter\n",
        "[user]\n\tname = Ann \\\n\t\tArm\n",
        "[user]\n\tname = Ann\n[core]\n\tbare = true\n[user]\n\tname = Bob\n",
        '[user]\n\tname = Ann \\"A\\" Arm\n',
    ],
)
def test_as_git_says(tmp_path, home, text):
    (home / ".gitconfig").write_text(text, encoding="utf-8", newline="\n")
    said = subprocess.run(["git", "config", "--file", home / ".gitconfig", "user.name"],
                          capture_output=True, check=True)  # fmt: skip
    assert settings.person(tmp_path) == said.stdout.decode().strip()


@pytest.mark.parametrize(
    "text", ['[user "x"]\n\tname = Ann\n', "[alias]\n\tname = Ann\n", "[user\n"]
)
def test_who_has_told_git_nothing_is_the_login(tmp_path, home, monkeypatch, text):
    (home / ".gitconfig").write_text(text, encoding="utf-8", newline="\n")
    monkeypatch.setenv("LOGNAME", "login")
    assert settings.person(tmp_path) == "login"


def test_the_series_own_settings_come_first(tmp_path, home):
    (tmp_path / ".git").mkdir()
    for folder, name in ((tmp_path / ".git" / "config", "Here"), (home / ".gitconfig", "Home")):
        folder.write_text(f"[user]\n\tname = {name}\n", encoding="utf-8")
    assert settings.person(tmp_path) == "Here"
