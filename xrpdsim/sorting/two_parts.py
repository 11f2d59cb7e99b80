"""Whether the patterns of one group fall into two parts, as those of two forms would."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from ..patterns import grid_in_force
from ..patterns.validation import as_patterns
from ._sums_of_forms import profiles_of, step_of

Rows = NDArray[np.intp]

MIN_SEPARATION = 8.3
"""Set by benchmarks/groups_of_two_forms.py on simulated groups of one form and of two."""
# Chance finds a few patterns that stand apart more readily than many: the fewer patterns the
# smaller part has, the farther apart the two must be. From the same benchmark.
_FOR_SMALL_PARTS = 0.2
# Squared distance of the mean patterns, of length 1, that two forms have at least. The lines of an
# impurity, of which some samples hold a few per cent, make less of a difference.
_MIN_DISTANCE = 0.05
_SMALLEST_PART = 2
FEWEST_PATTERNS = 6
_N_COMPONENTS = 10
_N_STARTS = 6
_N_ROUNDS = 15
# The spread within parts is known from few patterns: so much of its mean is added to each variance.
_RIDGE = 1.0
_MAX_SHIFT = 0.2  # degrees
# Patterns that cover less of the grid than this part of what the others cover are left out.
_MIN_COVERAGE = 0.8
_MOST_PATTERNS = 200
_N_LINES = 5
_LINES_APART = 0.3  # degrees


class DifferingLine(NamedTuple):
    """A line that differs between two parts.

    Parameters
    ----------
    two_theta : float
        Degrees.
    heights : tuple of (float, float)
        Mean height in the first part and in the second, in per cent of the strongest line.

    Examples
    --------
    >>> from xrpdsim.sorting import DifferingLine
    >>> line = DifferingLine(12.4, (80.0, 5.0))
    >>> f"{line.two_theta:.1f} degrees: {line.heights[0]:.0f} % against {line.heights[1]:.0f} %"
    '12.4 degrees: 80 % against 5 %'
    """

    two_theta: float
    heights: tuple[float, float]


class TwoParts(NamedTuple):
    """A group whose patterns fall into two parts.

    Parameters
    ----------
    rows : tuple of (ndarray, ndarray)
        Row numbers of the patterns of each part, the larger part first.
    typical : tuple of (int, int)
        The row of each part that is nearest to its mean.
    separation : float
        Distance of the two means over the spread of patterns around them; see `find_two_parts`.
    lines : list of DifferingLine
        Those that differ most, by angle.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.sorting import DifferingLine, TwoParts
    >>> rows, lines = (np.array([0, 1, 4]), np.array([2, 3])), [DifferingLine(12.4, (80.0, 5.0))]
    >>> parts = TwoParts(rows, typical=(1, 3), separation=9.0, lines=lines)
    >>> [len(part) for part in parts.rows]
    [3, 2]
    """

    rows: tuple[Rows, Rows]
    typical: tuple[int, int]
    separation: float
    lines: list[DifferingLine]

    def among(self, rows: Rows) -> Self:
        """Return the same with the row numbers of a screen.

        Parameters
        ----------
        rows : ndarray of shape (n_patterns,)
            Those of the patterns of the group.

        Returns
        -------
        TwoParts

        Examples
        --------
        >>> import numpy as np
        >>> from xrpdsim.sorting import TwoParts
        >>> parts = TwoParts((np.array([0, 2]), np.array([1])), (2, 1), separation=9.0, lines=[])
        >>> parts.among(np.array([10, 20, 30])).typical
        (30, 20)
        """
        first, second = self.typical
        return self._replace(
            rows=(rows[self.rows[0]], rows[self.rows[1]]),
            typical=(int(rows[first]), int(rows[second])),
        )


def find_two_parts(
    X: ArrayLike,
    *,
    two_theta: ArrayLike | None = None,
    min_separation: float = MIN_SEPARATION,
) -> TwoParts | None:
    r"""Return the two parts that the patterns of a group fall into, if they do.

    Texture, too, makes the intensities of one form differ, but by degrees: patterns lie all along
    the way from one end to the other, and differ within each half in the same lines as between the
    halves. Two forms leave a gap, and differ in other lines than repeats of either do. So the
    direction that best separates two parts is looked for in the light of the spread within them
    (Fisher's linear discriminant, Annals of Eugenics 7 (1936) 179-188). With each pattern placed
    along it by the others,

    .. math:: s = \frac{m_1 - m_2}{\sigma} \, k^{0.2}

    is their separation: the distance of the means over the spread around them, by the number of
    patterns :math:`k` in the smaller part. Patterns are compared as square roots of baseline-free,
    lightly smoothed profiles of equal area, each at its best shift, by their first ten principal
    components. Parts whose means differ by no more than an impurity of a few per cent explains are
    none. The search starts from the widest gap along each of six components and moves
    patterns to the part that they are nearer to.

    Parameters
    ----------
    X : array-like of shape (n_patterns, n_points)
        The patterns of one group, NaN where not measured. Fewer than six are never two parts. Of
        more than 200, these are evenly chosen, and the others join the part that they are nearer
        to.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees, evenly spaced; by default 3, 3.02, 3.04 and so on.
    min_separation : float, default=8.3
        At this value about 2 % of simulated groups of one form are taken to be two.

    Returns
    -------
    TwoParts or None

    Examples
    --------
    >>> from xrpdsim.simulation import polytype, simulate_patterns, virtual_crystal
    >>> first = virtual_crystal(random_state=0)
    >>> second = polytype(first, random_state=0)
    >>> X = simulate_patterns(first, 12, random_state=0)
    >>> find_two_parts(X) is None
    True
    >>> found = find_two_parts(np.concatenate([X, simulate_patterns(second, 7, random_state=1)]))
    >>> found.rows[1].tolist()
    [12, 13, 14, 15, 16, 17, 18]
    """
    given, X = X, np.atleast_2d(np.asarray(as_patterns(X), dtype=np.float64))
    grid = grid_in_force(given, two_theta, X.shape[1])
    if len(X) < FEWEST_PATTERNS:
        return None
    coverage = np.isfinite(X).mean(axis=1)
    usable = np.flatnonzero(coverage >= _MIN_COVERAGE * np.median(coverage))
    if len(usable) < FEWEST_PATTERNS:
        return None
    profiles, measured = _aligned(profiles_of(X[usable], grid), step_of(grid))
    if measured.sum() < 2:
        return None
    roots = np.sqrt(profiles[:, measured])
    roots /= np.maximum(np.linalg.norm(roots, axis=1, keepdims=True), 1e-12)
    chosen = np.linspace(0, len(usable) - 1, min(len(usable), _MOST_PATTERNS)).astype(np.intp)
    mean = roots[chosen].mean(axis=0)
    n_components = min(_N_COMPONENTS, len(chosen) - 1)
    axes = np.linalg.svd(roots[chosen] - mean, full_matrices=False)[2][:n_components]
    places = (roots - mean) @ axes.T
    separation, first = _best_parts(places[chosen])
    if separation < min_separation or not separation:
        return None
    inside = np.zeros(len(usable), dtype=bool)
    inside[chosen] = first
    others = np.setdiff1d(np.arange(len(usable)), chosen)
    inside[others] = _nearer_to_first(places[others], places[chosen], first)
    if 2 * inside.sum() < len(inside):
        inside = ~inside
    parts = (inside, ~inside)
    centres = [places[part].mean(axis=0) for part in parts]
    typical = [
        int(np.flatnonzero(part)[np.square(places[part] - centre).sum(axis=1).argmin()])
        for part, centre in zip(parts, centres, strict=True)
    ]
    return TwoParts(
        (usable[inside], usable[~inside]),
        (int(usable[typical[0]]), int(usable[typical[1]])),
        separation,
        _differing_lines(profiles, inside, measured, grid),
    )


def _aligned(
    profiles: NDArray[np.float64], step: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return profiles at their best shifts, scaled to equal area, and where all were measured."""
    everywhere = ~np.isnan(profiles).any(axis=0)
    filled = np.maximum(np.where(everywhere, profiles, 0), 0)  # a running mean may round below 0
    farthest = min(int(_MAX_SHIFT / step + 1e-3), filled.shape[1] // 4)
    edges = np.pad(everywhere, farthest)
    measured: NDArray[np.bool_] = np.all(sliding_window_view(edges, 2 * farthest + 1), axis=1)
    n_points = filled.shape[1]
    roots = np.sqrt(filled)
    roots /= np.maximum(np.linalg.norm(roots, axis=1, keepdims=True), 1e-12)
    reference = roots[(roots @ roots.sum(axis=0)).argmax()]
    padded = np.pad(filled, ((0, 0), (farthest, farthest)))
    every = np.arange(len(filled))
    for _ in range(2):
        shifted = sliding_window_view(np.pad(reference, farthest), n_points)
        # the reference moved one way is each pattern moved the other way
        start = 2 * farthest - (roots @ shifted.T).argmax(axis=1)
        aligned = sliding_window_view(padded, n_points, axis=1)[every, start]
        area = np.maximum(aligned[:, measured].sum(axis=1, keepdims=True), 1e-12)
        aligned = aligned / area
        reference = np.sqrt(np.median(aligned, axis=0))
    return aligned, measured


def _best_parts(places: NDArray[np.float64]) -> tuple[float, NDArray[np.bool_]]:
    """Return the largest separation that was found, and which patterns are in the first part."""
    best, parts = 0.0, np.zeros(len(places), dtype=bool)
    tried: set[bytes] = set()
    for component in range(min(_N_STARTS, places.shape[1])):
        first = _widest_gap(places[:, component])
        for _ in range(_N_ROUNDS):
            first = first == first[0]
            n_smaller = min(first.sum(), (~first).sum())
            if n_smaller < _SMALLEST_PART or first.tobytes() in tried:
                break
            tried.add(first.tobytes())
            difference = places[first].mean(axis=0) - places[~first].mean(axis=0)
            position = _positions(places, first)
            spread = np.sqrt(_squares(position, first) / (len(position) - 2))
            apart = position[first].mean() - position[~first].mean()
            separation = float(apart / max(spread, 1e-6) * n_smaller**_FOR_SMALL_PARTS)
            if separation > best and difference @ difference >= _MIN_DISTANCE:
                best, parts = separation, first
            first = position > 0
    return best, parts


def _widest_gap(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Cut values in two so that as little as possible of their variance is within the parts."""
    order = np.sort(values)
    n = len(order)
    size = np.arange(_SMALLEST_PART, n - _SMALLEST_PART + 1)
    total = np.cumsum(order)
    below = total[size - 1] / size
    above = (total[-1] - total[size - 1]) / (n - size)
    last = size[(size * (n - size) * (above - below) ** 2).argmax()]
    return np.asarray(values >= (order[last - 1] + order[last]) / 2)


def _squares(values: NDArray[np.float64], first: NDArray[np.bool_]) -> float:
    return sum(
        float(np.square(part - part.mean()).sum()) for part in (values[first], values[~first])
    )


def _positions(places: NDArray[np.float64], first: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return where each pattern lies between two parts, by a discriminant made of the others.

    1/2 is the mean of the first part, -1/2 that of the second.
    """
    n = len(places)
    sizes = np.where(first, first.sum(), (~first).sum())[:, None]
    of_first, of_second = places[first].mean(axis=0), places[~first].mean(axis=0)
    deviation = np.where(first[:, None], places - of_first, places - of_second)
    without = deviation / (sizes - 1)
    means = [of_first - np.where(first[:, None], without, 0)]
    means.append(of_second - np.where(first[:, None], 0, without))
    squares = deviation.T @ deviation
    own = deviation[:, :, None] * deviation[:, None, :] * (sizes / (sizes - 1))[:, :, None]
    direction = _discriminant((squares - own) / max(n - 3, 1), means[0] - means[1])
    distance = ((means[0] - means[1]) * direction).sum(axis=1)
    middle = (means[0] + means[1]) / 2
    return np.asarray(((places - middle) * direction).sum(axis=1) / np.maximum(distance, 1e-300))


def _nearer_to_first(
    places: NDArray[np.float64], known: NDArray[np.float64], first: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    of_first, of_second = known[first].mean(axis=0), known[~first].mean(axis=0)
    deviation = np.where(first[:, None], known - of_first, known - of_second)
    covariance = deviation.T @ deviation / (len(known) - 2)
    direction = _discriminant(covariance[None], (of_first - of_second)[None])[0]
    return np.asarray((places - (of_first + of_second) / 2) @ direction > 0)


def _discriminant(
    covariance: NDArray[np.float64], difference: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return Fisher's directions for many covariances and differences of means."""
    n_components = covariance.shape[1]
    variance = np.trace(covariance, axis1=1, axis2=2) / n_components
    ridge = _RIDGE * variance + 1e-12
    steadied = covariance + ridge[:, None, None] * np.eye(n_components)
    return np.asarray(np.linalg.solve(steadied, difference[:, :, None])[:, :, 0])


def _differing_lines(
    profiles: NDArray[np.float64],
    first: NDArray[np.bool_],
    measured: NDArray[np.bool_],
    grid: NDArray[np.float64],
) -> list[DifferingLine]:
    """Return the lines whose mean heights differ most, by their square roots."""
    means = np.array([profiles[first].mean(axis=0), profiles[~first].mean(axis=0)])
    heights = 100 * means / np.maximum(means.max(), 1e-300)
    difference = np.where(measured, np.abs(np.diff(np.sqrt(heights), axis=0)[0]), 0)
    apart = max(1, round(_LINES_APART / step_of(grid)))
    found: list[DifferingLine] = []
    while len(found) < _N_LINES and difference.max() > 0:
        place = int(difference.argmax())
        low, high = (round(float(mean[place]), 1) for mean in heights)
        found.append(DifferingLine(round(float(grid[place]), 2), (low, high)))
        difference[max(0, place - apart) : place + apart + 1] = 0
    return sorted(found)
