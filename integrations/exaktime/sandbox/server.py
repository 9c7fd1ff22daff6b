"""The HTTP server: HTTP/1.1 with keep-alive, a thread a connection, every way of leaving that `answers` knows."""

import os
import socket
import socketserver
import struct
import sys
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from types import TracebackType
from typing import Any

from .answers import Delivery, SentAnswer, error_answer
from .api import Request
from .control import PREFIX, control_answer
from .state import State

MAX_REQUEST_BODY = 10_000_000
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], state: State) -> None:
        self.state = state
        self.is_closing = threading.Event()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Without the look-up of our own name, which can hang where DNS does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is not an error of ours; anything else is shown."""
        if not self.is_closing.is_set() and not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "ExakTimeSandbox/1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - as above

    def log_message(self, *args: Any) -> None:
        """Quiet: what was asked is at /_sandbox/requests."""

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return
        request = Request(self.command, self.path, self.headers.get("Authorization", ""), body)
        if request.path == PREFIX or request.path.startswith(PREFIX + "/"):
            self._deliver(self._control(request))
            return
        state = self.server.state
        token = state.tokens.find(request.authorization.removeprefix("Bearer "))
        answer = state.api.answer(request)
        state.traffic.add(request, token, answer.status, len(answer.body))
        self._deliver(answer)

    def _body(self) -> bytes | None:
        """The request's body; None after an answer that refused it."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MAX_REQUEST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._deliver(error_answer(413, "TooLarge", "The body needs a Content-Length of at most 10 MB."))
            return None
        return self.rfile.read(int(length))

    def _control(self, request: Request) -> SentAnswer:
        if not ip_address(self.client_address[0]).is_loopback:
            return error_answer(403, "Forbidden", "The control path answers this machine only.")
        return control_answer(self.server.state, request)

    def _deliver(self, answer: SentAnswer) -> None:
        if answer.hold_seconds and self._held(answer.hold_seconds):
            return
        if answer.stream is not None:
            self._stream(answer)
            return
        whole = answer.delivery is Delivery.WHOLE
        half = len(answer.body) if whole and not answer.hold_midway_seconds else len(answer.body) // 2
        self.wfile.write(self._head(answer, len(answer.body)) + answer.body[:half])
        if answer.hold_midway_seconds and self._held(answer.hold_midway_seconds):
            return
        if whole:
            self.wfile.write(answer.body[half:])
            return
        self.close_connection = True
        if answer.delivery is Delivery.RESET:
            self._reset()

    def _held(self, seconds: float) -> bool:
        """Wait; true if the server was closed in the meantime, so that no one waits for an answer anymore."""
        if self.server.is_closing.wait(seconds):
            self.close_connection = True
        return self.close_connection and self.server.is_closing.is_set()

    def _head(self, answer: SentAnswer, length: int | None) -> bytes:
        fields = {
            "Server": self.server_version,
            "Date": formatdate(time.time() + answer.clock_offset_seconds, usegmt=True),
            "Content-Type": answer.content_type,
            **({"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}),
            **answer.headers,
        }
        if self.close_connection:
            fields["Connection"] = "close"
        phrase = self.responses.get(answer.status, ("Unknown", ""))[0]
        lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in fields.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _stream(self, answer: SentAnswer) -> None:
        """Without a declared length, in chunks: only counting can tell that it is too much."""
        self.wfile.write(self._head(answer, answer.stream_length))
        for part in answer.stream or ():
            if self.server.is_closing.is_set():
                self.close_connection = True
                return
            self.wfile.write(part if answer.stream_length else b"%x\r\n%b\r\n" % (len(part), part))
        if not answer.stream_length:
            self.wfile.write(b"0\r\n\r\n")

    def _reset(self) -> None:
        """Closed with nothing lingering, the kernel sends RST; a normal close would send FIN first."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        os.close(self.connection.detach())


class Sandbox:
    """A sandbox in a thread of this process. Port 0 takes any free one."""

    def __init__(self, state: State, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.state = state
        self._server = _Server((host, port), state)
        self.host, self.port = host, int(self._server.server_address[1])
        self.base_url = f"http://{host}:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def start(self) -> "Sandbox":
        self._thread.start()
        return self

    def close(self) -> None:
        self._server.is_closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
