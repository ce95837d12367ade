"""Guess the type of a file by its name."""

from Lib import winreg

types_map = {
    ".css": "text/css",
    ".html": "text/html",
    ".json": "application/json",
    ".py": "text/x-python",
}


def guess_type(name):
    """The type by the table alone, or None."""
    return types_map.get(name[name.rfind(".") :].lower())


def read_windows_registry(suffix):
    """The type that the registry gives to `suffix`."""
    return winreg.QueryValueEx(winreg.HKEY_CLASSES_ROOT, suffix)
