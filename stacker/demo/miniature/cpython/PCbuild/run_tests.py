"""Run the tests on a platform that was built: `run_tests.py --platform win32`.

Exit code 0 when every test passed or was skipped, else 1.
"""

import argparse
import sys
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]


def main():
    parser = argparse.ArgumentParser(description="Run the tests on one platform.")
    parser.add_argument("--platform", required=True)
    chosen = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    from Lib import nt

    try:
        nt.boot(ROOT, chosen.platform)
    except FileNotFoundError:
        print(f"error: {chosen.platform} is not built; run build.py first")
        return 1
    print(f"Testing {chosen.platform} on {nt.device_name()}", flush=True)
    loader = unittest.TestLoader()
    names = sorted(path.stem for path in (ROOT / "Lib" / "test").glob("test_*.py"))
    suite = loader.loadTestsFromNames([f"Lib.test.{name}" for name in names])
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun} tests, {failed} failed, {len(result.skipped)} skipped")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
