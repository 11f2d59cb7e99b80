"""Lines of a group in a pattern that looks amorphous."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from ...similarity.measures.screening import baseline_free
from .answers import mean_between, set_mean
from .linkage import members_of_groups
from .whole_groups import even_grid, surely_one


class Bounds(NamedTuple):
    """When the lines of a group count as found; set by benchmarks/calibrate_faint_lines.py.

    Parameters
    ----------
    least : float
        Standard deviations by which they stand out of the noise.
    over_wrong_angles : float
        How much more than the same lines at wrong angles.
    over_other_groups : float
        How much more than the lines of any other group.
    """

    least: float = 6.0
    over_wrong_angles: float = 1.5
    over_other_groups: float = 1.2


_DEFAULTS = Bounds()
_FEWEST_MEMBERS = 3  # fewer do not show which lines a form has
_MAX_SHIFT = 0.2  # degrees
_WRONG_SHIFTS = (0.6, 4.0)  # degrees
_LINE_WIDTH = 0.5  # degrees; what is broader belongs to the halo
_NOISE_RANGE = 2.0  # degrees
_LEAST_POWER = 1e-6  # of the most at any shift
_PATTERNS_AT_A_TIME = 100


class GroupLines:
    """The mean lines of groups, searched for in single patterns by a matched filter.

    The filter weighs each point by the line that a group has there and by the noise of the pattern,
    which finds a known signal in noise best [1]_: ten lines of a known form that are each lost in
    the noise may stand out together.

    Parameters
    ----------
    X : ndarray of shape (n_members, n_points)
        Crystalline members of the groups; NaN where not measured.
    groups : ndarray of shape (n_members,)
        Their groups. Those with fewer than three members here are not searched for.
    two_theta : ndarray of shape (n_points,)
        The grid in degrees.

    Attributes
    ----------
    groups : ndarray of shape (n_groups,)
        Those that are searched for.

    References
    ----------
    .. [1] G. L. Turin, IRE Trans. Inf. Theory 6 (1960) 311-329.

    Examples
    --------
    >>> from xrpdsim.patterns import default_two_theta
    >>> from xrpdsim.simulation import simulate_patterns, virtual_crystal
    >>> forms = [virtual_crystal(0), virtual_crystal(1)]
    >>> X = np.concatenate([simulate_patterns(form, 4, random_state=0) for form in forms])
    >>> lines = GroupLines(X, np.repeat([0, 1], 4), default_two_theta())
    >>> amorphous = {"amorphous": 0.98, "counts": 3000.0}
    >>> faint = [simulate_patterns(f, 1, parameters=amorphous, random_state=3) for f in forms]
    >>> lines.found_in(np.concatenate(faint))
    array([0, 1])
    """

    def __init__(
        self, X: NDArray[np.floating], groups: NDArray[np.intp], two_theta: NDArray[np.float64]
    ) -> None:
        grid = even_grid(two_theta, X.shape[1])
        members = members_of_groups(groups)
        enough = [k for k, rows in enumerate(members) if len(rows) >= _FEWEST_MEMBERS]
        self.groups = np.array(enough if grid is not None else [], dtype=np.intp)
        if grid is None or not len(self.groups):
            return
        self._step = float(np.diff(grid).mean())
        n_wrong = round(_WRONG_SHIFTS[1] / self._step)
        self._n_fft = next_fast_len(X.shape[1] + n_wrong, real=True)
        mean = np.array([_mean_lines(X[members[k]], grid) for k in self.groups])
        lines = self._without_halo(mean)
        self._spectra = rfft(lines, self._n_fft).conj()
        self._spectra_of_squares = rfft(lines**2, self._n_fft).conj()
        shifts = np.arange(self._n_fft)
        shifts[shifts > self._n_fft // 2] -= self._n_fft
        degrees = np.abs(shifts) * self._step
        self._near = degrees <= _MAX_SHIFT + self._step / 2
        self._wrong = (degrees >= _WRONG_SHIFTS[0]) & (degrees <= _WRONG_SHIFTS[1])

    def found_in(self, X: NDArray[np.floating]) -> NDArray[np.intp]:
        """Return the group whose lines stand out of each pattern, -1 where none does.

        Parameters
        ----------
        X : ndarray of shape (n_patterns, n_points)
            NaN where not measured.

        Returns
        -------
        ndarray of shape (n_patterns,)
        """
        found = np.full(len(X), -1, dtype=np.intp)
        if not len(self.groups):
            return found
        for start in range(0, len(X), _PATTERNS_AT_A_TIME):
            rows = slice(start, start + _PATTERNS_AT_A_TIME)
            clear = clearest(*self.deviations(X[rows]))
            found[rows] = np.where(clear >= 0, self.groups[clear], -1)
        return found

    def deviations(
        self, X: NDArray[np.floating]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return by how many standard deviations the lines of each group stand out.

        Parameters
        ----------
        X : ndarray of shape (n_patterns, n_points)

        Returns
        -------
        near, wrong : ndarray of shape (n_patterns, n_groups)
            The most at shifts up to 0.2 degrees, and at wrong ones of 0.6 to 4 degrees. A column
            for each of `groups`.
        """
        patterns = X.astype(np.float64)
        weight = self._weights(patterns)
        signal = rfft(weight * self._without_halo(patterns), self._n_fft)
        weight_spectra = rfft(weight, self._n_fft)
        near = np.empty((len(X), len(self.groups)))
        wrong = np.empty_like(near)
        for group, (spectrum, square) in enumerate(
            zip(self._spectra, self._spectra_of_squares, strict=True)
        ):
            overlap = irfft(signal * spectrum, self._n_fft)
            power = irfft(weight_spectra * square, self._n_fft)
            # where pattern and lines hardly meet, nothing stands out
            enough = power > _LEAST_POWER * power.max(axis=1, keepdims=True)
            deviations = np.where(enough, overlap, 0) / np.sqrt(np.where(enough, power, 1))
            near[:, group] = deviations[:, self._near].max(axis=1)
            wrong[:, group] = deviations[:, self._wrong].max(axis=1)
        return near, wrong

    def _without_halo(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return patterns less what is broader than lines; 0 where not measured."""
        width = _LINE_WIDTH / self._step
        smooth = _smoothed(X, partial(gaussian_filter1d, sigma=width))
        return np.nan_to_num(X - smooth)

    def _weights(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return one over the variance of each point, by differences of neighbours around it."""
        difference = np.diff(X, axis=1, append=np.nan)
        size = max(3, round(_NOISE_RANGE / self._step))
        variance = _smoothed(difference**2, partial(uniform_filter1d, size=size)) / 2
        usable = ~np.isnan(difference) & (variance > 0)
        return np.where(usable, 1 / np.where(usable, variance, 1), 0)


def _smoothed(X: NDArray[np.float64], smooth: Callable[..., Any]) -> NDArray[np.float64]:
    """Return rows smoothed over the points that were measured."""
    measured = ~np.isnan(X)
    total, share = (
        smooth(values, axis=1, mode="constant")
        for values in (np.where(measured, X, 0), measured.astype(np.float64))
    )
    return np.asarray(total / np.maximum(share, 1e-9))


def clearest(
    near: NDArray[np.float64], wrong: NDArray[np.float64], bounds: Bounds = _DEFAULTS
) -> NDArray[np.intp]:
    """Return the column of the group whose lines are found in each pattern, -1 where none are.

    Parameters
    ----------
    near, wrong : ndarray of shape (n_patterns, n_groups)
        As from `GroupLines.deviations`.
    bounds : Bounds

    Returns
    -------
    ndarray of shape (n_patterns,)
    """
    first, rows = near.argmax(axis=1), np.arange(len(near))
    highest = near[rows, first]
    others = near.copy()
    others[rows, first] = 0
    clear = (
        (highest >= bounds.least)
        & (highest >= bounds.over_wrong_angles * wrong[rows, first])
        & (highest >= bounds.over_other_groups * others.max(axis=1))
    )
    return np.where(clear, first, -1)


def _mean_lines(X: NDArray[np.floating], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean of roots of patterns without baseline, each scaled to a height of 1.

    In the root the strongest lines, which texture changes most, do not decide alone.
    """
    lines = np.maximum(baseline_free(X.astype(np.float64), grid), 0)
    height = np.nanmax(lines, axis=1, keepdims=True)
    root = np.sqrt(lines / np.where(height > 0, height, 1))
    measured = ~np.isnan(root)
    total = np.where(measured, root, 0).sum(axis=0)
    return np.asarray(total / np.maximum(measured.sum(axis=0), 1), dtype=np.float64)


def heed_faint_lines(
    probability: NDArray[np.floating],
    labels: NDArray[np.intp],
    amorphous: NDArray[np.bool_],
    X: NDArray[np.floating],
    two_theta: NDArray[np.float64],
    min_probability: float,
) -> NDArray[np.floating]:
    """Return pair probabilities moved by lines of whole groups in patterns that look amorphous.

    A halo hides the lines of any form, so that pairs tell little. Where the lines of one group
    stand out of such a pattern, it becomes probable that it is the form of this group.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
    labels : ndarray of shape (n_patterns,)
        Groups by these probabilities, -1 for none.
    amorphous : ndarray of shape (n_patterns,), bool
        What looks amorphous.
    X : ndarray of shape (n_patterns, n_points)
        NaN where not measured.
    two_theta : ndarray of shape (n_points,)
        The grid in degrees. On one that is not even nothing moves.
    min_probability : float
        Mean probability from which a pattern fits a group.

    Returns
    -------
    ndarray of shape (n_patterns, n_patterns)
        `probability` itself where nothing moved.
    """
    searched = np.flatnonzero(amorphous & (labels < 0))
    members = np.flatnonzero(~amorphous & (labels >= 0))
    if not len(searched) or not len(members):
        return probability
    found = GroupLines(X[members], labels[members], two_theta).found_in(X[searched])
    if (found < 0).all():
        return probability
    moved = probability.copy()
    probable = surely_one(min_probability)
    for row, group in zip(searched[found >= 0], found[found >= 0], strict=True):
        fitting = members[labels[members] == group]
        if mean_between(probability, np.array([row]), fitting) < probable:
            set_mean(moved, np.array([row]), fitting, probable)
    return moved
