"""People who do something at the same moment."""

import threading
from typing import Any

from django.db import close_old_connections, connections


def at_once(*works: Any) -> list[Exception | None]:
    """Run each work in a thread and connection of its own, all at the same moment; what each raised."""
    barrier = threading.Barrier(len(works))
    outcomes: list[Exception | None] = [None] * len(works)

    def run(number: int, work: Any) -> None:
        close_old_connections()
        try:
            barrier.wait(timeout=20)
            work()
        except Exception as problem:  # noqa: BLE001 (handed to the test)
            outcomes[number] = problem
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    return outcomes
