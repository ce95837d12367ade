"""The shortest way from the real client to the hub in process, for very many landings.

Between PyGithub and the hub nothing is left of `requests` and urllib3 but what these do when an
answer is lost: `PatientRetry` says what is asked again. All else goes through `Wire`.
"""

from __future__ import annotations

from contextlib import nullcontext

import requests
from proof import inside
from proof.quick import QuickGit
from proof.wire import HOST, PORT, Asked, Wire, actor_of

from stacker.git.refs import listed
from stacker.hub import app, bare
from stacker.hub.limits import Allowance


class Straight:
    """A connection as PyGithub uses it."""

    def __init__(self, host, port=None, *_, retry=None, **__):
        assert (host, port) == (HOST, PORT)
        self.host, self.retry = host, retry

    def request(self, verb, url, input, headers, stream=False):  # noqa: A002 - PyGithub's name
        body = input.encode() if isinstance(input, str) else input or b""
        kept = tuple(
            (n, headers[n]) for n in ("Authorization", "Accept", "Content-Type") if n in headers
        )
        self._asked = Asked(verb, url, body, actor_of(headers), kept)

    def getresponse(self):
        again = self._asked.method in self.retry.allowed_methods
        for left in range(self.retry.total if again else 0, -1, -1):
            try:
                status, headers, data = Wire.hub(self._asked)
            except ConnectionError as exc:
                if not left:
                    raise requests.ConnectionError(exc) from exc
                continue
            if int(status[:3]) < 500 or not left:
                break
        return _Answer(int(status[:3]), headers, data)

    def close(self):
        """There is nothing to close."""


class _Answer:
    def __init__(self, status, headers, data):
        self.status, self._headers, self._data = status, headers, data

    def getheaders(self):
        return list(self._headers)

    def read(self):
        return self._data.decode()


def straighten(client):
    """Let a client go this way."""
    client._connection.github.requester._Requester__connectionClass = Straight
    return client


def hurry(patch, scene):
    """Spare the hub what costs most and decides nothing, while only this process asks it.

    It keeps one connection to its memory, counts no calls, and knows the refs since git moved them.
    """
    hub, kept = scene.hub, Refs(scene.path)
    patch.setattr(app, "connect", lambda root: nullcontext(hub._db))
    patch.setattr(app.limits, "count", lambda *_, **__: _NO_LIMIT)
    for module in (bare, inside):
        patch.setattr(module, "listed", kept.listed)
    patch.setattr(QuickGit, "moved", kept.moved)
    scene.forget = kept.read


_NO_LIMIT = Allowance(10**9, 0, 0)


class Refs:
    """The refs of one bare repository, as git's own moves of them tell."""

    def __init__(self, path):
        self.path = path
        self.read()

    def read(self):
        """As they are in its files."""
        self.found = listed(self.path)

    def moved(self, moves):
        """git has just done this."""
        for name, (new, _) in moves.items():
            if new.strip("0"):
                self.found[name] = new
            else:
                self.found.pop(name, None)

    def listed(self, path, *prefixes):
        assert path == self.path
        if not prefixes:
            return dict(sorted(self.found.items()))
        if len(prefixes) == 1 and prefixes[0] in self.found:
            return {prefixes[0]: self.found[prefixes[0]]}
        return {
            name: oid
            for name, oid in sorted(self.found.items())
            if any(name == p or name.startswith(p + "/") for p in prefixes)
        }
