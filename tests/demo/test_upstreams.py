"""The miniature upstreams are the same everywhere, and the flagship's checks behave as it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flagship_lab import CALLPROC, CPYTHON_CHAIN, Lab, new_lab, resolution, run_check

from stacker.demo.upstreams import build_cpython
from stacker.git.process import Git

if TYPE_CHECKING:
    from pathlib import Path

CPYTHON = (
    "37f334efd6f7153a1b0891dddf48f8360f87cd9b",
    "35d5beaaca93239662e0c725f2d98c16348e4d14",
)
BIN_DEPS = (
    "37f406115f2c3faf18d8fb6bf7876336aa14c62e",
    "2018b3cf5d00d27b1894ebe898e85a72cd224ce3",
)
DESKTOP = ("win32", "win-amd64")
# What ARM32 lacks at the tip of each chain, in words that a reader of the log understands.
LACKS = {
    "base": ["unknown platform win-arm32"],
    "openssl": ["unknown platform win-arm32"],
    "libffi": ["unknown platform win-arm32"],
    "build": ["callproc.c", "error for arm32: ctypes has no calling convention for this machine"],
    "ctypes": ["IoT Core has no remote registry", "IoT Core has no startfile"],
    "test-skips": ["sysconfig does not know this platform", "platform.machine() does not know"],
}


def externals(bin_deps: Lab, stage: str) -> Path:
    """What the plan gives as `{repo:bin-deps}`: with the ARM binaries for those that need them."""
    need = stage in CPYTHON_CHAIN[2:]
    return bin_deps.worktree(bin_deps.stages["openssl-arm" if need else "base"])


def leftovers(folder: Path) -> str:
    return Git(folder).text("status", "--porcelain")


def test_ids_are_the_same_on_every_machine(cpython: Lab, bin_deps: Lab) -> None:
    assert (cpython.built.base, cpython.built.tip, cpython.built.branch) == (*CPYTHON, "master")
    assert (bin_deps.built.base, bin_deps.built.tip) == BIN_DEPS
    assert bin_deps.built.branch == "openssl-bin"


@pytest.mark.parametrize("name", ["cpython", "cpython-bin-deps"])
def test_the_repository_is_whole(tmp_path: Path, name: str) -> None:
    lab = new_lab(tmp_path, name)
    assert lab.git.text("rev-parse", "HEAD") == lab.built.tip
    assert lab.git.text("merge-base", lab.built.base, lab.built.tip) == lab.built.base
    assert lab.git.attempt("fsck", "--strict", "--no-dangling").code == 0


def test_building_twice_gives_the_same(cpython: Lab, tmp_path: Path) -> None:
    elsewhere = new_lab(tmp_path, "cpython")
    assert elsewhere.built == cpython.built
    assert build_cpython(elsewhere.git) == cpython.built
    assert elsewhere.git.text("rev-parse", "master") == cpython.built.tip


def test_bytes_and_modes(cpython: Lab) -> None:
    bat = cpython.git.run("cat-file", "blob", f"{cpython.built.base}:PCbuild/get_externals.bat")
    assert bat.count(b"\r\n") == bat.count(b"\n") > 20
    source = cpython.git.run("cat-file", "blob", f"{cpython.built.base}:{CALLPROC}")
    assert b"\r" not in source
    listing = list(cpython.git.lines("ls-tree", "-r", cpython.built.base))
    executable = [line.split("\t")[1] for line in listing if line.startswith("100755")]
    assert executable == ["PCbuild/build.py", "PCbuild/run_tests.py"]
    assert not [line for line in listing if "__pycache__" in line]


def test_the_drift_is_a_dozen_commits_by_several_people(cpython: Lab) -> None:
    span = f"{cpython.built.base}..{cpython.built.tip}"
    log = list(cpython.git.lines("log", "--format=%an|%s", span))
    assert len(log) == 12
    assert len({line.partition("|")[0] for line in log}) == 5
    assert "Émi Tide|bpo-99006: Add PyMem_Calloc() (GH-990006)" in log


@pytest.mark.parametrize("stage", ["base", *CPYTHON_CHAIN])
@pytest.mark.parametrize("where", ["before", "after"])
def test_every_stage_passes_on_the_desktop_platforms(
    cpython: Lab, rebased: dict[str, str], bin_deps: Lab, stage: str, where: str
) -> None:
    folder = cpython.worktree((cpython.stages if where == "before" else rebased)[stage])
    for platform in DESKTOP:
        passed, log = run_check("build", folder, platform, externals(bin_deps, stage))
        assert passed, log
        assert "Build succeeded." in log
        assert " 0 failed," in log
    assert leftovers(folder) == ""


@pytest.mark.parametrize("stage", ["base", *CPYTHON_CHAIN])
@pytest.mark.parametrize("where", ["before", "after"])
def test_arm32_passes_only_when_all_four_are_in(
    cpython: Lab, rebased: dict[str, str], bin_deps: Lab, stage: str, where: str
) -> None:
    folder = cpython.worktree((cpython.stages if where == "before" else rebased)[stage])
    passed, log = run_check("arm32", folder, "win-arm32", externals(bin_deps, stage))
    assert passed == (stage == "library"), log
    for words in LACKS.get(stage, ["_tkinter      not built for ARM", " 0 failed,"]):
        assert words in log
    assert leftovers(folder) == ""


def test_arm32_needs_the_binaries_of_the_other_repository(cpython: Lab, bin_deps: Lab) -> None:
    folder = cpython.worktree(cpython.stages["library"])
    passed, log = run_check("arm32", folder, "win-arm32", externals(bin_deps, "base"))
    assert not passed
    assert "the externals hold no libssl-1_1 for arm32" in log or "libcrypto-1_1 for arm32" in log


def test_one_patch_meets_one_conflict(cpython: Lab) -> None:
    span = f"{cpython.built.base}..{cpython.stages['library']}"
    _, met = cpython.replay(span, cpython.built.tip, solve=True)
    assert len(met) == 1
    subject, path = met[0]
    assert subject.startswith("ctypes 0001-")
    assert path == CALLPROC


def test_one_upstream_commit_is_to_blame(cpython: Lab) -> None:
    span = f"{cpython.built.base}..{cpython.stages['library']}"
    drift = f"{cpython.built.base}..{cpython.built.tip}"
    culprit = cpython.git.text("log", "--format=%H", drift, "--", CALLPROC)
    assert "GH-990009" in cpython.git.text("log", "-1", "--format=%s", culprit)
    assert cpython.replay(span, f"{culprit}^", solve=False)[1] == []
    assert len(cpython.replay(span, culprit, solve=False)[1]) == 1


def test_the_resolution_keeps_both_changes(cpython: Lab, rebased: dict[str, str]) -> None:
    text = resolution()
    assert text == cpython.git.run("cat-file", "blob", f"{rebased['library']}:{CALLPROC}")
    assert b"return register_arguments(argcount) * 8;" in text  # upstream's
    assert b"#elif defined(_M_ARM)" in text  # mine
    assert b"<<<<<<<" not in text


def test_the_binaries_agree_with_their_manifest(bin_deps: Lab) -> None:
    folder = bin_deps.worktree(bin_deps.stages["openssl-arm"])
    for platform in (*DESKTOP, "win-arm32"):
        passed, log = run_check("manifest", folder, platform, folder)
        assert passed, log
    before = bin_deps.worktree(bin_deps.stages["base"])
    passed, log = run_check("manifest", before, "win-arm32", before)
    assert not passed
    assert "arm32: no manifest.ini" in log


def test_a_damaged_binary_is_noticed(bin_deps: Lab) -> None:
    folder = bin_deps.folder / "damaged"
    bin_deps.git.run("worktree", "add", "--quiet", "--detach", str(folder), bin_deps.built.base)
    (folder / "win32" / "libffi-7.lib").write_text("ffi_call\n", encoding="utf-8")
    passed, log = run_check("manifest", folder, "win32", folder)
    assert not passed
    assert "win32/libffi-7.lib: is not the file that the manifest describes" in log


def test_a_build_sees_versions_that_disagree(cpython: Lab, bin_deps: Lab) -> None:
    folder = cpython.folder / "disagree"
    cpython.git.run("worktree", "add", "--quiet", "--detach", str(folder), cpython.built.base)
    bat = folder / "PCbuild" / "get_externals.bat"
    bat.write_bytes(bat.read_bytes().replace(b"1.1.0j", b"1.1.1a"))
    passed, log = run_check("build", folder, "win32", externals(bin_deps, "base"))
    assert not passed
    assert "disagree about openssl-bin-1.1.0j, openssl-bin-1.1.1a" in log


def test_a_build_sees_a_missing_symbol(cpython: Lab, bin_deps: Lab) -> None:
    folder = cpython.folder / "unresolved"
    cpython.git.run("worktree", "add", "--quiet", "--detach", str(folder), cpython.built.base)
    source = folder / CALLPROC
    source.write_bytes(source.read_bytes().replace(b"_set_errno(0)", b"set_the_errno(0)"))
    passed, log = run_check("build", folder, "win-amd64", externals(bin_deps, "base"))
    assert not passed
    assert "unresolved symbol set_the_errno" in log
