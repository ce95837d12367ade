import unittest

from Lib import nt


class StartfileTests(unittest.TestCase):
    def test_open(self):
        self.assertEqual(nt.startfile("empty.vbs"), "open empty.vbs")

    def test_print(self):
        self.assertEqual(nt.startfile("empty.vbs", "print"), "print empty.vbs")
