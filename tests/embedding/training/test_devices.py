import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
import torch

from xrpdsim.embedding.training import (
    device_if_there,
    resolve_device,
    seeded,
    thread_limit,
    threads_for,
)
from xrpdsim.embedding.training.devices import FEW_PATTERNS


@pytest.fixture
def no_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


@pytest.fixture
def two_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.mark.usefixtures("no_cuda")
def test_without_cuda():
    assert resolve_device("auto") == torch.device("cpu")
    with pytest.raises(ValueError, match=r"'cuda:1' is not there: torch sees no CUDA device"):
        resolve_device("cuda:1")
    with pytest.warns(UserWarning, match="runs on the CPU"):
        assert device_if_there("cuda") == torch.device("cpu")


@pytest.mark.usefixtures("two_cuda")
def test_with_cuda():
    assert resolve_device("auto") == torch.device("cuda")
    assert resolve_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(ValueError, match="torch sees cuda:0 to cuda:1"):
        resolve_device("cuda:2")


@pytest.mark.parametrize("name", ["gpu", "cuda:x", "", None, 1, "cuda:-1"])
def test_unknown_devices(name):
    with pytest.raises(ValueError, match="device must be"):
        resolve_device(name)


def test_thread_limit_is_restored_after_an_error():
    before = torch.get_num_threads()

    def fails():
        with thread_limit(before + 1):
            assert torch.get_num_threads() == before + 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert torch.get_num_threads() == before
    with thread_limit(None):
        assert torch.get_num_threads() == before


def test_thread_limits_of_several_threads_do_not_disturb_one_another():
    before = torch.get_num_threads()
    entered, leave = threading.Event(), threading.Event()

    def other():
        with thread_limit(before + 2):
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with thread_limit(before + 1):
        thread.start()
        entered.wait(10)
        assert torch.get_num_threads() == before + 1
    leave.set()
    thread.join()
    assert torch.get_num_threads() == before


def test_generators_are_left_as_they_were():
    state = torch.random.get_rng_state()
    with seeded(5, torch.device("cpu")):
        first = torch.rand(3)
    assert (torch.random.get_rng_state() == state).all()
    with seeded(5, torch.device("cpu")):
        assert (torch.rand(3) == first).all()


def test_blocks_of_several_threads_wait_for_each_other():
    inside, leave, order = threading.Event(), threading.Event(), []

    def first():
        with seeded(0, torch.device("cpu")):
            inside.set()
            leave.wait(60)
            order.append("first")

    def second():
        with seeded(0, torch.device("cpu")):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    assert inside.wait(60)
    threads[1].start()
    threads[1].join(0.2)
    assert threads[1].is_alive()
    leave.set()
    for thread in threads:
        thread.join(60)
    assert order == ["first", "second"]


def test_blocks_within_one_another_do_not_wait():
    with seeded(0, torch.device("cpu")):
        expected = torch.rand(2)
    with seeded(0, torch.device("cpu")):
        with seeded(1, torch.device("cpu")):
            torch.rand(5)
        assert (torch.rand(2) == expected).all()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_does_not_wait_for_a_thread_that_it_has_not():
    inside, leave = threading.Event(), threading.Event()

    def other():
        with seeded(0, torch.device("cpu")):
            inside.set()
            leave.wait(120)

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(60)
    child = os.fork()
    if not child:
        signal.alarm(60)  # ends a child that waits for ever
        with seeded(0, torch.device("cpu")):
            os._exit(0)
    _, status = os.waitpid(child, 0)
    leave.set()
    thread.join()
    assert os.waitstatus_to_exitcode(status) == 0


FORK_AFTER_USE = """
import os, torch
from xrpdsim.embedding.training.devices import thread_limit

def work():
    with thread_limit(2):
        torch.ones(1_000_000).exp().sum()

torch.set_num_threads(2)
work()
child = os.fork()
work()
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_fork_after_use_does_not_wait_for_threads_of_its_parent():
    # where it does, it waits for ever; a session of its own, so that the child is ended with it
    process = subprocess.Popen([sys.executable, "-c", FORK_AFTER_USE], start_new_session=True)
    try:
        assert process.wait(timeout=120) == 0
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.parametrize(("n_patterns", "n_threads"), [(FEW_PATTERNS, 1), (FEW_PATTERNS + 1, None)])
def test_only_few_patterns_are_held_to_one_thread(n_patterns, n_threads):
    assert threads_for(n_patterns) == n_threads
