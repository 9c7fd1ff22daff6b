"""The command line of `manage.py exaktime_sandbox` and `python -m integrations.exaktime.sandbox`."""

import argparse
import signal
import threading
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from .accounts import PASSWORD, TIME_ZONE
from .server import Sandbox
from .state import State
from .world import WorldSize


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8900, help="port to listen on, 0 for any free one")
    parser.add_argument("--people", type=int, default=40, help="employees of acme")
    parser.add_argument("--jobs", type=int, help="jobs that get worked on; as many as fit if not given")
    parser.add_argument("--days", type=int, default=180, help="days of time records, today included")
    parser.add_argument("--seed", type=int, default=1, help="the same seed and day give the same bytes")
    parser.add_argument("--today", type=date.fromisoformat, help="the last day (the company's today if not given)")
    parser.add_argument("--token-seconds", type=float, default=3600, help="how long a sign-in lasts")


def run(options: argparse.Namespace, write: Callable[[str], object]) -> None:
    """Serve until SIGINT or SIGTERM."""
    today = options.today or datetime.now(ZoneInfo(TIME_ZONE)).date()
    try:
        size = WorldSize(today, options.people, options.jobs, options.days, options.seed)
        sandbox = Sandbox(State(size, token_seconds=options.token_seconds), host=options.host, port=options.port)
    except (ValueError, OSError, OverflowError) as error:
        raise SystemExit(f"The ExakTime sandbox can't start: {error}") from error
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with sandbox:
        write(f"ExakTime sandbox on {sandbox.base_url} (company acme, user sync@acme.test, password {PASSWORD})\n")
        stop.wait()
