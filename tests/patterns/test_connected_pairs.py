import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import DisjointSet

from xrpdsim.patterns import _connected_pairs as connected_pairs
from xrpdsim.patterns._connected_pairs import first_contradiction, merge_pairs


def test_pairs_connect_in_chains():
    part = merge_pairs(np.array([[0, 1], [1, 4]]), 5)
    assert part[0] == part[1] == part[4]
    assert len(np.unique(part)) == 3


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14))
def test_parts_are_those_of_a_disjoint_set(pairs):
    sets = DisjointSet(range(12))
    for first, second in pairs:
        sets.merge(first, second)
    part = merge_pairs(np.array(pairs, dtype=np.intp).reshape(-1, 2), 12)
    connected = [[sets.connected(i, j) for j in range(12)] for i in range(12)]
    np.testing.assert_array_equal(part[:, None] == part, connected)


def test_indices_are_of_the_kind_that_scipys_compiled_code_takes(monkeypatch):
    seen = []

    def connected_components(graph, **how):
        seen.append(graph.tocsr())
        return genuine(graph, **how)

    genuine = connected_pairs.connected_components
    monkeypatch.setattr(connected_pairs, "connected_components", connected_components)
    merge_pairs(np.array([[0, 1], [1, 4]], dtype=np.int64), 5)
    assert seen[0].indices.dtype == seen[0].indptr.dtype == np.int32


def test_numbers_that_scipy_did_not_find_are_an_error(monkeypatch):
    # what SciPy 1.11.1 gives after an error within its compiled code, which it only prints
    monkeypatch.setattr(
        connected_pairs,
        "connected_components",
        lambda graph, **_: (0, np.full(graph.shape[0], -9999)),
    )
    with pytest.raises(RuntimeError, match="install another version of SciPy"):
        merge_pairs(np.array([[0, 1]]), 5)


@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14),
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14),
)
def test_a_contradiction_is_the_first_pair_within_a_part(same, different):
    sets = DisjointSet(range(12))
    for first, second in same:
        sets.merge(first, second)
    expected = next((pair for pair in different if sets.connected(*pair)), None)
    part = merge_pairs(np.array(same, dtype=np.intp).reshape(-1, 2), 12)
    apart = np.array(different, dtype=np.intp).reshape(-1, 2)
    assert first_contradiction(part, apart) == expected
