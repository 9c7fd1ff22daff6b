"""Processes that the kernel kills together with their parent (Linux; elsewhere nothing happens).

django-q's own processes don't do this: a sentinel whose parent was killed keeps taking tasks. A killed run is harmless
because it continues from its checkpoint when its lease expires; unwatched work is not.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2)

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def bind_to(parent: int) -> None:
    """Kill this process when `parent`, which created it, ends; immediately if it has already ended."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def bind_forks() -> None:
    """Bind each process forked from now on, and its own forks, to its parent."""
    parent = os.getpid()

    def remember() -> None:
        nonlocal parent
        parent = os.getpid()

    os.register_at_fork(before=remember, after_in_child=lambda: bind_to(parent))
