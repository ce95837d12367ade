"""A token goes to the host that it was given for, in a header, and is written nowhere.

That no environment variable's token goes where a plan points is in tests/test_settings.py; that a
build master's password follows no redirect in tests/bots/test_master.py, and that no build sees one
in tests/verify/test_environment.py.
"""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from contextlib import contextmanager
from pathlib import Path

import pytest
from land_world import acting_as
from liar import Liar
from submit_world import PEOPLE

from stacker.errors import ForgeError, GitError
from stacker.forge.github import GitHub
from stacker.forge.pace import Pace
from stacker.git import transfer
from stacker.git.process import Credential

CHECK = '[[checks]]\nname = "builds"\nrun = [["{python}", "-c", "import os; print(os.environ)"]]\n'
GROUP = '[groups.final]\nstages = ["a", "b"]\napprovals = 1\n'


def forms(token):
    """How a token looks: as it is, and inside the passwords that git and people send."""
    found = {token.encode()}
    for user in ("x-access-token", token, "me", "git"):
        found.add(b64encode(f"{user}:{token}".encode()))
    return found


SECRETS = {form for name in PEOPLE for form in forms(f"token-{name}")}


def tells(raw):
    raw = raw if isinstance(raw, bytes) else str(raw).encode("utf-8", "replace")
    return any(secret in raw for secret in SECRETS)


# An audit hook stays for ever: one, which listens only while a test does.
_LISTENING: list = []


def _hear(event, details):
    if event == "subprocess.Popen":
        for started in _LISTENING:
            environment = os.environ if details[3] is None else details[3]
            started.append((list(details[1]), dict(environment)))


sys.addaudithook(_hear)


@contextmanager
def listening(started):
    """Arguments and environment of every process that is started meanwhile."""
    _LISTENING.append(started)
    try:
        yield
    finally:
        _LISTENING.remove(started)


class Ear:
    """Stands before the hub: what comes, without the one header that a token belongs into."""

    def __init__(self, app):
        self.app, self.said, self.allowed = app, [], 0

    def __call__(self, environ, start_response):
        told = {k: v for k, v in environ.items() if isinstance(v, str)}
        self.allowed += tells(told.pop("HTTP_AUTHORIZATION", ""))
        self.said.append(told)
        return self.app(environ, start_response)


def test_a_whole_life_leaves_it_nowhere(approved, home):
    """Check, edit, submit, gate, land and look back, all of it told in full."""
    world = approved(more=GROUP + CHECK)
    ear = world.hub._server.app = Ear(world.hub._server.app)
    started, said = [], []

    def run(*words):
        with listening(started):
            ran = world._run("-v", *words, cwd=world.folder)
        said.append(ran.out + ran.err)
        return ran.code

    assert run("verify", "--trust") == 0
    world.edit_patch("a", b"+a\n", b"+A\n")
    assert run("submit") == 0
    for stage in "ab":
        world.approve(stage)
    world.drift("Later")
    with acting_as(world, "up"):
        assert run("gate") == 0
        assert run("land", "--group", "final") == 0
        assert run("--json", "land", "--group", "final") == 0
        assert run("status") == 0
    assert not any(map(tells, said))
    assert ear.allowed > 20
    assert [told for told in ear.said if any(map(tells, told.values()))] == []
    folders = [world.root, home, Path(os.environ["TMPDIR"])]
    files = [f for folder in folders for f in folder.rglob("*") if f.is_file()]
    assert [f for f in files if f.suffix == ".log"]
    assert [f for f in files if "sqlite" in f.name]
    assert [f for f in files if tells(f.read_bytes())] == []
    _only_in_headers(started, world.hub.url)


def _only_in_headers(started, host):
    """To git a token goes as a header that is bound to the host, and to no other program."""
    headers = 0
    for argv, environment in started:
        assert not any(map(tells, argv))
        told = [name for name, value in environment.items() if tells(value)]
        headers += len(told)
        for name in told:
            key = environment[name.replace("_VALUE_", "_KEY_")]
            assert (argv[0], key) == ("git", f"http.{host}/.extraHeader"), (argv, name)
            assert environment[name].startswith("Authorization: Basic ")
    assert headers > 5


def test_the_forges_api_sends_it_no_further():
    """Whoever answers for the forge may say that it is elsewhere now: nobody goes there."""
    with Liar() as thief:
        elsewhere = [("Location", f"{thief.url}/api/v3/repos/up/proj")]
        for status in (301, 302, 307, 308):
            with Liar(status, elsewhere) as liar:
                with (
                    GitHub(f"{liar.url}/api/v3", "token-up", Pace(here=True)) as forge,
                    pytest.raises(ForgeError),
                ):
                    forge.repository("up/proj")
                assert {password for _, password in liar.heard} == {"token token-up"}
    assert thief.heard == []


def test_git_sends_it_no_further(tmp_path):
    with Liar() as thief:
        elsewhere = [("Location", f"{thief.url}/up/proj.git/info/refs?service=git-upload-pack")]
        with Liar(302, elsewhere) as liar:
            with pytest.raises(GitError):
                transfer.ask(f"{liar.url}/up/proj.git", tmp_path, Credential(liar.url, "token-up"))
            assert [tells(password) for _, password in liar.heard] == [True]
    assert thief.heard == []


def test_git_of_another_host_does_not_get_it(tmp_path):
    """A plan may name any repository by its address: the token is the forge's."""
    with Liar(401, [("WWW-Authenticate", 'Basic realm="GitHub"')]) as thief:
        with pytest.raises(GitError):
            transfer.ask(
                f"{thief.url}/up/proj.git", tmp_path, Credential("https://github.com", "token-up")
            )
        assert thief.heard
        assert {password for _, password in thief.heard} == {""}
