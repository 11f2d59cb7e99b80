"""Scores of all pairs."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from xrpdsim import CorrelationSimilarity, DeGelderSimilarity, LeaveTwoGroupsOut, pair_scoring
from xrpdsim.preprocessing import PatternNormalizer


@pytest.fixture(scope="module")
def X(campaign):
    return PatternNormalizer().fit_transform(campaign.X.astype(np.float32))


@pytest.fixture(scope="module")
def cut(X):
    """Every scan begins and ends elsewhere."""
    random, cut = np.random.default_rng(0), X.copy()
    for row, (start, end) in enumerate(
        zip(random.integers(0, 250, len(X)), random.integers(1350, 1950, len(X)), strict=True)
    ):
        cut[row, :start] = cut[row, end:] = np.nan
    return cut


def test_de_gelder(ratio, product, X):
    measure = DeGelderSimilarity(0.6).fit(X)
    ratio("de Gelder, pairs of 1500", lambda: measure.decision_function(X), product)


def test_de_gelder_of_cut_scans(ratio, product, cut):
    measure = DeGelderSimilarity(0.6).fit(cut)
    ratio("de Gelder, 1500 cut scans", lambda: measure.decision_function(cut), product)


def test_pearson(ratio, product, X):
    measure = CorrelationSimilarity().fit(X)
    ratio("Pearson, pairs of 1500", lambda: measure.decision_function(X), product)


def test_spearman_of_cut_scans(ratio, product, cut):
    measure = CorrelationSimilarity("spearman").fit(cut[:150])
    ratio("Spearman, 150 cut scans", lambda: measure.decision_function(cut[:150]), product)


def test_a_fold(ratio, product, campaign):
    model = make_pipeline(PatternNormalizer(), DeGelderSimilarity(0.6))
    train, test = next(LeaveTwoGroupsOut(max_splits=1).split(campaign.X, campaign.y))

    def fold():
        model.fit(campaign.X[train], campaign.y[train])
        pair_scoring(model, campaign.X[test], campaign.y[test])

    ratio("a fold with de Gelder, 1500 patterns", fold, product)
