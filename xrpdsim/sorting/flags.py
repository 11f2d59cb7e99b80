"""What to know of a pattern before it is sorted: amorphous, weak, saturated, cut.

A flag is a field of `PatternFlags`, set in `_flag`, with its text for a person in
`PatternFlags.reasons`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import uniform_filter1d

from .._support._progress import track
from ..patterns import grid_in_force
from ..patterns.validation import as_patterns
from ..preprocessing import BaselineRemover

# These separate the two kinds of patterns best on simulated screens; see
# benchmarks/calibrate_sorting.py.
LINE_SHARE_OF_CRYSTALS = 0.32
LINE_OVER_NOISE_OF_CRYSTALS = 6.0
LINE_OVER_NOISE_OF_GOOD_COUNTS = 15.0
# Degrees over which lines are averaged before they are compared with the noise.
_LINE_WIDTH = 0.1
_POINTS_OF_A_PLATEAU = 4
_BASELINE_QUANTILE = 0.9


@dataclass(frozen=True)
class PatternFlags:
    """What was found in each pattern.

    Parameters
    ----------
    amorphous : ndarray of shape (n_patterns,), bool
        No Bragg line stands out of the halo or of the noise.
    weak : ndarray of shape (n_patterns,), bool
        Counted too briefly: the strongest line is not far above the noise.
    saturated : ndarray of shape (n_patterns,), bool
        The strongest line is cut off at the top, as by a detector at its limit.
    cut : ndarray of shape (n_patterns,), bool
        Less than the asked share of the grid was measured.
    line_share : ndarray of shape (n_patterns,)
        Height of the strongest line over the sum of it and the rise of the baseline.
    line_over_noise : ndarray of shape (n_patterns,)
        Height of the strongest line over the noise of one point.
    coverage : ndarray of shape (n_patterns,)
        Share of the grid that was measured.

    Examples
    --------
    >>> from xrpdsim.simulation import simulate_patterns, virtual_crystal
    >>> from xrpdsim.sorting import flag_patterns
    >>> flags = flag_patterns(simulate_patterns(virtual_crystal(0), 2, random_state=0))
    >>> flags.amorphous.tolist(), flags.names(0)
    ([False, False], [])
    """

    amorphous: NDArray[np.bool_]
    weak: NDArray[np.bool_]
    saturated: NDArray[np.bool_]
    cut: NDArray[np.bool_]
    line_share: NDArray[np.float64]
    line_over_noise: NDArray[np.float64]
    coverage: NDArray[np.float64]

    def names(self, row: int) -> list[str]:
        """Return the names of the flags of a pattern."""
        return [name for name in _FLAGS if getattr(self, name)[row]]

    def reasons(self, row: int, *, in_a_group: bool = False) -> list[str]:
        """Return why a person should review a pattern, as far as flags tell.

        Parameters
        ----------
        row : int
        in_a_group : bool, default=False
            Whether the pattern fits a group of crystalline ones.

        Returns
        -------
        list of str
        """
        found = []
        if self.amorphous[row]:
            found.append(
                "hardly any Bragg lines: mostly amorphous"
                if in_a_group
                else "no Bragg lines: amorphous"
            )
        elif self.weak[row]:
            found.append("few counts")
        if self.saturated[row]:
            found.append("the strongest line is cut off: detector saturated")
        if self.cut[row]:
            found.append(f"only {self.coverage[row]:.0%} of the range was measured")
        return found


_FIELDS = tuple(field.name for field in fields(PatternFlags))
# PatternFlags has its flags first, then what they follow from.
_FLAGS = _FIELDS[: _FIELDS.index("line_share")]
_ROWS_AT_A_TIME = 1000


def flag_patterns(
    X: ArrayLike,
    *,
    two_theta: ArrayLike | None = None,
    min_coverage: float = 0.8,
    verbose: bool = False,
) -> PatternFlags:
    """Judge each pattern by itself, before it is compared with others.

    A pattern is amorphous if its strongest line, averaged over 0.1 degrees and above the baseline,
    is less than 0.32 of the sum of it and the rise of the baseline (its 90th percentile above its
    lowest point), or not above 6 times the noise. The noise of a point is the median absolute
    difference of neighbours, scaled to a standard deviation.

    Parameters
    ----------
    X : array-like of shape (n_patterns, n_points)
        Counts or anything proportional to them; NaN where not measured.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees; by default the angles in the columns of a DataFrame, or else 3, 3.02,
        3.04 and so on.
    min_coverage : float, default=0.8
        Share of the grid below which a pattern is flagged as cut.
    verbose : bool, default=False
        Whether to show progress on standard error.

    Returns
    -------
    PatternFlags

    See Also
    --------
    xrpdsim.sorting.find_copies : measurements that are there twice.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> screen = make_screening_campaign(1, 1, 20, amorphous_share=0.1, random_state=0)
    >>> found = flag_patterns(screen.X).amorphous
    >>> bool((found == (screen.form == "amorphous")).all())
    True
    """
    given, X = X, np.atleast_2d(as_patterns(X))
    grid = grid_in_force(given, two_theta, X.shape[1])
    starts = range(0, len(X), _ROWS_AT_A_TIME)
    parts = [
        _flag(X[start : start + _ROWS_AT_A_TIME].astype(np.float64), grid, min_coverage)
        for start in track(starts, "flagging", show=verbose)
    ]
    return PatternFlags(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in _FIELDS)
    )


def _flag(
    patterns: NDArray[np.float64], grid: NDArray[np.float64], min_coverage: float
) -> PatternFlags:
    lines = BaselineRemover(two_theta=grid).fit_transform(patterns)
    missing = np.isnan(patterns)
    step = float(np.median(np.diff(grid))) if len(grid) > 1 else 1.0
    n_averaged = max(1, round(_LINE_WIDTH / step))
    height = uniform_filter1d(np.where(missing, 0, lines), n_averaged, axis=1).max(axis=1)
    baseline = patterns - lines
    rise = np.nanquantile(baseline, _BASELINE_QUANTILE, axis=1) - np.nanmin(baseline, axis=1)
    noise = np.nanmedian(np.abs(np.diff(patterns, axis=1)), axis=1) / (0.6745 * np.sqrt(2))
    share = height / np.maximum(height + rise, np.finfo(float).tiny)
    over_noise = height / np.maximum(noise, np.finfo(float).tiny)
    averaged_noise = LINE_OVER_NOISE_OF_CRYSTALS / np.sqrt(n_averaged)
    coverage = 1 - missing.mean(axis=1)
    return PatternFlags(
        amorphous=(share < LINE_SHARE_OF_CRYSTALS) | (over_noise < averaged_noise),
        weak=over_noise < LINE_OVER_NOISE_OF_GOOD_COUNTS,
        saturated=_saturated(patterns, over_noise),
        cut=coverage < min_coverage,
        line_share=share,
        line_over_noise=over_noise,
        coverage=coverage,
    )


def _saturated(X: NDArray[np.float64], over_noise: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Find patterns whose highest value stands at several neighbouring points."""
    at_top = np.nanmax(X, axis=1, keepdims=True) * (1 - 1e-9) <= X
    run = at_top[:, : 1 - _POINTS_OF_A_PLATEAU].copy()
    for shift in range(1, _POINTS_OF_A_PLATEAU):
        run &= at_top[:, shift : X.shape[1] - _POINTS_OF_A_PLATEAU + 1 + shift]
    # among few counts, equal neighbours at the top are chance
    return run.any(axis=1) & (over_noise > LINE_OVER_NOISE_OF_GOOD_COUNTS)
