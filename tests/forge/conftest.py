"""A forge that answers what a test wrote down, over real HTTP on loopback."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from forge_samples import TOKEN

from stacker.forge.github import GitHub
from stacker.forge.pace import Pace

DROPPED = object()  # the request is read, the connection closed without a word


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    body: dict
    headers: dict


@dataclass
class ScriptedForge:
    """Answers of one method and path are given in turn; the last one stays."""

    answers: dict = field(default_factory=lambda: defaultdict(list))
    asked: list = field(default_factory=list)
    api: str = ""

    def on(self, method, path, body, status=200, headers=None):
        self.answers[method, path].append((status, body, headers or {}))

    def lose(self, method, path):
        self.answers[method, path].append((0, DROPPED, {}))

    def count(self, method, path):
        return sum(
            1 for asked in self.asked if (asked.method, urlsplit(asked.path).path) == (method, path)
        )

    def next_answer(self, method, path):
        turn = self.answers.get((method, path)) or self.answers.get((method, urlsplit(path).path))
        if not turn:
            return 404, {"message": "Not Found"}, {}
        return turn.pop(0) if len(turn) > 1 else turn[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5  # so that a socket which a client leaves open cannot hold up the tests

    def _answer(self):
        forge = self.server.forge
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.removeprefix("/api/v3").removeprefix("/api")
        body = json.loads(raw) if raw else {}
        forge.asked.append(Asked(self.command, path, body, dict(self.headers)))
        status, answer, headers = forge.next_answer(self.command, path)
        if answer is DROPPED:
            self.close_connection = True
            return
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815 - the library's names

    def log_message(self, *args):
        pass


@pytest.fixture
def scripted():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = False
    server.forge = ScriptedForge(api=f"http://127.0.0.1:{server.server_port}/api/v3")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.forge
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def github(scripted):
    with GitHub(scripted.api, TOKEN, pace=Pace(here=True)) as client:
        yield client
