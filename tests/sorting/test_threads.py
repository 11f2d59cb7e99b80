import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from xrpdsim.sorting._threads import FEW_PATTERNS, threads_for

torch = pytest.importorskip("torch")


def openmp_threads():
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "openmp"]


@pytest.mark.parametrize(("n_patterns", "n_threads"), [(FEW_PATTERNS, 1), (FEW_PATTERNS + 1, 2)])
def test_only_few_patterns_are_held_to_one_thread(n_patterns, n_threads):
    with threadpool_limits(2, user_api="openmp"):
        before = openmp_threads()
        with threads_for(n_patterns):
            assert set(openmp_threads()) == {n_threads}
        assert openmp_threads() == before
