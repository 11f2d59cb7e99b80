import numpy as np
import pytest
from sklearn import config_context
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.embedding import PairLoss
from xrpdsim.embedding.training import checked_weights


class Own(PairLoss):
    def terms(self, compared, positive, negative):
        return (compared * positive).sum()[None], positive.sum()[None]


def test_they_have_the_mean_1():
    found, kept = checked_weights([1, 0, 3], np.ones((3, 4)), "siglip")
    np.testing.assert_allclose(found, [0.5, 1.5])
    assert found.dtype == np.float32
    assert kept.tolist() == [0, 2]
    assert checked_weights(None, np.ones((3, 4)), Own) == (None, slice(None))


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ([1, -1, 1], ValueError, "(?i)negative"),
        ([1, np.nan, 1], ValueError, "NaN"),
        ([0, 0, 0], ValueError, "0 for all patterns|zero"),
        ([1, 1], ValueError, "shape"),
    ],
)
def test_what_are_no_weights(weights, error, message):
    with pytest.raises(error, match=message):
        checked_weights(weights, np.ones((3, 4)), "siglip")


def test_a_loss_without_weights_is_refused():
    with pytest.raises(TypeError, match="the loss Own does not take sample_weight"):
        checked_weights([1, 1, 1], np.ones((3, 4)), Own)


@pytest.mark.parametrize("loss", ["siglip", "ntxent", "contrastive"])
def test_patterns_of_weight_0_teach_nothing(small, campaign, loss):
    X, y, _ = campaign(n_compounds=8, n_patterns=80)
    kept = np.arange(80) % 7 > 0
    weighted = small(loss=loss).fit(X, y, sample_weight=np.where(kept, 2.0, 0.0))
    without = small(loss=loss).fit(X[kept], y[kept])
    np.testing.assert_allclose(weighted.transform(X), without.transform(X), atol=1e-4)
    rows = np.flatnonzero(kept)[without.validation_indices_]
    np.testing.assert_array_equal(weighted.validation_indices_, rows)


def test_equal_weights_are_none(small, campaign):
    X, y, _ = campaign()
    plain = small().fit(X, y)
    weighted = small().fit(X, y, sample_weight=np.full(len(X), 3.0))
    np.testing.assert_allclose(weighted.transform(X), plain.transform(X), atol=1e-4)
    np.testing.assert_allclose(
        weighted.history_["valid_loss"], plain.history_["valid_loss"], rtol=1e-4
    )


def test_a_pipeline_hands_them_on(small, campaign):
    X, y, _ = campaign()
    weights = np.linspace(0.1, 2, len(X))
    expected = small().fit(X, y, sample_weight=weights).transform(X)
    pipe = make_pipeline(FunctionTransformer(), small())
    pipe.fit(X, y, siamesexrpdembedder__sample_weight=weights)
    np.testing.assert_array_equal(pipe[-1].transform(X), expected)
    with config_context(enable_metadata_routing=True):
        routed = make_pipeline(
            FunctionTransformer(), small().set_fit_request(sample_weight=True, groups=False)
        )
        routed.fit(X, y, sample_weight=weights)
    np.testing.assert_array_equal(routed[-1].transform(X), expected)


def test_a_classifier_hands_them_to_its_network(small, campaign):
    X, y, _ = campaign()
    weights = np.linspace(0, 2, len(X))
    classifier = PairwisePhaseClassifier(small()).fit(X, y, sample_weight=weights)
    network = small().fit(X, y, sample_weight=weights)
    np.testing.assert_array_equal(classifier.embedder_.transform(X), network.transform(X))
    rows = network.validation_indices_
    expected = PairwisePhaseClassifier(FrozenEstimator(network)).fit(X[rows], y[rows])
    assert classifier.threshold_ == expected.threshold_
