"""The second look as an estimator over any first one."""

from __future__ import annotations

import math
import os
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from ..._support._estimators import last_step, metadata_to_fit, split_last
from ..._support._sklearn import HasMethods, Interval, generator_of
from ...patterns.pairs import encode_phases
from ..base import BasePairSimilarity
from ..embedded import EmbeddedPatterns
from ..probability import SigmoidCalibrator
from ..probability._adapting import AdaptingMixin
from ._asking import AskingMixin
from ._first_look import check_first_look, clone_of
from .band import Band
from .trained import TrainedSecondLook

_BAND = (0.005, 0.05)
"""Shares of same-form pairs that lie below the two ends of the band."""


class SecondLook(AdaptingMixin, AskingMixin):
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
        `sklearn.frozen.FrozenEstimator` keeps a fitted one as it is. One that asks a second look
        itself, as "organic-2" does by default, is refused.
    band : tuple of (float, float), optional
        First-look scores between which the second look takes over, the lower one first. By default
        0.5 and 5 % of the same-form pairs of training lie below them.
    ask : bool, default=True
        Whether the second look is asked. With False scores are the first look's log odds. It takes
        effect at once; what was fitted stays.
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
        The grid in degrees 2theta; by default the angles in the columns of a DataFrame, that of the
        first look, or else 3, 3.02, 3.04 and so on. The first two are handed to steps of the first
        look that know none.
    min_overlap : float, default=5.0
        Degrees 2theta that two cut scans must have in common.
    overlap : {"raise", "nan"}, default="raise"
        Whether pairs with too little in common are an error, or NaN in a whole matrix. This and
        `min_overlap` hold for the first look, too, whose own are replaced unless it is frozen.
    threshold : "f1" or float, default="f1"
        The score from which pairs are the same form.
    calibration : {"sigmoid", "isotonic", "likelihood-ratio"}, default="sigmoid"
        How scores become probabilities.
    prior : float, optional
        As in `PairwisePhaseClassifier`, whose rule for prior, threshold and adaptation holds here,
        too.

    Attributes
    ----------
    first_look_ : pair estimator or Pipeline
        The fitted clone.
    second_look_ : TrainedSecondLook
        The network, and the band in force.
    validation_indices_ : ndarray of shape (n_validation,) or None
        Rows of X that were held out.
    prior_, adaptation_
        As in `PairwisePhaseClassifier`.
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
        "prior": [Interval(Real, 0, 1, closed="neither"), None],
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
        prior: float | None = None,
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
        self.prior = prior

    def _fit_embedding(
        self, X: NDArray[np.floating], y: Any, groups: ArrayLike | None
    ) -> NDArray[np.intp] | None:
        from ...embedding.training import draw_validation
        from ._pair_training import FittingSettings, check_module_params, fit_pair_net

        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: a "
                "second look learns from labelled patterns"
            )
        # before anything is fitted for nothing
        band = self._checked_band()
        check_module_params(self.module_params or {})
        check_first_look(self.first_look)
        random = generator_of(self.random_state)
        phases, compounds = encode_phases(y, groups)
        held_out = draw_validation(phases, compounds, self.n_validation_groups, random)
        rows = np.setdiff1d(np.arange(len(X)), held_out)
        labels = np.asarray(y, dtype=object)
        of_rows = None if groups is None else np.asarray(groups, dtype=object)[rows]
        first_look = clone_of(
            self.first_look,
            self.two_theta_ if self._grid_is_stated else None,
            min_overlap=self.min_overlap,
            overlap=self.overlap,
        )
        self.first_look_ = first_look.fit(
            X[rows], labels[rows], **metadata_to_fit(first_look, "groups", of_rows)
        )
        check_first_look(self.first_look_)  # which a search has only just found
        self._take_grid(getattr(last_step(self.first_look_), "two_theta_", None))
        patterns = self._first_patterns(X[rows])
        scores = self._first_scorer().matrix(patterns)
        in_force = self._band_of(scores, phases[rows], band)
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
        network = fit_pair_net(
            X[rows], together, phases[rows], np.nan_to_num(scores), in_force.low, settings
        )
        self.second_look_ = TrainedSecondLook(network, in_force, self.two_theta_)
        self.validation_indices_ = held_out if held_out.size else None
        return self.validation_indices_

    def _checked_band(self) -> tuple[float, float] | None:
        if self.band is None:
            return None
        are_numbers = len(self.band) == 2 and all(isinstance(end, Real) for end in self.band)
        low, high = map(float, self.band) if are_numbers else (math.nan, math.nan)
        if not -math.inf < low < high < math.inf:
            raise ValueError(f"band={self.band!r} must be two finite scores, the lower one first")
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

    @property
    def _asks(self) -> bool:
        return self.ask and super()._asks

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the trained second look, the parameters and what decides about pairs.

        That is threshold, probabilities, prior and adaptation. Nothing in the file is code. The
        first look is not in it: it may be any estimator. Of its scores those of four made-up
        patterns are kept, by which `load` knows it again.

        Parameters
        ----------
        path : path-like
            Ending in ".safetensors" by custom. An existing file is replaced.

        Raises
        ------
        NotFittedError
            If there is nothing to save yet.
        TypeError
            If a parameter or the calibrator has no plain values.

        Warns
        -----
        UserWarning
            If `random_state` is a generator, which is not saved.
        """
        from ._fitted_file import write_fitted

        check_is_fitted(self, "second_look_")
        write_fitted(path, self)

    @classmethod
    def load(cls, path: str | os.PathLike[str], first_look: Any) -> Self:
        """Read what `save` wrote; nothing in the file is executed.

        Parameters
        ----------
        path : path-like
        first_look : pair estimator, or Pipeline that ends in one
            That which the second look was trained with: fitted, or a measure that has nothing to
            learn.

        Returns
        -------
        SecondLook
            Fitted. Its `first_look` is frozen and `two_theta` the grid in force; the other
            parameters are those of the one saved.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is another one, was damaged or changed, or the first look asks a second
            look itself or scores otherwise than the one in training.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import numpy as np
        >>> from xrpdsim.similarity import EuclideanSimilarity
        >>> from xrpdsim.similarity.second_look import SecondLook
        >>> rng = np.random.default_rng(0)
        >>> phases = np.repeat(np.arange(6), 4)
        >>> X = rng.random((6, 80))[phases] + 0.1 * rng.random((24, 80))
        >>> second_look = SecondLook(EuclideanSimilarity(), steps=5, n_validation_groups=2,
        ...     random_state=0).fit(X, np.column_stack([phases // 2, phases]))
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "second_look.safetensors"
        >>> second_look.save(path)
        >>> loaded = SecondLook.load(path, EuclideanSimilarity())
        >>> bool((loaded.pairwise(X) == second_look.pairwise(X)).all())
        True
        """
        from ._fitted_file import read_fitted

        return read_fitted(path, cls, first_look)
