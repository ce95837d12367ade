from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stacker.git.process import Git
from stacker.git.worktree import checkout, make_read_only, remove_tree


@pytest.fixture
def store(tmp_path):
    """A bare repository whose HEAD has line ends, a mode, a long path and a submodule."""
    work = tmp_path / "work"
    work.mkdir()
    git = Git(work)
    git.run("init", "-q", ".")
    files = {
        "crlf.txt": b"a\r\nb\n",
        ".gitattributes": b"*.bat text eol=crlf\n",
        "run.bat": b"one\ntwo\n",
        "deep/" * 30 + "name.txt": b"deep",
    }
    for name, content in files.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    git.run("add", "-A")
    git.run("update-index", "--chmod=+x", "crlf.txt")
    git.run("update-index", "--add", "--cacheinfo", f"160000,{'a' * 40},sub")
    person = [("user.name", "A"), ("user.email", "a@example.org")]
    git.run("commit", "-q", "-m", "one", config=person)
    git.run("clone", "-q", "--bare", ".", str(tmp_path / "store.git"))
    return Git(tmp_path / "store.git")


def test_files_are_as_git_checks_them_out(store, tmp_path):
    out = tmp_path / "out"
    checkout(store, "HEAD", out)
    assert (out / "crlf.txt").read_bytes() == b"a\r\nb\n"
    assert (out / "run.bat").read_bytes() == b"one\r\ntwo\r\n"
    assert (out / ("deep/" * 30) / "name.txt").read_bytes() == b"deep"
    assert list((out / "sub").iterdir()) == []
    if os.name == "posix":
        assert os.access(out / "crlf.txt", os.X_OK)
        assert not os.access(out / "run.bat", os.X_OK)


def test_nothing_leads_back_to_the_store(store, tmp_path):
    before = sorted(store.directory.rglob("*"))
    checkout(store, "HEAD", tmp_path / "out")
    assert not (tmp_path / "out" / ".git").exists()
    assert sorted(store.directory.rglob("*")) == before


def test_a_relative_store_and_folder(store, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    checkout(Git(store.directory.relative_to(tmp_path)), "HEAD", Path("out"))
    assert (tmp_path / "out" / "crlf.txt").exists()


def test_a_read_only_tree_is_removed(store, tmp_path):
    out = tmp_path / "out"
    checkout(store, "HEAD", out)
    make_read_only(out)
    assert not (out / "crlf.txt").stat().st_mode & 0o222
    remove_tree(out)
    assert not out.exists()
    remove_tree(out)


def test_links_are_not_followed(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x", encoding="utf-8")
    (tmp_path / "out").mkdir()
    try:
        (tmp_path / "out" / "link").symlink_to(kept, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    make_read_only(tmp_path / "out")
    assert (kept / "file").stat().st_mode & 0o200
    remove_tree(tmp_path / "out")
    assert (kept / "file").exists()


@pytest.mark.skipif(os.name != "nt", reason="only Windows keeps open files from being removed")
def test_a_file_held_for_a_moment(tmp_path):
    (tmp_path / "out").mkdir()
    held = "import sys; f = open(sys.argv[1], 'w'); print(flush=True); sys.stdin.read(1)"
    args = [sys.executable, "-c", held, str(tmp_path / "out" / "file")]
    with subprocess.Popen(args, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        holder.stdin.close()
        remove_tree(tmp_path / "out")
    assert not (tmp_path / "out").exists()
