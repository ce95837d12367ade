"""Build this Python for one platform: `build.py --platform win32 --externals FOLDER`.

Exit code 0 and PCbuild/out/PLATFORM/ when everything was linked, else 1 and what is wrong.
"""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
import projects
import toolchain
from toolchain import BuildError

ROOT = Path(__file__).resolve().parents[1]
PCBUILD = ROOT / "PCbuild"


def check_externals(props):
    """get_externals.bat must fetch just what python.props builds with."""
    text = (PCBUILD / "get_externals.bat").read_text(encoding="ascii")
    fetched = set(re.findall(r"^set \w+=%\w+% (\S+)", text, re.MULTILINE))
    wanted = {f"{external.name}-{external.version}" for external in props.externals}
    if fetched != wanted:
        names = ", ".join(sorted(fetched ^ wanted))
        raise BuildError(f"PCbuild: get_externals.bat and python.props disagree about {names}")


def build_project(project, platform, externals, built):
    """Compile and link one project; the answer is what its .pyd or .dll holds."""
    include = [ROOT / "Include", ROOT / "PC", *project.include, externals.include]
    macros = dict.fromkeys([platform.define, *project.defines], "1")
    units = [
        toolchain.assemble(source)
        if source.suffix == ".asm"
        else toolchain.compile_c(source, macros, include, platform.arch)
        for source in project.sources(platform)
    ]
    libraries = [externals.library(name) for name in project.libraries]
    libraries += [built[name].as_library() for name in project.references]
    libraries += toolchain.read_system(PCBUILD / "system.def")
    return toolchain.link(project.target, units, libraries)


def check_library():
    """Every module of the library must at least compile."""
    modules = sorted((ROOT / "Lib").rglob("*.py"))
    for path in modules:
        try:
            compile(path.read_bytes(), str(path.relative_to(ROOT)), "exec", dont_inherit=True)
        except SyntaxError as exc:
            raise BuildError(f"{exc.filename}({exc.lineno}): {exc.msg}") from exc
    print(f"  Lib           {len(modules)} modules")


def build(platform_name, folder):
    """Build everything; the list of what went wrong."""
    props = projects.read_props(PCBUILD / "python.props")
    check_externals(props)
    platform = props.platform(platform_name)
    externals = projects.Externals(folder / platform.arch, props, platform)
    print(f"Building for {platform.name} ({platform.machine})")
    built, problems = {}, []
    for name, without in projects.read_solution(PCBUILD / "pcbuild.proj"):
        if platform.msbuild in without:
            print(f"  {name:<13} not built for {platform.msbuild}")
            continue
        try:
            project = projects.read_project(PCBUILD / f"{name}.vcxproj")
            project.check_configuration(platform)
            built[name] = image = build_project(project, platform, externals, built)
            print(f"  {name:<13} {image.target}, {len(image.exports)} exported")
        except BuildError as exc:
            print(f"  {name:<13} failed")
            problems.append(f"{name}: {exc}")
    check_library()
    if not problems:
        write(platform, built)
    return problems


def write(platform, built):
    """Fill PCbuild/out/PLATFORM with the images and what the interpreter must know."""
    out = PCBUILD / "out" / platform.name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    for image in built.values():
        (out / image.target).write_text(image.text(), encoding="utf-8")
    about = {
        "platform": platform.name,
        "device": platform.device,
        "constants": built["pythoncore"].constants,
        "modules": sorted(image.target for image in built.values()),
    }
    (out / "python.json").write_text(json.dumps(about, indent=1), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description="Build this Python for one platform.")
    parser.add_argument("--platform", required=True)
    parser.add_argument("--externals", required=True, type=Path)
    chosen = parser.parse_args()
    try:
        problems = build(chosen.platform, chosen.externals)
    except BuildError as exc:
        problems = [str(exc)]
    for problem in problems:
        print(f"error: {problem}")
    print("Build failed." if problems else "Build succeeded.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
