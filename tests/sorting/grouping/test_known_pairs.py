import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrpdsim.sorting.grouping import check_known_pairs, known_among, merge_pairs

pairs_of_twelve = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=14)


def as_pairs(pairs):
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


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
