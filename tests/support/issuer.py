"""The test's own issuer, served over TLS: for processes that take nothing but https, and a real provider's answers."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.support.oidc import FakeIssuer


class ServedIssuer:
    """`with ServedIssuer(url, port, certificate)`: answers on 127.0.0.1 as `url`, whoever meets it under that name."""

    def __init__(self, url: str, port: int, certificate: Path) -> None:
        self.tokens = FakeIssuer(url)
        answer = self.tokens.answer

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = answer(httpx.Request("GET", f"{url}{self.path}"))
                self.send_response(found.status_code)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(found.content)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up; may be called twice, and before the start."""
        if self._thread.is_alive():
            self._server.shutdown()
        self._server.server_close()
