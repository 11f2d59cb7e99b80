import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from xrpdsim.similarity.probability import (
    AdaptedCalibrator,
    IsotonicCalibrator,
    JudgedPairs,
    LikelihoodRatioCalibrator,
    SigmoidCalibrator,
    recalibrate,
)


@pytest.fixture
def labelled():
    random = np.random.default_rng(0)
    same = random.random(400) < 0.3
    scores = random.normal(np.where(same, 0.7, 0.2), 0.25)
    pairs = np.column_stack([np.arange(400), np.arange(400) + 1])
    return scores, JudgedPairs(pairs, same)


@pytest.mark.parametrize(
    "calibrator",
    [
        SigmoidCalibrator(8.0, -6.0, prior=0.4),
        LikelihoodRatioCalibrator(np.linspace(-2, 3, 40), np.linspace(-6, 6, 40), prior=0.1),
    ],
)
def test_it_is_the_adaptation_to_these_pairs(labelled, calibrator):
    scores, judged = labelled
    moved = recalibrate(calibrator, scores, judged)
    adapted = AdaptedCalibrator(calibrator, calibrator.prior, scores, judged, scores)
    assert type(moved) is type(calibrator)
    assert moved.prior == adapted.prior == pytest.approx(judged.same.mean(), abs=0.05)
    np.testing.assert_allclose(moved.predict(scores), adapted.predict(scores), atol=1e-9)


def test_many_pairs_lead_to_plain_logistic_regression(labelled):
    scores, judged = labelled
    many = JudgedPairs(judged.pairs, judged.same, weight=1000.0)
    found = recalibrate(SigmoidCalibrator(8.0, -6.0), scores, many)
    expected = LogisticRegression(C=np.inf, tol=1e-10).fit(scores[:, None], judged.same)
    np.testing.assert_allclose(
        found.predict(scores), expected.predict_proba(scores[:, None])[:, 1], atol=1e-3
    )


def test_what_cannot_be_moved_is_refused(labelled):
    scores, judged = labelled
    isotonic = IsotonicCalibrator.from_scores(np.array([0.8, 0.9]), np.array([0.1, 0.2]))
    with pytest.raises(TypeError, match="IsotonicCalibrator cannot be moved"):
        recalibrate(isotonic, scores, judged)
    one_kind = JudgedPairs(judged.pairs, np.ones(400, dtype=bool))
    with pytest.raises(ValueError, match="400 judged pairs, all of one kind"):
        recalibrate(SigmoidCalibrator(8.0, -6.0), scores, one_kind)
    with pytest.raises(ValueError, match="0 judged pairs"):
        recalibrate(SigmoidCalibrator(8.0, -6.0), [], JudgedPairs.from_relations(None, None, 3))
