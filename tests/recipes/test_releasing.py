import numpy as np
import pytest
from sklearn.metrics import f1_score

from xrpdsim import CorrelationSimilarity, SiameseXRPDEmbedder
from xrpdsim.recipes.labelled_patterns import LabelledPatterns
from xrpdsim.recipes.releasing import PRECISIONS, best_views, probabilities
from xrpdsim.recipes.simulated_sets import (
    RELATIVE_STRAINS,
    simulated_families,
    simulated_relatives,
)
from xrpdsim.similarity.probability import LikelihoodRatioCalibrator


def test_views_are_joined_where_average_precision_is_best_in_the_mean():
    def row(share, *figures, relatives=0.9):
        precisions = dict(zip(PRECISIONS, figures, strict=True))
        return {"learnt_share": share, "spectrum_share": 0.5, "relatives": relatives, **precisions}

    rows = [
        row(0.2, 0.99, 0.99, 0.70, 0.80),
        row(0.4, 0.98, 0.99, 0.75, 0.85),
        row(0.6, 0.99, 0.99, 0.74, 0.84, relatives=1.0),
    ]
    assert best_views(rows) == {"learnt_share": 0.4, "spectrum_share": 0.5}


def test_threshold_and_probabilities_are_of_the_pairs_within_compounds(screen):
    X, form = screen
    embedder = SiameseXRPDEmbedder.from_pretrained("organic-1", device="cpu")
    compound = np.where(form == 2, 1, 0)
    patterns = LabelledPatterns(X, compound, form)
    found = probabilities(embedder, [patterns, patterns])
    assert found["calibration_pairs"] == {"same": 2 * 18, "different": 2 * 16}
    first, second = patterns.pairs()
    within = compound[first] == compound[second]
    same = form[first] == form[second]
    Z = embedder.transform(X)
    scores = (Z @ Z.T)[first, second]
    for name, chosen in (("threshold", within), ("threshold_all_pairs", slice(None))):
        best = max(f1_score(same[chosen], scores[chosen] >= t) for t in scores)
        at_threshold = f1_score(same[chosen], scores[chosen] >= found[name])
        assert at_threshold == pytest.approx(best)
    assert LikelihoodRatioCalibrator(**found["calibrator"]).prior == pytest.approx(36 / 68)


def test_sets_of_families_differ_and_repeat():
    sets = [simulated_families(mineral=True, n_families=1, number=k).X for k in (1, 1, 2)]
    np.testing.assert_array_equal(sets[0], sets[1])
    assert not np.array_equal(sets[0], sets[2], equal_nan=True)


def test_relatives_are_less_alike_than_samples_of_one_form():
    patterns = simulated_relatives(12)
    assert patterns.shape == (12, 2 + len(RELATIVE_STRAINS), 1950)
    measure = CorrelationSimilarity(overlap="nan").fit(patterns[:, 0])
    alike = np.array([measure.pairwise(X)[0, 1:] for X in patterns])
    same, *others = np.median(alike, axis=0)
    assert same > max(others)
    np.testing.assert_array_equal(simulated_relatives(2), patterns[:2])
