"""A series that somebody cloned runs nothing: what is in `.stacker` never comes by git."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from stacker.errors import SeriesError
from stacker.preferences.inforce import preferences
from stacker.series.directory import SeriesDirectory

SERIES = "[series]\nname = 's'\n\n[repositories.main]\nupstream = './up'\n"


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def hostile(tmp_path):
    """Builds a repository with these files committed, and gives a clone of it."""

    def clone(files, *config):
        origin = tmp_path / "origin"
        for name, text in {"series.toml": SERIES, ".gitignore": ".stacker/\n", **files}.items():
            path = origin / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        git(tmp_path, "init", "-q", str(origin))
        git(origin, "add", "--force", ".")
        git(origin, "commit", "-q", "-m", "all")
        git(tmp_path, *config, "clone", "-q", str(origin), "clone")
        return tmp_path / "clone"

    return clone


@pytest.mark.parametrize(
    "name", [".stacker/config.toml", ".stacker/trusted", ".stacker/store.git/config"]
)
def test_nothing_in_it_is_taken_from_a_commit(hostile, name):
    root = hostile({name: "editor = 'evil'\n"})
    for ask in (SeriesDirectory.find, preferences):
        with pytest.raises(SeriesError, match=f"{name} is committed") as caught:
            ask(root)
        assert "git rm" in caught.value.hint


def test_no_command_runs_what_a_cloned_series_names(hostile, run_stacker, tmp_path):
    trap = tmp_path / "ran"
    program = f"\"{sys.executable}\" -c \"open(r'{trap}', 'w')\""
    root = hostile({".stacker/store.git/config": f"[core]\nfsmonitor = {program}\n",
                    ".stacker/store.git/HEAD": "ref: refs/heads/x\n",
                    ".stacker/store.git/objects/x": "", ".stacker/store.git/refs/x": "",
                    ".stacker/config.toml": f"editor = '''{program}'''\n"})  # fmt: skip
    for command in ("status", "rebase", "doctor", "verify", "log"):
        ran = run_stacker("--no-fetch", command, cwd=root)
        assert ran.code == 1, (command, ran)
        assert "is committed" in ran.err
    assert not trap.exists()


@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_it_is_seen_in_every_form_of_gits_index(hostile, version):
    root = hostile({".stacker/config.toml": ""}, "-c", f"index.version={version}")
    with pytest.raises(SeriesError, match="is committed"):
        SeriesDirectory.find(root)


def test_it_is_seen_in_a_split_index_and_in_a_worktree(hostile, tmp_path):
    root = hostile({".stacker/config.toml": ""})
    git(root, "update-index", "--split-index")
    git(root, "worktree", "add", "-q", str(tmp_path / "tree"), "HEAD")
    for place in (root, tmp_path / "tree"):
        with pytest.raises(SeriesError, match="is committed"):
            SeriesDirectory.find(place)


@pytest.mark.skipif(os.name == "nt", reason="making links takes a right there")
def test_a_link_is_no_way_round_it(hostile):
    root = hostile({"theirs/config.toml": ""})
    (root / ".stacker").symlink_to("theirs")
    git(root, "add", "--force", ".stacker")
    with pytest.raises(SeriesError, match="is committed"):
        SeriesDirectory.find(root)


def test_an_own_one_and_names_that_only_look_like_it_are_no_matter(hostile):
    root = hostile({"docs/.stacker-notes": "", "sub/.stacker/x": ""})
    (root / ".stacker").mkdir()
    (root / ".stacker" / "config.toml").touch()
    assert SeriesDirectory.find(root).root == root.resolve()


def test_without_git_it_is_ones_own(hostile):
    root = hostile({".stacker/config.toml": ""})
    shutil.rmtree(root / ".git", onerror=None if os.name != "nt" else _writable)
    assert SeriesDirectory.find(root).root == root.resolve()


def _writable(function, path, _):
    os.chmod(path, 0o700)  # noqa: PTH101 - what rmtree hands over is a string
    function(path)
