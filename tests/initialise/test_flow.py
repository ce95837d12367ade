"""`stacker init`: a series directory of its own, or nothing at all."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from world import begin


@pytest.fixture
def world(tmp_path, run_stacker, history):
    made = history.draw(tmp_path / "upstream", {
        "trunk": [("start", {"a.c": "a\n"})], "release": ["start", ("later", {"a.c": "b\n"})],
    })  # fmt: skip
    return begin(run_stacker, tmp_path, made)


def test_the_directory_is_a_repository_with_a_plan(world):
    assert {"series.toml", "series.lock", ".gitignore", ".gitattributes"} <= set(world.files())
    assert 'branch = "trunk"' in (world.home / "series.toml").read_text(encoding="utf-8")
    assert world.git("rev-parse", "--is-inside-work-tree", where=world.home) == "true"
    said = world.git("check-attr", "text", "--", "patches/x/1.patch", where=world.home)
    assert said.endswith("text: unset")


def test_a_branch_and_a_name(world, tmp_path):
    ran = world.run("--json", "init", tmp_path / "two", "--upstream", world.upstream.path,
                    "--branch", "release", "--name", "mine")  # fmt: skip
    assert ran.document["upstream"] == world.upstream["later"]
    assert 'name = "mine"' in (tmp_path / "two" / "series.toml").read_text(encoding="utf-8")


def test_a_folder_with_other_files_keeps_them_when_it_fails(world, tmp_path):
    (tmp_path / "two").mkdir()
    (tmp_path / "two" / "mine.txt").write_text("mine\n", encoding="utf-8")
    arguments = ("--json", "init", tmp_path / "two", "--upstream", world.upstream.path)
    assert world.run(*arguments, "--clone", "nowhere").code == 1
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["mine.txt"]
    assert world.run(*arguments).code == 0
    assert (tmp_path / "two" / "mine.txt").is_file()


@pytest.mark.parametrize(
    "wrong", [("--branch", "nothing"), ("--clone", "nowhere"), ("--fork", "../x")]
)
def test_what_cannot_be_made_leaves_nothing(world, tmp_path, wrong):
    ran = world.run("--json", "init", tmp_path / "two", "--upstream", world.upstream.path, *wrong)
    assert ran.code in (1, 2), ran.out
    assert ran.document["error"]["message"]
    assert not (tmp_path / "two").exists()


def test_an_upstream_that_is_not_there_or_empty(tmp_path, run_stacker):
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "empty"], check=True)
    for where in ("./nowhere", "./empty"):
        ran = run_stacker("--json", "init", "two", "--upstream", where)
        assert ran.code in (1, 2), ran.out
        assert not (tmp_path / "two").exists()


def test_init_reads_a_clone_that_may_go_afterwards(world, tmp_path, run_stacker):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", world.upstream.path, clone], check=True)
    (clone / "b.c").write_text("b\n", encoding="utf-8")
    subprocess.run(["git", "add", "-A"], cwd=clone, check=True)
    subprocess.run(["git", "commit", "-qm", "Mine"], cwd=clone, check=True)
    oid = subprocess.run(["git", "rev-parse", "HEAD"], cwd=clone, check=True, text=True,
                         capture_output=True).stdout.strip()  # fmt: skip
    home = tmp_path / "second"
    ran = run_stacker("--json", "init", home, "--upstream", world.upstream.path, "--clone", clone)
    assert ran.code == 0, ran.err
    shutil.rmtree(clone)
    ran = run_stacker("--json", "-C", home, "import", f"{oid}^..{oid}", "--from",
                      home / ".stacker" / "store.git", "--stage-per-commit")  # fmt: skip
    assert ran.document["stages"] == ["mine"]
    again = run_stacker("--json", "init", home, "--upstream", world.upstream.path)
    assert again.code == 2
