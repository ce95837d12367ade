"""A server that gives one answer to all: it stands for one that lies, or for a thief."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Liar:
    """Runs inside `with`; `heard` has path and password of everybody who asked."""

    def __init__(self, status=200, headers=(), body=b"{}"):
        self.heard = heard = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                heard.append((self.path, self.headers.get("Authorization", "")))
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.01])
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
