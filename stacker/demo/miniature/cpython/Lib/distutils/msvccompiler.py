"""Compile extension modules with Microsoft's compiler."""

from Lib.distutils import util

# What vcvarsall.bat calls the platforms of ours.
PLAT_TO_VCVARS = {
    "win32": "x86",
    "win-amd64": "x86_amd64",
}


class DistutilsPlatformError(Exception):
    """Packages cannot be built for or on this platform."""


def vcvars_spec(plat_name=None):
    """The argument for vcvarsall.bat when building for `plat_name` (default: for here)."""
    plat_name = plat_name or util.get_platform()
    if plat_name not in PLAT_TO_VCVARS:
        raise DistutilsPlatformError(f"vcvarsall.bat has no name for {plat_name}")
    return PLAT_TO_VCVARS[plat_name]
