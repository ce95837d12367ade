"""What is known about the machine below."""

from Lib import nt, sysconfig

# What a compiler's name says about the machine that it compiles for.
_MACHINES = {
    "64 bit (AMD64)": "AMD64",
    "32 bit (Intel)": "x86",
}


def python_compiler():
    """The compiler's own description of itself."""
    return nt.constants()["COMPILER"]


def python_version():
    return nt.constants()["PY_VERSION"]


def machine():
    """The kind of machine, as Windows calls it; empty when it is not known."""
    for words, name in _MACHINES.items():
        if words in python_compiler():
            return name
    return ""


def architecture():
    """The width of a pointer in bits, and the format of an executable."""
    return f"{nt.constants()['SIZEOF_VOID_P'] * 8}bit", "WindowsPE"


def platform():
    """One line that names this Python's home."""
    return f"Windows-10-{machine()}-{sysconfig.get_platform()}"
