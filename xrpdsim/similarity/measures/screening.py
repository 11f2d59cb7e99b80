"""A measure to sort screens with that needs neither labels nor a network."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...preprocessing import BaselineRemover, PatternNormalizer, SquareRootScaler
from ..probability import SigmoidCalibrator
from .degelder import DeGelderSimilarity

# Platt's sigmoids, fitted by benchmarks/calibrate_sorting.py to the pairs within simulated screens
# of virtual compounds; see the user guide, "Sorting".
SLOPE = 51.8
INTERCEPT = -43.2
PEARSON_SLOPE = 12.2
PEARSON_INTERCEPT = -5.2


class ScreeningSimilarity(DeGelderSimilarity):
    """De Gelder's measure of baseline-free patterns, with probabilities that need no labels.

    Patterns are scaled, freed of their baseline and square-rooted, which brings up weak lines and
    makes texture weigh less; then compared by `DeGelderSimilarity` at the best relative shift.
    `fit` without labels takes threshold and probabilities from simulated screens of virtual
    compounds; with labels it learns them, as every measure does.

    Parameters
    ----------
    width : float, default=0.2
        Half the base of the triangle, degrees 2theta.
    max_shift : float, default=0.2
        Largest relative shift, degrees 2theta.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta, evenly spaced; by default the angles in the columns of a
        DataFrame, or else 3, 3.02, 3.04, ..., with a warning where these are not 1950 points.
    min_overlap : float, default=5.0
        Degrees 2theta that two cut scans must have in common.
    overlap : {"raise", "nan"}, default="nan"
        Whether pairs with too little in common are an error, or NaN in a whole matrix.
    threshold : "f1" or float, default="f1"
        The threshold that `fit` sets where it is given labels.
    calibration : {"sigmoid", "isotonic", "likelihood-ratio"}, default="sigmoid"
        How scores become probabilities where `fit` is given labels.

    Attributes
    ----------
    pair_classes_, threshold_, calibrator_, two_theta_, n_features_in_
        As in `BasePairSimilarity`, but there after a `fit` without labels too.

    See Also
    --------
    xrpdsim.DeGelderSimilarity : the measure inside it.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.similarity import ScreeningSimilarity
    >>> two_theta = 3 + 0.02 * np.arange(1950)
    >>> def line(angle):
    ...     return 1000 * np.exp(-(((two_theta - angle) / 0.1) ** 2))
    >>> X = np.array([line(10) + line(20), line(10.1) + line(20.1), line(12) + line(23)])
    >>> ScreeningSimilarity().fit(X).predict(X)
    array([1, 0, 0])
    """

    def __init__(
        self,
        width: float = 0.2,
        max_shift: float = 0.2,
        *,
        two_theta: ArrayLike | None = None,
        min_overlap: float = 5.0,
        overlap: str = "nan",
        threshold: str | float = "f1",
        calibration: str = "sigmoid",
    ) -> None:
        super().__init__(
            width,
            max_shift,
            two_theta=two_theta,
            min_overlap=min_overlap,
            overlap=overlap,
            threshold=threshold,
            calibration=calibration,
        )

    def fit(self, X: ArrayLike, y: Any = None, *, groups: ArrayLike | None = None) -> Self:
        """Take threshold and probabilities from simulated screens, or learn them from labels.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            Patterns on the grid `two_theta`; NaN where not measured.
        y : array-like of shape (n_patterns,) or (n_patterns, 2), optional
            The phase of each pattern, as in `BasePairSimilarity.fit`.
        groups : array-like of shape (n_patterns,), optional
            The compound of each pattern.

        Returns
        -------
        self
        """
        super().fit(X, y, groups=groups)
        if y is None:
            self.set_calibrator(SigmoidCalibrator(SLOPE, INTERCEPT))
        return self

    def _embed(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        return super()._embed(baseline_free_roots(X, self.two_theta_))


def baseline_free(X: ArrayLike, two_theta: ArrayLike | None = None) -> NDArray[np.floating]:
    """Return patterns scaled to [0, 1] and freed of their baseline.

    Parameters
    ----------
    X : array-like of shape (n_patterns, n_points)
    two_theta : array-like of shape (n_points,), optional

    Returns
    -------
    ndarray of shape (n_patterns, n_points)
    """
    scaled = PatternNormalizer().fit_transform(X)
    return BaselineRemover(two_theta=two_theta).fit_transform(scaled)


def baseline_free_roots(X: ArrayLike, two_theta: ArrayLike | None = None) -> NDArray[np.floating]:
    """Return the square roots of patterns freed of their baseline."""
    return SquareRootScaler().fit_transform(baseline_free(X, two_theta))
