import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.recipes.strain_curve import _auroc, score_against_strain


def test_the_further_two_lattices_are_apart_the_lower_the_score():
    table = score_against_strain(PairwisePhaseClassifier.from_pretrained("organic-1"), n_crystals=6)
    rows = {(row["correlation"], row["strain_percent"]): row for row in table.rows()}
    assert len(rows) == 14
    alike = [rows[1.0, strain]["score_50"] for strain in (0.0, 1.0, 5.0)]
    assert alike == sorted(alike, reverse=True)
    assert rows[1.0, 0.0]["auroc"].startswith("0.5")  # against itself
    assert float(rows[0.8, 5.0]["auroc"].split()[0]) > 0.95
    assert float(rows[0.8, 5.0]["classical_auroc"].split()[0]) > 0.9


def test_auroc_of_resampled_crystals_is_that_of_repeated_ones():
    rng = np.random.default_rng(0)
    same, other = rng.normal(1, 1, 20).round(1), rng.normal(0, 1, 20).round(1)
    count = rng.integers(0, 3, 20)
    repeated = np.repeat(np.arange(20), count)
    expected = roc_auc_score(
        np.repeat([1, 0], len(repeated)), np.concatenate([same[repeated], other[repeated]])
    )
    assert _auroc(same, other, count[None])[0] == pytest.approx(expected)
