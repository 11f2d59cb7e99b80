"""Patterns explained as the sum of two forms."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import uniform_filter1d
from scipy.optimize import nnls
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from ..patterns import check_grid
from ..similarity.screening import baseline_free

# Set by benchmarks/calibrate_sorting.py on simulated mixtures of two forms.
MIN_GAIN = 0.15
MIN_SHARE = 0.10
MAX_UNEXPLAINED = 0.5

_SMOOTHING = 0.14  # degrees
_MAX_SHIFT = 0.2  # degrees
# Of the pairs of forms, those of the few that fit best by themselves are tried.
_N_CANDIDATES = 4
# Counting noise grows with the root of the intensity; this share of the strongest line is noise
# that every point has.
_NOISE_FLOOR = 0.02


class Explanation(NamedTuple):
    """One pattern as a sum of forms.

    Parameters
    ----------
    forms : tuple of labels
        The form, or the two forms, that explain the pattern.
    shares : tuple of float
        Of what they scatter; they sum to 1.
    unexplained : float
        Weighted sum of squares that these forms leave, over that of the pattern.
    gain : float
        Part of what the best single form leaves that a second one explains.
    """

    forms: tuple[Any, ...]
    shares: tuple[float, ...]
    unexplained: float
    gain: float

    @property
    def mixed(self) -> bool:
        """Whether two forms explain the pattern clearly better than either alone."""
        return len(self.forms) > 1


class MixtureExplainer(BaseEstimator):
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
        The evenly spaced grid in degrees; by default 3 + 0.02 k.

    Attributes
    ----------
    forms_ : ndarray of shape (n_forms,)
    n_features_in_ : int

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

    _parameter_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(
        self,
        *,
        min_gain: float = MIN_GAIN,
        min_share: float = MIN_SHARE,
        max_unexplained: float = MAX_UNEXPLAINED,
        two_theta: ArrayLike | None = None,
    ) -> None:
        self.min_gain = min_gain
        self.min_share = min_share
        self.max_unexplained = max_unexplained
        self.two_theta = two_theta

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
        """
        patterns: NDArray[np.floating]
        patterns, y = validate_data(self, X, y, ensure_all_finite="allow-nan", dtype=np.float64)
        self._grid = check_grid(self.two_theta, patterns.shape[1])
        self._profiles = self._profile(patterns)
        self.forms_, self._form_of = np.unique(y, return_inverse=True)
        return self

    def explain(self, X: ArrayLike, *, allowed: ArrayLike | None = None) -> list[Explanation]:
        """Explain patterns as one form, or as two where that is clearly better.

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
        patterns: NDArray[np.floating] = validate_data(
            self, X, reset=False, ensure_all_finite="allow-nan", dtype=np.float64
        )
        shape = (len(patterns), len(self._profiles))
        usable = np.ones(shape, dtype=bool) if allowed is None else np.asarray(allowed, dtype=bool)
        if usable.shape != shape or not usable.any(axis=1).all():
            raise ValueError(
                f"allowed must have the shape {shape}, patterns by references, and leave at least "
                f"one reference to each pattern; its shape is {usable.shape}"
            )
        return [
            self._explain(profile, mine)
            for profile, mine in zip(self._profile(patterns), usable, strict=True)
        ]

    def _explain(self, profile: NDArray[np.floating], usable: NDArray[np.bool_]) -> Explanation:
        system = self._system(profile)
        forms = self.forms_.tolist()
        alone = {
            int(form): system.fit(usable & (self._form_of == form))
            for form in np.unique(self._form_of[usable])
        }
        order = sorted(alone, key=lambda form: alone[form].unexplained)
        best_alone = alone[order[0]]
        best: tuple[int, ...] = (order[0],)
        found, gain = best_alone, 0.0
        few = order[:_N_CANDIDATES]
        pairs = {(few[0], form) for form in order[1:]}
        pairs |= {(a, b) for i, a in enumerate(few) for b in few[i + 1 :]}
        for pair in sorted(pairs):
            both = system.fit(usable & np.isin(self._form_of, pair))
            if both.unexplained < found.unexplained:
                found, best = both, pair
        if len(best) == 2:
            amounts = np.array([found.areas[self._form_of == form].sum() for form in best])
            shares = amounts / amounts.sum()
            gain = 1 - found.unexplained / max(best_alone.unexplained, np.finfo(float).tiny)
            if (
                gain >= self.min_gain
                and shares.min() >= self.min_share
                and found.unexplained <= self.max_unexplained
            ):
                ranked = np.argsort(-shares, kind="stable")
                return Explanation(
                    tuple(forms[best[k]] for k in ranked),
                    tuple(float(shares[k]) for k in ranked),
                    found.unexplained,
                    gain,
                )
        return Explanation((forms[order[0]],), (1.0,), best_alone.unexplained, gain)

    def _profile(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        lines = np.maximum(baseline_free(X, self._grid), 0)
        missing = np.isnan(lines)
        n_points = max(1, round(_SMOOTHING / self._step()))
        smooth = uniform_filter1d(np.where(missing, 0, lines), n_points, axis=1)
        smooth[missing] = np.nan
        return smooth

    def _system(self, profile: NDArray[np.floating]) -> _System:
        references = _at_best_shift(self._profiles, profile, int(_MAX_SHIFT / self._step() + 1e-3))
        common = ~np.isnan(profile) & ~np.isnan(references).any(axis=0)
        if common.sum() < 0.25 * (~np.isnan(profile)).sum():
            common = ~np.isnan(profile)
        target = profile[common]
        columns = np.nan_to_num(references)[:, common]
        weight = 1 / np.sqrt(target + _NOISE_FLOOR * max(target.max(initial=0), 1e-12))
        return _System(columns, target, weight)

    def _step(self) -> float:
        return float(np.median(np.diff(self._grid))) if len(self._grid) > 1 else 1.0

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


class _Fit(NamedTuple):
    unexplained: float
    areas: NDArray[np.floating]


class _System:
    """Weighted least squares of one pattern by references, reduced to as many rows as these."""

    def __init__(
        self,
        columns: NDArray[np.floating],
        target: NDArray[np.floating],
        weight: NDArray[np.floating],
    ) -> None:
        weighted = columns * weight
        self._norms = np.sqrt(np.einsum("ij,ij->i", weighted, weighted))
        self._norms[self._norms == 0] = 1
        weighted /= self._norms[:, None]
        aim = target * weight
        self._total = float(aim @ aim) or 1.0
        # |A x - y|^2 = |R x - Q'y|^2 + what no reference reaches
        q, self._r = np.linalg.qr(weighted.T)
        self._aim = q.T @ aim
        self._out_of_reach = self._total - float(self._aim @ self._aim)
        self._areas = columns.sum(axis=1) / self._norms

    def fit(self, chosen: NDArray[np.bool_]) -> _Fit:
        """Fit non-negative amounts of the chosen references."""
        amounts, residual = nnls(self._r[:, chosen], self._aim)
        areas = np.zeros(len(chosen))
        areas[chosen] = amounts * self._areas[chosen]
        left = max(residual**2 + self._out_of_reach, 0.0) / self._total
        return _Fit(float(left), areas)


def _at_best_shift(
    references: NDArray[np.floating], profile: NDArray[np.floating], farthest: int
) -> NDArray[np.floating]:
    """Return each reference moved to where its product with the profile is largest."""
    filled, target = np.nan_to_num(references), np.nan_to_num(profile)
    n_points = len(target)
    farthest = min(farthest, n_points - 1)
    products = np.array(
        [
            filled[:, max(0, -shift) : n_points - max(0, shift)]
            @ target[max(0, shift) : n_points - max(0, -shift)]
            for shift in range(-farthest, farthest + 1)
        ]
    )
    moved = np.full_like(references, np.nan)
    for row, shift in enumerate(products.argmax(axis=0) - farthest):
        start, end = max(0, shift), n_points - max(0, -shift)
        moved[row, start:end] = references[row, start - shift : end - shift]
    return moved
