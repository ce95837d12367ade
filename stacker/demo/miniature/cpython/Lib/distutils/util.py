"""What the commands of distutils share."""

from Lib import sysconfig


def get_platform():
    """The platform that packages are built on."""
    return sysconfig.get_platform()


def split_quoted(text):
    """Split at blanks, but not inside double quotes."""
    parts = text.split('"')
    words = []
    for i, part in enumerate(parts):
        words += [part] if i % 2 else part.split()
    return words
