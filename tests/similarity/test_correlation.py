import numpy as np
import pytest
from scipy.stats import pearsonr, spearmanr

from xrpdsim import CorrelationSimilarity

ORACLES = {"pearson": pearsonr, "spearman": spearmanr}


def patterns(seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 12, (7, 280)).astype(float) + 100  # counts: many ties


@pytest.mark.parametrize("method", ORACLES)
def test_equals_scipy(method):
    X = patterns()
    found = CorrelationSimilarity(method).fit(X).pairwise(X)
    for i in range(len(X)):
        for j in range(len(X)):
            assert found[i, j] == pytest.approx(ORACLES[method](X[i], X[j])[0], abs=1e-12)


@pytest.mark.parametrize("method", ORACLES)
def test_cut_scans_are_compared_over_what_both_cover(method):
    X = patterns()
    X[0, :30] = X[1, :30] = X[2, 200:] = X[3, 100:130] = np.nan
    found = CorrelationSimilarity(method, min_overlap=1).fit(X).pairwise(X)
    for i in range(len(X)):
        for j in range(len(X)):
            common = ~np.isnan(X[i]) & ~np.isnan(X[j])
            expected = ORACLES[method](X[i, common], X[j, common])[0]
            assert found[i, j] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("method", ORACLES)
def test_pattern_flat_over_the_common_range_scores_zero(method):
    X = patterns()[:2]
    X[0, :200], X[1, 200:] = 50.0, np.nan
    found = CorrelationSimilarity(method, min_overlap=1).fit(X).decision_function(X)
    assert found[0] == 0
