import unittest

from Lib import platform
from Lib.test import support


class MachineTests(unittest.TestCase):
    def test_machine_is_known(self):
        compiler = platform.python_compiler()
        self.assertTrue(platform.machine(), f"platform.machine() does not know {compiler}")

    @support.requires_platform("win-amd64")
    def test_machine_on_amd64(self):
        self.assertEqual(platform.machine(), "AMD64")

    def test_architecture(self):
        bits, linkage = platform.architecture()
        self.assertIn(bits, ("32bit", "64bit"))
        self.assertEqual(linkage, "WindowsPE")


class VersionTests(unittest.TestCase):
    def test_python_version(self):
        self.assertRegex(platform.python_version(), r"^3\.8\.")

    def test_python_compiler(self):
        self.assertTrue(platform.python_compiler().startswith("[MSC v.1916"))
