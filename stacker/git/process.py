"""The only place that runs git as a process, always sealed from the user's configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from signal import strsignal
from threading import Thread
from typing import IO, TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from stacker.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WORTH_TWO = 64  # lines of input that are worth a second process

Process = subprocess.Popen[bytes]
"""A git that runs beside us."""

# Variables of a caller's git (a hook that started us, a test, an alias) that would redirect ours.
_KEPT_GIT_VARIABLES = (
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_EXEC_PATH",
    "GIT_TEMPLATE_DIR",  # for a person's repository; those of our own say --template=
)
# Never handed to a child: a token reaches git only as a header bound to its host.
_SECRET_VARIABLES = ("GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
_PRIVATE_PREFIX = "STACKER_BUILDBOT_"

_SEALED_CONFIG: tuple[tuple[str, str], ...] = (
    ("core.hooksPath", os.devnull),
    ("core.autocrlf", "false"),
    ("core.longPaths", "true"),
    ("core.protectHFS", "true"),
    ("core.protectNTFS", "true"),
    ("core.quotePath", "true"),
    ("core.fsmonitor", "false"),
    ("commit.gpgSign", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("submodule.recurse", "false"),
    ("advice.detachedHead", "false"),
    ("protocol.version", "2"),
    ("protocol.ext.allow", "never"),
    ("http.followRedirects", "false"),
    ("credential.helper", ""),
)


class Credential(NamedTuple):
    """A token and the one host (`https://host[:port]`) it may be sent to."""

    origin: str
    token: str

    def __repr__(self) -> str:
        return f"Credential(origin={self.origin!r}, token=<hidden>)"


class Finished(NamedTuple):
    """How a git process ended: its exit code and its raw output."""

    code: int
    out: bytes
    err: bytes

    @property
    def said(self) -> str:
        """git's own complaint in one line, for an error message."""
        lines = [x.strip() for x in self.err.decode("utf-8", "replace").splitlines() if x.strip()]
        for sign in ("fatal: ", "error: "):  # errors lead to the fatal one, which says most
            told = [x for x in lines if x.startswith(sign)]
            if told:
                return told[0].removeprefix(sign)
        if lines:
            return lines[-1]
        return strsignal(-self.code) or "killed" if self.code < 0 else f"exit code {self.code}"


def origin_of(url: str) -> str:
    """The scheme, host and port of `url`, which is all that a token is bound to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def sealed_environment(
    credential: Credential | None = None, config: Sequence[tuple[str, str]] = ()
) -> dict[str, str]:
    """The environment for a git of ours: no user configuration, no prompts, no secrets."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in _SECRET_VARIABLES
        and not name.startswith(_PRIVATE_PREFIX)
        and (not name.startswith("GIT_") or name in _KEPT_GIT_VARIABLES)
    }
    env |= {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "GIT_EDITOR": "false",
        "GIT_PAGER": "cat",
        "GIT_ADVICE": "0",
        "GIT_ATTR_NOSYSTEM": "1",
        "LC_ALL": "C",
    }
    # A proxy of the environment serves the outside; what is on this machine is reached directly.
    for name in ("no_proxy", "NO_PROXY"):
        env[name] = ",".join(filter(None, [env.get(name, ""), "127.0.0.1,localhost,::1"]))
    settings = [*_SEALED_CONFIG, *config]
    if credential is not None:
        from base64 import b64encode  # noqa: PLC0415 - most commands ask no forge

        basic = b64encode(f"x-access-token:{credential.token}".encode()).decode("ascii")
        settings.append((f"http.{credential.origin}/.extraHeader", f"Authorization: Basic {basic}"))
    env["GIT_CONFIG_COUNT"] = str(len(settings))
    for i, (key, value) in enumerate(settings):
        env[f"GIT_CONFIG_KEY_{i}"] = key
        env[f"GIT_CONFIG_VALUE_{i}"] = value
    return env


class Git:
    """git for one repository: `directory` is its git directory, or a worktree of it.

    `env` and `config` hold for every process of it.
    """

    def __init__(
        self,
        directory: Path,
        *,
        credential: Credential | None = None,
        env: Mapping[str, str] | None = None,
        config: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.directory = directory
        self._credential = credential
        self._env = dict(env or {})
        self._config = tuple(config)

    @property
    def objects(self) -> Path:
        """The folder that its processes write objects to; of a git directory only."""
        return Path(self._env.get("GIT_OBJECT_DIRECTORY", self.directory / "objects"))

    def with_credential(self, credential: Credential | None) -> Git:
        """The same repository, with a token for one host."""
        return Git(self.directory, credential=credential)

    def attempt(
        self,
        *args: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        config: Sequence[tuple[str, str]] = (),
        timeout: float | None = None,
    ) -> Finished:
        """Run `git args`; any exit code is an answer. `timeout` in seconds."""
        full = self._environment(config) | dict(env or {})
        try:
            done = subprocess.run(
                ["git", *args],
                cwd=self.directory,
                env=full,
                input=stdin,
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        except FileNotFoundError as exc:
            if not self.directory.is_dir():
                raise GitError(f"there is no folder {str(self.directory)!r}") from exc
            raise GitError("git was not found", hint="Install git 2.39 or newer.") from exc
        except subprocess.TimeoutExpired as exc:
            raise GitError(f"git {args[0]} gave no answer in {timeout:g} s") from exc
        return Finished(done.returncode, done.stdout, done.stderr)

    def run(
        self,
        *args: str,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        config: Sequence[tuple[str, str]] = (),
        timeout: float | None = None,
    ) -> bytes:
        """Run `git args` and return its output; a non-zero exit raises `GitError`."""
        done = self.attempt(*args, stdin=stdin, env=env, config=config, timeout=timeout)
        if done.code != 0:
            raise GitError(f"git {args[0]}: {done.said}")
        return done.out

    def run_halves(
        self, *args: str, lines: Sequence[bytes], config: Sequence[tuple[str, str]] = ()
    ) -> bytes:
        """The output of `git args` for these lines of input; of many, two processes get half each.

        Only for commands that answer line by line.
        """
        if len(lines) < _WORTH_TWO:
            return self.run(*args, stdin=b"".join(lines), config=config)
        cut = len(lines) // 2
        first: list[bytes | BaseException] = []

        def run_first() -> None:
            try:
                first.append(self.run(*args, stdin=b"".join(lines[:cut]), config=config))
            except BaseException as exc:  # noqa: BLE001 - raised below, by who waits for it
                first.append(exc)

        beside = Thread(target=run_first)
        beside.start()
        try:
            second = self.run(*args, stdin=b"".join(lines[cut:]), config=config)
        finally:
            beside.join()
        (out,) = first
        if isinstance(out, BaseException):
            raise out
        return out + second

    def text(self, *args: str, stdin: bytes = b"") -> str:
        """The output of `git args`, decoded and stripped; for ids, names and the like."""
        return self.run(*args, stdin=stdin).decode("utf-8", "surrogateescape").strip()

    def lines(self, *args: str, stdin: bytes = b"") -> Iterator[str]:
        """The output of `git args` line by line, without line ends."""
        yield from self.text(*args, stdin=stdin).splitlines()

    def start(
        self,
        *args: str,
        stdout: int = subprocess.PIPE,
        stderr: int | IO[bytes] = subprocess.DEVNULL,
    ) -> Process:
        """Start a long-lived git that is talked to over pipes; the caller ends it."""
        return subprocess.Popen(
            ["git", *args],
            cwd=self.directory,
            env=self._environment(()),
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
        )

    def _environment(self, config: Sequence[tuple[str, str]]) -> dict[str, str]:
        return sealed_environment(self._credential, (*self._config, *config)) | self._env


def version() -> tuple[int, ...]:
    """The version of the git on PATH, as numbers."""
    words = Git(Path()).text("version").split()
    numbers: list[int] = []
    for part in words[2].split(".")[:3]:
        if not part.isdigit():
            break
        numbers.append(int(part))
    return tuple(numbers)
