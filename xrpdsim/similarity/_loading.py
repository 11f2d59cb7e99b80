"""Shipped similarities by their names."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.frozen import FrozenEstimator

from ..embedding import SiameseXRPDEmbedder, weights
from .classifier import PairwisePhaseClassifier
from .probability.likelihood_ratio import LikelihoodRatioCalibrator


def load_classifier(
    name: str = "organic-1",
    *,
    crystals: str = "organic",
    prior: float | None = None,
    device: str | None = None,
) -> PairwisePhaseClassifier:
    """Return a fitted classifier with shipped weights, threshold and probabilities.

    Parameters
    ----------
    name : str, default="organic-1"
    crystals : {"organic", "mineral"}, default="organic"
        What threshold and probabilities are for. Minerals come in series and stackings whose
        members are nearly alike, so that a score which is certain of an organic is not of them. The
        scores are the same.
    prior : float, optional
        Share of the pairs that are expected to be of one form. By default that of the simulated
        crystals which threshold and probabilities were set on. With it the threshold is the score
        of probability 1/2; without it the one with the best F1 on those crystals.
    device : str, optional
        As the parameter `device` of `SiameseXRPDEmbedder`; "auto" by default.

    Returns
    -------
    PairwisePhaseClassifier
        Its embedder is frozen: fitting the classifier again sets threshold and probabilities, and
        leaves the weights.

    Raises
    ------
    ValueError
        If there is no such model, `crystals` is neither kind, or the prior is not between 0 and 1.
    """
    kinds = weights.constants(name)["crystals"]
    if crystals not in kinds:
        raise ValueError(f"crystals={crystals!r} must be one of {', '.join(kinds)}")
    constants = kinds[crystals]
    embedder = SiameseXRPDEmbedder.from_pretrained(name, device=device)
    classifier: Any = PairwisePhaseClassifier(FrozenEstimator(embedder), prior=prior)
    classifier.classes_ = np.array([0, 1])
    classifier.embedder_ = classifier.embedder
    classifier.metric_ = embedder.metric_
    classifier.two_theta_ = embedder.two_theta_
    classifier.n_features_in_ = embedder.n_features_in_
    classifier.calibrator_ = LikelihoodRatioCalibrator(**constants["calibrator"])
    classifier._learnt_prior = classifier.prior_ = classifier.calibrator_.prior
    classifier.threshold_ = float(constants["threshold"])
    if prior is not None:
        classifier.set_prior(prior)
        classifier.threshold_ = classifier.calibrator_.threshold(classifier.prior_)
    return classifier
