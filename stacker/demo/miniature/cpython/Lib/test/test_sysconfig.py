import unittest

from Lib import nt, sysconfig


class PlatformTests(unittest.TestCase):
    def test_platform_is_what_was_built(self):
        self.assertEqual(
            sysconfig.get_platform(), nt.built_platform(), "sysconfig does not know this platform"
        )

    def test_suffix_of_extension_modules(self):
        tag = sysconfig.get_platform().replace("-", "_")
        self.assertEqual(sysconfig.get_config_var("EXT_SUFFIX"), f".cp38-{tag}.pyd")


class VariableTests(unittest.TestCase):
    def test_unknown_variable(self):
        self.assertIsNone(sysconfig.get_config_var("NO_SUCH_VARIABLE"))

    def test_python_version(self):
        self.assertEqual(sysconfig.get_python_version(), "3.8")
