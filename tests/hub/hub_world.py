"""A hub with people, repositories and working clones, driven by PyGithub and real git."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime

from github import Auth, Github

from stacker.hub.server import User, start
from stacker.hub.state import connect

APPS = ("github-actions[bot]", "azure-pipelines[bot]")
PEOPLE = ("guido", "mariatta", "paulmon", "zooba", *APPS)
WHEN = datetime(2019, 4, 25, 12, 0, 0, tzinfo=UTC)
_IDENTITY = {
    "GIT_AUTHOR_NAME": "Paul Monson",
    "GIT_AUTHOR_EMAIL": "paulmon@example.org",
    "GIT_COMMITTER_NAME": "Paul Monson",
    "GIT_COMMITTER_EMAIL": "paulmon@example.org",
    "GIT_AUTHOR_DATE": "1556000000 +0000",
    "GIT_COMMITTER_DATE": "1556000000 +0000",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
}


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    said: str


def git(*args, cwd, env=None, stdin=None):
    """Run git; the answer is its exit code, output and complaints."""
    done = subprocess.run(
        ["git", *args], cwd=cwd, env={**os.environ, **_IDENTITY, **(env or {})},
        capture_output=True, check=False, input=stdin,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode().strip(), done.stderr.decode())


def good(*args, cwd, **more):
    """Run git, which must succeed; the answer is its output."""
    ran = git(*args, cwd=cwd, **more)
    assert ran.code == 0, ran.said
    return ran.out


class Work:
    """A working clone of one repository, without remotes: pushes name their URL."""

    def __init__(self, folder):
        self.folder = folder
        if not folder.exists():
            folder.mkdir(parents=True)
            good("init", "-q", "--template=", "-b", "master", ".", cwd=folder)

    def git(self, *args, **more):
        return good(*args, cwd=self.folder, **more)

    def commit(self, files, *, on=None, message="A change", author=None):
        """Commit files (name to text) on a branch; a new branch starts where we are."""
        if on is not None and self.git("branch", "--show-current") != on:
            exists = git("rev-parse", "-q", "--verify", on, cwd=self.folder).code == 0
            self.git("checkout", "-q", *([] if exists else ["-b"]), on)
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        self.git("add", "-A")
        flags = ["--author", author] if author else []
        self.git("commit", "-q", "--allow-empty", "-m", message, *flags)
        return self.git("rev-parse", "HEAD")

    def oid(self, rev):
        return self.git("rev-parse", rev)


class World:
    """One hub root; the hub may be stopped and started again."""

    def __init__(self, root, people=PEOPLE, **options):
        self.root = root
        self.people = people
        self.options = {"clock": lambda: WHEN, **options}
        self.clients = []
        self.hub = self.serve()

    def serve(self):
        users = [User(name, self.token(name)) for name in self.people]
        return start(self.root / "hub", users, **self.options)

    def restart(self):
        self.hub.stop()
        self.hub = self.serve()

    def close(self):
        for client in self.clients:
            client.close()
        self.hub.stop()

    def hub_database(self):
        """The hub's memory, for what only a crash could bring about."""
        return connect(self.root / "hub")

    @staticmethod
    def token(name):
        return f"token-of-{name}"

    def bare(self, full_name="guido/cpython"):
        return self.root / "hub" / f"{full_name}.git"

    def make(self, full_name="guido/cpython"):
        """A bare repository put on disk by hand, with one commit on master."""
        bare, clone = self.bare(full_name), self.root / "work" / full_name.replace("/", "-")
        kept = self.root.parent / "cpython"  # made by the first test, copied by the others
        if not kept.exists():
            work = Work(kept / "clone")
            files = {"README": "CPython\n", "callproc.c": "one\ntwo\nthree\n"}
            work.commit(files, message="Start")
            good("init", "-q", "--bare", "--template=", "-b", "master", "bare", cwd=kept)
            work.git("push", "-q", str(kept / "bare"), "master")
        shutil.copytree(kept / "bare", bare)
        shutil.copytree(kept / "clone", clone)
        return Work(clone)

    def client(self, name, hub=None, *, lazy=False):
        client = Github(
            base_url=(hub or self.hub).api,
            auth=Auth.Token(self.token(name)) if name else None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            retry=None,
            per_page=100,
            lazy=lazy,
        )
        self.clients.append(client)
        return client

    def repo(self, name, full_name="guido/cpython"):
        """The repository as somebody sees it, fetched at once."""
        return self.client(name).get_repo(full_name)

    def quick(self, name, full_name="guido/cpython"):
        """The same, but nothing is fetched before it is needed."""
        return self.client(name, lazy=True).get_repo(full_name)

    def url(self, name, full_name="guido/cpython"):
        """Where git pushes to as somebody."""
        login = f"x-access-token:{self.token(name)}@" if name else ""
        return self.hub.url.replace("//", f"//{login}") + f"/{full_name}.git"

    def push(self, work, name, *args, to="guido/cpython"):
        return git("push", *args[:-1], self.url(name, to), args[-1], cwd=work.folder)

    def pushed(self, work, name, *refs, to="guido/cpython", flags=()):
        """A push that must succeed."""
        ran = git("push", "-q", *flags, self.url(name, to), *refs, cwd=work.folder)
        assert ran.code == 0, ran.said

    def fork(self, name="paulmon"):
        return self.quick(name).create_fork()

    def propose(self, work, branch, files, *, author="paulmon", **options):
        """Push a branch to the author's fork and open a pull request from it."""
        work.git("checkout", "-q", "master")
        work.commit(files, on=branch, message=f"Work on {branch}")
        self.pushed(work, author, branch, to=f"{author}/cpython")
        options = {"title": f"About {branch}", "body": "Why.", "base": "master"} | options
        return self.quick(author).create_pull(head=f"{author}:{branch}", **options)

    def tip(self, branch="master", full_name="guido/cpython"):
        return good("rev-parse", f"refs/heads/{branch}", cwd=self.bare(full_name))

    def ask(self, method, path, body=None, *, name=None, headers=None):
        """A bare HTTP request: (status, headers, JSON document)."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.hub.url + path, data, method=method)
        if name is not None:
            request.add_header("Authorization", f"Bearer {self.token(name)}")
        for key, value in (headers or {}).items():
            request.add_header(key, value)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers, _document(answer)
        except urllib.error.HTTPError as exc:
            with exc:
                return exc.code, exc.headers, _document(exc)


def _document(answer):
    text = answer.read()
    as_json = answer.headers.get("Content-Type", "").startswith("application/json")
    return json.loads(text) if text and as_json else None
