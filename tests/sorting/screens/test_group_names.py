import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xrpdsim.sorting.screens._group_names import forms_of_groups, names_of_groups

name = st.one_of(st.none(), st.sampled_from(["I", "I (1)", "I (2)", "group 2", "none"]), st.text())


@given(st.lists(name, max_size=8), st.sets(st.sampled_from(["none", "amorphous", "I"])))
def test_every_group_has_a_name_of_its_own(forms, taken):
    names = names_of_groups(forms, taken)
    assert len(set(names)) == len(names)
    assert not taken & set(names)
    for form, given_name in zip(forms, names, strict=True):
        assert given_name.startswith("group " if form is None else form)


def test_what_a_person_says_takes_precedence_over_references():
    labels = np.array([0, 0, 0, 1, 1, 2])
    probabilities = np.array([[0.9, 0.0, 0.1]] * 3 + [[0.1, 0.8, 0.1]] * 2 + [[0.4, 0.3, 0.3]])
    named = {0: "alpha", 1: "beta", 2: "beta"}
    assert forms_of_groups(labels, 3, named, probabilities, ["A", "B"]) == ["beta", "B", None]
    assert forms_of_groups(labels, 3, {}) == [None, None, None]
