"""The wire between the real forge client and the hub in process: a request is a call.

PyGithub's connection ends, below `requests` and urllib3, in `Wire` instead of a socket. So what
these do when an answer is lost, they do here, too.
"""

from __future__ import annotations

import http.client
import io
from dataclasses import dataclass, field
from urllib.parse import unquote

from urllib3 import HTTPHeaderDict
from urllib3.connection import HTTPConnection
from urllib3.response import HTTPResponse

HOST, PORT = "localhost", 7


@dataclass(frozen=True)
class Call:
    """A call of whatever port: in words, and whether it changes something."""

    port: str
    what: str
    writes: bool
    detail: object = field(default=None, compare=False)


@dataclass(frozen=True)
class Asked:
    """A request of the API, and who makes it."""

    method: str
    url: str
    body: bytes
    actor: str
    headers: tuple[tuple[str, str], ...]

    @property
    def call(self):
        path = self.url.removeprefix("/api/v3")
        return Call("api", f"{self.method} {path} {self.body.decode()}", self.writes, self)

    @property
    def writes(self):
        reads = self.method in {"GET", "HEAD"}
        return not reads and ("graphql" not in self.url or b"mutation" in self.body)


class Wire(HTTPConnection):
    """An HTTP connection: to `HOST` it is a call of `Wire.hub`, else it is as ever."""

    hub = None

    def request(self, method, url, body=None, headers=None, **options):
        if (self.host, self.port) != (HOST, PORT):
            super().request(method, url, body=body, headers=headers, **options)
            return
        body = body.encode() if isinstance(body, str) else body or b""
        actor = actor_of(headers)
        kept = tuple((n, v) for n, v in headers.items() if n in _KEPT)
        self._asked = Asked(method, url, body, actor, kept)

    def getresponse(self):
        if (self.host, self.port) != (HOST, PORT):
            return super().getresponse()
        try:
            status, headers, data = Wire.hub(self._asked)
        except ConnectionError as exc:
            raise http.client.RemoteDisconnected("the connection ended") from exc
        return HTTPResponse(
            io.BytesIO(data), HTTPHeaderDict(headers), int(status[:3]), version=11,
            reason=status[4:], preload_content=False, request_method=self._asked.method,
        )  # fmt: skip


_KEPT = ("Authorization", "Accept", "Content-Type")


def actor_of(headers):
    return (headers.get("Authorization") or "").rpartition("token-")[2]


class _Line:
    """What a fault cuts."""

    def shutdown(self, how):
        """There is no socket."""


def environ_of(asked):
    path, _, query = asked.url.partition("?")
    environ = {
        "REQUEST_METHOD": asked.method, "SCRIPT_NAME": "", "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query, "SERVER_NAME": HOST, "SERVER_PORT": str(PORT),
        "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": f"{HOST}:{PORT}",
        "CONTENT_LENGTH": str(len(asked.body)), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(asked.body), "wsgi.version": (1, 0),
        "werkzeug.socket": _Line(), "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    for name, value in asked.headers:
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
