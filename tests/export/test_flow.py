"""`stacker export`: whoever takes the patches in any form gets the series' own trees."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ALL = ["One", "One more: \N{LATIN SMALL LETTER E WITH ACUTE}", "Two", "Three"]


def wanted(world):
    """The tree of the stage that stands on all others."""
    return world.git("rev-parse", f"{three(world)}^{{tree}}")


def three(world):
    return world.lock().decode().partition('"three" = ')[2].partition('commit = "')[2][:40]


def test_an_mbox_is_what_git_am_takes_in_plan_order(world, taker, tmp_path):
    file = tmp_path / "all.mbox"
    done = world.stacker("export", "--mbox", str(file))
    assert done["stages"] == ["one", "two", "three"]
    assert [patch["subject"] for patch in done["patches"]] == ALL
    assert done["tree"] == wanted(world)
    assert (done["notes"], done["left_out"], done["base"]) == ([], [], taker.base)
    clone = taker.clone()
    assert taker.apply(clone, "am", "-q", "--keep-cr", file) == wanted(world)
    said = subprocess.run(["git", "log", "--reverse", "--format=%s %an %B", "-3", "HEAD~1"],
                          cwd=clone, capture_output=True, check=True).stdout.decode()  # fmt: skip
    assert "Ann \N{LATIN SMALL LETTER O WITH DIAERESIS}" in said
    assert "With a text." in said


def test_an_mbox_comes_back(world, taker, tmp_path):
    file = tmp_path / "all.mbox"
    world.stacker("export", "--mbox", str(file))
    assert taker.imported(file) == wanted(world)


def test_patch_files_are_taken_by_git_am_and_come_back(world, taker, tmp_path):
    folder = tmp_path / "out"
    done = world.stacker("export", "--patches", str(folder))
    files = sorted(path.name for path in folder.iterdir())
    assert files == [patch["file"] for patch in done["patches"]]
    assert files[0] == "0001-one.patch"
    clone = taker.clone()
    tree = taker.apply(clone, "am", "-q", "--keep-cr", *[folder / name for name in files])
    assert tree == wanted(world)
    assert taker.imported(folder) == wanted(world)


def test_a_quilt_directory_is_taken_by_git_and_comes_back(world, taker, tmp_path):
    folder = tmp_path / "quilt"
    done = world.stacker("export", "--quilt", str(folder))
    order = (folder / "series").read_text(encoding="utf-8").splitlines()
    assert order[:3] == [f"# upstream {taker.base}", "# one", "0001-one.patch"]
    assert [line for line in order if line[0] != "#"] == [p["file"] for p in done["patches"]]
    assert done["notes"] == []
    clone = taker.clone()
    assert taker.apply(clone, "quiltimport", "--patches", folder) == wanted(world)
    assert taker.imported(folder) == wanted(world)


@pytest.mark.skipif(shutil.which("patch") is None, reason="quilt applies patches with GNU patch")
def test_a_quilt_directory_is_what_gnu_patch_applies(world, taker, tmp_path):
    folder = tmp_path / "quilt"
    world.stacker("export", "--quilt", str(folder))
    clone = taker.clone()
    for name in (folder / "series").read_text(encoding="utf-8").splitlines():
        if not name.startswith("#"):
            subprocess.run(["patch", "-p1", "--binary", "-s", "-i", folder / name], cwd=clone,
                           check=True)  # fmt: skip
    subprocess.run(["git", "add", "-A"], cwd=clone, check=True)
    tree = subprocess.run(["git", "write-tree"], cwd=clone, capture_output=True, check=True)
    assert tree.stdout.decode().strip() == wanted(world)


def test_a_branch_is_one_new_ref_and_comes_back(world, taker):
    clone = taker.clone()
    (clone / "a.c").write_text("mine\n", encoding="utf-8")
    before = state(clone)
    done = world.stacker("export", "--branch", "arm/all", "--to", str(clone))
    after = state(clone)
    assert done["commit"] in after[0]
    assert sorted(set(after[0].splitlines()) - set(before[0].splitlines())) == [
        f"{done['commit']} refs/heads/arm/all"
    ]
    assert after[1:] == before[1:]
    assert taker.apply(clone, "rev-parse", "arm/all^{tree}")
    assert done["tree"] == wanted(world)
    subjects = subprocess.run(["git", "log", "--reverse", "--format=%s", f"{taker.base}..arm/all"],
                              cwd=clone, capture_output=True, check=True)  # fmt: skip
    assert subjects.stdout.decode().splitlines() == ALL
    tree = taker.imported(Path(f"{taker.base}..arm/all"), "--from", str(clone))
    assert tree == wanted(world)


def state(clone):
    """The refs of a clone, where it stands, its configuration, index and files."""
    refs = subprocess.run(["git", "for-each-ref", "--format=%(objectname) %(refname)"], cwd=clone,
                          capture_output=True, check=True).stdout.decode()  # fmt: skip
    kept = [clone / ".git" / name for name in ("HEAD", "config", "index", "FETCH_HEAD")]
    files = {p: p.read_bytes() for p in [*kept, *clone.glob("*.*")] if p.is_file()}
    return refs, files


def test_a_stage_brings_what_it_needs_and_no_more(world, taker, tmp_path):
    done = world.stacker("export", "two", "--patches", str(tmp_path / "two"))
    assert (done["stages"], done["left_out"]) == (["two"], [])
    done = world.stacker("export", "three", "--patches", str(tmp_path / "three"))
    assert done["stages"] == ["one", "two", "three"]


def test_edits_that_no_version_has_yet_are_exported_too(world, taker, tmp_path):
    patch = next((world.home / "patches" / "two").glob("*.patch"))
    patch.write_bytes(patch.read_bytes().replace(b"+two", b"+zwei"))
    before = world.files(), world.git("rev-parse", "refs/stacker/head")
    world.stacker("export", "two", "--mbox", str(tmp_path / "two.mbox"))
    assert b"+zwei" in (tmp_path / "two.mbox").read_bytes()
    assert (world.files(), world.git("rev-parse", "refs/stacker/head")) == before


def test_a_fresh_clone_exports_the_same(world, taker, tmp_path, run_stacker):
    world.stacker("export", "--mbox", str(tmp_path / "here.mbox"))
    copy = tmp_path / "copy"
    shutil.copytree(world.home, copy, ignore=shutil.ignore_patterns(".stacker"))
    ran = run_stacker("export", "--mbox", str(tmp_path / "there.mbox"), cwd=copy)
    assert ran.code == 0, ran.err
    assert (tmp_path / "here.mbox").read_bytes() == (tmp_path / "there.mbox").read_bytes()


def test_what_stands_on_nothing_common_may_not_go_in_line(world, tmp_path, history):
    world.upstream.add("clash", ("Clash", {"a.c": "other\n"}), start="start")
    plan = world.home / "series.toml"
    text = plan.read_text(encoding="utf-8") + '\n[[stages]]\nid = "clash"\nneeds = []\n'
    plan.write_text(text, encoding="utf-8", newline="\n")
    world.stacker("import", f"{world.upstream['start']}..clash", "--stage", "clash")
    document = world.stacker("export", "--mbox", str(tmp_path / "x.mbox"), code=1)
    message = document["error"]["message"]
    assert message == "clash/0001-clash.patch conflicts behind one, two, three: a.c"
    assert not (tmp_path / "x.mbox").exists()
    assert world.stacker("export", "clash", "--mbox", str(tmp_path / "x.mbox"))["patches"]


def test_what_landed_is_not_exported_and_told(world, tmp_path):
    world.upstream.add("master", ("Two (#3)", {
        "a.c": "".join("two\n" if n == 6 else f"line {n}\n" for n in range(40)),
    }))  # fmt: skip
    world.stacker("rebase")
    done = world.stacker("export", "--mbox", str(tmp_path / "rest.mbox"))
    assert done["stages"] == ["one", "three"]
    assert done["left_out"] == [{"stage": "two", "because": "landed"}]
    document = world.stacker("export", "two", "--mbox", str(tmp_path / "two.mbox"), code=2)
    assert "two has landed" in document["error"]["message"]


def test_the_page_fits_and_says_what_is_next(world, tmp_path):
    ran = world.run("export", "--mbox", "out.mbox", cwd=world.home)
    assert ran.out.splitlines() == [
        f"4 patches of 3 stages, made on upstream {world.upstream['start'][:10]}:",
        "  one, two, three",
        "Next: git am --keep-cr out.mbox",
    ]
