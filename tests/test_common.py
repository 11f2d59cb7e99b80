"""scikit-learn's own checks over every public estimator, each expected failure with its reason.

An expected failure that passes fails the suite (`xfail_strict`).
"""

import importlib
import inspect
import pkgutil

import pytest
from sklearn.base import TransformerMixin
from sklearn.decomposition import PCA
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

import xrpdsim
from xrpdsim import (
    CorrelationSimilarity,
    DeGelderSimilarity,
    EuclideanSimilarity,
    FormClusterer,
    PairwisePhaseClassifier,
    ReferenceMatcher,
    SiameseXRPDEmbedder,
    preprocessing,
)
from xrpdsim.embedding.training import EmbeddingNet
from xrpdsim.similarity import ScreeningSimilarity
from xrpdsim.similarity.second_look import SecondLook
from xrpdsim.sorting import MixtureExplainer

PAIRS_ARE_NOT_SAMPLES = {
    "check_methods_sample_order_invariance": "the condensed order of pairs follows that of rows",
    "check_methods_subset_invariance": "a subset of patterns has fewer pairs, not fewer rows",
}
SHARED_POINTS_ARE_NEEDED = {
    "check_estimators_pickle": "it blanks points of 3-point patterns until some share none, "
    "and predict refuses those",
}
NOT_PATTERNS = {
    "check_clustering": "clouds of points in three dimensions are no patterns with Bragg lines",
}
WEIGHTS_ARE_NOT_REPEATS = {
    "check_sample_weight_equivalence_on_dense_data": "a repeated pattern makes a pair with its "
    "copy, and other batches",
}
NEW_IS_A_CLASS = {
    "check_classifiers_classes": "classes_ ends with new_label, which no training label has",
    "check_classifiers_train": "clouds of points are no patterns, and mostly come out as new",
}


def expected_failures(estimator):
    if isinstance(estimator, FormClusterer):
        return NOT_PATTERNS
    if isinstance(estimator, ReferenceMatcher):
        return NEW_IS_A_CLASS
    if isinstance(estimator, SiameseXRPDEmbedder):
        return WEIGHTS_ARE_NOT_REPEATS
    if isinstance(estimator, TransformerMixin | MixtureExplainer):
        return {}
    refuses_blanks = get_tags(estimator).input_tags.allow_nan
    expected = PAIRS_ARE_NOT_SAMPLES | (SHARED_POINTS_ARE_NEEDED if refuses_blanks else {})
    if isinstance(estimator, PairwisePhaseClassifier):
        expected |= WEIGHTS_ARE_NOT_REPEATS
    return expected


def embedder(loss):
    # Without validation: many checks have two labels, and nothing could be held out of them.
    return SiameseXRPDEmbedder(
        module_params={"hidden": 8, "channels": 2, "embedding_dim": 4},
        loss=loss,
        max_epochs=1,
        n_validation_groups=0,
        device="cpu",
        random_state=0,
    )


def second_look():
    return SecondLook(
        EuclideanSimilarity(),
        module_params={
            "features": 2,
            "lags": 2,
            "self_lags": 1,
            "channels": (4,),
            "hidden": 4,
        },
        steps=2,
        n_validation_groups=0,
        n_threads=1,
        random_state=0,
    )


ESTIMATORS = [
    EuclideanSimilarity(),
    DeGelderSimilarity(),
    DeGelderSimilarity(width=0.03, max_shift=0.02),
    CorrelationSimilarity(),
    CorrelationSimilarity("spearman"),
    ScreeningSimilarity(),
    PairwisePhaseClassifier(PCA(1)),
    *(getattr(preprocessing, name)() for name in preprocessing.__all__),
    embedder("siglip"),
    embedder("contrastive"),
    second_look(),
    FormClusterer(),
    ReferenceMatcher(),
    MixtureExplainer(),
]


@pytest.mark.filterwarnings("ignore:.*flat.*:UserWarning")
@parametrize_with_checks(ESTIMATORS, expected_failed_checks=expected_failures)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def public_estimators():
    """Every class with parameters that a public package names in its `__all__`, once."""
    rooms = ["xrpdsim"] + [
        module.name
        for module in pkgutil.walk_packages(xrpdsim.__path__, "xrpdsim.")
        if module.ispkg and "._" not in module.name
    ]
    return {
        thing
        for room in map(importlib.import_module, rooms)
        for thing in (getattr(room, name) for name in getattr(room, "__all__", ()))
        if inspect.isclass(thing) and hasattr(thing, "get_params") and not inspect.isabstract(thing)
    }


NOT_OURS_TO_CHECK = {EmbeddingNet}
"""skorch's training loop inside the embedder; a `NeuralNet` fails 22 of the checks."""


def test_no_public_estimator_is_left_out():
    public = public_estimators()
    assert {FormClusterer, MixtureExplainer, ScreeningSimilarity} <= public  # the walk finds rooms
    assert public - {type(estimator) for estimator in ESTIMATORS} - NOT_OURS_TO_CHECK == set()
