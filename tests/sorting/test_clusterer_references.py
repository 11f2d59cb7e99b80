"""References that sort: `FormClusterer.fit(X, references=, reference_forms=)`."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from xrpdsim.sorting import FormClusterer, ReferenceMatcher

FORMS = ["II", "I (hydrate)"]


class Nearness(BaseEstimator):
    """How near the first points of two patterns are; three times as strict beside a reference."""

    def pairwise_proba(self, X, Y=None):
        Y = X if Y is None else Y
        strictness = np.where(Y[:, 1] > 1, 3.0, 1.0)
        return np.clip(1 - strictness * np.abs(X[:, 0][:, None] - Y[:, 0]), 0.001, 0.999)


def patterns(places, reference=False):
    X = np.random.RandomState(len(places)).uniform(size=(len(places), 50))
    X[:, 0] = places
    X[:, 1] = 2.0 if reference else 0.5
    return X


# Two forms so similar that they are one group, and one that is unlike both.
PLACES = np.concatenate([np.linspace(0, 0.05, 20), np.linspace(0.3, 0.35, 20), [0.9] * 6])
X = patterns(PLACES + np.random.RandomState(0).uniform(0, 0.01, PLACES.size))
REFERENCES = patterns([0.0, 0.35], reference=True)


def clusterer(portion=100):
    return FormClusterer(Nearness(), portion=portion, set_amorphous_aside=False)


@pytest.mark.parametrize("portion", [100, 12])
def test_references_split_a_group_of_two_forms_at_any_size(portion):
    plain = clusterer(portion).fit(X)
    assert len(set(plain.labels_[:40])) == 1
    assert plain.reference_matches_ is None
    assert plain.separated_groups_.shape == (0, 2)
    split = clusterer(portion).fit(X, references=REFERENCES, reference_forms=FORMS)
    first, second, third = (
        set(split.labels_[rows]) for rows in (slice(20), slice(20, 40), slice(40, 46))
    )
    assert len(first) == len(second) == len(third) == 1
    assert len(first | second | third) == 3
    assert split.known_forms_.tolist() == ["I (hydrate)", "II"]
    assert {frozenset(pair) for pair in split.separated_groups_.tolist()} == {
        frozenset(first | second)
    }


def test_no_group_holds_patterns_that_surely_match_different_forms():
    places = np.random.RandomState(3).uniform(0, 0.4, 60)
    for portion in (100, 25):
        found = clusterer(portion).fit(
            patterns(places), references=REFERENCES, reference_forms=FORMS
        )
        sure = found.reference_matches_.probabilities[:, :-1] >= 0.9
        assert sure.any(axis=0).all()
        for group in range(found.labels_.max() + 1):
            assert sure[found.labels_ == group].any(axis=0).sum() < 2


def test_matches_are_those_of_a_reference_matcher():
    found = clusterer().fit(X, references=REFERENCES, reference_forms=FORMS)
    matcher = ReferenceMatcher(Nearness()).fit(REFERENCES, FORMS)
    np.testing.assert_allclose(
        found.reference_matches_.probabilities, matcher.predict_proba(X), atol=1e-6
    )


def test_what_a_person_says_is_kept():
    found = clusterer().fit(X, same=[[0, 39]], references=REFERENCES, reference_forms=FORMS)
    assert found.labels_[0] == found.labels_[39]
    assert found.labels_[1] != found.labels_[38]
    apart = clusterer().fit(X, different=[[0, 1]], references=REFERENCES, reference_forms=FORMS)
    assert apart.labels_[0] != apart.labels_[1]


def test_precomputed_probabilities_take_references_by_their_probabilities():
    measure = Nearness()
    given = FormClusterer("precomputed").fit(
        measure.pairwise_proba(X),
        references=measure.pairwise_proba(X, REFERENCES).T,
        reference_forms=FORMS,
    )
    found = clusterer().fit(X, references=REFERENCES, reference_forms=FORMS)
    assert (given.labels_ == found.labels_).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"references": REFERENCES}, "give reference_forms, too"),
        ({"reference_forms": FORMS}, "give references, too"),
        ({"references": REFERENCES, "reference_forms": ["I"]}, "2 references, but 1"),
        ({"references": REFERENCES[:, :40], "reference_forms": FORMS}, "40 columns, but X has 50"),
        (
            {
                "references": np.where([[False], [True]], np.nan, REFERENCES),
                "reference_forms": FORMS,
            },
            "the pattern in row 1 of references is all NaN",
        ),
        (
            {"references": REFERENCES, "reference_forms": [1, "I"]},
            "reference_forms has text and numbers for forms",
        ),
        ({"reference_log_odds": [0, 0]}, "reference_log_odds are of references; give references"),
        (
            {"references": REFERENCES, "reference_forms": FORMS, "reference_log_odds": [0, np.nan]},
            "reference_log_odds has nan in row 1",
        ),
        (
            {"references": REFERENCES, "reference_forms": FORMS, "reference_log_odds": [[0, 0]]},
            r"2 references, but reference_log_odds has shape \(1, 2\)",
        ),
    ],
)
def test_references_that_do_not_fit_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        clusterer().fit(X, **given)


@pytest.mark.parametrize("missing", [None, np.nan, ""])
def test_every_reference_needs_a_form(missing):
    probability = np.eye(3)
    with pytest.raises(ValueError, match=r"reference_forms has (no|an empty) label in row 1"):
        FormClusterer("precomputed").fit(
            probability, references=np.ones((2, 3)), reference_forms=["I", missing]
        )


def test_probabilities_of_references_that_are_missing_are_refused():
    with pytest.raises(ValueError, match="references has NaN in row 1, column 2"):
        FormClusterer("precomputed").fit(
            np.eye(3), references=[[1, 0, 0], [0, 1, np.nan]], reference_forms=["I", "II"]
        )


def test_whole_numbers_as_objects_are_forms():
    forms = np.array([2, 1], dtype=object)
    found = clusterer().fit(X, references=REFERENCES, reference_forms=forms)
    assert found.known_forms_.tolist() == [1, 2]
