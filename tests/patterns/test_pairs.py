import unicodedata
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xrpdsim.patterns.pairs import (
    as_forms,
    check_pairs,
    condensed_pairs,
    encode_phases,
    n_condensed,
    same_phase,
)

ROWS = [("aspirin", "I"), ("aspirin", "II"), ("caffeine", "I"), ("caffeine", "I")]


@pytest.mark.parametrize(
    "y",
    [
        ROWS,
        np.array(ROWS),
        np.array(ROWS, dtype=object),
        pd.DataFrame(ROWS, columns=["compound", "form"]),
    ],
    ids=["list", "strings", "objects", "DataFrame"],
)
def test_two_columns_in_every_container(y):
    phases, compounds = encode_phases(y)
    assert phases.tolist() == [0, 1, 2, 2]
    assert compounds.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "y", [[3, 1, 3], ["c", "a", "c"], pd.Series(["c", "a", "c"]), [[3], [1], [3]]]
)
def test_one_column(y):
    phases, compounds = encode_phases(y)
    assert phases.tolist() == [1, 0, 1]
    assert compounds is None


def test_groups_go_before_the_compound_column():
    _, compounds = encode_phases(ROWS, groups=["x", "x", "x", "x"])
    assert compounds.tolist() == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="'caffeine, I' occurs in more than one group"):
        encode_phases(ROWS, groups=["x", "x", "x", "y"])


def test_form_name_that_repeats_over_groups():
    with pytest.raises(ValueError, match="form 'I' occurs in more than one group"):
        encode_phases(["I", "II", "I"], groups=["a", "a", "b"])


@pytest.mark.parametrize(
    ("y", "groups", "message"),
    [
        ([1.0, np.nan], None, "y has no label in row 1"),
        ([("a", "I"), ("a", None)], None, "y has no label in row 1"),
        (["a", "b"], [None, "x"], "groups has no label in row 0"),
        (["a", "b"], ["x"], r"groups has shape \(1,\)"),
        ([["a", "b", "c"]], None, r"y has shape \(1, 3\)"),
    ],
)
def test_bad_labels(y, groups, message):
    with pytest.raises(ValueError, match=message):
        encode_phases(y, groups)


@given(st.lists(st.integers(0, 4), min_size=2, max_size=30))
def test_same_phase_in_condensed_order(labels):
    labels = np.array(labels)
    pairs = condensed_pairs(len(labels))
    assert len(pairs) == n_condensed(len(labels))
    expected = [labels[i] == labels[j] for i, j in pairs]
    np.testing.assert_array_equal(same_phase(labels), expected)
    np.testing.assert_array_equal(same_phase(labels, pairs), expected)


@pytest.mark.parametrize("nothing", [np.empty((0, 2)), []])
def test_no_pairs_is_a_valid_question(nothing):
    assert check_pairs(nothing, 3).shape == (0, 2)


@pytest.mark.parametrize("blank", ["", " ", "\t"])
def test_blank_labels_are_no_form(blank):
    for y in (["I", blank, "I"], np.array([["a", "I"], ["a", blank], ["a", "I"]], dtype=object)):
        with pytest.raises(ValueError, match="y has an empty label in row 1"):
            encode_phases(y)
    with pytest.raises(ValueError, match="groups has an empty label in row 2"):
        encode_phases(["I", "II", "III"], groups=["a", "a", blank])


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_missing_labels_in_a_list_are_refused_with_their_row(missing):
    for y in (["I", missing, "I"], [["a", "I"], ["a", missing], ["a", "I"]]):
        with pytest.raises(ValueError, match="y has no label in row 1"):
            encode_phases(y)


def test_missing_labels_of_pandas_are_refused_with_their_row():
    pandas = pytest.importorskip("pandas")
    for missing in (pandas.NA, pandas.NaT, None, float("nan")):
        y = pandas.Series(["I", "I", missing, "II"], dtype=object)
        with pytest.raises(ValueError, match="y has no label in row 2"):
            encode_phases(y)


def test_labels_that_differ_in_case_or_blanks_are_listed():
    with pytest.warns(UserWarning, match=r"'Form I' / 'form I' / 'FormI'; 'B' / 'b '"):
        phases, _ = encode_phases(["Form I", "form I", "FormI", "B", "b ", "II"])
    assert len(np.unique(phases)) == 6
    with pytest.warns(UserWarning, match=r"'Aspirin', 'I' / 'aspirin', 'I'"):
        encode_phases([["Aspirin", "I"], ["aspirin", "I"]])


def test_labels_that_differ_in_how_accents_are_stored_are_listed():
    with pytest.warns(UserWarning, match="or in how accents are stored"):
        encode_phases(["Säure", unicodedata.normalize("NFD", "Säure"), "II"])


def test_labels_that_differ_otherwise_raise_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encode_phases(["I", "II", "Form I"])
        encode_phases([1, 2, 1])
        encode_phases([["a", "I"], ["b", "I"], ["a", "i2"]])


def test_labels_that_differ_in_case_or_blanks_only_are_listed():
    y = [["Aspirin", "Form I"], ["aspirin", "form  I"], ["Aspirin", "Form II"]]
    with pytest.warns(UserWarning, match="only in case or blanks") as caught:
        phases, _ = encode_phases(y)
    assert "'Aspirin', 'Form I' / 'aspirin', 'form  I'" in str(caught[0].message)
    assert "Form II" not in str(caught[0].message)
    assert len(set(phases)) == 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encode_phases([["aspirin", "I"], ["aspirin", "II"], ["caffeine", "I"]])


@pytest.mark.parametrize("container", [list, lambda y: np.array(y, dtype=object)])
def test_labels_are_one_form_where_they_are_equal_whatever_stands_beside_them(container):
    assert encode_phases(container([1, 1.0, "2a", "2a"]))[0].tolist() == [0, 0, 1, 1]
    assert encode_phases(container([1, 1.0, 2, 2]))[0].tolist() == [0, 0, 1, 1]
    with pytest.warns(UserWarning, match="or as number and text: 1 / '1'"):
        assert encode_phases(container(["x", 1, "1", 1]))[0].tolist() == [2, 0, 1, 0]
    with pytest.warns(UserWarning, match="groups has labels .* 1 / '1'"):
        _, compounds = encode_phases([1, 2, 3, 4], groups=container(["x", 1, "1", 1]))
    assert compounds.tolist() == [2, 0, 1, 0]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (["I", "II"], "U"),
        (np.array(["I", "II"], dtype=object), "O"),
        (np.array([1, 2], dtype=object), "i"),
        ([1, 2.0], "f"),
    ],
)
def test_forms_are_text_or_numbers(given, kind):
    forms = as_forms(given, "y")
    assert forms.dtype.kind == kind
    assert forms.tolist() == list(given)


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="new in NumPy 2")
def test_forms_may_be_strings_of_any_length():
    given = np.array(["I", "II"], dtype=np.dtypes.StringDType())
    assert as_forms(given, "y").tolist() == ["I", "II"]


def test_forms_of_two_kinds_are_refused_with_their_rows():
    with pytest.raises(ValueError, match=r"y has text and numbers .* 'I' in row 1 and 1 in row 0"):
        as_forms([1, "I", "II"], "y")
    with pytest.raises(ValueError, match="reference_forms has no label in row 0"):
        as_forms([None, "I"], "reference_forms")
