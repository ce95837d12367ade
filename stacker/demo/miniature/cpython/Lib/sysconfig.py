"""Where this Python lives and what it was built for."""

from Lib import nt


def get_python_version():
    """`3.8`, without the micro version."""
    return ".".join(nt.constants()["PY_VERSION"].split(".")[:2])


def get_platform():
    """The platform's name in the names of wheels and build folders."""
    compiler = nt.constants()["COMPILER"].lower()
    if "amd64" in compiler:
        return "win-amd64"
    return "win32"


def get_config_var(name):
    """One of the values that Python was built with, or None."""
    if name == "EXT_SUFFIX":
        tag = nt.constants()["PYD_PLATFORM_TAG"]
        return f".cp{get_python_version().replace('.', '')}-{tag}.pyd"
    return nt.constants().get(name)
