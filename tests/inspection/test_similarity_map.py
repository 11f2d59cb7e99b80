import numpy as np
import pandas as pd
import pytest

from xrpdsim import CorrelationSimilarity
from xrpdsim.inspection import SimilarityMapDisplay
from xrpdsim.sorting import FormClusterer


def test_a_map_shows_the_probabilities_sorted_by_the_tree(clusterer, pyplot):
    display = SimilarityMapDisplay.from_estimator(clusterer)
    shown = display.ax_.images[0].get_array()
    expected = clusterer.pair_probabilities_[np.ix_(display.order, display.order)]
    np.testing.assert_array_equal(shown, expected)
    assert sorted(display.order) == list(range(len(clusterer.labels_)))
    ordered = clusterer.labels_[display.order]
    crystalline = ordered[ordered >= 0]
    assert (np.diff(crystalline) != 0).sum() == len(clusterer.typical_indices_) - 1


def test_a_map_of_a_pair_estimator_needs_patterns(clusterer, campaign, pyplot):
    measure = clusterer.similarity_
    with pytest.raises(ValueError, match="X is needed"):
        SimilarityMapDisplay.from_estimator(measure)
    display = SimilarityMapDisplay.from_estimator(measure, campaign.X, labels=campaign.form)
    expected = measure.pairwise_proba(campaign.X)
    np.testing.assert_allclose(display.probability, expected, rtol=0, atol=1e-6)


def test_of_a_large_screen_a_sample_is_shown(campaign, pyplot):
    clusterer = FormClusterer(portion=10).fit(campaign.X)
    display = SimilarityMapDisplay.from_estimator(clusterer)
    assert display.probability.shape == (10, 10)
    assert (display.labels == clusterer.labels_[clusterer.mapped_indices_]).all()


def test_the_tree_orders_the_map_when_a_correction_names_an_amorphous_pattern(campaign, pyplot):
    amorphous = np.flatnonzero(FormClusterer().fit(campaign.X).amorphous_)
    crystalline = np.setdiff1d(np.arange(len(campaign.X)), amorphous)
    clusterer = FormClusterer().fit(campaign.X, different=[[amorphous[0], crystalline[0]]])
    n_linked = len(clusterer.linkage_) + 1
    assert n_linked == len(clusterer.linked_indices_) == len(crystalline) + 1
    order = SimilarityMapDisplay.from_estimator(clusterer).order
    assert set(order[:n_linked]) == set(clusterer.linked_indices_)
    ordered = clusterer.labels_[order]
    groups = ordered[ordered >= 0]
    assert (np.diff(groups) != 0).sum() == len(clusterer.typical_indices_) - 1


def test_a_map_heeds_columns_that_are_angles_and_masks(pyplot):
    X = np.random.default_rng(0).uniform(size=(4, 300))
    measure = CorrelationSimilarity(min_overlap=0.5).fit(X, ["a", "a", "b", "b"])
    with pytest.raises(ValueError, match=r"are 20 to .* the grid in force is 3 to"):
        SimilarityMapDisplay.from_estimator(
            measure, pd.DataFrame(X, columns=20 + 0.02 * np.arange(300))
        )
    masked = np.ma.masked_array(X, mask=np.tile(np.arange(300) < 100, (4, 1)))
    with_nan = np.where(masked.mask, np.nan, X)
    found, expected = (
        SimilarityMapDisplay.from_estimator(measure, given) for given in (masked, with_nan)
    )
    np.testing.assert_array_equal(found.probability, expected.probability)
    with pytest.raises(TypeError, match="read the files first"):
        SimilarityMapDisplay.from_estimator(measure, "screen.csv")


def test_labels_are_as_many_as_patterns():
    with pytest.raises(ValueError, match=r"labels has shape \(2,\), but must be \(8,\)"):
        SimilarityMapDisplay.from_predictions(np.eye(8), labels=["a", "b"])
    with pytest.raises(ValueError, match=r"probability has shape \(2, 3\), but must be square"):
        SimilarityMapDisplay.from_predictions(np.ones((2, 3)))
