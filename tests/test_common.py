"""scikit-learn's own checks over every public estimator."""

import pytest
from sklearn.decomposition import PCA
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from xrpdsim import (
    CorrelationSimilarity,
    DeGelderSimilarity,
    EuclideanSimilarity,
    PairwisePhaseClassifier,
)

PAIRS_ARE_NOT_SAMPLES = {
    "check_methods_sample_order_invariance": "the condensed order of pairs follows that of rows",
    "check_methods_subset_invariance": "a subset of patterns has fewer pairs, not fewer rows",
}

SHARED_POINTS_ARE_NEEDED = {
    "check_estimators_pickle": "it blanks points of 3-point patterns until some share none, which "
    "is an error by default",
}


def expected_failures(estimator):
    takes_nan = get_tags(estimator).input_tags.allow_nan
    return PAIRS_ARE_NOT_SAMPLES | (SHARED_POINTS_ARE_NEEDED if takes_nan else {})


PAIR_ESTIMATORS = [
    EuclideanSimilarity(),
    DeGelderSimilarity(),
    DeGelderSimilarity(width=0.03, max_shift=0.02),
    CorrelationSimilarity(),
    CorrelationSimilarity("spearman"),
    PairwisePhaseClassifier(PCA(1)),
]


@pytest.mark.filterwarnings("ignore:.*flat.*:UserWarning")
@parametrize_with_checks(PAIR_ESTIMATORS, expected_failed_checks=expected_failures)
def test_pair_estimators(estimator, check):
    check(estimator)
