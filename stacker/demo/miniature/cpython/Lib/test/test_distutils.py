import unittest

from Lib.distutils import msvccompiler, util


class CompilerTests(unittest.TestCase):
    def test_here(self):
        self.assertTrue(msvccompiler.vcvars_spec())

    def test_cross(self):
        self.assertEqual(msvccompiler.vcvars_spec("win-amd64"), "x86_amd64")

    def test_unknown_platform(self):
        with self.assertRaises(msvccompiler.DistutilsPlatformError):
            msvccompiler.vcvars_spec("win-alpha")


class UtilTests(unittest.TestCase):
    def test_split_quoted(self):
        self.assertEqual(util.split_quoted('a "b c" d'), ["a", "b c", "d"])
