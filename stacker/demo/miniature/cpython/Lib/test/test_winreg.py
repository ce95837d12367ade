import unittest

from Lib import winreg


class LocalTests(unittest.TestCase):
    def test_value(self):
        winreg.SetValueEx(winreg.HKEY_LOCAL_MACHINE, "Mini", 1)
        self.assertEqual(winreg.QueryValueEx(winreg.HKEY_LOCAL_MACHINE, "Mini"), 1)

    def test_missing_value(self):
        with self.assertRaises(FileNotFoundError):
            winreg.QueryValueEx(winreg.HKEY_LOCAL_MACHINE, "Nothing")


class RemoteTests(unittest.TestCase):
    def test_connect(self):
        key = winreg.ConnectRegistry(None, winreg.HKEY_LOCAL_MACHINE)
        self.assertEqual(key, "localhost\\HKEY_LOCAL_MACHINE")
