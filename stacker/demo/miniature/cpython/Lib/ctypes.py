"""Foreign functions, as far as _ctypes of this build can call them."""

from Lib import nt


def conventions():
    """The calling conventions of this machine."""
    return nt.load_module("_ctypes")["constants"]["CTYPES_CONVENTIONS"].split()


def pointer_size():
    """In bytes."""
    return nt.load_module("_ctypes")["constants"]["SIZEOF_VOID_P"]


def flag(name):
    """The value of FUNCFLAG_`name`."""
    return nt.load_module("_ctypes")["constants"][f"FUNCFLAG_{name}"]


def ffi_version():
    return nt.load_module("_ctypes")["constants"]["FFI_VERSION"]


def provider(symbol):
    """The library that `symbol` is called in; None when _ctypes brings it itself."""
    return nt.load_module("_ctypes")["imports"].get(symbol)
