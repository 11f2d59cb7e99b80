import threading

import pytest
import torch

from xrpdsim.embedding.training import device_if_there, resolve_device, seeded, thread_limit


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
