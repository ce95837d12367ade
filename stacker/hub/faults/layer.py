"""What stands before the hub and lets go wrong what the rules say."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from typing import TYPE_CHECKING, NoReturn, assert_never

from werkzeug.wrappers import Request, Response

from stacker.hub.auth import who
from stacker.hub.call import Refusal
from stacker.hub.faults.answers import altered, shortened
from stacker.hub.faults.past import Past
from stacker.hub.faults.rules import (
    After,
    Altered,
    Asked,
    Before,
    Fault,
    Reply,
    Rule,
    Slow,
    Stale,
    Truncated,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from stacker.hub.call import Site

_GRAPH = "/api/graphql"
_API = "/api/v3"


class Faults:
    """A WSGI application in front of the hub's; without rules it only hands on.

    `open_hub` makes the application that answers for a site: the present one, or its past.
    """

    def __init__(
        self,
        site: Site,
        open_hub: Callable[[Site], WSGIApplication],
        rules: Iterable[Rule] = (),
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._tokens = site.tokens
        self._hub = open_hub(site)
        self._past = Past(site, open_hub)
        self._pause = pause
        self._guard = threading.Lock()
        self._counts: list[tuple[Rule, int]] = []
        self._struck: list[Rule] = []
        self.set(*rules)

    def set(self, *rules: Rule) -> None:
        """These rules from now on instead of all others; every count begins anew."""
        with self._guard:
            self._counts = [(rule, 0) for rule in rules]
            self._struck = []
            stale = (rule.fault.writes for rule in rules if isinstance(rule.fault, Stale))
            self._past.keep(max(stale, default=0))

    @property
    def struck(self) -> tuple[Rule, ...]:
        """The rule behind each fault that has happened, in order."""
        return tuple(self._struck)

    def close(self) -> None:
        """Forget the past."""
        self._past.keep(0)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, rightly or wrongly."""
        if not self._counts:
            return self._hub(environ, start_response)
        asked = self._asked(environ)
        rule = self._turn(asked)
        answering = self._hub if rule is None else self._wrong(rule.fault, environ)
        if asked.writes and not (rule and isinstance(rule.fault, Before)):
            self._past.remember()
        return answering(environ, start_response)

    def _turn(self, asked: Asked) -> Rule | None:
        """Count the request; the answer is the first rule whose turn it is."""
        found = None
        with self._guard:
            for at, (rule, count) in enumerate(self._counts):
                if rule.fits(asked):
                    self._counts[at] = rule, count + 1
                    if found is None and rule.strikes(count + 1):
                        found = rule
            if found is not None:
                self._struck.append(found)
        return found

    def _wrong(self, fault: Fault, environ: WSGIEnvironment) -> WSGIApplication:
        match fault:
            case Before(reply):
                return _replying(reply)
            case After(reply):
                return self._losing(reply)
            case Slow(seconds):
                self._pause(seconds)
                return self._hub
            case Stale(writes):
                return self._past.before(writes) or self._hub
            case Truncated(items, link):
                return self._changing(environ, lambda answer: shortened(answer, items, link=link))
            case Altered(fields):
                return self._changing(environ, lambda answer: altered(answer, fields))
            case _:
                assert_never(fault)

    def _losing(self, reply: Reply | None) -> WSGIApplication:
        def lose(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            Response.from_app(self._hub, environ, buffered=True).close()
            return _replying(reply)(environ, start_response)

        return lose

    def _changing(
        self, environ: WSGIEnvironment, change: Callable[[Response], None]
    ) -> WSGIApplication:
        environ.pop("HTTP_IF_NONE_MATCH", None)  # what is changed is sent whole

        def changed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            answer = Response.from_app(self._hub, environ, buffered=True)
            change(answer)
            return answer(environ, start_response)

        return changed

    def _asked(self, environ: WSGIEnvironment) -> Asked:
        request = Request(environ)
        body = request.get_data()
        environ["wsgi.input"] = io.BytesIO(body)  # it can be read only once from the connection
        path = "/graphql" if request.path == _GRAPH else request.path.removeprefix(_API)
        method = request.method
        return Asked(method, path, self._actor(request), body, _writes(method, path, body))

    def _actor(self, request: Request) -> str:
        try:
            return who(self._tokens, request.headers.get("Authorization")) or ""
        except Refusal:
            return ""


def _writes(method: str, path: str, body: bytes) -> bool:
    if method in {"GET", "HEAD"} or path.endswith("/git-upload-pack"):
        return False
    return path != "/graphql" or b"mutation" in body


def _replying(reply: Reply | None) -> WSGIApplication:
    if reply is None:
        return _hang_up
    text = "" if reply.body is None else json.dumps(reply.body)
    return Response(text, reply.status, dict(reply.headers), content_type="application/json")


def _hang_up(environ: WSGIEnvironment, _: StartResponse) -> NoReturn:
    """End the connection; the server takes it for a client that went away."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionError("ended by a rule")
