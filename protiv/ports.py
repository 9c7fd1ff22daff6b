"""`python -m protiv.ports NAME=PORT …`: refuse, in one sentence, a port that the demo can't listen on.

Only the standard library: `make demo` runs it before anything is installed.
"""

import os
import socket
import sys
from collections.abc import Sequence

HOST = "127.0.0.1"
HIGHEST = 65_535


def problem(settings: Sequence[tuple[str, str]]) -> str | None:
    """Why the servers can't listen on these ports, given as (name, port); None where they can."""
    names: dict[int, str] = {}
    for name, text in settings:
        if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= HIGHEST):
            return f"{name} must be a port from 1 to {HIGHEST}, not {text!r}."
        port = int(text)
        if port in names:
            return f"{names[port]} and {name} are both {port}: give each its own port."
        names[port] = name
        if reason := _reason(port):
            return f"Port {port} can't be used ({reason}). Choose another one: make demo {name}={_free()}"
    return None


def _reason(port: int) -> str | None:
    """Why nothing can listen there; None where a server could start now."""
    try:
        # With SO_REUSEADDR, as the servers do: connections that ended a moment ago don't count.
        socket.create_server((HOST, port)).close()
    except OSError as error:
        return os.strerror(error.errno or 0).lower()
    return None


def _free() -> int:
    with socket.create_server((HOST, 0)) as server:
        return int(server.getsockname()[1])


if __name__ == "__main__":
    sys.exit(problem([(name, port) for name, _, port in (word.partition("=") for word in sys.argv[1:])]))
