from functools import partial

import numpy as np
import pandas
import pytest
import torch
from sklearn.metrics import accuracy_score

from xrpdsim.sorting import ReferenceMatcher


def split(screen, left_out=None, n_references=2):
    form = screen.form.astype(str)
    references = np.concatenate(
        [np.flatnonzero(form == name)[:n_references] for name in np.unique(form)]
    )
    others = np.setdiff1d(np.arange(len(form)), references)
    references = references[form[references] != left_out]
    return references, others, form


def test_known_forms_are_named_and_a_form_left_out_is_new(pure_screen):
    references, others, form = split(pure_screen)
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    assert matcher.classes_.tolist() == ["I", "II", "III", "new"]
    assert matcher.score(pure_screen.X[others], form[others]) > 0.9
    references, others, form = split(pure_screen, left_out="II")
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    expected = np.where(form[others] == "II", "new", form[others])
    assert matcher.score(pure_screen.X[others], expected) > 0.9


def test_probabilities_follow_from_the_odds_of_the_best_references(pure_screen):
    references, others, form = split(pure_screen)
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    X = pure_screen.X[others]
    pairs = matcher.similarity_.pairwise_proba(X, pure_screen.X[references])
    best = np.column_stack(
        [pairs[:, form[references] == name].max(axis=1) for name in matcher.classes_[:-1]]
    ).clip(1e-9, 1 - 1e-9)
    # exactly one form is right, or none: products of "yes" for one and "no" for all others
    weights = np.column_stack(
        [
            *(
                best[:, k] * np.delete(1 - best, k, axis=1).prod(axis=1)
                for k in range(best.shape[1])
            ),
            (1 - best).prod(axis=1),
        ]
    )
    np.testing.assert_allclose(
        matcher.predict_proba(X), weights / weights.sum(axis=1, keepdims=True), atol=1e-9
    )


def test_it_says_which_reference_decided(pure_screen):
    references, _, form = split(pure_screen)
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    indices, probability = matcher.nearest_reference(pure_screen.X[references])
    assert indices.tolist() == list(range(len(references)))
    assert (probability > 0.99).all()


def test_a_reference_called_new_is_refused(pure_screen):
    with pytest.raises(ValueError, match="give new_label another value"):
        ReferenceMatcher().fit(pure_screen.X[:2], ["I", "new"])


def test_numbers_as_forms_are_answered_by_numbers(pure_screen):
    references, others, form = split(pure_screen, left_out="II")
    number = np.searchsorted(np.unique(form), form)
    matcher = ReferenceMatcher().fit(pure_screen.X[references], number[references])
    assert matcher.classes_.tolist() == [0, 2, -1]
    assert np.issubdtype(matcher.predict(pure_screen.X[others]).dtype, np.integer)
    expected = np.where(form[others] == "II", -1, number[others])
    assert accuracy_score(expected, matcher.predict(pure_screen.X[others])) > 0.9


@pytest.mark.parametrize(
    ("forms", "new_label", "such_as"), [([1, 2], "new", "-1"), (["I", "II"], -1, "'new'")]
)
def test_a_label_for_new_of_another_kind_than_the_forms_is_refused(
    pure_screen, forms, new_label, such_as
):
    with pytest.raises(ValueError, match=f"same kind that is none of them, such as {such_as}"):
        ReferenceMatcher(new_label=new_label).fit(pure_screen.X[:2], forms)


def test_a_number_of_a_form_for_new_is_refused(pure_screen):
    with pytest.raises(ValueError, match="give new_label another value"):
        ReferenceMatcher().fit(pure_screen.X[:2], [-1, 1])


def test_a_long_label_for_new_is_not_cut_short(pure_screen):
    matcher = ReferenceMatcher(new_label="not seen before").fit(pure_screen.X[:2], ["I", "II"])
    assert matcher.classes_.tolist() == ["I", "II", "not seen before"]


def test_one_comparison_gives_all_that_is_known_of_a_match(pure_screen):
    references, others, form = split(pure_screen)
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    X = pure_screen.X[others]
    found = matcher.match(X)
    np.testing.assert_allclose(found.probabilities, matcher.predict_proba(X), rtol=0, atol=1e-6)
    nearest = matcher.nearest_reference(X)
    np.testing.assert_array_equal(found.nearest, nearest[0])
    np.testing.assert_allclose(found.nearest_probabilities, nearest[1], rtol=0, atol=1e-6)


def test_matching_leaves_the_threads_of_torch_as_they_were(pure_screen, request):
    references, others, form = split(pure_screen)
    matcher = ReferenceMatcher().fit(pure_screen.X[references], form[references])
    request.addfinalizer(partial(torch.set_num_threads, torch.get_num_threads()))
    torch.set_num_threads(2)  # of one thread that was left nothing would be seen
    before = torch.__config__.parallel_info()
    matcher.match(pure_screen.X[others])
    assert torch.__config__.parallel_info() == before


@pytest.mark.parametrize("missing", [None, np.nan, "", pandas.NA])
def test_every_reference_needs_a_form(pure_screen, missing):
    with pytest.raises(ValueError, match=r"y has (no|an empty) label in row 1"):
        ReferenceMatcher("pearson").fit(pure_screen.X[:3], ["I", missing, "II"])


def test_a_reference_that_was_not_measured_is_refused_when_it_is_given(pure_screen):
    X = pure_screen.X[:3].copy()
    X[1] = np.nan
    with pytest.raises(ValueError, match="the pattern in row 1 of X is all NaN"):
        ReferenceMatcher("pearson").fit(X, ["I", "II", "III"])


def test_rows_in_messages_are_those_of_all_patterns(pure_screen, monkeypatch):
    monkeypatch.setattr("xrpdsim.sorting.references._ROWS_AT_A_TIME", 2)
    matcher = ReferenceMatcher("pearson").fit(pure_screen.X[:3], ["I", "II", "III"])
    X = pure_screen.X[3:10].copy()
    X[5] = 7
    with pytest.warns(
        UserWarning, match=r"1 of 7 patterns \(row 5 of X first\) are flat"
    ) as warned:
        matcher.predict(X)
    assert sum("flat" in str(each.message) for each in warned) == 1
    X[6] = np.nan
    with pytest.raises(ValueError, match="the pattern in row 6 of X is all NaN"):
        matcher.predict(X)


def test_forms_as_objects_and_of_two_kinds(pure_screen):
    X = pure_screen.X[:3]
    numbers = ReferenceMatcher("pearson").fit(X, np.array([1, 2, 2], dtype=object))
    assert numbers.classes_.tolist() == [1, 2, -1]
    with pytest.raises(ValueError, match="y has text and numbers for forms"):
        ReferenceMatcher("pearson").fit(X, [1, "I", "II"])


def test_a_pattern_that_no_reference_can_be_compared_with_is_named_in_a_warning(pure_screen):
    X = pure_screen.X[5:8].copy()
    X[1, 100:] = np.nan
    matcher = ReferenceMatcher("pearson").fit(pure_screen.X[:3], ["I", "II", "III"])
    with (
        pytest.warns(UserWarning, match="min_overlap"),
        pytest.warns(UserWarning, match=r"1 of 3 patterns \(row 1 of X first\) have too little"),
    ):
        assert matcher.predict(X)[1] == "new"
