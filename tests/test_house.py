"""What the house promises about its own shape; the linters hold the rest."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from stacker.errors import ExitCode

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "stacker"
MINIATURE = PACKAGE / "demo" / "miniature"  # the demo's upstreams: data, in their own style
MODULES = [
    *sorted(p for p in PACKAGE.rglob("*.py") if not p.is_relative_to(MINIATURE)),
    ROOT / "dev.py",
]
PACKAGES = sorted(p.parent for p in MODULES if p.name == "__init__.py" and p.parent != PACKAGE)

# Lines. About 120 is what a module should have.
WALL = 300

# What scripts rely on.
EXIT_CODES = {
    "DONE": 0,
    "ERROR": 1,
    "USAGE": 2,
    "CONFLICT": 3,
    "CHECK_FAILED": 4,
    "BLOCKED": 5,
    "UNKNOWN": 6,
    "BUG": 70,
    "INTERRUPTED": 130,
}

# Each takes longer to load than all that a small command does.
HEAVY = {"git", "github", "graphql", "jinja2", "requests", "rich", "sqlite3", "unidiff", "werkzeug"}

# Somebody's machine: home folders, and what stands under the roots that machines differ in.
PRIVATE_PATH = re.compile(
    rb"(?<![\w.}])(?:/(?:home|root|Users|opt)/(?!me\b)|/tmp/(?!\W)|[A-Z]:\\Users\\)"
)
READABLE = ("stacker", "tests", "docs", "bench", "series", "patches", ".ci", ".github")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_modules_stay_below_the_wall():
    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    assert {named(p): count for p, count in lines.items() if count > WALL} == {}


def test_packages_say_what_they_are_and_keep_their_code_in_modules():
    assert [named(p) for p in PACKAGES if not holds_only_a_docstring(p / "__init__.py")] == []


def holds_only_a_docstring(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return len(tree.body) == 1 and ast.get_docstring(tree) is not None


def test_the_tests_of_a_package_are_where_its_name_says():
    verbs_and_nouns = [p for p in PACKAGES if p.parent == PACKAGE]
    tested = {p.parent.name for p in (ROOT / "tests").rglob("test_*.py")}
    assert [named(p) for p in verbs_and_nouns if p.name not in tested] == []


def test_no_file_knows_the_machine_it_was_written_on():
    files = [p for p in ROOT.iterdir() if p.is_file() and not p.name.startswith(".")]
    for folder in READABLE:
        files += [p for p in (ROOT / folder).rglob("*") if p.is_file() and p.suffix != ".pyc"]
    found = [
        f"{named(path)}:{number}: {line.decode(errors='replace').strip()}"
        for path in files
        if path != Path(__file__)
        for number, line in enumerate(path.read_bytes().splitlines(), 1)
        if PRIVATE_PATH.search(line)
    ]
    assert found == []


def test_exit_codes_are_the_promised_ones():
    assert {code.name: code.value for code in ExitCode} == EXIT_CODES


def test_a_small_command_loads_nothing_heavy():
    script = (
        "import sys\n"
        "from stacker.__main__ import main\n"
        "sys.argv = ['stacker', '--version']\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        "print(*{name.partition('.')[0] for name in sys.modules})\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    version, loaded = done.stdout.decode().splitlines()
    assert re.fullmatch(r"stacker \d+\.\d+\.\d+", version)
    assert HEAVY & set(loaded.split()) == set()
