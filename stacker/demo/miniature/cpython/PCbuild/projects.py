"""What is built: python.props, pcbuild.proj, the projects, and the externals."""

import configparser
import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from toolchain import BuildError, Library


@dataclass(frozen=True)
class Platform:
    """A target: its names here, in the projects and in the externals."""

    name: str
    msbuild: str
    arch: str
    machine: str
    define: str
    device: str


@dataclass(frozen=True)
class External:
    """Something fetched by get_externals.bat, and the libraries it brings."""

    name: str
    version: str
    libraries: tuple


@dataclass(frozen=True)
class Props:
    """What python.props says."""

    platforms: tuple
    externals: tuple

    def platform(self, name):
        for platform in self.platforms:
            if platform.name == name:
                return platform
        known = ", ".join(platform.name for platform in self.platforms)
        raise BuildError(f"PCbuild/python.props: unknown platform {name}; it knows {known}")


def parse(path):
    """The root element of an XML file of ours."""
    try:
        return ElementTree.fromstring(path.read_bytes())
    except (OSError, ElementTree.ParseError) as exc:
        raise BuildError(f"PCbuild/{path.name}: {exc}") from exc


def read_props(path):
    root = parse(path)
    tags = ("MSBuild", "ArchName", "Machine", "Defines", "Device")
    platforms = tuple(
        Platform(item.get("Include"), *(item.findtext(tag, "") for tag in tags))
        for item in root.iter("Platform")
    )
    externals = tuple(
        External(item.get("Include"), item.get("Version"), split(item.get("Libraries")))
        for item in root.iter("External")
    )
    return Props(platforms, externals)


def read_solution(path):
    """The projects in order, each with the MSBuild platforms it is not built for."""
    root = parse(path)
    return [
        (Path(item.get("Include")).stem, split(item.get("Without")))
        for item in root.iterfind("ItemGroup/Project")
    ]


def split(text):
    return tuple(part for part in (text or "").split(";") if part)


class Project:
    """One .vcxproj."""

    def __init__(self, path):
        self._folder = path.parent
        self._root = parse(path)
        self.name = self._root.get("Name")
        self.target = self._root.get("Target")
        self.defines = split(self._root.findtext(".//PreprocessorDefinitions"))
        folders = split(self._root.findtext(".//AdditionalIncludeDirectories"))
        self.include = [self._folder / folder for folder in folders]
        self.references = [item.get("Include") for item in self._root.iter("ProjectReference")]
        self.libraries = [item.get("Include") for item in self._root.iter("Library")]

    def check_configuration(self, platform):
        names = {item.get("Include") for item in self._root.iter("ProjectConfiguration")}
        wanted = f"Release|{platform.msbuild}"
        if wanted not in names:
            raise BuildError(f"PCbuild/{self.name}.vcxproj: has no configuration {wanted}")

    def sources(self, platform):
        """The files to compile for `platform`, in the project's order."""
        return [
            (self._folder / item.get("Include")).resolve()
            for item in self._root.iter()
            if item.tag in ("ClCompile", "MASM")
            and platform.msbuild in (split(item.get("Platforms")) or (platform.msbuild,))
        ]


def read_project(path):
    return Project(path)


def version_key(version):
    """`1.1.0j` before `1.1.1a`; a release candidate is not told from its release."""
    return [(int(number), letter) for number, letter in re.findall(r"(\d+)([a-z]?)", version)]


class Externals:
    """The binaries of one architecture: a manifest and text files of symbols."""

    def __init__(self, folder, props, platform):
        self._folder = folder
        self._platform = platform
        self._wanted = {name: item for item in props.externals for name in item.libraries}
        self.include = folder / "include"
        self._manifest = configparser.ConfigParser(interpolation=None)
        self._manifest.read(folder / "manifest.ini", encoding="utf-8")

    def library(self, name):
        """The library `name`, of this machine and new enough."""
        external = self._wanted.get(name)
        if external is None:
            raise BuildError(f"PCbuild/python.props: no external brings {name}")
        if not self._manifest.has_section(name):
            raise BuildError(f"the externals hold no {name} for {self._platform.arch}")
        section = self._manifest[name]
        if section["machine"] != self._platform.machine:
            raise BuildError(f"{name} is for {section['machine']}, not {self._platform.machine}")
        if version_key(section["version"]) < version_key(external.version):
            raise BuildError(f"{name} is {section['version']}, older than {external.version}")
        exports = (self._folder / section["file"]).read_text(encoding="utf-8").split()
        return Library(name, section["version"], frozenset(exports))
