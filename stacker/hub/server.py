"""Start and stop the hub: a threaded HTTP server over the bare repositories below a folder."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from stacker.errors import StackerError
from stacker.hub import hook
from stacker.hub.app import Application
from stacker.hub.auth import app_of, remember
from stacker.hub.call import Limits, Site
from stacker.hub.faults.layer import Faults
from stacker.hub.repositories import valid_owner
from stacker.hub.state import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    from stacker.hub.faults.rules import Rule

LIMITS = Limits()
_SECONDS_TO_FINISH = 10.0
_POLL_SECONDS = 0.02  # how soon a server sees that it is to stop


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may come to the hub, and the token that proves it.

    `SLUG[bot]` is an app, which may make check runs everywhere. With `only` the token is a
    fine-grained one: it changes nothing but these repositories (`OWNER/NAME`).
    """

    name: str
    token: str
    only: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return f"User(name={self.name!r}, token=<hidden>)"


class Hub:
    """A hub that listens; leaving the context (or `stop`) ends it."""

    def __init__(
        self, root: Path, server: _Server, url: str, faults: Faults, held: ExitStack
    ) -> None:
        self._held = held
        self.faults = faults
        self.root = root
        self.url = url
        self.api = f"{url}/api/v3"
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Take no more requests, finish those under way, close every connection."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.finish()
            self._server.server_close()
            self._held.close()


def start(
    root: Path,
    users: Sequence[User],
    port: int = 0,
    host: str = "127.0.0.1",
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    limits: Limits = LIMITS,
    faults: Sequence[Rule] = (),
    pause: Callable[[float], None] = time.sleep,
) -> Hub:
    """Serve the bare repositories at `root`/OWNER/NAME.git from threads of this process.

    Returns when it listens; port 0 takes a free one. Several processes may serve one root.
    `faults` go wrong as told; a slow answer waits by `pause`.
    A port that is taken and a user whose name cannot be a folder's raise `StackerError`.
    """
    if bad := [user.name for user in users if not valid_owner(app_of(user.name) or user.name)]:
        hint = "Use letters, digits and hyphens."
        raise StackerError(f"{bad[0]!r} cannot be the name of a user", hint=hint)
    root = root.resolve()
    root.mkdir(parents=True, exist_ok=True)
    hook.install(root)
    tokens = {user.token: user.name for user in users}
    only = {u.token: frozenset(map(str.lower, u.only)) for u in users if u.only is not None}
    site = Site(root, tokens, clock, limits, only)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=128)
    except OSError as exc:
        raise StackerError(
            f"the hub cannot listen on {host}, port {port}: {exc.strerror}",
            hint="Choose another port, or 0 for a free one.",
        ) from exc
    with listening, ExitStack() as held:
        # While one connection stays, those of the requests need not check the log in when closing.
        db = held.enter_context(connect(root))
        with db.writing():
            for name in sorted({user.name for user in users}):
                remember(db, name)
        port = listening.getsockname()[1]
        layer = held.enter_context(closing(Faults(site, Application, faults, pause=pause)))
        server = _Server(host, port, layer, _Handler, fd=listening.fileno())
        shown = f"[{host}]" if ":" in host else host
        return Hub(root, server, f"http://{shown}:{port}", layer, held.pop_all())


class _Handler(WSGIRequestHandler):
    """Answers at once and is quiet; Werkzeug ends each connection with its answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - Werkzeug's name
        """Say nothing: whoever started the hub owns the terminal."""


class _Server(ThreadedWSGIServer):
    """A threaded server that knows its connections, so that it can end them in order."""

    def __init__(self, host: str, port: int, app: Faults, handler: type[_Handler], fd: int) -> None:
        self._guard = threading.Lock()
        self._open: dict[threading.Thread, socket.socket] = {}
        super().__init__(host, port, app, handler, fd=fd)

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Serve one connection, and be known while doing it."""
        with self._guard:
            if isinstance(request, socket.socket):
                self._open[threading.current_thread()] = request
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._open.pop(threading.current_thread(), None)

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """A client that went away is no news."""

    def finish(self) -> None:
        """Let every connection finish its request, and end it then."""
        with self._guard:
            connections = list(self._open.items())
        for thread, connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
            thread.join(_SECONDS_TO_FINISH)
