"""Processes that the kernel kills together with their parent (Linux; elsewhere nothing happens).

django-q's own processes do without: a sentinel whose parent was killed goes on taking tasks. A killed run is nothing
bad, it goes on from its checkpoint when its lease is over; work that no one watches is.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def bind_to(parent: int) -> None:
    """Kill this process when `parent`, which made it, ends; at once where it has ended already."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def bind_forks() -> None:
    """Bind each process that is forked from here on, and those that it forks, to the one that forks it."""
    parent = os.getpid()

    def remember() -> None:
        nonlocal parent
        parent = os.getpid()

    os.register_at_fork(before=remember, after_in_child=lambda: bind_to(parent))
