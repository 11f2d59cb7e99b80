import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from xrpdsim.inspection import ReliabilityDisplay


def test_reliability_counts_what_is_in_each_bin(pyplot):
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=500)
    same = rng.uniform(size=500) < probability
    display = ReliabilityDisplay.from_predictions(same, probability, n_bins=5)
    assert display.brier == brier_score_loss(same, probability)
    assert display.n_pairs.sum() == 500
    inside = (probability >= 0.4) & (probability < 0.6)
    assert display.predicted[2] == pytest.approx(probability[inside].mean())
    assert display.observed[2] == pytest.approx(same[inside].mean())


def test_reliability_of_an_estimator_uses_all_pairs(clusterer, campaign, pyplot):
    display = ReliabilityDisplay.from_estimator(
        clusterer.similarity_, campaign.X, campaign.y, name="ours"
    )
    assert display.n_pairs.sum() == 40 * 39 // 2
    assert display.name == "ours"


def test_pairs_without_a_probability_are_left_out_with_one_warning(pyplot):
    same, probability = [True, True, False, False], [0.9, np.nan, 0.2, np.nan]
    with pytest.warns(UserWarning, match="2 of 4 pairs are NaN") as caught:
        display = ReliabilityDisplay.from_predictions(same, probability)
    assert len(caught) == 1
    assert display.n_pairs.sum() == 2
    assert display.brier == pytest.approx(0.025)
    with pytest.raises(ValueError, match="all 4 pairs are NaN"):
        ReliabilityDisplay.from_predictions(same, [np.nan] * 4)


@pytest.mark.parametrize(
    ("same", "probability", "n_bins", "message"),
    [
        ([0.9, 0.2], [True, False], 10, "same must hold True or 1"),
        ([True, False], [1.5, 0.2], 10, r"probability holds 1\.5, which lies outside 0 to 1"),
        ([True, False], [0.5], 10, "inconsistent numbers of samples"),
        ([True, False], [0.9, 0.2], 0, "n_bins=0 must be a whole number, 1 or more"),
        ([True, False], [0.9, 0.2], 2.5, r"n_bins=2\.5 must be a whole number"),
    ],
)
def test_what_cannot_be_compared_is_refused(same, probability, n_bins, message):
    with pytest.raises(ValueError, match=message):
        ReliabilityDisplay.from_predictions(same, probability, n_bins=n_bins)
