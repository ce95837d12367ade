import unittest

from Lib import mimetypes


class TableTests(unittest.TestCase):
    def test_guess(self):
        self.assertEqual(mimetypes.guess_type("page.HTML"), "text/html")

    def test_unknown(self):
        self.assertIsNone(mimetypes.guess_type("core.dump"))


class RegistryTests(unittest.TestCase):
    def test_file_types(self):
        self.assertEqual(mimetypes.read_windows_registry(".pdf"), "application/pdf")
