"""Patterns explained as the sum of two forms."""

from __future__ import annotations

from numbers import Real
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from .._support._documentation import DocumentedMixin
from .._support._sklearn import Interval
from ..patterns import grid_in_force, validate_patterns
from ..patterns.pairs import as_forms
from ._sums_of_forms import Limits, profiles_of, step_of, sums_of_forms

# Set by benchmarks/calibrate_sorting.py on simulated mixtures of two forms.
MIN_GAIN = 0.15
MIN_SHARE = 0.10
MAX_UNEXPLAINED = 0.5
# Steps of a grid may differ by this part of their median.
_EVEN = 1e-3


class Explanation(NamedTuple):
    """One pattern as a sum of forms.

    Parameters
    ----------
    forms : tuple of labels
        The form, or the two forms, that explain the pattern.
    shares : tuple of float
        Of what they scatter; they sum to 1.
    unexplained : float
        Weighted sum of squares that these forms leave, over that of the pattern. 1 where they
        explain nothing, as of a pattern that is flat or was not measured: then the form named says
        nothing.
    gain : float
        Part of what the best single form leaves that a second one explains.
    probability : float
        That there are two forms, where one pattern in ten is a mixture.
    share_error : float
        Standard deviation of each share of two forms, texture included; 0 for a single form.

    Examples
    --------
    >>> from xrpdsim.sorting import Explanation
    >>> Explanation(("I", "II"), (0.7, 0.3), unexplained=0.01, gain=0.4).text()
    '70% I + 30% II'
    """

    forms: tuple[Any, ...]
    shares: tuple[float, ...]
    unexplained: float
    gain: float
    probability: float = 0.0
    share_error: float = 0.0

    @property
    def mixed(self) -> bool:
        """Whether two forms explain the pattern clearly better than either alone."""
        return len(self.forms) > 1

    def text(self) -> str:
        """Return shares and forms as people write them: 70% I + 30% II."""
        return " + ".join(
            f"{share:.0%} {form}" for share, form in zip(self.shares, self.forms, strict=True)
        )


class MixtureExplainer(DocumentedMixin, BaseEstimator):
    """Explain patterns as non-negative sums of the references of one form, or of two.

    Baseline-free patterns, lightly smoothed, are fitted by the references of a form, each at its
    best shift. Several references of a form may take part, which makes up for texture; a second
    form has to explain a good part of what is left (`min_gain`) and to be a good part of the whole
    (`min_share`) for a pattern to be called mixed. Points are weighted by counting statistics.

    Parameters
    ----------
    min_gain : float, default=0.15
        Part of what the best form leaves that a second one must explain.
    min_share : float, default=0.1
        Smallest share of the second form.
    max_unexplained : float, default=0.5
        A sum that leaves more than this explains nothing: the pattern may hold a form that is not
        among the references.
    two_theta : array-like of shape (n_points,), optional
        The evenly spaced grid in degrees; by default the angles in the columns of a DataFrame, or
        else 3, 3.02, 3.04, ..., with a warning where these are not 1950 points.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Attributes
    ----------
    forms_ : ndarray of shape (n_forms,)
    two_theta_ : ndarray of shape (n_points,)
        The grid in force.
    n_features_in_ : int

    See Also
    --------
    xrpdsim.FormClusterer : finds the groups that it takes as forms.

    Examples
    --------
    >>> import numpy as np
    >>> two_theta = 3 + 0.02 * np.arange(1950)
    >>> def lines(*angles):
    ...     return sum(1000 * np.exp(-(((two_theta - a) / 0.1) ** 2)) for a in angles)
    >>> first, second = lines(8, 15, 22, 27), lines(10, 13, 24, 31)
    >>> explainer = MixtureExplainer().fit([first, second], ["I", "II"])
    >>> found = explainer.explain([0.7 * first + 0.3 * second])[0]
    >>> found.forms, np.round(found.shares, 2).tolist()
    (('I', 'II'), [0.7, 0.3])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "min_gain": [Interval(Real, 0, 1, closed="both")],
        "min_share": [Interval(Real, 0, 1, closed="both")],
        "max_unexplained": [Interval(Real, 0, 1, closed="both")],
        "two_theta": ["array-like", None],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        min_gain: float = MIN_GAIN,
        min_share: float = MIN_SHARE,
        max_unexplained: float = MAX_UNEXPLAINED,
        two_theta: ArrayLike | None = None,
        verbose: bool = False,
    ) -> None:
        self.min_gain = min_gain
        self.min_share = min_share
        self.max_unexplained = max_unexplained
        self.two_theta = two_theta
        self.verbose = verbose

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Keep the references.

        Parameters
        ----------
        X : array-like of shape (n_references, n_points)
            NaN where not measured.
        y : array-like of shape (n_references,)
            Their forms.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If the grid is not evenly spaced: references are moved along it point by point.
        """
        self._validate_params()
        patterns: NDArray[np.floating]
        y = None if y is None else as_forms(y, "y")
        patterns, y = validate_patterns(self, X, y, reset=True, empty="keep", dtype=np.float64)
        check_classification_targets(y)
        self.two_theta_ = grid_in_force(
            X, self.two_theta, patterns.shape[1], asked_by="MixtureExplainer"
        )
        steps = np.diff(self.two_theta_)
        if len(steps) and np.ptp(steps) > _EVEN * np.median(steps):
            raise ValueError(
                f"the steps of two_theta run from {steps.min():g} to {steps.max():g} degrees; "
                "mixtures need an evenly spaced grid: bring the patterns to one first"
            )
        self._profiles = profiles_of(patterns, self.two_theta_)
        self.forms_, self._form_of = np.unique(y, return_inverse=True)
        return self

    def explain(self, X: ArrayLike, *, allowed: ArrayLike | None = None) -> list[Explanation]:
        """Explain patterns as one form, or as two where that is clearly better.

        BLAS runs on one thread meanwhile: the matrices are small.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
        allowed : array-like of shape (n_patterns, n_references), bool, optional
            The references that each pattern may be explained by, at least one; by default all. A
            reference that is to be explained itself should be by others.

        Returns
        -------
        list of Explanation
        """
        check_is_fitted(self)
        patterns: NDArray[np.floating] = validate_patterns(
            self, X, reset=False, empty="keep", dtype=np.float64
        )
        usable = None if allowed is None else np.asarray(allowed, dtype=bool)
        shape = (len(patterns), len(self._profiles))
        if usable is not None and (usable.shape != shape or not usable.any(axis=1).all()):
            raise ValueError(
                f"allowed must have the shape {shape}, patterns by references, and leave at least "
                f"one reference to each pattern; its shape is {usable.shape}"
            )
        sums = sums_of_forms(
            profiles_of(patterns, self.two_theta_),
            self._profiles,
            self._form_of,
            step_of(self.two_theta_),
            Limits(self.min_gain, self.min_share, self.max_unexplained),
            allowed=usable,
            show=bool(self.verbose),
        )
        forms = self.forms_.tolist()
        return [Explanation(tuple(forms[k] for k in each.forms), *each[1:-1]) for each in sums]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
