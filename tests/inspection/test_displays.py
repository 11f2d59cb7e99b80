import sys

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from xrpdsim.inspection import (
    EmbeddingMapDisplay,
    PairScoreDisplay,
    PatternStackDisplay,
    ReliabilityDisplay,
    SimilarityMapDisplay,
)
from xrpdsim.patterns.pairs import same_phase
from xrpdsim.sorting import FormClusterer

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    matplotlib.pyplot.close("all")


@pytest.fixture
def clusterer(found):
    return found.clusterer


def test_a_stack_shows_every_member_and_each_medoid_once_more(clusterer, campaign):
    display = PatternStackDisplay.from_estimator(clusterer, campaign.X)
    n_members = (clusterer.labels_ >= 0).sum()
    assert len(display.ax_.lines) == n_members + len(clusterer.medoid_indices_)
    assert "degrees" in display.ax_.get_xlabel()


def test_a_map_shows_the_probabilities_sorted_by_the_tree(clusterer):
    display = SimilarityMapDisplay.from_estimator(clusterer)
    shown = display.ax_.images[0].get_array()
    expected = clusterer.pair_probabilities_[np.ix_(display.order, display.order)]
    np.testing.assert_array_equal(shown, expected)
    assert sorted(display.order) == list(range(len(clusterer.labels_)))
    ordered = clusterer.labels_[display.order]
    crystalline = ordered[ordered >= 0]
    assert (np.diff(crystalline) != 0).sum() == len(clusterer.medoid_indices_) - 1


def test_a_map_of_a_pair_estimator_needs_patterns(clusterer, campaign):
    measure = clusterer.similarity_
    with pytest.raises(ValueError, match="X is needed"):
        SimilarityMapDisplay.from_estimator(measure)
    display = SimilarityMapDisplay.from_estimator(measure, campaign.X, labels=campaign.form)
    np.testing.assert_allclose(display.probability, measure.pairwise_proba(campaign.X), rtol=1e-12)


def test_of_a_large_screen_a_sample_is_shown(campaign):
    clusterer = FormClusterer(portion=10).fit(campaign.X)
    display = SimilarityMapDisplay.from_estimator(clusterer)
    assert display.probability.shape == (10, 10)
    assert (display.labels == clusterer.labels_[clusterer.mapped_indices_]).all()
    labels = np.arange(len(campaign.X))
    display = EmbeddingMapDisplay.from_estimator(clusterer, labels=labels)
    assert (display.labels == clusterer.mapped_indices_).all()


def test_figures_of_pair_scores_are_scikit_learns(clusterer, campaign):
    measure = clusterer.similarity_
    display = PairScoreDisplay.from_estimator(measure, campaign.X, campaign.y)
    same = same_phase(np.unique(campaign.form.astype(str), return_inverse=True)[1])
    scores = measure.decision_function(campaign.X)
    assert display.auroc_ == roc_auc_score(same, scores)
    assert display.average_precision_ == average_precision_score(same, scores)
    assert display.threshold == measure.threshold_
    assert len(display.axes_) == 3


def test_pairs_of_one_kind_have_no_curves():
    with pytest.raises(ValueError, match="all pairs are of one kind"):
        PairScoreDisplay.from_predictions([True, True], [0.1, 0.2])


def test_reliability_counts_what_is_in_each_bin():
    rng = np.random.default_rng(0)
    probability = rng.uniform(size=500)
    same = rng.uniform(size=500) < probability
    display = ReliabilityDisplay.from_predictions(same, probability, n_bins=5)
    assert display.brier == brier_score_loss(same, probability)
    assert display.n_pairs.sum() == 500
    inside = (probability >= 0.4) & (probability < 0.6)
    assert display.predicted[2] == pytest.approx(probability[inside].mean())
    assert display.observed[2] == pytest.approx(same[inside].mean())


def test_reliability_of_an_estimator_uses_all_pairs(clusterer, campaign):
    display = ReliabilityDisplay.from_estimator(
        clusterer.similarity_, campaign.X, campaign.y, name="ours"
    )
    assert display.n_pairs.sum() == 40 * 39 // 2
    assert display.name == "ours"


def test_a_map_of_the_screen_keeps_members_together(clusterer):
    display = EmbeddingMapDisplay.from_estimator(clusterer)
    places, labels = display.places, display.labels
    middle = places[labels == 0].mean(axis=0)
    inside = np.linalg.norm(places[labels == 0] - middle, axis=1).mean()
    assert inside < np.linalg.norm(places[labels == 1] - middle, axis=1).mean()


def test_axes_of_the_caller_are_used():
    _, ax = matplotlib.pyplot.subplots()
    display = EmbeddingMapDisplay.from_predictions(np.eye(4), labels=[0, 0, 1, -1], ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"xrpdsim\[plots\]"):
        EmbeddingMapDisplay.from_predictions(np.eye(3))
