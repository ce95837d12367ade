import unittest

from Lib import ssl


class VersionTests(unittest.TestCase):
    def test_minimum(self):
        self.assertEqual(ssl.minimum_version(), "1.1.0")

    def test_library(self):
        self.assertRegex(ssl.openssl_library(), r"^libssl-1_1 1\.1\.")


class ContextTests(unittest.TestCase):
    def test_no_anonymous_ciphers(self):
        self.assertIn("!aNULL", ssl.default_ciphers())

    def test_server_name(self):
        self.assertTrue(ssl.has_server_name())

    def test_no_null_ciphers(self):
        self.assertIn("!eNULL", ssl.default_ciphers())
