import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.embedding import HybridNet
from xrpdsim.recipes.classical_tunings import classical_scores, classical_views
from xrpdsim.recipes.judging import compare_with_classical
from xrpdsim.recipes.labelled_patterns import LabelledPatterns, together


@pytest.fixture(scope="module")
def patterns(screen):
    X, form = screen
    compound = np.where(form == 2, 1, 0)  # two forms of one compound, one of another
    return LabelledPatterns(X.astype(np.float32), compound, form)


def test_every_classical_measure_takes_part(patterns):
    scores = dict(classical_scores(patterns.X))
    assert {name.split()[0] for name in scores} == {"de", "Euclid,", "Pearson,"}
    assert len(scores) == 54
    assert all(np.isfinite(found).all() and len(found) == 66 for found in scores.values())


def test_the_best_tuning_is_chosen_on_the_set_itself(patterns):
    first, second = patterns.pairs()
    same = patterns.phase[first] == patterns.phase[second]
    best = max(roc_auc_score(same, scores) for _, scores in classical_scores(patterns.X))
    found = compare_with_classical(PairwisePhaseClassifier.from_pretrained("organic-1"), patterns)
    assert (found["pairs"], found["positives"]) == (66, 18)
    assert float(found["classical_auroc"].split()[0]) == pytest.approx(best, abs=1e-3)
    assert set(found["reliability"]) == {"within", "all"}
    assert found["reliability"]["within"]["pairs"] == 28 + 6


def test_the_classical_views_alone_have_nothing_that_was_learnt(patterns):
    classifier = PairwisePhaseClassifier.from_pretrained("organic-1")
    before = classifier.pairwise(patterns.X)
    alone = classical_views(classifier).pairwise(patterns.X)
    shipped = classifier.embedder_.estimator.effective_params_["module_params"]
    network = HybridNet(1950, **{**shipped, "learnt_share": 0.0}).eval()
    X = torch.from_numpy(patterns.X)
    with torch.no_grad():
        Z = network(X.nan_to_num(0.0), (~X.isnan()).float()).numpy()
    np.testing.assert_allclose(alone, Z @ Z.T, atol=1e-5)
    np.testing.assert_array_equal(classifier.pairwise(patterns.X), before)


def test_sets_stay_apart_when_put_together(patterns):
    joined = together([patterns, patterns])
    assert len(joined.X) == 24
    assert len(np.unique(joined.compound)) == 4
    assert len(np.unique(joined.phase)) == 6
