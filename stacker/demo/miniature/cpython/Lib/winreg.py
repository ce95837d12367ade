"""The registry of the device."""

from Lib import nt

HKEY_CLASSES_ROOT = "HKEY_CLASSES_ROOT"
HKEY_LOCAL_MACHINE = "HKEY_LOCAL_MACHINE"

_FILE_TYPES = {".txt": "text/plain", ".pdf": "application/pdf", ".zip": "application/zip"}
_values = {}


def SetValueEx(key, name, value):
    nt.need("registry")
    _values[key, name] = value


def QueryValueEx(key, name):
    """The value `name` of `key`; FileNotFoundError when there is none."""
    nt.need("registry")
    if key == HKEY_CLASSES_ROOT and nt.offers("file types") and name in _FILE_TYPES:
        return _FILE_TYPES[name]
    if (key, name) not in _values:
        raise FileNotFoundError(f"[WinError 2] no value {name} in {key}")
    return _values[key, name]


def ConnectRegistry(computer, key):
    """`key` in the registry of another computer, or of this one over the network."""
    nt.need("remote registry")
    return f"{computer or 'localhost'}\\{key}"
