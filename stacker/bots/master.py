"""The one door to a Buildbot master: its REST API, patient in nothing and careful in everything.

Whatever it answers is bounded in size and time, no redirect is followed, and the password goes to
the login alone, at the very address that the plan gives.
"""

from __future__ import annotations

import ipaddress
import json
import time
from typing import TYPE_CHECKING, NoReturn, Self
from urllib.parse import urlsplit

from stacker.errors import RunnerError, RunnerGone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response
    from requests.auth import AuthBase

    from stacker.bots.values import Account

_CONNECT, _READ = 5.0, 20.0  # seconds of silence
_LONGEST = 60.0  # seconds for a whole answer
_LARGEST = 32 << 20  # bytes of an answer
_CHUNK = 1 << 16
_WORDS = 300  # characters of what it says that are shown
_AT_ONCE = 8  # connections that are kept
_AWAY = frozenset({502, 503, 504})
_NO_RIGHT = frozenset({401, 403})

Query = dict[str, str | int | list[int] | list[str]]


class Master:
    """A session with the master at `url`, for any number of threads; close it."""

    def __init__(self, url: str, account: Account | None) -> None:
        import requests  # noqa: PLC0415 - slow to load, and most commands ask no master
        from requests.adapters import HTTPAdapter  # noqa: PLC0415 - as above

        parts = urlsplit(url)
        loopback = _is_loopback(parts.hostname or "")
        if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
            raise RunnerError(f"{url!r} is no safe address of a build master")
        self.url = url.rstrip("/")
        self._account = account
        self._failures = requests.RequestException
        self._session = requests.Session()
        self._session.auth = lambda request: request  # else ~/.netrc would be asked
        self._session.trust_env = not loopback
        self._session.headers["User-Agent"] = "stacker"
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=_AT_ONCE, pool_block=False))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its sockets."""
        self._session.close()

    def login(self) -> None:
        """Say who we are, where we are anybody; raises `RunnerError` when that is not believed."""
        if self._account is None:
            return
        from requests.auth import HTTPBasicAuth  # noqa: PLC0415 - as above

        user, password = self._account
        auth = HTTPBasicAuth(user.encode(), password.encode())
        status, said = self._send("log in", "GET", "/auth/login", auth=auth)
        if status in _NO_RIGHT:
            raise RunnerError(
                f"{self.url} refuses the password of {user}",
                hint="Set STACKER_BUILDBOT_USER and STACKER_BUILDBOT_PASSWORD.",
            )
        if status not in {200, 302}:
            self._refused("log in", status, said)

    def get(self, what: str, path: str, query: Query | None = None) -> object:
        """The JSON at `path`, None if nothing is there; `what` completes "cannot …"."""
        status, said = self._send(what, "GET", f"/api/v2{path}", query=query)
        if status == 404:
            return None
        if status != 200:
            self._refused(what, status, said)
        return self._read(what, said)

    def act(self, what: str, path: str, method: str, given: Mapping[str, object]) -> object:
        """What the master answers when told to do `method` at `path`; never said twice."""
        call = {"id": 1, "jsonrpc": "2.0", "method": method, "params": dict(given)}
        status, said = self._send(what, "POST", f"/api/v2{path}", call=call)
        if (
            status in _NO_RIGHT and self._account is not None
        ):  # the session is over: nothing was done
            self.login()
            status, said = self._send(what, "POST", f"/api/v2{path}", call=call)
        if status != 200:
            self._refused(what, status, said)
        answer = self._read(what, said)
        return answer.get("result") if isinstance(answer, dict) else None

    def _send(
        self,
        what: str,
        verb: str,
        path: str,
        *,
        query: Query | None = None,
        call: object = None,
        auth: AuthBase | None = None,
    ) -> tuple[int, bytes]:
        try:
            with self._session.request(
                verb, f"{self.url}{path}", params=query, json=call, auth=auth,
                timeout=(_CONNECT, _READ), allow_redirects=False, stream=True,
            ) as response:  # fmt: skip
                return response.status_code, self._body(what, response)
        except self._failures as exc:
            raise RunnerGone(
                f"cannot {what}: {self.url} does not answer ({_kind(exc)})",
                hint="Is the master up, and its address right?",
            ) from exc

    def _body(self, what: str, response: Response) -> bytes:
        said, until = bytearray(), time.monotonic() + _LONGEST
        for chunk in response.iter_content(_CHUNK):
            said += chunk
            if len(said) > _LARGEST or time.monotonic() > until:
                raise RunnerError(f"cannot {what}: the answer of {self.url} does not end")
        return bytes(said)

    def _read(self, what: str, said: bytes) -> object:
        try:
            return json.loads(said)
        except (ValueError, RecursionError) as exc:
            raise RunnerError(
                f"cannot {what}: {self.url} answers what is no JSON",
                hint="Is this the address of a Buildbot master, without /#/ or /api?",
            ) from exc

    def _refused(self, what: str, status: int, said: bytes) -> NoReturn:
        if status in _AWAY:
            raise RunnerGone(f"cannot {what}: {self.url} does not answer (HTTP {status})")
        hint = ""
        if status in _NO_RIGHT:
            hint = (
                "This user may not do that there."
                if self._account
                else "Set STACKER_BUILDBOT_USER and STACKER_BUILDBOT_PASSWORD."
            )
        elif 300 <= status < 400:
            hint = "It sends us elsewhere; write the address it really has into series.toml."
        words = _words(said) or f"HTTP {status}"
        raise RunnerError(f"cannot {what}: {self.url} refuses: {words}", hint=hint)


def _words(said: bytes) -> str:
    """What an answer that refuses says, in one line; empty when that is nothing for people."""
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return ""
    found = found.get("error") if isinstance(found, dict) else None
    if isinstance(found, dict):
        found = found.get("message")
    if isinstance(found, dict):
        found = "; ".join(str(value) for value in found.values())
    return " ".join(str(found).split())[:_WORDS] if found else ""


def _kind(exc: Exception) -> str:
    """What became of a request, without its address, for that may be long."""
    name = type(exc).__name__
    known = {"ConnectTimeout": "no connection", "ReadTimeout": "silence", "SSLError": "TLS"}
    return known.get(name, "no connection" if name == "ConnectionError" else name)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
