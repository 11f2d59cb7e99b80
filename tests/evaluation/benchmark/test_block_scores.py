import numpy as np
import pytest

from xrpdsim import DeGelderSimilarity
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.evaluation.benchmark import Benchmark, _block_scores, make_estimator
from xrpdsim.evaluation.benchmark._block_scores import score_by_compound


class Counting(DeGelderSimilarity):
    """Notes how many pairs it is asked about."""

    def decision_function(self, X, pairs=None):
        scores = super().decision_function(X, pairs)
        asked.append(len(scores))
        return scores


asked = []


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(_block_scores, "_WITHIN", {})
    asked.clear()


def test_scores_are_those_of_all_pairs_and_none_within_a_compound_is_asked_for_twice(campaign):
    measure = Counting().fit(campaign.X)
    compounds = campaign.compound
    order = np.random.default_rng(0).permutation(len(compounds))
    X, compounds = campaign.X[order].astype(np.float32), compounds[order]
    n_asked = []
    for two in (("a", "b"), ("a", "c"), ("b", "c")):
        rows = np.isin(compounds, two)
        asked.clear()
        found = score_by_compound(measure, "weights", X[rows], compounds[rows])
        n_asked.append(sum(asked))
        np.testing.assert_allclose(found, measure.decision_function(X[rows]), atol=1e-6)
    # eight patterns a compound: 28 pairs within each, 64 across
    assert n_asked == [28 + 28 + 64, 28 + 64, 64]


def test_other_patterns_or_weights_are_other_scores(campaign):
    narrow, wide = Counting(0.03).fit(campaign.X), Counting(2.0).fit(campaign.X)
    rows = np.isin(campaign.compound, ("a", "b"))
    X, compounds = campaign.X[rows].astype(np.float32), campaign.compound[rows]
    first = score_by_compound(narrow, "narrow", X, compounds)
    assert (score_by_compound(wide, "wide", X, compounds) != first).any()
    other = score_by_compound(narrow, "narrow", X[::-1], compounds)
    np.testing.assert_allclose(other, narrow.decision_function(X[::-1]), atol=1e-6)


def test_a_compound_of_one_pattern(campaign):
    measure = Counting().fit(campaign.X)
    X, compounds = campaign.X[:9].astype(np.float32), campaign.compound[:9]
    found = score_by_compound(measure, "weights", X, compounds)
    np.testing.assert_allclose(found, measure.decision_function(X), atol=1e-6)


def test_shipped_rows_of_the_benchmark_are_scored_so(tmp_path):
    campaign = make_screening_campaign(3, 6, 24, random_state=0)
    benchmark = Benchmark(campaign, tmp_path, ["organic-1"], n_jobs=1, device="cpu")
    benchmark.run(report=lambda line: None)
    estimator = make_estimator("organic-1", device="cpu")
    for fold, (_, test) in zip(benchmark.results()["organic-1"], benchmark.folds, strict=True):
        assert fold["auroc"] == pytest.approx(
            estimator.score(benchmark.X[test], benchmark.y[test]), abs=1e-6
        )
    assert len(_block_scores._WITHIN) == 3
