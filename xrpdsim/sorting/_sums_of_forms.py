"""Patterns fitted as non-negative sums of references, many at a time.

Nothing here knows names: forms are numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d
from scipy.optimize import nnls
from scipy.special import expit
from threadpoolctl import threadpool_limits

from .._support._progress import track
from ..similarity.measures.screening import baseline_free

_SMOOTHING = 0.14  # degrees
_MAX_SHIFT = 0.2  # degrees
# Of the pairs of forms, those of the few that fit best by themselves are tried.
_N_CANDIDATES = 4
# Counting noise grows with the root of the intensity; this share of the strongest line is noise
# that every point has.
_NOISE_FLOOR = 0.02
# Less of a pattern than this in common with all references does not decide.
_MIN_COMMON = 0.25
# A pattern of which a form leaves no more than this, rounding that is, leaves nothing to a second.
_NOTHING = 1e-12
# Log odds of two forms, by the logarithms of gain and of what is unexplained, where one pattern in
# ten is a mixture; and errors of shares: by how much those of least squares, which know nothing of
# texture, are to be multiplied, and their least. All set by benchmarks/calibrate_mixtures.py.
_INTERCEPT = 8.25
_SLOPES = np.array([4.32, 1.47])
_SHARE_SCALE = 0.27
_SHARE_FLOOR = 0.02
_TINY = 1e-6
# Patterns whose systems are made together; with fifty references they take 10 MB.
_AT_A_TIME = 8


class Limits(NamedTuple):
    """What makes a sum of two forms a mixture; see `MixtureExplainer`."""

    min_gain: float
    min_share: float
    max_unexplained: float


class Sum(NamedTuple):
    """One pattern as a sum of one form or two; see `Explanation`.

    Parameters
    ----------
    forms : tuple of int
    shares : tuple of float
    unexplained, gain, probability, share_error : float
    alone : int
        The form that explains most by itself.
    """

    forms: tuple[int, ...]
    shares: tuple[float, ...]
    unexplained: float
    gain: float
    probability: float
    share_error: float
    alone: int


def profiles_of(X: NDArray[np.floating], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return patterns as they are fitted: without baseline, lightly smoothed.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points)
    grid : ndarray of shape (n_points,)
        Degrees 2theta, evenly spaced.

    Returns
    -------
    ndarray of shape (n_patterns, n_points)
        NaN where not measured.
    """
    lines = np.maximum(baseline_free(X, grid), 0)
    missing = np.isnan(lines)
    n_points = max(1, round(_SMOOTHING / step_of(grid)))
    smooth = uniform_filter1d(np.where(missing, 0, lines), n_points, axis=1)
    smooth[missing] = np.nan
    return np.asarray(smooth, dtype=np.float64)


def step_of(grid: NDArray[np.float64]) -> float:
    """Return the step of a grid in degrees."""
    return float(np.median(np.diff(grid))) if len(grid) > 1 else 1.0


def sums_of_forms(
    profiles: NDArray[np.float64],
    references: NDArray[np.float64],
    form_of: NDArray[np.intp],
    step: float,
    limits: Limits,
    *,
    allowed: NDArray[np.bool_] | None = None,
    show: bool = False,
) -> list[Sum]:
    """Fit patterns by the references of one form, or of two where that is clearly better.

    Parameters
    ----------
    profiles : ndarray of shape (n_patterns, n_points)
        As from `profiles_of`.
    references : ndarray of shape (n_references, n_points)
        Likewise.
    form_of : ndarray of shape (n_references,)
        The form of each.
    step : float
        Of the grid, degrees.
    limits : Limits
    allowed : ndarray of shape (n_patterns, n_references), bool, optional
        What each pattern may be fitted by; by default everything.
    show : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    list of Sum
    """
    fitter = _Fitter(references, step)
    found = []
    starts = range(0, len(profiles), _AT_A_TIME)
    # The matrices are small: several threads would take many times the processor time, and longer.
    with threadpool_limits(limits=1, user_api="blas"):
        for start in track(starts, "looking for mixtures", show=show):
            batch = slice(start, start + _AT_A_TIME)
            for place, system in enumerate(fitter.systems(profiles[batch]), start=start):
                usable = np.ones(len(form_of), dtype=bool) if allowed is None else allowed[place]
                found.append(_best_sum(system, form_of, usable, limits))
    return found


class _Fit(NamedTuple):
    unexplained: float
    areas: NDArray[np.float64]


class _System(NamedTuple):
    """Weighted least squares of one pattern by references, reduced to as many rows as these.

    |A x - y|^2 = |R x - Q'y|^2 + what no reference reaches, with A = Q R.
    """

    r: NDArray[np.float64]
    aim: NDArray[np.float64]
    out_of_reach: float
    total: float
    areas: NDArray[np.float64]

    def fit(self, chosen: NDArray[np.bool_]) -> _Fit:
        """Fit non-negative amounts of the chosen references."""
        amounts, residual = nnls(self.r[:, chosen], self.aim)
        areas = np.zeros(len(chosen))
        areas[chosen] = amounts * self.areas[chosen]
        if not self.total:  # a pattern without lines is explained by nothing
            return _Fit(1.0, areas)
        return _Fit(float((residual**2 + self.out_of_reach) / self.total), areas)


class _Fitter:
    """References, ready to be moved to where they fit patterns best.

    Parameters
    ----------
    references : ndarray of shape (n_references, n_points)
    step : float
        Degrees.
    """

    def __init__(self, references: NDArray[np.float64], step: float) -> None:
        n_references, n_points = references.shape
        self._farthest = min(int(_MAX_SHIFT / step + 1e-3), n_points - 1)
        margin = ((0, 0), (self._farthest, self._farthest))
        missing = np.pad(np.isnan(references), margin, constant_values=True)
        filled = np.pad(np.nan_to_num(references), margin)
        # by reference and start: the reference moved by farthest - start
        self._moved = sliding_window_view(filled, n_points, axis=1)
        self._missing = sliding_window_view(missing, n_points, axis=1)
        self._all = np.arange(n_references)

    def systems(self, profiles: NDArray[np.float64]) -> Iterator[_System]:
        """Yield the least-squares system of each pattern, its references at their best shifts."""
        measured = ~np.isnan(profiles)
        target = np.nan_to_num(profiles)
        start = self._best_start(target)
        n = len(self._all)
        # the last column of R will hold Q'y, and what is out of reach of the others
        both = np.empty((len(profiles), n + 1, target.shape[1]))
        columns = both[:, :n]
        columns[:] = self._moved[self._all, start]
        common = measured & ~self._missing[self._all, start].any(axis=1)
        enough = common.sum(axis=1) >= _MIN_COMMON * measured.sum(axis=1)
        common[~enough] = measured[~enough]
        target *= common
        columns *= common[:, None]
        floor = _NOISE_FLOOR * np.maximum(target.max(axis=1, keepdims=True, initial=0), 1e-12)
        weight = 1 / np.sqrt(target + floor)
        areas = columns.sum(axis=2)
        columns *= weight[:, None]
        norms = np.sqrt(np.einsum("ijk,ijk->ij", columns, columns))
        norms[norms == 0] = 1
        columns /= norms[:, :, None]
        target *= weight
        both[:, n] = target
        for r, of_pattern, area in zip(
            np.linalg.qr(both.transpose(0, 2, 1), mode="r"), target, areas / norms, strict=True
        ):
            total = float(of_pattern @ of_pattern)
            yield _System(r[:n, :n], r[:n, n], float(r[n:, n] @ r[n:, n]), total, area)

    def _best_start(self, target: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return, by pattern and reference, where its product with the pattern is largest."""
        products = np.array(
            [
                target @ self._moved[:, start].T
                # from the shift to the left that is farthest, so that ties stay what they were
                for start in range(2 * self._farthest, -1, -1)
            ]
        )
        return 2 * self._farthest - products.argmax(axis=0)


def _best_sum(
    system: _System, form_of: NDArray[np.intp], usable: NDArray[np.bool_], limits: Limits
) -> Sum:
    members = {int(form): usable & (form_of == form) for form in np.unique(form_of[usable])}
    alone = {form: system.fit(chosen) for form, chosen in members.items()}
    order = sorted(alone, key=lambda form: alone[form].unexplained)
    best_alone = alone[order[0]]
    best: tuple[int, ...] = (order[0],)
    found, gain, probability = best_alone, 0.0, 0.0
    few = order[:_N_CANDIDATES]
    pairs = {(few[0], form) for form in order[1:]}
    pairs |= {(a, b) for i, a in enumerate(few) for b in few[i + 1 :]}
    for pair in sorted(pairs) if best_alone.unexplained > _NOTHING else ():
        both = system.fit(members[pair[0]] | members[pair[1]])
        if both.unexplained < found.unexplained:
            found, best = both, pair
    if len(best) == 2:
        amounts = np.array([found.areas[form_of == form].sum() for form in best])
        shares = amounts / amounts.sum()
        gain = 1 - found.unexplained / best_alone.unexplained
        probability = _probability_of_two(gain, found.unexplained)
        if (
            gain >= limits.min_gain
            and shares.min() >= limits.min_share
            and found.unexplained <= limits.max_unexplained
        ):
            ranked = np.argsort(-shares, kind="stable")
            return Sum(
                tuple(best[k] for k in ranked),
                tuple(float(shares[k]) for k in ranked),
                found.unexplained,
                gain,
                probability,
                _share_error(system, found, form_of == best[0]),
                order[0],
            )
    return Sum((order[0],), (1.0,), best_alone.unexplained, gain, probability, 0.0, order[0])


def _probability_of_two(gain: float, unexplained: float) -> float:
    """Return the probability that there are two forms, by what the second one explains."""
    terms = np.log(np.maximum([gain, unexplained], _TINY))
    return float(expit(_INTERCEPT + _SLOPES @ terms))


def _share_error(system: _System, found: _Fit, first: NDArray[np.bool_]) -> float:
    """Return the standard deviation of the shares of two forms."""
    used = found.areas > 0
    total = found.areas.sum()
    share = found.areas[first].sum() / total
    gradient = system.areas[used] * (first[used] - share) / total
    r = system.r[:, used]
    spread = gradient @ np.linalg.pinv(r.T @ r) @ gradient * found.unexplained * system.total
    return float(np.hypot(_SHARE_SCALE * np.sqrt(max(spread, 0.0)), _SHARE_FLOOR))
