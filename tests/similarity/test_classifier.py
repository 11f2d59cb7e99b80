from typing import ClassVar

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from xrpdsim import DeGelderSimilarity, LeaveTwoGroupsOut, PairwisePhaseClassifier, pair_scoring
from xrpdsim.patterns.pairs import encode_phases


class RecordingEmbedder(TransformerMixin, BaseEstimator):
    """Keeps what `fit` was given, and holds the last rows out."""

    __metadata_request__fit: ClassVar = {"groups": True}

    def __init__(self, metric="cosine", held_out=6):
        self.metric = metric
        self.held_out = held_out

    def fit(self, X, y=None, *, groups=None):
        self.compounds_ = encode_phases(y, groups)[1]
        self.groups_ = groups
        self.validation_indices_ = np.arange(len(X) - self.held_out, len(X))
        return self

    def transform(self, X):
        return X


def campaign(n_compounds=5, n_points=60, seed=0):
    rng = np.random.default_rng(seed)
    y = np.array([[c, f] for c in "abcdefgh"[:n_compounds] for f in "12" for _ in range(3)], object)
    lines = {tuple(label): rng.exponential(size=n_points) for label in y}
    X = np.array([lines[tuple(label)] for label in y]) + 0.3 * rng.random((len(y), n_points))
    return X, y


def test_any_transformer_will_do():
    X, y = campaign()
    fitted = PairwisePhaseClassifier(make_pipeline(StandardScaler(), PCA(3))).fit(X, y)
    assert fitted.metric_ == "euclidean"
    assert fitted.score(X, y) > 0.9


def test_metric_is_that_of_the_embedder_unless_given():
    X, y = campaign()
    assert PairwisePhaseClassifier(RecordingEmbedder("cosine")).fit(X, y).metric_ == "cosine"
    given = PairwisePhaseClassifier(RecordingEmbedder("cosine"), metric="euclidean").fit(X, y)
    assert given.metric_ == "euclidean"
    with pytest.raises(ValueError, match="metric='taxicab'"):
        PairwisePhaseClassifier(RecordingEmbedder("taxicab")).fit(X, y)


def test_threshold_and_calibration_use_the_patterns_held_out():
    X, y = campaign()
    found = PairwisePhaseClassifier(RecordingEmbedder(held_out=12)).fit(X, y)
    cosine = DeGelderSimilarity(0.02).fit(X[-12:], y[-12:])
    assert found.threshold_ == pytest.approx(cosine.threshold_)
    np.testing.assert_allclose(found.predict_proba(X), cosine.predict_proba(X), atol=1e-6)


@pytest.mark.parametrize("place", ["bare", "last", "first", "nested"])
def test_held_out_patterns_and_metric_count_wherever_the_network_stands(place):
    X, y = campaign()
    network = RecordingEmbedder("cosine", held_out=12)
    nothing = FunctionTransformer()
    embedder = {
        "bare": network,
        "last": make_pipeline(nothing, network),
        "first": make_pipeline(network, nothing),
        "nested": make_pipeline(nothing, make_pipeline(network, nothing), nothing),
    }[place]
    found = PairwisePhaseClassifier(embedder).fit(X, y)
    cosine = DeGelderSimilarity(0.02).fit(X[-12:], y[-12:])
    assert found.metric_ == "cosine"
    assert found.threshold_ == pytest.approx(cosine.threshold_)
    # the patterns that were trained on would set another one
    assert found.threshold_ != pytest.approx(DeGelderSimilarity(0.02).fit(X, y).threshold_)


def test_grid_of_a_network_counts_for_patterns_on_it_only():
    X, y = campaign()
    network = RecordingEmbedder("cosine")
    network.two_theta_ = np.linspace(5, 40, 60)
    found = PairwisePhaseClassifier(make_pipeline(FrozenEstimator(network.fit(X, y)), PCA(3)))
    np.testing.assert_array_equal(found.fit(X, y).two_theta_, network.two_theta_)
    behind = make_pipeline(PCA(3), FrozenEstimator(network))
    assert len(PairwisePhaseClassifier(behind).fit(X, y).two_theta_) == 60
    network.two_theta_ = network.two_theta_[:3]
    np.testing.assert_allclose(
        PairwisePhaseClassifier(behind).fit(X, y).two_theta_, 3 + 0.02 * np.arange(60)
    )


def test_fitted_embedder_is_kept_when_frozen():
    X, y = campaign()
    pca = PCA(2).fit(X[:10])
    found = PairwisePhaseClassifier(FrozenEstimator(pca)).fit(X, y)
    np.testing.assert_array_equal(found.embedder_.transform(X), pca.transform(X))


@pytest.mark.parametrize("in_pipeline", [False, True])
def test_frozen_embedder_held_out_nothing_of_other_patterns(in_pipeline):
    X, y = campaign(8)
    embedder = RecordingEmbedder("cosine", held_out=12)
    if in_pipeline:
        embedder = make_pipeline(StandardScaler(), embedder)
    frozen = FrozenEstimator(embedder.fit(X, y))
    found = PairwisePhaseClassifier(frozen).fit(X[:9], y[:9])
    assert found.metric_ == "cosine"
    found_metrics = pair_scoring(found, X[:9], y[:9])
    assert found_metrics["f1"] == found_metrics["best_f1"]


def embedder_after_fit(results, fold=0):
    fitted = results["estimator"][fold]
    if isinstance(fitted, Pipeline):
        fitted = fitted[-1]
    steps = fitted.embedder_ if isinstance(fitted.embedder_, Pipeline) else [fitted.embedder_]
    return next(step for step in steps if isinstance(step, RecordingEmbedder))


EMBEDDERS = {
    "bare embedder": RecordingEmbedder(),
    "embedder in a pipeline": make_pipeline(StandardScaler(), RecordingEmbedder()),
    "embedder first in a pipeline": make_pipeline(RecordingEmbedder(), StandardScaler()),
}


@pytest.mark.parametrize("embedder", EMBEDDERS.values(), ids=EMBEDDERS)
@pytest.mark.parametrize("in_pipeline", [False, True])
@pytest.mark.parametrize("road", ["two-column y", "params", "routing"])
def test_compounds_reach_the_embedder(embedder, in_pipeline, road):
    X, y = campaign()
    estimator = PairwisePhaseClassifier(embedder)
    prefix = ""
    if in_pipeline:
        estimator = Pipeline([("scale", StandardScaler()), ("classify", estimator)])
        prefix = "classify__"
    one_column = np.array([f"{compound}/{form}" for compound, form in y])
    common = {
        "cv": LeaveTwoGroupsOut(max_splits=2),
        "scoring": pair_scoring,
        "error_score": "raise",
        "return_estimator": True,
    }
    if road == "two-column y":
        results = cross_validate(estimator, X, y, groups=y[:, 0], **common)
    elif road == "params":
        params = {f"{prefix}groups": y[:, 0]}
        results = cross_validate(estimator, X, one_column, groups=y[:, 0], params=params, **common)
    else:
        with config_context(enable_metadata_routing=True):
            results = cross_validate(estimator, X, one_column, params={"groups": y[:, 0]}, **common)
    compounds = embedder_after_fit(results).compounds_
    assert compounds is not None
    assert len(np.unique(compounds)) == 3


class WeightedEmbedder(RecordingEmbedder):
    """Takes weights of patterns, and keeps them."""

    __metadata_request__fit: ClassVar = {"groups": True, "sample_weight": True}

    def fit(self, X, y=None, *, groups=None, sample_weight=None):
        self.weights_ = sample_weight
        return super().fit(X, y, groups=groups)


@pytest.mark.parametrize("road", ["direct", "params", "routing"])
@pytest.mark.parametrize("inner", ["bare", "in a pipeline"])
def test_weights_of_patterns_reach_the_embedder(road, inner):
    X, y = campaign()
    weights = np.linspace(0.5, 2, len(X))
    embedder = WeightedEmbedder()
    if inner == "in a pipeline":
        embedder = make_pipeline(FunctionTransformer(), embedder)
    classifier = PairwisePhaseClassifier(embedder)
    pipe = Pipeline([("nothing", FunctionTransformer()), ("classify", classifier)])
    if road == "direct":
        fitted = classifier.fit(X, y, sample_weight=weights)
    elif road == "params":
        fitted = pipe.fit(X, y, classify__sample_weight=weights)[-1]
    else:
        with config_context(enable_metadata_routing=True):
            classifier.set_fit_request(sample_weight=True)
            fitted = pipe.fit(X, y, sample_weight=weights)[-1]
    found = fitted.embedder_[-1] if inner == "in a pipeline" else fitted.embedder_
    np.testing.assert_array_equal(found.weights_, weights)


@pytest.mark.parametrize("embedder", [WeightedEmbedder("cosine", held_out=18), PCA(3)])
@pytest.mark.filterwarnings("ignore:PCA takes no sample_weight")
def test_patterns_of_weight_0_count_for_neither_threshold_nor_probabilities(embedder):
    X, y = campaign()
    weights = np.where(np.arange(len(X)) % 3 > 0, 2.0, 0.0)
    found = PairwisePhaseClassifier(embedder).fit(X, y, sample_weight=weights)
    rows = np.arange(len(X) - 18 if isinstance(embedder, WeightedEmbedder) else 0, len(X))
    rows = rows[weights[rows] > 0]
    frozen = PairwisePhaseClassifier(FrozenEstimator(found.embedder_)).fit(X[rows], y[rows])
    assert found.threshold_ == frozen.threshold_
    np.testing.assert_array_equal(found.predict_proba(X), frozen.predict_proba(X))


def test_weights_that_nothing_takes_are_told():
    X, y = campaign()
    with pytest.warns(UserWarning, match="PCA takes no sample_weight: .* all others count alike"):
        weighted = PairwisePhaseClassifier(PCA(3)).fit(X, y, sample_weight=np.arange(1, len(X) + 1))
    plain = PairwisePhaseClassifier(PCA(3)).fit(X, y)
    np.testing.assert_array_equal(weighted.predict_proba(X), plain.predict_proba(X))
    with pytest.raises(ValueError, match=r"0 for all patterns|non-zero"):
        PairwisePhaseClassifier(PCA(3)).fit(X, y, sample_weight=np.zeros(len(X)))


def test_groups_take_precedence_over_the_compound_column():
    X, y = campaign()
    groups = np.where(np.isin(y[:, 0], ["a", "b"]), "a and b", y[:, 0])
    found = PairwisePhaseClassifier(RecordingEmbedder()).fit(X, y, groups=groups)
    assert len(np.unique(found.embedder_.compounds_)) == 4


def test_missing_points_pass_where_the_embedder_takes_them():
    X, y = campaign()
    X[0, :5] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        PairwisePhaseClassifier(PCA(2)).fit(X, y)
    assert PairwisePhaseClassifier(StandardScaler(), min_overlap=0.1).fit(X, y).score(X, y) > 0.9


def test_labels_of_one_kind_of_pairs_are_refused_before_anything_is_trained():
    class Trained(PCA):
        def fit(self, X, y=None):
            raise AssertionError("trained for nothing")

    X = np.random.default_rng(0).random((6, 20))
    for y in (["I"] * 6, list("abcdef")):
        with pytest.raises(ValueError, match="all 6 labelled patterns are"):
            PairwisePhaseClassifier(Trained(2)).fit(X, y)
