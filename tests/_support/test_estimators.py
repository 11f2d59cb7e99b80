from typing import ClassVar

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

from xrpdsim._support._estimators import (
    held_out_rows,
    inner_steps,
    last_step,
    metadata_to_fit,
    network_step,
)


class Network(TransformerMixin, BaseEstimator):
    """Holds rows out and remembers the groups it was given."""

    __metadata_request__fit: ClassVar = {"groups": True}

    def __init__(self, held_out=(0, 1)):
        self.held_out = held_out

    def fit(self, X, y=None, *, groups=None):
        self.groups_ = groups
        self.validation_indices_ = None if self.held_out is None else np.array(self.held_out)
        return self

    def transform(self, X):
        return X


X = np.random.default_rng(0).random((6, 4))
NESTED = {
    "alone": (Network(), ""),
    "last": (make_pipeline(StandardScaler(), Network()), "network__"),
    "first": (make_pipeline(Network(), StandardScaler()), "network__"),
    "nested": (
        make_pipeline(StandardScaler(), Pipeline([("inner", Network())]), "passthrough"),
        "pipeline__inner__",
    ),
}
wherever = pytest.mark.parametrize(("estimator", "prefix"), NESTED.values(), ids=NESTED)


@wherever
@pytest.mark.parametrize("routing", [False, True])
def test_groups_reach_the_network_wherever_it_stands(estimator, prefix, routing):
    groups = np.array(list("aabbcc"))
    with config_context(enable_metadata_routing=routing):
        given = metadata_to_fit(estimator, "groups", groups)
        estimator.fit(X, None, **given)
    assert list(given) == (["groups"] if routing else [f"{prefix}groups"])
    np.testing.assert_array_equal(network_step(estimator).groups_, groups)


@wherever
def test_held_out_rows_are_found_wherever_the_network_stands(estimator, prefix):
    fitted = estimator.fit(X)
    assert held_out_rows(fitted).tolist() == [0, 1]
    assert isinstance(network_step(fitted), Network)


@wherever
def test_frozen_networks_held_out_rows_of_other_data(estimator, prefix):
    frozen = FrozenEstimator(estimator.fit(X))
    for composed in (frozen, make_pipeline(StandardScaler(), frozen, Normalizer()).fit(X)):
        assert held_out_rows(composed) is None
        assert isinstance(network_step(composed), Network)
        assert metadata_to_fit(composed, "groups", list("aabbcc")) == {}


def test_of_two_networks_only_rows_count_that_both_held_out():
    two = Pipeline([("a", Network((0, 1, 2))), ("b", Network((2, 3))), ("c", Network(None))])
    assert held_out_rows(two.fit(X)).tolist() == [2]
    assert list(metadata_to_fit(two, "groups", "abc")) == ["a__groups", "b__groups", "c__groups"]


def test_groups_that_cannot_reach_a_network_are_refused():
    union = FeatureUnion([("network", Network()), ("scale", StandardScaler())])
    columns = ColumnTransformer([("network", Network(), [0, 1])], remainder="passthrough")
    for composed in (union, columns, make_pipeline(StandardScaler(), union)):
        with pytest.raises(ValueError, match="groups cannot reach Network"):
            metadata_to_fit(composed, "groups", list("aabbcc"))
        assert metadata_to_fit(composed, "groups", None) == {}
        with config_context(enable_metadata_routing=True):
            assert metadata_to_fit(composed, "groups", "abc") == {"groups": "abc"}
        assert held_out_rows(composed.fit(X)).tolist() == [0, 1]


def test_without_a_network_the_last_step_counts():
    pipeline = make_pipeline(StandardScaler(), Normalizer()).fit(X)
    assert isinstance(network_step(pipeline), Normalizer)
    assert held_out_rows(pipeline) is None
    assert metadata_to_fit(pipeline, "groups", list("aabbcc")) == {}


def test_a_fitted_search_stands_for_its_best_estimator():
    search = GridSearchCV(
        make_pipeline(StandardScaler(), Network()), {"network__held_out": [(0, 1)]}, cv=2,
        scoring=lambda *_: 0.0,
    ).fit(X)  # fmt: skip
    assert isinstance(last_step(search), Network)
    assert [type(step.estimator) for step in inner_steps(search)] == [StandardScaler, Network]
