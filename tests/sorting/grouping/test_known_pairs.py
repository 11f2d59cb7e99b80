import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import DisjointSet

from xrpdsim.sorting.grouping import check_known_pairs, known_among, known_pairs, merge_pairs

pairs_of_twelve = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14)


def as_pairs(pairs):
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


def test_pairs_connect_in_chains():
    part = merge_pairs(np.array([[0, 1], [1, 4]]), 5)
    assert part[0] == part[1] == part[4]
    assert len(np.unique(part)) == 3


@given(pairs_of_twelve)
def test_parts_are_those_of_a_disjoint_set(pairs):
    sets = DisjointSet(range(12))
    for first, second in pairs:
        sets.merge(first, second)
    part = merge_pairs(as_pairs(pairs), 12)
    connected = [[sets.connected(i, j) for j in range(12)] for i in range(12)]
    np.testing.assert_array_equal(part[:, None] == part, connected)


def test_indices_are_of_the_kind_that_scipys_compiled_code_takes(monkeypatch):
    seen = []

    def connected_components(graph, **how):
        seen.append(graph.tocsr())
        return genuine(graph, **how)

    genuine = known_pairs.connected_components
    monkeypatch.setattr(known_pairs, "connected_components", connected_components)
    merge_pairs(np.array([[0, 1], [1, 4]], dtype=np.int64), 5)
    assert seen[0].indices.dtype == seen[0].indptr.dtype == np.int32


def test_numbers_that_scipy_did_not_find_are_an_error(monkeypatch):
    # what SciPy 1.11.1 gives after an error within its compiled code, which it only prints
    monkeypatch.setattr(
        known_pairs, "connected_components", lambda graph, **_: (0, np.full(graph.shape[0], -9999))
    )
    with pytest.raises(RuntimeError, match="install another version of SciPy"):
        merge_pairs(np.array([[0, 1]]), 5)


@given(pairs_of_twelve, pairs_of_twelve, st.sets(st.integers(0, 11)))
def test_some_rows_keep_what_all_pairs_say_of_them(same, different, rows):
    rows = np.array(sorted(rows), dtype=np.intp)
    part = merge_pairs(as_pairs(same), 12)
    among, apart = known_among(rows, as_pairs(same), as_pairs(different), 12)
    of_rows = merge_pairs(among, len(rows))
    np.testing.assert_array_equal(of_rows[:, None] == of_rows, part[rows][:, None] == part[rows])
    said = {frozenset(pair) for pair in part[as_pairs(different)].tolist()}
    expected = {pair for pair in said if pair <= set(part[rows].tolist())}
    assert {frozenset(part[rows[list(pair)]].tolist()) for pair in apart} == expected


def test_a_contradiction_names_the_patterns():
    with pytest.raises(ValueError, match="patterns 5 and 7 are said to be different"):
        check_known_pairs(as_pairs([(5, 6), (6, 7)]), as_pairs([(5, 7)]), 9)
