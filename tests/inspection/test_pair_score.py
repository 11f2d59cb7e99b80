import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from xrpdsim.inspection import PairScoreDisplay
from xrpdsim.patterns import same_phase


def test_figures_of_pair_scores_are_scikit_learns(clusterer, campaign, pyplot):
    measure = clusterer.similarity_
    display = PairScoreDisplay.from_estimator(measure, campaign.X, campaign.y)
    same = same_phase(np.unique(campaign.form.astype(str), return_inverse=True)[1])
    scores = measure.decision_function(campaign.X)
    # scores of two calls agree to 1e-6, so that two pairs may change places
    assert display.auroc_ == pytest.approx(roc_auc_score(same, scores), abs=1e-4)
    assert display.average_precision_ == pytest.approx(
        average_precision_score(same, scores), abs=1e-4
    )
    assert display.threshold == measure.threshold_
    assert len(display.axes_) == 3


def test_pairs_of_one_kind_have_no_curves():
    with pytest.raises(ValueError, match="all pairs are of one kind"):
        PairScoreDisplay.from_predictions([True, True], [0.1, 0.2])


def test_pairs_without_a_score_are_left_out_with_one_warning(pyplot):
    scores = [0.9, np.nan, 0.2, 0.3]
    with pytest.warns(UserWarning, match="1 of 4 pairs are NaN") as caught:
        display = PairScoreDisplay.from_predictions([True, True, False, False], scores)
    assert len(caught) == 1
    assert (display.auroc_, len(display.scores)) == (1.0, 3)
    with (
        pytest.warns(UserWarning, match="1 of 4 pairs"),
        pytest.raises(ValueError, match="all pairs are of one kind"),
    ):
        PairScoreDisplay.from_predictions([False, True, False, False], scores)


def test_swapped_arguments_are_refused():
    with pytest.raises(ValueError, match="same must hold True or 1"):
        PairScoreDisplay.from_predictions([0.9, 0.2], [True, False])
