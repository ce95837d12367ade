"""What the tests share."""

import unittest

from Lib import nt


def requires_module(name):
    """Skip unless the extension module `name` was built."""
    try:
        nt.load_module(name)
    except ImportError as exc:
        return unittest.skip(str(exc))
    return lambda test: test


def requires_platform(*names):
    """Skip unless the build is for one of `names`."""
    return unittest.skipUnless(nt.built_platform() in names, f"only for {', '.join(names)}")
