"""The seal: nothing of the person who runs the tests gets in, nothing but loopback gets out."""

from __future__ import annotations

import gc
import io
import ipaddress
import json
import os
import signal
import socket
import sys
import tempfile
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# Helpers lie beside the tests that use them; `tests/kit` is for all.
TESTS = Path(__file__).parent
sys.path[:0] = [str(folder) for folder in sorted(TESTS.iterdir()) if folder.is_dir()]


def _in_memory() -> None:
    """Let `tmp_path` lie in memory, where there is room: tests make many small files, and on a
    disk they wait for its journal. A root that the caller named stays."""
    memory = Path("/dev/shm")
    if os.name != "posix" or not os.access(memory, os.W_OK | os.X_OK):
        return
    there = os.statvfs(memory)
    # Tests run programs that they wrote; and a whole run leaves about a gigabyte.
    runs, free = not there.f_flag & os.ST_NOEXEC, there.f_bavail * there.f_frsize
    if runs and free >= 6 << 30:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


_in_memory()

# The gate finds the same today as tomorrow; of what is proved, it takes a sample that `full` has
# whole; --hypothesis-profile=search goes looking for more.
settings.register_profile("gate", deadline=None, derandomize=True, database=None, max_examples=50)
settings.register_profile("full", deadline=None, derandomize=True, database=None)
settings.register_profile("search", deadline=None, max_examples=5000)
settings.load_profile("gate")

SECRETS_AND_SETTINGS = (
    "GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_HOST",
    "SSH_AUTH_SOCK", "SSH_ASKPASS", "VISUAL", "PAGER", "FORCE_COLOR", "CLICOLOR_FORCE", "LANG",
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
)  # fmt: skip
FIXED = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_TEMPLATE_DIR": "",  # else a fifth of all files that tests make would be sample hooks
    "GIT_AUTHOR_NAME": "Paul Porter",
    "GIT_AUTHOR_EMAIL": "paul@example.org",
    "GIT_AUTHOR_DATE": "1556200000 +0000",
    "GIT_COMMITTER_NAME": "Paul Porter",
    "GIT_COMMITTER_EMAIL": "paul@example.org",
    "GIT_COMMITTER_DATE": "1556200000 +0000",
    "EDITOR": "false",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
    "COLUMNS": "80",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` records the stories of tests/scenarios anew."""
    parser.addoption("--update", action="store_true", help="record the stories anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The farm of build bots comes first: in a whole run no process takes from another what that
    begins with, and so only one of them starts a farm."""
    items.sort(key=lambda item: item.path.stem != "test_bots")


def pytest_collection_finish() -> None:
    """All that is loaded by now stays; the garbage collector need not look at it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _sealed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The environment of all tests, also for fixtures that live as long as the session."""
    # Whoever runs us in the background has Ctrl-C ignored, and our children would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name in SECRETS_AND_SETTINGS or name.startswith(("GIT_", "STACKER_", "LC_")):
                patch.delenv(name)
        for name, value in FIXED.items():
            patch.setenv(name, value)
        _move_in(patch, tmp_path_factory.mktemp("home"))
        # What is passing lies where `tmp_path` does, and goes with it if somebody is killed.
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("passing")))
        patch.setattr(tempfile, "tempdir", None)
        _tell_the_clock()
        patch.setattr(socket.socket, "connect", _loopback_only(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _loopback_only(socket.socket.connect_ex))
        yield
    _tell_the_clock()


@pytest.fixture(autouse=True)
def home(_sealed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder of each test's own; whatever a test does to the environment is undone."""
    before = dict(os.environ)
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        _move_in(patch, folder)
        yield folder
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)


def _move_in(patch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("HOME", "USERPROFILE"):
        patch.setenv(name, str(folder))
    for name in ("XDG_CONFIG_HOME", "GH_CONFIG_DIR", "APPDATA"):
        patch.setenv(name, str(folder / "config"))


def _tell_the_clock() -> None:
    if hasattr(time, "tzset"):  # Windows has none, and there TZ is read by each program
        time.tzset()


def _loopback_only(connect: Any) -> Any:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise AssertionError(f"a test wanted to talk to {address[0]}; only loopback is open")
        return connect(self, address)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Ran:
    """What one command line gave: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output, of a command with `--json`."""
        return json.loads(self.out)


@pytest.fixture(scope="session")
def _watched(_sealed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Whoever looks at each answer of each hub: `tests/kit/contract.py`."""
    import contract  # noqa: PLC0415 - found through the path set above

    with pytest.MonkeyPatch.context() as patch:
        yield contract.watching(tmp_path_factory.mktemp("contract") / "broken", patch)


@pytest.fixture(autouse=True)
def _contract(_watched: Any) -> Iterator[None]:
    """A test in which a hub answered otherwise than GitHub's description allows has failed."""
    yield
    broken = _watched.news()
    assert not broken, broken


@pytest.fixture
def run_stacker(tmp_path: Path) -> Any:
    """Run a command line in this process: `run_stacker("rebase", "--json", cwd=folder)`."""

    from stacker.cli import app  # noqa: PLC0415 - most tests do without the command line

    def run(*arguments: str | Path, cwd: Path = tmp_path) -> Ran:
        raw_out, raw_err = io.BytesIO(), io.BytesIO()
        out, err = (io.TextIOWrapper(raw, "utf-8", newline="\n") for raw in (raw_out, raw_err))
        with chdir(cwd), redirect_stdout(out), redirect_stderr(err):
            code = app.run([str(argument) for argument in arguments])
        out.flush()
        err.flush()
        return Ran(int(code), raw_out.getvalue().decode(), raw_err.getvalue().decode())

    return run


@pytest.fixture
def history() -> Any:
    """`tests/kit/history.py`: repositories out of a description, `history.draw(path, {...})`."""
    import history as kit  # noqa: PLC0415 - found through the path set above

    return kit


@pytest.fixture(scope="session")
def once(_sealed: None, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """`once("a name", make)`: what `make(folder)` made, for each test as if made for it alone."""
    from once import Once  # noqa: PLC0415 - found through the path set above

    return Once(tmp_path_factory)
