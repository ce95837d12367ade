"""What people install: all of the package with its data, and nothing else."""

from __future__ import annotations

import configparser
import re
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

import stacker

ROOT = Path(__file__).parents[2]
FLAGSHIP = {"series.toml", "series.lock", "series", "patches"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The source distribution, the wheel out of the checkout, and the one out of the former."""
    folder = tmp_path_factory.mktemp("dist")
    sdist = next(SdistBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"]))
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    unpacked = folder / Path(sdist).name.removesuffix(".tar.gz")
    again = WheelBuilder(str(unpacked)).build(directory=str(folder / "2"), versions=["standard"])
    return unpacked, Path(wheel), Path(next(again))


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_has_the_package_with_its_data_and_the_flagship(built):
    files = contents(built[1])
    wanted = {f"stacker/{name}" for name in below(ROOT / "stacker")}
    for name in FLAGSHIP:
        wanted |= {
            f"stacker/demo/flagship/{name}/{inner}".rstrip("/") for inner in below(ROOT / name)
        }
    assert {name for name in files if ".dist-info/" not in name} == wanted
    assert "stacker/py.typed" in wanted
    assert any(name.endswith(".md.j2") for name in wanted)
    for name in FLAGSHIP - {"series", "patches"}:
        assert files[f"stacker/demo/flagship/{name}"] == (ROOT / name).read_bytes()


def below(place):
    """The files below a folder; of a file the empty name."""
    if place.is_file():
        return {""}
    found = (path for path in place.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(place).as_posix() for path in found}


def test_it_gives_both_commands_and_says_what_it_is(built):
    files = contents(built[1])
    [info] = {name.partition("/")[0] for name in files if ".dist-info/" in name}
    assert info == f"patch_stacker-{stacker.__version__}.dist-info"
    scripts = configparser.ConfigParser()
    scripts.read_string(files[f"{info}/entry_points.txt"].decode())
    assert dict(scripts["console_scripts"]) == {
        "stacker": "stacker.__main__:main",
        "git-stacker": "stacker.__main__:main",
    }
    assert f"{info}/licenses/LICENSE" in files


def test_the_source_distribution_makes_the_very_same_wheel(built):
    unpacked, wheel, again = built
    assert contents(again) == contents(wheel)
    assert (unpacked / "tests" / "packaging" / Path(__file__).name).is_file()


def test_the_project_file_and_the_package_say_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == stacker.__version__


def test_every_requirement_has_a_lower_bound_and_no_upper_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted in project["dependencies"]:
        assert re.fullmatch(r"[\w-]+>=\d+(\.\d+)+", wanted), wanted
