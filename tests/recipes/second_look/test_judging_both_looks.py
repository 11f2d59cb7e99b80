from functools import partial

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.recipes.classical_tunings import classical_scores
from xrpdsim.recipes.second_look import (
    bars,
    calibration_as_signal_fades,
    calibration_by_difficulty,
    judging_both_looks,
)
from xrpdsim.recipes.second_look._other_instruments import (
    DIFFICULTIES,
    campaign_on_other_instruments,
)
from xrpdsim.recipes.second_look._sets import families_kept_apart


@pytest.fixture(scope="module")
def classifier():
    return PairwisePhaseClassifier.from_pretrained("organic-1")


def test_the_best_tuning_within_compounds_is_that_of_all_tunings(classifier):
    patterns = families_kept_apart(2, first=2000)
    (row,) = bars({"own": classifier}, iter([("families", patterns, True)])).rows()
    first, second = patterns.pairs()
    within = patterns.compound[first] == patterns.compound[second]
    same = (patterns.phase[first] == patterns.phase[second])[within]
    assert (row["pairs"], row["positives"]) == (within.sum(), same.sum())
    # normalisation and baselines are of each pattern alone, so that parts give the same scores
    tried = [roc_auc_score(same, scores[within]) for _, scores in classical_scores(patterns.X)]
    assert float(row["classical_auroc"].split()[0]) == pytest.approx(max(tried), abs=2e-4)
    own = classifier.decision_function(patterns.X)[within]
    assert float(row["own_ap"].split()[0]) == pytest.approx(
        average_precision_score(same, own), abs=1e-4
    )


def test_calibration_is_reported_by_thirds(classifier, monkeypatch):
    monkeypatch.setattr(
        judging_both_looks,
        "campaign_on_other_instruments",
        partial(campaign_on_other_instruments, n_compounds=3),
    )
    rows = calibration_by_difficulty(classifier, n_campaigns=2).rows()
    assert len(rows) == 1 + 3 * len(DIFFICULTIES)
    assert all(0 <= float(row["calibration_error"].split()[0]) <= 1 for row in rows)
    for k in range(len(DIFFICULTIES)):
        thirds = rows[1 + 3 * k : 4 + 3 * k]
        assert sum(row["n"] for row in thirds) == rows[0]["n"]


def test_probabilities_are_reported_as_signal_fades(classifier, monkeypatch):
    monkeypatch.setattr(
        judging_both_looks,
        "campaign_on_other_instruments",
        partial(campaign_on_other_instruments, n_compounds=3),
    )
    monkeypatch.setattr(judging_both_looks, "POOR_PATTERNS", ((1000, 0.1), (10, 0.97)))
    good, poor = calibration_as_signal_fades(classifier).rows()
    assert good["auroc"] > 0.95 > poor["auroc"]
    assert good["pairs"] > 20
    assert abs(good["mean_probability"] - good["share_of_same"]) < 0.2


def test_campaigns_on_other_instruments_repeat_and_say_how_hard_they_are():
    one, other = (campaign_on_other_instruments(3, n_compounds=2) for _ in range(2))
    np.testing.assert_array_equal(one.patterns.X, other.patterns.X)
    assert all(len(one.difficulty[name]) == len(one.patterns.phase) for name in DIFFICULTIES)
    assert (one.difficulty["number of lines"] < 0).all()
