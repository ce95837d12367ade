"""The machine that a test run happens on: a simulated Windows, booted from a build."""

import configparser
import json

_machine = {}


def boot(root, platform):
    """Start the device of `platform` with what PCbuild/out/PLATFORM holds."""
    out = root / "PCbuild" / "out" / platform
    about = json.loads((out / "python.json").read_text(encoding="utf-8"))
    device = configparser.ConfigParser(interpolation=None)
    device.read(root / "PC" / "device" / f"{about['device']}.ini", encoding="utf-8")
    _machine.update(about, out=out, settings=device)


def built_platform():
    """The name that build.py was given."""
    return _machine["platform"]


def constants():
    """What the core was compiled with: PY_VERSION, COMPILER and their kin."""
    return _machine["constants"]


def load_module(name):
    """The extension module `name` as it was linked: exports, imports, constants."""
    path = _machine["out"] / f"{name}.pyd"
    if not path.exists():
        raise ImportError(f"{name} was not built for {built_platform()}")
    return json.loads(path.read_text(encoding="utf-8"))


def device_name():
    return _machine["settings"]["device"]["name"]


def edition():
    return _machine["settings"]["device"]["edition"]


def offers(feature):
    """Whether this Windows has `feature`, such as `startfile`."""
    return _machine["settings"].getboolean("offers", feature, fallback=False)


def need(feature):
    """Refuse a call that this Windows cannot serve, as it would itself."""
    if not offers(feature):
        raise OSError(f"[WinError 50] {device_name()} has no {feature}")


def startfile(path, operation="open"):
    """Open `path` with the program that its type belongs to."""
    need("startfile")
    return f"{operation} {path}"
