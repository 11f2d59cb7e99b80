"""Worker processes that end with the process they work for."""

from __future__ import annotations

import os
import threading
import time

_SECONDS_BETWEEN_LOOKS = 0.5


def end_with(parent: int) -> None:
    """End this process soon after its parent has, however that ended; for ``initializer=``.

    joblib's workers wait for work for ever when the process that started them is killed.

    Parameters
    ----------
    parent : int
        The process that starts the workers. In that process itself, where joblib uses no workers,
        and in workers that something else has started, nothing is done.

    Notes
    -----
    Windows keeps the number of a parent that has ended; there nothing is noticed.
    """
    if os.getpid() != parent:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    # only the process that waits for results can make use of them, so nothing is lost
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os._exit(1)
