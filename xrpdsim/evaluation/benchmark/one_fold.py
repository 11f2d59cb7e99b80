"""One method on one fold: fitted on all compounds but two, scored on these two."""

from __future__ import annotations

import time
import traceback
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from ...patterns.pairs import encode_phases, same_phase
from ...similarity.ranking import RankedPairs
from ..scorers import pair_metrics
from ._block_scores import score_by_compound
from ._labelling import adapt_to_labels
from .methods import METHODS, Method, make_estimator

_N_CURVE_POINTS = 201


def run_fold(
    method: str,
    fold: int,
    compounds: tuple[str, str],
    X: NDArray[np.float32],
    y: NDArray[np.object_],
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    *,
    device: str,
    random_state: int,
    two_theta: NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Fit a method on the training compounds and score it on the two left out.

    Returns
    -------
    dict
        Method, fold, compounds, the metrics of `pair_metrics`, seconds, and curves as lists; where
        it failed, `error` and `traceback` instead of figures; `warnings`, where any were given.
        Seconds of the processor leave out what else the machine does. A method that adapts to
        labels of test patterns is scored without the pairs that the labels give away, and has
        `n_labelled` and, over the same pairs at the threshold before, `unadapted_threshold` and
        `unadapted_f1`.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> campaign = make_screening_campaign(3, 6, 24, random_state=0)
    >>> X, left_out = campaign.X.astype(np.float32), ("compound 1", "compound 2")
    >>> test = np.isin(campaign.compound, left_out)
    >>> rows = np.flatnonzero(~test), np.flatnonzero(test)
    >>> fold = run_fold("naive", 0, left_out, X, campaign.y, *rows, device="cpu", random_state=0)
    >>> 0 <= fold["auroc"] <= 1
    True
    """
    row: dict[str, Any] = {
        "method": method,
        "fold": fold,
        "compound_1": str(compounds[0]),
        "compound_2": str(compounds[1]),
    }
    with warnings.catch_warnings(record=True) as given:
        # a worker would write them where nobody looks for them
        warnings.simplefilter("default")
        settings = {"device": device, "random_state": random_state, "two_theta": two_theta}
        row |= _figures(method, X, y, train, test, settings)
    messages = [f"{warning.category.__name__}: {warning.message}" for warning in given]
    return row | ({"warnings": list(dict.fromkeys(messages))} if messages else {})


def _figures(
    method: str,
    X: NDArray[np.float32],
    y: NDArray[np.object_],
    train: NDArray[np.intp],
    test: NDArray[np.intp],
    settings: dict[str, Any],
) -> dict[str, Any]:
    same = same_phase(encode_phases(y[test])[0])
    scored_pairs: Any = slice(None)
    n_labelled = METHODS[method].n_labelled
    try:
        with threadpool_limits(limits=1):
            estimator = make_estimator(method, **settings)
            begin, begin_processor = time.perf_counter(), time.process_time()
            estimator.fit(X[train], y[train])
            if getattr(getattr(estimator[-1], "embedder_", None), "interrupted_", False):
                # the embedder ends its training early at Ctrl-C; such a fold does not count
                raise KeyboardInterrupt
            before = estimator[-1].threshold_
            if n_labelled:
                labelled, scored_pairs = adapt_to_labels(
                    estimator, X[test], y[test], n_labelled, settings["random_state"]
                )
            fitted, fitted_processor = time.perf_counter(), time.process_time()
            scores = _scores(METHODS[method], estimator, X[test], y[test, 0])
            scored, scored_processor = time.perf_counter(), time.process_time()
    except Exception as error:  # one fold that fails must not lose the others; it is reported
        return {
            "error": f"{type(error).__name__}: {error}",
            "traceback": traceback.format_exc(),
        }
    scores, same = scores[scored_pairs], same[scored_pairs]
    row: dict[str, Any] = dict(pair_metrics(scores, same, threshold=estimator[-1].threshold_))
    row |= {
        "threshold": estimator[-1].threshold_,
        "n_pairs": same.size,
        "n_same": int(same.sum()),
        "fit_seconds": fitted - begin,
        "fit_processor_seconds": fitted_processor - begin_processor,
        "score_seconds": scored - fitted,
        "score_processor_seconds": scored_processor - fitted_processor,
    }
    if n_labelled:
        row |= {
            "n_labelled": len(labelled),
            "unadapted_threshold": before,
            "unadapted_f1": pair_metrics(scores, same, threshold=before)["f1"],
        }
    pairs = RankedPairs.from_scores(scores, same)
    curves = {
        "true_positive_rate": pairs.roc_curve(_N_CURVE_POINTS)[1],
        "precision": pairs.precision_recall_curve(_N_CURVE_POINTS)[1],
    }
    # for a figure: more digits would be most of what a fold takes in a file
    row |= {name: curve.round(4).tolist() for name, curve in curves.items()}
    return row


def _scores(
    method: Method, estimator: Pipeline, X: NDArray[np.float32], compounds: NDArray[np.object_]
) -> NDArray[np.floating]:
    if method.frozen and method.weights:
        patterns = estimator[:-1].transform(X)
        return score_by_compound(estimator[-1], method.weights, patterns, compounds)
    scores: NDArray[np.floating] = estimator.decision_function(X)
    return scores


def seed_of_fold(seed: int, fold: int) -> int:
    """Return the seed of all that is drawn in a fold, whichever the method."""
    return int(np.random.SeedSequence([seed, fold]).generate_state(1)[0])
