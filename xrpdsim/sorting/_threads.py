"""One OpenMP thread for small screens."""

from __future__ import annotations

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits

FEW_PATTERNS = 2000


def threads_for(n_patterns: int) -> AbstractContextManager[object]:
    """Return a context in which few patterns are compared by one OpenMP thread.

    A network embeds them in many small steps, between which several threads mostly wait for each
    other: beside other work that took five to fifteen times the processor time. BLAS keeps its
    threads, and so do many patterns.

    Parameters
    ----------
    n_patterns : int
        Patterns of which up to 2000 are few.

    Returns
    -------
    context manager
    """
    limits = 1 if n_patterns <= FEW_PATTERNS else None
    return threadpool_limits(limits=limits, user_api="openmp")
