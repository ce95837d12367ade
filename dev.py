"""Sets up a checkout and runs it: `python dev.py demo`, and `python dev.py test` for the gate.

Needs only Python and git. Everything else goes into `.venv`, which is made at the first call and
again whenever pyproject.toml asks for other packages.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "complete.txt"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")

OLDEST_PYTHON = (3, 11)
OLDEST_GIT = (2, 39)

USAGE = """\
usage: python dev.py COMMAND

  demo            set up, then show the whole life of a series on a forge of its own
  test [ARG ...]  set up, then the whole gate: format, lint, layers, types, docs, tests;
                  each ARG is handed to pytest
  proofs [ARG ...]
                  set up, then all examples of which the gate takes a sample
  soak [ARG ...]  set up, then land and land again while things go wrong; `soak --help`
  docs            set up, then make the pages of docs/ a site to look at
  format          set up, then bring all code into form
  setup           set up only
"""

SITE = ROOT / "build" / "docs"
DOCS: tuple[str, ...] = (
    "python", "-m", "sphinx", "-q", "-W", "-n", "-E", "--keep-going", "-d", "build/doctrees",
    "docs", "build/docs",
)  # fmt: skip
GATE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", ("python", "-m", "ruff", "format", "--check", "--quiet")),
    ("lint", ("python", "-m", "ruff", "check", "--quiet")),
    ("layers", ("lint-imports", "--no-cache")),
    ("types", ("python", "-m", "mypy")),
    ("docs", DOCS),
)
TESTS: tuple[str, ...] = ("python", "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal")
COLLECT: tuple[str, ...] = ("python", "-m", "pytest", "-q", "--collect-only")
PROOFS: tuple[str, ...] = (
    "--hypothesis-profile=full",
    "tests/rebase",
    "tests/series",
    "tests/land/proof/test_machine.py",
    "tests/test_killed.py",
)


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    command, *rest = arguments or ["help"]
    known = ("demo", "test", "proofs", "soak", "docs", "format", "setup")
    if command not in known or (rest and command not in ("test", "proofs", "soak")):
        sys.stdout.write(USAGE)
        return 0 if command in ("help", "-h", "--help") else 2
    check_versions()
    set_up()
    compile_sources()
    if command == "test":
        return gate(rest)
    if command == "proofs":
        return run(here((*TESTS, *PROOFS, *rest)))
    if command == "soak":
        return run([str(PYTHON), str(ROOT / "tests" / "land" / "proof" / "soak.py"), *rest])
    if command == "docs":
        return docs()
    if command == "format":
        return bring_into_form()
    return demo() if command == "demo" else 0


def check_versions() -> None:
    """End with a message that helps when Python or git is too old or incomplete."""
    if sys.version_info < OLDEST_PYTHON:
        stop(
            f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}.",
            "If a newer one is installed: "
            + ("py -3.13 dev.py test" if WINDOWS else "make test PYTHON=python3.13"),
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        stop(
            f"{sys.executable} cannot make virtual environments: venv or ensurepip is missing.",
            "On Debian and Ubuntu: apt install python3-venv",
        )
    found = git_version()
    if found is None:
        stop("git was not found.", "Install git 2.39 or newer (on Debian: apt install git).")
    elif found < OLDEST_GIT:
        stop(f"git 2.39 or newer is needed; this is {'.'.join(map(str, found))}.", "Update git.")


def git_version() -> tuple[int, ...] | None:
    """The first two numbers of git's version; None without a git."""
    git = shutil.which("git")
    if git is None:
        return None
    said = subprocess.run([git, "version"], capture_output=True, check=False).stdout.decode()
    words = (word.split(".") for word in said.split())
    numbers = ([int(n) for n in parts[:2]] for parts in words if all(map(str.isdigit, parts[:2])))
    return tuple(next(numbers, ()))


def set_up() -> None:
    """Make `.venv`, unless a complete one for these very packages is there."""
    packages, wanted = development_packages(), fingerprint()
    if PYTHON.exists() and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    if Path(sys.prefix).resolve() == VENV:
        stop("The environment must be made anew, but it is active.", "First: deactivate")
    since = time.monotonic()
    say("Setting up .venv (needs a package index; later calls skip this) ...")
    step = run([sys.executable, "-m", "venv", "--clear", str(VENV)])
    if step == 0:
        pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
        step = run([*pip, "--no-compile", "--editable", str(ROOT), *packages])
    if step != 0:
        stop("The environment could not be made; see above.", "Run the same command again.")
    STAMP.write_text(wanted, encoding="utf-8", newline="\n")  # last, so that half is not taken
    compile_packages()
    say(f"Set up in {time.monotonic() - since:.0f} s.")


def compile_packages() -> None:
    """On all processors, unlike pip; of GitHub's 6,000 models the tests use few."""
    packages = str(VENV / ("Lib" if WINDOWS else "lib"))
    compiling = [str(PYTHON), "-m", "compileall", "-qq", "-j", "0", "-x", "githubkit_schemas"]
    run([*compiling, packages])  # what does not compile is another Python's, or a test's


def compile_sources() -> None:
    """Byte code beforehand, for whoever is told to write none: each start would make it anew."""
    run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "stacker")])


def development_packages() -> list[str]:
    """The requirements of the `dev` group of pyproject.toml."""
    return list(project_file()["dependency-groups"]["dev"])


def fingerprint() -> str:
    """What the environment is made of; another value means that it must be made anew."""
    project = project_file()
    parts = [project[table] for table in ("build-system", "project", "dependency-groups")]
    made_of = json.dumps([*parts, sys.version, str(ROOT)], sort_keys=True)
    return hashlib.sha256(made_of.encode()).hexdigest() + "\n"


def project_file() -> dict[str, Any]:
    """pyproject.toml as read."""
    import tomllib  # noqa: PLC0415 - an older Python must get as far as its message

    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def demo() -> int:
    """The whole life of the example series; ends with the lines to go on."""
    code = run([str(PYTHON), "-m", "stacker", "demo"])
    if code == 0:
        activate = r".venv\Scripts\activate" if WINDOWS else ". .venv/bin/activate"
        say(f"\nTo go on:\n  {activate}\n  stacker status\n  stacker rebase")
    return code


def docs() -> int:
    """Make the site, and say where it is."""
    code = run(here(DOCS))
    if code == 0:
        say(f"Look at {(SITE / 'index.html').as_uri()}")
    return code


def gate(pytest_arguments: list[str]) -> int:
    """All steps, the tests last; ends at the first that fails, with its exit code."""
    collecting = None if pytest_arguments else collect()
    for name, words in GATE:
        since = time.monotonic()
        code, output = run_quietly(here(words))
        took = f"{time.monotonic() - since:5.1f} s"
        if code != 0:
            say(f"{output.rstrip()}\n{name:<8}failed {took}")
            if collecting is not None:
                collecting.kill()
            return repeat(words, code)
        say(f"{name:<8}ok     {took}")
    if collecting is not None:
        collecting.wait()
    say("tests   running")  # pytest's closing line says how it went and how long it took
    words = (*TESTS, *pytest_arguments)
    code = run(here(words))
    return repeat(words, code) if code != 0 else 0


def collect() -> subprocess.Popen[bytes]:
    """Begin to collect the tests beside what keeps one processor busy.

    So pytest's byte code of them is there for all its workers, who else make it each.
    """
    return subprocess.Popen(
        here(COLLECT), cwd=ROOT, env=environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def repeat(words: tuple[str, ...], code: int) -> int:
    """Say how to run only the step that failed."""
    shown = subprocess.list2cmdline([str((BIN / words[0]).relative_to(ROOT)), *words[1:]])
    say(f"\nOnly this step again: {shown}")
    return code


def bring_into_form() -> int:
    """Format the code and mend what the linter can mend."""
    mended = run(here(("python", "-m", "ruff", "check", "--fix", "--quiet")))
    return run(here(("python", "-m", "ruff", "format"))) or mended


def here(words: tuple[str, ...]) -> list[str]:
    """A command line whose program is the one of `.venv`."""
    return [str(BIN / words[0]) + (".exe" if WINDOWS else ""), *words[1:]]


def run(command: list[str]) -> int:
    """Run a command whose output goes where ours goes; returns its exit code."""
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode


def run_quietly(command: list[str]) -> tuple[int, str]:
    """Run a command; returns its exit code and all that it printed."""
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8", "replace")


def environment() -> dict[str, str]:
    """Ours, without what would let another Python's packages in or make all byte code anew."""
    unwanted = ("PYTHONPATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
    env = {k: v for k, v in os.environ.items() if k not in unwanted}
    path = os.pathsep.join([str(BIN), env.get("PATH", os.defpath)])
    return env | {"PYTHONUTF8": "1", "VIRTUAL_ENV": str(VENV), "PATH": path}


def say(text: str) -> None:
    """Print at once, so that our lines and those of the steps stay in order."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def stop(what: str, then: str) -> None:
    """End: what is wrong, and what to do."""
    sys.exit(f"{what}\n{then}")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
