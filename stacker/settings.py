"""What this run was given: the one reader of environment, clock and user settings."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

GITHUB = "https://github.com"
_USER = re.compile(
    r"^[ \t]*\[[ \t]*user[ \t]*\](.*(?:\n(?![ \t]*\[).*)*)", re.IGNORECASE | re.MULTILINE
)
_NAME = re.compile(r"^[ \t]*name[ \t]*=(.*)", re.IGNORECASE | re.MULTILINE)
_OWN = ("STACKER_FORGE", "STACKER_SIGNING_KEY")
_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")


def seal() -> None:
    """Remove from this process what would redirect every git it starts (a hook's `GIT_DIR` …)."""
    for name in [n for n in os.environ if n.startswith("GIT_") and not n.startswith("GIT_SS")]:
        del os.environ[name]


def now() -> int:
    """The time, in seconds since 1970."""
    return int(time.time())


def forge_override() -> str | None:
    """The forge that this call shall use whatever the plan says; a URL without path."""
    return os.environ.get("STACKER_FORGE") or None


def signing_key() -> Path | None:
    """The file of the key that signs what `verify` records here, if any."""
    given = os.environ.get("STACKER_SIGNING_KEY")
    return Path(given).expanduser() if given else None


def environment() -> dict[str, str]:
    """The environment that this run was given; checks get of it what is allowed to them."""
    return dict(os.environ)


def as_demo_user(who: str) -> dict[str, str]:
    """The environment of a command that one of the demo's people runs; no real token is in it."""
    private = (*_OWN, "STACKER_BUILDBOT_")
    kept = {k: v for k, v in os.environ.items() if k not in _TOKENS and not k.startswith(private)}
    return {**kept, "STACKER_DEMO_USER": who, "PYTHONUTF8": "1", "NO_COLOR": "1"}


def python() -> str:
    """The Python that runs this, for `{python}` in checks."""
    return sys.executable


def editor() -> tuple[str, str]:
    """The command that edits a text where git has no word on it, and what named it."""
    for name in ("VISUAL", "EDITOR"):
        if given := os.environ.get(name):
            return given, name
    return ("notepad" if os.name == "nt" else "vi"), "default"


def short_folder() -> Path | None:
    """Where builds lie if nobody says it: on Windows, where paths are short, near to the root."""
    return Path.home() / ".stk" if os.name == "nt" else None


def no_colour() -> None:
    """Let all that this process prints be without colours, as `NO_COLOR` asks."""
    os.environ["NO_COLOR"] = "1"


def demo_user() -> str | None:
    """Which of the demo's people runs this; `None` for the porter."""
    return os.environ.get("STACKER_DEMO_USER") or None


def token(url: str) -> str | None:
    """The token for the forge at `url`: the environment's, gh's, or git's credential helper's.

    GITHUB_TOKEN goes to github.com, or to where the environment itself points; a plan that names
    another host does not get it.
    """
    given = os.environ.get("GITHUB_TOKEN")
    meant = (GITHUB, os.environ.get("GITHUB_SERVER_URL"), forge_override())
    if given and url in [where.rstrip("/") for where in meant if where]:
        return given
    from stacker.git import helper  # noqa: PLC0415 - most commands ask no forge

    host = url.partition("://")[2]
    asked = helper.ask(["gh", "auth", "token", "--hostname", host], b"")
    if asked:
        return asked.strip()
    filled = helper.ask(["git", "credential", "fill"], f"protocol=https\nhost={host}\n\n".encode())
    return dict(line.split("=", 1) for line in filled.splitlines() if "=" in line).get("password")


def account(runner: str) -> tuple[str, str] | None:
    """User and password for a build runner of that name; None without both.

    `STACKER_BUILDBOT_USER_NAME` and `STACKER_BUILDBOT_PASSWORD_NAME`, with the runner's name in
    capitals, go before those that have no name in theirs.
    """
    own = "_" + re.sub(r"[^A-Z0-9]", "_", runner.upper())
    for name in (own, ""):
        user = os.environ.get(f"STACKER_BUILDBOT_USER{name}")
        password = os.environ.get(f"STACKER_BUILDBOT_PASSWORD{name}")
        if user and password:
            return user, password
    return None


def person(root: Path) -> str:
    """Who runs this: `user.name` of the user's own git settings, else the login name."""
    for file in (root / ".git" / "config", Path.home() / ".gitconfig"):
        name = _user_name(file) if file.is_file() else None
        if name:
            return name
    import getpass  # noqa: PLC0415 - most people have told git their name

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"


def _user_name(file: Path) -> str | None:
    """`user.name` of a git configuration; git itself is asked where that is not plainly written."""
    users = _USER.findall(file.read_text(encoding="utf-8", errors="replace"))
    names: list[str] = [name for section in users for name in _NAME.findall(section)]
    if not names:
        return None
    if len(names) == 1 and not set(names[0]) & set('"\\#;'):
        return names[0].strip()
    from stacker.git.process import Git  # noqa: PLC0415 - few commands need it for this

    done = Git(file.parent).attempt("config", "--file", str(file), "user.name")
    return done.out.decode("utf-8", "replace").strip() if done.code == 0 else None
