"""The first hour on a big upstream: what comes, what stays there, and what it costs later."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from world import World, numbered, statuses

FILES = 21_000


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    """An upstream with more files in its history than come at once; few are left of them."""
    path = tmp_path_factory.mktemp("big") / "upstream"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "master", path], check=True)
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=path, input=b"".join(_stream()), check=True
    )
    return path


def _stream():
    yield b"feature done\n"
    yield from _commit(b"master", b"many")
    for number in range(FILES):
        text = b"%d\n" % number
        yield b"M 100644 inline many/%d/%d\ndata %d\n%s\n" % (
            number // 300,
            number,
            len(text),
            text,
        )
    yield from _commit(b"master", b"few")
    yield b"D many\n"
    yield from _file(b"a.c", numbered())
    yield from _file(b"b.c", numbered())
    yield b"reset refs/heads/port\nfrom refs/heads/master\n\n"
    yield from _commit(b"master", b"drift")
    yield from _file(b"a.c", numbered((1, "drift")))
    yield from _commit(b"port", b"First")
    yield from _file(b"a.c", numbered((30, "port")))
    yield from _commit(b"port", b"Second")
    yield from _file(b"b.c", numbered((30, "port")))
    yield b"done\n"


def _commit(branch, subject):
    yield b"commit refs/heads/%s\ncommitter A <a@example.org> 1556000000 +0000\n" % branch
    yield b"data %d\n%s\n" % (len(subject), subject)


def _file(name, text):
    yield b"M 100644 inline %s\ndata %d\n%s\n" % (name, len(text), text.encode())


def objects(world):
    """How many objects the store has."""
    listed = world.git("cat-file", "--batch-all-objects", "--batch-check", "--unordered")
    return len(listed.splitlines())


def series(tmp_path, run_stacker, big, *, filtered):
    home = tmp_path / "home"
    setting = ["git", "-C", big, "config", "uploadpack.allowFilter", str(filtered).lower()]
    subprocess.run(setting, check=True)
    ran = run_stacker("--json", "init", home, "--upstream", big.as_uri())
    assert ran.code == 0, ran.out
    return World(upstream=None, home=home, run=run_stacker), ran.err


def test_files_stay_there_until_they_are_needed(tmp_path, run_stacker, big):
    world, said = series(tmp_path, run_stacker, big, filtered=True)
    assert "has more than 20,000 objects: its history is fetched first" in said
    assert "2 files of" in said
    assert objects(world) < 1_000
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--no-tags", "-b", "port", big, clone], check=True)
    packs = len(list((world.home / ".stacker/store.git/objects/pack").glob("*.promisor")))
    world.stacker(
        "import", "origin/port~2..origin/port", "--from", str(clone), "--stage-per-commit"
    )
    assert set(statuses(world.stacker("rebase")).values()) == {"rebased"}
    now = len(list((world.home / ".stacker/store.git/objects/pack").glob("*.promisor")))
    assert now <= packs + 2
    assert objects(world) < 1_000
    shutil.copytree(world.home, tmp_path / "fresh", ignore=shutil.ignore_patterns(".stacker"))
    fresh = World(upstream=None, home=tmp_path / "fresh", run=run_stacker)
    assert set(statuses(fresh.stacker("rebase")).values()) == {"unchanged"}
    assert objects(fresh) < 1_000
    assert fresh.lock() == world.lock()


def test_where_that_is_not_offered_all_comes(tmp_path, run_stacker, big):
    world, said = series(tmp_path, run_stacker, big, filtered=False)
    assert "its server offers no fetch without files: all is fetched" in said
    assert objects(world) > FILES


@pytest.fixture
def small(tmp_path, history):
    made = history.draw(tmp_path / "upstream", {
        "master": [("old", {"a.c": numbered((9, "old")), "b.c": "b\n"}),
                   ("start", {"a.c": numbered()}),
                   ("drift", {"a.c": numbered((1, "drift"))})],
        "port": ["start", ("First", {"a.c": numbered((30, "port"))})],
    })  # fmt: skip
    made.git("config", "uploadpack.allowFilter", "true")
    return made


def test_with_a_partial_clone_the_whole_work_goes_on(tmp_path, run_stacker, small):
    """Each command brings what it needs together, and those that only look bring nothing."""
    clone, home = tmp_path / "clone", tmp_path / "home"
    url = small.path.as_uri()
    subprocess.run(["git", "clone", "-q", "--filter=blob:none", url, clone], check=True)
    ran = run_stacker("--json", "init", home, "--upstream", url, "--clone", clone)
    assert ran.code == 0, ran.out
    shutil.rmtree(clone)
    world = World(upstream=small, home=home, run=run_stacker)
    small.git("branch", "-f", "whole", "port")
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", "-b", "port", small.path, other], check=True)
    world.stacker("import", "HEAD~1..HEAD", "--from", str(other), "--stage-per-commit")
    world.stacker("forecast")
    assert statuses(world.stacker("rebase")) == {"first": "rebased"}
    small.add("master", ("back", {"a.c": numbered((9, "old"))}))
    assert statuses(world.stacker("rebase")) == {"first": "rebased"}
    old = small["old"]
    assert statuses(world.stacker("rebase", "--onto", old)) == {"first": "rebased"}
    before = objects(world)
    small.path.rename(tmp_path / "gone")
    for words in (["status"], ["log"], ["review", "first"], ["undo"], ["doctor"]):
        ran = world.run("--json", "--no-fetch", *words, cwd=home)
        assert ran.code in (0, 1), (words, ran.out)
        assert "error" not in ran.document, (words, ran.out)
    assert objects(world) <= before + 3


def test_what_a_kill_left_goes_on(tmp_path, run_stacker, small):
    """As the first fetch leaves it: a store that has promises, half a pack, and no plan."""
    home = tmp_path / "home"
    store = home / ".stacker" / "store.git"
    subprocess.run(["git", "init", "-q", home], check=True)
    subprocess.run(["git", "init", "-q", "--bare", store], check=True)
    url = small.path.as_uri()
    subprocess.run(["git", "config", f"remote.{url}.promisor", "true"], cwd=store, check=True)
    (store / "objects" / "pack" / "tmp_pack_half").write_bytes(b"PACK")
    ran = run_stacker("--json", "init", home, "--upstream", url)
    assert ran.code == 0, ran.out
    World(upstream=small, home=home, run=run_stacker).stacker("status")
