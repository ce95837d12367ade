import unittest

from Lib import ctypes
from Lib.test import support


class CallTests(unittest.TestCase):
    def test_has_a_convention(self):
        self.assertTrue(ctypes.conventions())

    @support.requires_platform("win32")
    def test_x86_has_two_conventions(self):
        self.assertEqual(ctypes.conventions(), ["cdecl", "stdcall"])

    @support.requires_platform("win-amd64")
    def test_x64_has_one_convention(self):
        self.assertEqual(ctypes.conventions(), ["win64"])

    def test_flags_are_bits(self):
        flags = [ctypes.flag(name) for name in ("CDECL", "HRESULT", "PYTHONAPI", "USE_ERRNO")]
        self.assertEqual(flags, [1, 2, 4, 8])


class LibffiTests(unittest.TestCase):
    def test_version_is_named(self):
        self.assertRegex(ctypes.ffi_version(), r"^\d+\.\d+")

    def test_calls_go_through_libffi(self):
        self.assertIsNone(ctypes.provider("ffi_call"))


class PointerTests(unittest.TestCase):
    def test_size(self):
        self.assertIn(ctypes.pointer_size(), (4, 8))

    def test_memory_comes_from_the_core(self):
        self.assertEqual(ctypes.provider("PyMem_Malloc"), "python38.dll")
