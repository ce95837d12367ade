"""Check the binaries of one platform: `check.py --platform win32`.

Exit code 0 when the manifest and the files of that architecture agree.
"""

import argparse
import configparser
import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
FOLDERS = {"win32": "win32", "win-amd64": "amd64", "win-arm32": "arm32"}


def problems(folder):
    """What is wrong in `folder`, one line each."""
    manifest = configparser.ConfigParser(interpolation=None)
    if not manifest.read(folder / "manifest.ini", encoding="utf-8"):
        yield f"{folder.name}: no manifest.ini"
    for name in manifest.sections():
        path = folder / manifest[name]["file"]
        if not path.exists():
            yield f"{folder.name}/{path.name}: in the manifest, but there is no such file"
            continue
        symbols = path.read_text(encoding="utf-8").split()
        if hashlib.sha256("\n".join(symbols).encode()).hexdigest() != manifest[name]["sha256"]:
            yield f"{folder.name}/{path.name}: is not the file that the manifest describes"
    listed = {manifest[name]["file"] for name in manifest.sections()}
    for path in sorted(folder.glob("*.lib")):
        if path.name not in listed:
            yield f"{folder.name}/{path.name}: not in the manifest"


def main():
    parser = argparse.ArgumentParser(description="Check the binaries of one platform.")
    parser.add_argument("--platform", required=True, choices=FOLDERS)
    found = list(problems(ROOT / FOLDERS[parser.parse_args().platform]))
    for problem in found:
        print(f"error: {problem}")
    print("The binaries do not agree." if found else "The binaries agree with their manifest.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
