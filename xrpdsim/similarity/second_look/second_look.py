"""The second look as an estimator over any first one."""

from __future__ import annotations

from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state

from ..._support._estimators import groups_to_fit, split_last
from ..._support._sklearn import HasMethods, Interval
from ...patterns.pairs import encode_phases
from .._pair_scores import PairScorer, PreparedPatterns
from ..base import BasePairSimilarity
from ..embedded import EmbeddedPatterns
from ..probability import SigmoidCalibrator
from ._refining_scorer import Band, PatternsWithStems, RefiningScorer

_BAND = (0.005, 0.05)
"""Shares of same-form pairs that lie below the two ends of the band."""


class SecondLook(BasePairSimilarity):
    """Look again, at both patterns side by side, where a first measure leaves a pair in doubt.

    A measure sums each pattern up before it sees the other one, so that a line moved by a strained
    lattice costs as much as a line of another form. A second look compares the patterns position by
    position and a little shifted, with a network (`xrpdsim.embedding.networks.PairNet`) that was
    trained on pairs of labelled patterns. It is asked about pairs that the first look does not
    already call different, the sure ones among them.

    Scores are log odds. Below the band they are those of the first look, above it those of the
    second, and within it both are mixed, so that nothing jumps. A pair's score depends on its two
    patterns only.

    Parameters
    ----------
    first_look : pair estimator, or Pipeline that ends in one
        `DeGelderSimilarity` for example. Cloned before it is fitted;
        `sklearn.frozen.FrozenEstimator` keeps a fitted one as it is.
    band : tuple of (float, float), optional
        First-look scores between which the second look takes over. By default 0.5 and 5 % of the
        same-form pairs of training lie below them.
    ask : bool, default=True
        Whether the second look is asked. With False scores are the first look's log odds; what was
        fitted stays.
    module_params : dict, optional
        Keyword arguments of `PairNet`.
    steps : int, default=400
        Batches of training.
    patterns_per_step, pairs_per_step : int, default=144, 256
        Patterns of each batch, and pairs among them: half of one form, the others of two forms that
        the first look leaves in doubt.
    lr : float, default=2e-3
        Highest learning rate of AdamW.
    weight_decay : float, default=0.02
    average : float, default=0.995
        Decay a step of the moving average of the weights, which is what is kept.
    n_validation_groups : int, default=3
        Compounds held out at random, whose pairs set threshold and probabilities; forms where no
        compounds are known. With 0 all patterns do both.
    n_threads : int, optional
        Threads of torch in training; by default torch's own number. Results repeat bit for bit for
        a given number.
    random_state : int, RandomState instance or None, default=None
    verbose : int, default=0
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default 3 + 0.02 k.
    min_overlap : float, default=5.0
        Degrees 2theta that two cut scans must have in common.
    overlap : {"raise", "nan"}, default="raise"
        Whether pairs with too little in common are an error, or NaN in a whole matrix.
    threshold : "f1" or float, default="f1"
        The score from which pairs are the same form.
    calibration : {"sigmoid", "isotonic", "likelihood-ratio"}, default="sigmoid"
        How scores become probabilities.

    Attributes
    ----------
    first_look_ : pair estimator or Pipeline
        The fitted clone.
    network_ : PairNet
    band_ : Band
        low, high, slope and intercept of the band in force.
    validation_indices_ : ndarray of shape (n_validation,) or None
        Rows of X that were held out.
    pair_classes_, threshold_, calibrator_, two_theta_, n_features_in_
        As in `BasePairSimilarity`.

    See Also
    --------
    PairwisePhaseClassifier : Embeddings and a comparison of these.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.similarity import EuclideanSimilarity
    >>> from xrpdsim.similarity.second_look import SecondLook
    >>> rng = np.random.default_rng(0)
    >>> phases = np.repeat(np.arange(6), 4)
    >>> X = rng.random((6, 80))[phases] + 0.1 * rng.random((24, 80))
    >>> second_look = SecondLook(EuclideanSimilarity(), steps=5, n_validation_groups=2,
    ...     random_state=0)
    >>> second_look.fit(X, np.column_stack([phases // 2, phases])).pairwise(X).shape
    (24, 24)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BasePairSimilarity._parameter_constraints,
        "first_look": [HasMethods(["fit", "decision_function"])],
        "band": [tuple, list, None],
        "ask": ["boolean"],
        "module_params": [dict, None],
        "steps": [Interval(Integral, 1, None, closed="left")],
        "patterns_per_step": [Interval(Integral, 4, None, closed="left")],
        "pairs_per_step": [Interval(Integral, 2, None, closed="left")],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "average": [Interval(Real, 0, 1, closed="left")],
        "n_validation_groups": [Interval(Integral, 0, None, closed="left")],
        "n_threads": [Interval(Integral, 1, None, closed="left"), None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        first_look: Any,
        *,
        band: tuple[float, float] | None = None,
        ask: bool = True,
        module_params: dict[str, Any] | None = None,
        steps: int = 400,
        patterns_per_step: int = 144,
        pairs_per_step: int = 256,
        lr: float = 2e-3,
        weight_decay: float = 0.02,
        average: float = 0.995,
        n_validation_groups: int = 3,
        n_threads: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
        two_theta: ArrayLike | None = None,
        min_overlap: float = 5.0,
        overlap: str = "raise",
        threshold: str | float = "f1",
        calibration: str = "sigmoid",
    ) -> None:
        super().__init__(
            two_theta=two_theta,
            min_overlap=min_overlap,
            overlap=overlap,
            threshold=threshold,
            calibration=calibration,
        )
        self.first_look = first_look
        self.band = band
        self.ask = ask
        self.module_params = module_params
        self.steps = steps
        self.patterns_per_step = patterns_per_step
        self.pairs_per_step = pairs_per_step
        self.lr = lr
        self.weight_decay = weight_decay
        self.average = average
        self.n_validation_groups = n_validation_groups
        self.n_threads = n_threads
        self.random_state = random_state
        self.verbose = verbose

    def _fit_embedding(
        self, X: NDArray[np.floating], y: Any, groups: ArrayLike | None
    ) -> NDArray[np.intp] | None:
        from ...embedding.training import draw_validation
        from ._fitting import FittingSettings, fit_pair_net

        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: a "
                "second look learns from labelled patterns"
            )
        band = self._checked_band()
        random = np.random.default_rng(check_random_state(self.random_state).randint(2**31 - 1))
        phases, compounds = encode_phases(y, groups)
        held_out = draw_validation(phases, compounds, self.n_validation_groups, random)
        rows = np.setdiff1d(np.arange(len(X)), held_out)
        labels = np.asarray(y, dtype=object)
        of_rows = None if groups is None else np.asarray(groups, dtype=object)[rows]
        first_look = clone(self.first_look)
        self.first_look_ = first_look.fit(
            X[rows], labels[rows], **groups_to_fit(first_look, of_rows)
        )
        patterns = self._first_patterns(X[rows])
        scores = self._first_scorer().matrix(patterns)
        self.band_ = self._band_of(scores, phases[rows], band)
        settings = FittingSettings(
            module_params=dict(self.module_params or {}),
            steps=self.steps,
            patterns_per_step=self.patterns_per_step,
            pairs_per_step=self.pairs_per_step,
            lr=self.lr,
            weight_decay=self.weight_decay,
            average=self.average,
            seed=int(random.integers(2**31)),
            n_threads=self.n_threads,
            verbose=bool(self.verbose),
        )
        together = np.zeros(len(rows), np.intp) if compounds is None else compounds[rows]
        self.network_ = fit_pair_net(
            X[rows], together, phases[rows], np.nan_to_num(scores), self.band_.low, settings
        )
        self.validation_indices_ = held_out if held_out.size else None
        return self.validation_indices_

    def _checked_band(self) -> tuple[float, float] | None:
        if self.band is None:
            return None
        low, high = map(float, self.band)
        if not low < high:
            raise ValueError(f"band={self.band!r} must be two scores, the lower one first")
        return low, high

    def _band_of(
        self,
        scores: NDArray[np.floating],
        phases: NDArray[np.intp],
        band: tuple[float, float] | None,
    ) -> Band:
        i, j = np.triu_indices(len(phases), k=1)
        known = ~np.isnan(scores[i, j])
        values, same = scores[i, j][known], (phases[i] == phases[j])[known]
        positive, negative = np.sort(values[same]), np.sort(values[~same])
        if band is None:
            low, high = np.quantile(positive, _BAND)
            band = float(low), float(max(high, low + 1e-6 * max(1.0, abs(low))))
        odds = SigmoidCalibrator.from_scores(positive, negative)
        return Band(*band, slope=odds.slope, intercept=odds.intercept)

    def _embed(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        treatment, measure = split_last(self.first_look_)
        treated = X if treatment is None else np.asarray(treatment.transform(X))
        embedded: NDArray[np.floating] = measure._embed(treated)
        return embedded

    def _compare(self, a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
        scores: NDArray[np.floating] = split_last(self.first_look_)[1]._compare(a, b)
        return scores

    def _first_patterns(self, X: NDArray[np.floating]) -> PreparedPatterns:
        return super()._prepare(X)

    def _first_scorer(self) -> PairScorer:
        return super()._scorer()

    def _prepare(self, X: NDArray[np.floating]) -> PreparedPatterns:
        from ._fitting import stems_of

        patterns = self._first_patterns(X)
        return PatternsWithStems.of(patterns, stems_of(self.network_, X)) if self.ask else patterns

    def _scorer(self) -> PairScorer:
        from ._fitting import second_scores

        first = self._first_scorer()
        refine = partial(second_scores, self.network_) if self.ask else None
        options = {name: getattr(first, name) for name in PairScorer.__dataclass_fields__}
        return RefiningScorer(**options, band=self.band_, refine=refine)
