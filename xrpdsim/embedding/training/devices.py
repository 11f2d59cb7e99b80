"""Where a network runs, on how many threads, and with which random numbers."""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch

_DEVICE = re.compile(r"auto|cpu|cuda(:[0-9]+)?")

_generators_in_use = threading.RLock()
_is_fork = False


def _begin_fork() -> None:
    """Leave behind what a fork takes over from threads that it does not have."""
    global _generators_in_use, _is_fork
    # a lock that another thread held would be held for ever
    _generators_in_use = threading.RLock()
    # torch would wait for ever for the threads of the parent, once that has used them
    torch.set_num_threads(1)
    _is_fork = True


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_fork)


def resolve_device(device: str) -> torch.device:
    """Return the torch device that a `device` parameter stands for.

    Parameters
    ----------
    device : str
        "auto" (CUDA if there is a device, else the CPU), "cpu", "cuda", or "cuda:1" and so on.

    Returns
    -------
    torch.device

    Raises
    ------
    ValueError
        If the name is unknown, or the device is not there.

    Examples
    --------
    >>> resolve_device("cpu")
    device(type='cpu')
    """
    _check_name(device)
    n_cuda = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if device == "auto":
        return torch.device("cuda" if n_cuda else "cpu")
    kind, _, number = device.partition(":")
    if kind == "cuda" and int(number or 0) >= n_cuda:
        there = f"cuda:0 to cuda:{n_cuda - 1}" if n_cuda else "no CUDA device"
        raise ValueError(
            f'device={device!r} is not there: torch sees {there}. Use device="auto", or "cpu"'
        )
    return torch.device(device)


def device_if_there(device: str) -> torch.device:
    """Return the device that was trained on, or, with a warning, the CPU where it is not there.

    Raises
    ------
    ValueError
        If it is no name of a device.

    Examples
    --------
    >>> device_if_there("cpu")
    device(type='cpu')
    """
    _check_name(device)
    try:
        return resolve_device(device)
    except ValueError as error:
        warnings.warn(f"{error}. The embedder runs on the CPU", UserWarning, stacklevel=4)
        return torch.device("cpu")


def _check_name(device: str) -> None:
    if not isinstance(device, str) or not _DEVICE.fullmatch(device):
        raise ValueError(f'device must be "auto", "cpu", "cuda" or "cuda:1", got {device!r}')


FEW_PATTERNS = 2000


def threads_for(n_patterns: int) -> int | None:
    """Return one thread for few patterns, or pairs, and for many None: torch's own number.

    A network embeds few patterns in many small steps, between which several threads mostly wait for
    each other: beside other work that took five to fifteen times the processor time.

    Parameters
    ----------
    n_patterns : int
        Patterns of which up to 2000 are few.

    Examples
    --------
    >>> threads_for(40)
    1
    """
    return 1 if n_patterns <= FEW_PATTERNS else None


@contextmanager
def thread_limit(n_threads: int | None) -> Iterator[None]:
    """Run torch on `n_threads` threads within the block; None leaves the number as it is.

    So does a forked process, where torch has one thread only.

    torch keeps the number for each Python thread, so blocks in several threads do not disturb one
    another.

    Parameters
    ----------
    n_threads : int or None

    Examples
    --------
    >>> import torch
    >>> before = torch.get_num_threads()
    >>> with thread_limit(1):
    ...     torch.get_num_threads()
    1
    >>> torch.get_num_threads() == before
    True
    """
    if n_threads is None or _is_fork:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Seed torch's generators within the block and leave them afterwards as they were.

    torch has one generator a process, from which dropout and new weights draw whatever thread they
    are in. One thread at a time is let into such a block; others wait, so that each draws what it
    would draw alone. Code that uses torch's generator outside of such blocks is not held up.

    Parameters
    ----------
    seed : int
    device : torch.device
        The device that is computed on; only its generator and that of the CPU are touched.

    Examples
    --------
    >>> import torch
    >>> with seeded(0, torch.device("cpu")):
    ...     first = torch.rand(1)
    >>> with seeded(0, torch.device("cpu")):
    ...     bool(torch.rand(1) == first)
    True
    """
    index = None
    if device.type == "cuda":
        index = torch.cuda.current_device() if device.index is None else device.index
    with (
        _generators_in_use,
        torch.random.fork_rng(devices=[] if index is None else [index]),
        torch.backends.cudnn.flags(deterministic=True, benchmark=False),
    ):
        torch.default_generator.manual_seed(seed)
        if index is not None:
            with torch.cuda.device(index):
                torch.cuda.manual_seed(seed)
        yield
