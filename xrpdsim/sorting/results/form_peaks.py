"""The typical pattern of each group, and its peaks."""

from __future__ import annotations

import numpy as np

from ...patterns import CU_KALPHA1, Pattern
from ...preprocessing.peaks import PeakList, find_peaks
from ..screens import SortedScreen


def typical_pattern(found: SortedScreen, group: int) -> Pattern:
    """Return the typical pattern of a group as it was sorted: at Cu K-alpha1, on the grid.

    Parameters
    ----------
    found : SortedScreen
    group : int

    Returns
    -------
    Pattern
        Without the points that were not measured; its `sample` is the name of the group, its
        `source` the file.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> found = sort_screen(screen, similarity="pearson")
    >>> typical_pattern(found, 0).sample
    'group 1'
    """
    return pattern_as_sorted(found, found.typical_rows[group], found.group_names[group])


def pattern_as_sorted(found: SortedScreen, row: int, name: str) -> Pattern:
    """Return a pattern of the screen as `typical_pattern` does, with a name as its sample."""
    counts, grid = found.screen.X[row], found.screen.two_theta
    measured = ~np.isnan(counts)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], measured.astype(int), [0]])))
    ranges = tuple(
        (float(grid[first]), float(grid[end - 1]))
        for first, end in zip(edges[::2], edges[1::2], strict=True)
    )
    return Pattern(
        grid[measured],
        counts[measured],
        wavelength=CU_KALPHA1,
        ranges=ranges,
        sample=name,
        source=found.screen.files[row],
    )


def form_peaks(found: SortedScreen, *, min_intensity: float = 1.0) -> list[PeakList]:
    """Return the peaks of the typical pattern of each group, at Cu K-alpha1.

    Parameters
    ----------
    found : SortedScreen
        As from `sort_screen`.
    min_intensity : float, default=1.0
        As the parameter of `find_peaks`.

    Returns
    -------
    list of PeakList
        By group.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.sorting import Screen, sort_screen
    >>> campaign = make_screening_campaign(1, 2, 20, preset="bragg-brentano", random_state=0)
    >>> screen = Screen(campaign.X, campaign.two_theta, [f"{k}.xy" for k in range(20)])
    >>> [len(peaks) > 3 for peaks in form_peaks(sort_screen(screen))]
    [True, True]
    """
    return [
        peaks_as_sorted(found, row, found.group_names[group], min_intensity)
        for group, row in enumerate(found.typical_rows)
    ]


def peaks_as_sorted(
    found: SortedScreen, row: int, name: str, min_intensity: float = 1.0
) -> PeakList:
    """Return the peaks of a pattern of the screen, as `form_peaks` does."""
    wavelengths, steps = found.screen.wavelengths, found.screen.steps
    return find_peaks(
        pattern_as_sorted(found, row, name),
        min_intensity=min_intensity,
        measured_at=None if wavelengths is None else float(wavelengths[row]),
        measured_step=steps[row] if steps else None,
    )
