"""A clone's objects are copied as they lie there, wherever they lie; and nothing else is."""

from __future__ import annotations

import os
import subprocess

import pytest

from stacker.git import local_clone, partial
from stacker.git.process import Git
from stacker.git.store import ObjectStore

URL = "https://example.org/u.git"


def git(folder, *arguments):
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


@pytest.fixture
def upstream(tmp_path, history):
    made = history.draw(tmp_path / "upstream", {
        "master": [("start", {"a.c": "a\n"}), ("more", {"a.c": "b\n"})],
        "side": ["start", ("aside", {"b.c": "b\n"})],
    })  # fmt: skip
    made.git("config", "uploadpack.allowFilter", "true")
    return made


@pytest.fixture
def store(tmp_path):
    Git(tmp_path).run("init", "-q", "--bare", "store.git")
    with ObjectStore(Git(tmp_path / "store.git")) as store:
        yield store


def clone(tmp_path, upstream, *options):
    git(tmp_path, "clone", "-q", *options, upstream.path.as_uri(), "clone")
    return tmp_path / "clone"


def taken(store, folder):
    local_clone.take(local_clone.held(folder), folder, store, "refs/c/", URL)
    return set(git(store.git.directory, "for-each-ref", "--format=%(refname)").splitlines())


def test_packs_loose_objects_and_what_lies_below(tmp_path, upstream, store):
    """Of a folder in a clone that borrows objects, in a worktree of its own."""
    folder = clone(tmp_path, upstream, "--shared")
    git(folder, "config", "user.name", "a")
    (folder / "a.c").write_text("mine\n", encoding="utf-8")
    git(folder, "commit", "-qam", "loose")
    git(folder, "worktree", "add", "-q", "--detach", tmp_path / "tree")
    loose = git(folder, "rev-parse", "HEAD")
    refs = taken(store, tmp_path / "tree")
    assert {"refs/c/heads/master", "refs/c/remotes/origin/side"} <= refs
    upstream.path.rename(tmp_path / "gone")
    folder.rename(tmp_path / "gone, too")
    assert store.commit(loose).subject == "loose"
    assert store.commit(store.commit(loose).parents[0]).subject == "more"
    git(store.git.directory, "fsck", "--strict")
    assert not partial.is_partial(store.git)


def test_a_partial_clone_hands_its_promises_on(tmp_path, upstream, store):
    folder = clone(tmp_path, upstream, "--filter=blob:none", "--no-checkout")
    taken(store, folder)
    assert partial.is_partial(store.git)
    assert git(store.git.directory, "config", f"remote.{URL}.promisor") == "true"
    assert store.find(upstream.git("rev-parse", "master:a.c")) is None
    git(store.git.directory, "fsck", "--connectivity-only")


def test_a_shallow_clone_and_no_clone(tmp_path, upstream):
    assert local_clone.held(clone(tmp_path, upstream, "--depth=1")) is None
    assert local_clone.held(tmp_path) is None
    assert local_clone.held(tmp_path / "nowhere") is None


@pytest.mark.skipif(os.name != "posix", reason="makes symbolic links")
def test_a_link_is_no_object(tmp_path, upstream, store):
    """Whoever made the clone may have put a link to anything there."""
    folder = clone(tmp_path, upstream)
    secret = tmp_path / "secret"
    secret.write_text("secret\n", encoding="utf-8")
    objects = folder / ".git" / "objects"
    name = f"pack-{'0' * 40}.pack"
    (objects / "pack" / name).symlink_to(secret)
    (objects / "aa").mkdir(exist_ok=True)
    (objects / "aa" / ("b" * 38)).symlink_to(secret)
    (objects / "cc").symlink_to(tmp_path)
    (tmp_path / ("d" * 38)).write_text("secret\n", encoding="utf-8")
    taken(store, folder)
    copied = {path.name for path in store.objects.rglob("*") if path.is_file()}
    assert not copied & {name, "b" * 38, "d" * 38}
    git(store.git.directory, "fsck")


def test_a_file_that_goes_meanwhile(tmp_path, upstream, store):
    folder = clone(tmp_path, upstream)
    found = local_clone.held(folder)
    assert found.size > 0
    git(folder, "commit", "-q", "--allow-empty", "-m", "more")
    for path in (folder / ".git" / "objects" / "pack").iterdir():
        path.unlink()
    with pytest.raises(local_clone.GitError, match="changed while it was read"):
        local_clone.take(found, folder, store, "refs/c/", URL)
