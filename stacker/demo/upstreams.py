"""The miniature upstreams of the flagship: built from plain files, to the same ids everywhere."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import mktime_tz, parseaddr, parsedate_tz
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import PatchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable

    from stacker.git.process import Git

_UPSTREAM = "Miniature Upstream <upstream@example.org>"
_EXECUTABLE = frozenset({"PCbuild/build.py", "PCbuild/run_tests.py", "check.py"})


@dataclass(frozen=True, slots=True)
class Built:
    """One upstream in a repository: the series' base, the tip after the drift, the branch."""

    base: str
    tip: str
    branch: str


@dataclass(frozen=True, slots=True)
class _Step:
    """A commit of the history up to the base: what came (path prefixes), when (UTC seconds)."""

    subject: str
    when: int
    brings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Mail:
    """A drift commit as `git format-patch` wrote it; `date` is `SECONDS +HHMM`."""

    author: str
    email: str
    date: str
    message: str


_CPYTHON = (
    _Step("Start a miniature CPython", 1546336800, (".gitignore", "README", "Include", "Python")),
    _Step("Add the library and its tests", 1547546400, ("Lib", "Misc")),
    _Step("Build for Windows: win32 and win-amd64", 1549360800, ("",)),
)
_BIN_DEPS = (
    _Step("Start the miniature binary dependencies", 1546336800, ("README", "check.py")),
    _Step("Add OpenSSL 1.1.1a, libffi and Tk for win32 and amd64", 1549360800, ("",)),
)


def build_cpython(git: Git) -> Built:
    """Fill the bare repository of `git` with the miniature CPython; `master` ends at the tip."""
    return _build(git, "cpython", "master", _CPYTHON)


def build_bin_deps(git: Git) -> Built:
    """Fill the bare repository of `git` with cpython-bin-deps; `openssl-bin` ends at the tip."""
    return _build(git, "cpython-bin-deps", "openssl-bin", _BIN_DEPS)


def _build(git: Git, name: str, branch: str, steps: Sequence[_Step]) -> Built:
    data = files("stacker.demo") / "miniature"
    ref = f"refs/heads/{branch}"
    stream = b"".join(_history(ref, steps, dict(_tree(data / name, ""))))
    git.run("fast-import", "--quiet", "--force", stdin=stream)
    base = git.text("rev-parse", ref)
    drift = data / "drift" / name
    names = sorted(entry.name for entry in drift.iterdir() if entry.name.endswith(".patch"))
    tip = _apply_drift(git, base, [(drift / patch).read_bytes() for patch in names])
    git.run("update-ref", ref, tip)
    git.run("symbolic-ref", "HEAD", ref)
    return Built(base, tip, branch)


def _tree(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Every file below `folder` by its path; what an installer compiled is not one of them."""
    for entry in folder.iterdir():
        path = f"{prefix}{entry.name}"
        if entry.is_file():
            if not path.endswith(".pyc"):
                yield path, entry.read_bytes()
        elif entry.name != "__pycache__":
            yield from _tree(entry, f"{path}/")


def _history(ref: str, steps: Sequence[_Step], tree: dict[str, bytes]) -> Iterator[bytes]:
    """The stream for `git fast-import`: one commit a step, each with the files it brings."""
    left = dict(sorted(tree.items()))
    yield f"reset {ref}\n".encode()
    for step in steps:
        message = f"{step.subject}\n".encode()
        yield f"commit {ref}\ncommitter {_UPSTREAM} {step.when} +0000\n".encode()
        yield b"data %d\n%s" % (len(message), message)
        for path in [path for path in left if path.startswith(step.brings)]:
            mode = "100755" if path in _EXECUTABLE else "100644"
            content = left.pop(path)
            yield f"M {mode} inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
    yield b"done\n"


def _apply_drift(git: Git, base: str, patches: Sequence[bytes]) -> str:
    """Commit `patches` on `base`, each on its exact preimage; the last commit's id."""
    tip = base
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.run("read-tree", base, env=index)
        for patch in patches:
            git.run("apply", "--cached", "--whitespace=nowarn", "-", stdin=patch, env=index)
            tree = git.run("write-tree", env=index).decode("ascii").strip()
            tip = _commit(git, tree, tip, _read_mail(patch))
    return tip


def _commit(git: Git, tree: str, parent: str, mail: _Mail) -> str:
    name, email = parseaddr(_UPSTREAM)
    who = {
        "GIT_AUTHOR_NAME": mail.author,
        "GIT_AUTHOR_EMAIL": mail.email,
        "GIT_AUTHOR_DATE": mail.date,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
        "GIT_COMMITTER_DATE": mail.date,
    }
    message = mail.message.encode()
    made = git.run("commit-tree", tree, "-p", parent, "-F", "-", stdin=message, env=who)
    return made.decode("ascii").strip()


def _read_mail(patch: bytes) -> _Mail:
    """Author, date and message of a drift patch; `PatchError` when it is not one of ours."""
    mail = message_from_bytes(patch.partition(b"\ndiff --git ")[0])
    parsed = parsedate_tz(mail["Date"] or "")
    if parsed is None:
        raise PatchError("a drift patch has no date", hint="Reinstall stacker.")
    minutes = abs(parsed[9] or 0) // 60
    zone = f"{'-' if (parsed[9] or 0) < 0 else '+'}{minutes // 60:02d}{minutes % 60:02d}"
    name, email = parseaddr(str(make_header(decode_header(mail["From"]))))
    subject = str(make_header(decode_header(mail["Subject"]))).replace("\n", "")
    body = mail.get_payload(decode=True)
    text = body.decode("utf-8") if isinstance(body, bytes) else ""
    text = text.partition("\n---\n")[0].removeprefix("---\n").strip()
    message = f"{subject.removeprefix('[PATCH] ')}\n" + (f"\n{text}\n" if text else "")
    return _Mail(name, email, f"{mktime_tz(parsed)} {zone}", message)
