"""SigLIP with distances has to reward near pairs: only then does it learn anything of use."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from xrpdsim import EuclideanSimilarity, PairwisePhaseClassifier
from xrpdsim.embedding import SiameseXRPDEmbedder
from xrpdsim.patterns.pairs import same_phase
from xrpdsim.simulation import simulate_patterns, virtual_crystal

N_PATTERNS = 6


def measured(n_forms, random):
    """Patterns of virtual crystals, each form of a compound of its own."""
    X = np.concatenate(
        [
            simulate_patterns(virtual_crystal(random), N_PATTERNS, random_state=random)
            for _ in range(n_forms)
        ]
    )
    X -= np.nanmin(X, axis=1, keepdims=True)
    X /= np.nanmax(X, axis=1, keepdims=True)
    return X, np.repeat(np.arange(n_forms), N_PATTERNS)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_siglip_learns_what_is_alike(metric):
    random = np.random.RandomState(0)
    X, form = measured(80, random)
    X_unseen, form_unseen = measured(30, random)
    classifier = PairwisePhaseClassifier(
        SiameseXRPDEmbedder(
            metric=metric,
            module_params={"hidden": 512, "channels": 8},
            lr=1e-3,
            max_epochs=15,
            batch_size=64,
            n_validation_groups=15,
            device="cpu",
            random_state=0,
        )
    )
    classifier.fit(X, form, groups=form)

    same = same_phase(form_unseen)
    scores = classifier.decision_function(X_unseen)
    naive = EuclideanSimilarity().fit(X_unseen).decision_function(X_unseen)
    assert roc_auc_score(same, scores) > roc_auc_score(same, naive) + 0.01
    assert np.median(scores[same]) > np.quantile(scores[~same], 0.95)

    n_unseen = len(X_unseen)
    copies = np.column_stack([np.arange(n_unseen), np.arange(n_unseen) + n_unseen])
    identical = classifier.decision_function(np.concatenate([X_unseen, X_unseen]), copies)
    # the width of rounding in a matrix product of unit vectors
    assert identical.min() >= scores.max() - 1e-3
