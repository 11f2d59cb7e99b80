"""The angles that the points of patterns lie at: the common grid, and how others are told."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._support._warnings import warn_user

CU_KALPHA1 = 1.54060
"""Wavelength of Cu K-alpha1 in angstrom; the common grid is in 2theta at this wavelength."""

GRID_START = 3.0
GRID_STEP = 0.02
GRID_POINTS = 1950


class GridWarning(UserWarning):
    """The angles of the points were not given, and may not be those of the common grid.

    Examples
    --------
    >>> import warnings
    >>> from xrpdsim import DeGelderSimilarity
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     _ = DeGelderSimilarity().fit([[0.0, 1.0, 0.0] * 100])
    >>> caught[0].category.__name__
    'GridWarning'
    """


def default_two_theta(n_points: int = GRID_POINTS) -> NDArray[np.float64]:
    """Return the common grid: from 3 degrees 2theta in steps of 0.02, at Cu K-alpha1.

    Parameters
    ----------
    n_points : int, default=1950
        Number of points; 1950 of them cover 3 <= 2theta < 42.

    Returns
    -------
    ndarray of shape (n_points,)
        Degrees 2theta.

    Examples
    --------
    >>> default_two_theta()[[0, 1, -1]]
    array([ 3.  ,  3.02, 41.98])
    """
    return GRID_START + GRID_STEP * np.arange(n_points, dtype=np.float64)


def check_grid(two_theta: ArrayLike | None, n_points: int) -> NDArray[np.float64]:
    """Return the grid that patterns of `n_points` lie on, checked.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,) or None
        The user's grid in degrees, or None for the common one.
    n_points : int
        Number of points of the patterns.

    Returns
    -------
    ndarray of shape (n_points,)

    Raises
    ------
    ValueError
        If the grid is not increasing, not finite, or has another number of points.

    Examples
    --------
    >>> check_grid([5.0, 5.1], 2)
    array([5. , 5.1])
    """
    if two_theta is None:
        return default_two_theta(n_points)
    grid = np.asarray(two_theta, dtype=np.float64)
    if grid.shape != (n_points,):
        raise ValueError(
            f"two_theta has shape {grid.shape}, but the patterns have {n_points} points; give one "
            "angle a point"
        )
    if not np.isfinite(grid).all() or not (np.diff(grid) > 0).all():
        raise ValueError("two_theta must be finite and strictly increasing, in degrees")
    return grid


def angles_in_columns(X: Any) -> NDArray[np.float64] | None:
    """Return the angles that the columns of a DataFrame are named by, if they are.

    Parameters
    ----------
    X : object
        A DataFrame, or anything else.

    Returns
    -------
    ndarray of shape (n_points,) or None
        Degrees 2theta. None where X has no named columns, a name is not a number, or all names are
        whole numbers: those count the columns.

    Raises
    ------
    ValueError
        If the names are numbers, but no increasing angles between 0 and 180 degrees.

    Examples
    --------
    >>> import pandas as pd
    >>> angles_in_columns(pd.DataFrame([[10, 20]], columns=["5.00", "5.02"]))
    array([5.  , 5.02])
    >>> angles_in_columns(pd.DataFrame([[10, 20]])) is None
    True
    """
    names = getattr(X, "columns", None)
    if names is None or callable(names):
        return None
    try:
        angles = np.array([float(name) for name in names])
    except (TypeError, ValueError):  # names that are no numbers are no angles
        return None
    if not angles.size or not np.isfinite(angles).all() or (angles == np.round(angles)).all():
        return None
    if not (np.diff(angles) > 0).all() or angles[0] < 0 or angles[-1] > 180:
        raise ValueError(
            f"the columns of X are named by numbers ({angles[0]:g}, ..., {angles[-1]:g}), which "
            "are no increasing angles between 0 and 180 degrees 2theta. Sort the columns, or give "
            "an array and two_theta="
        )
    return angles


def check_same_grid(
    angles: NDArray[np.float64], grid: NDArray[np.float64], of: str = "the columns of X"
) -> None:
    """Raise ValueError unless each angle lies within half a step of its point of the grid.

    Parameters
    ----------
    angles, grid : ndarray of shape (n_points,)
        Degrees 2theta.
    of : str
        What the angles are those of, for the message.

    Examples
    --------
    >>> check_same_grid(np.array([5.0, 5.1]), np.array([3.0, 3.02]))
    Traceback (most recent call last):
    ...
    ValueError: the columns of X are 5 to 5.1 degrees 2theta, but the grid in force is 3 to 3.02...
    """
    if angles.size != grid.size:
        return  # the number of points has a message of its own
    step = np.median(np.diff(grid)) if grid.size > 1 else 0.02
    if np.abs(angles - grid).max() <= step / 2 + 1e-9:
        return
    raise ValueError(
        f"{of} are {angles[0]:g} to {angles[-1]:g} degrees 2theta, but the grid in force is "
        f"{grid[0]:g} to {grid[-1]:g}: bring the patterns to that grid "
        "(xrpdsim.patterns.to_grid), or fit with two_theta= for theirs"
    )


def stated_grid(X: Any, two_theta: ArrayLike | None, n_points: int) -> NDArray[np.float64] | None:
    """Return the grid that the user gave, by `two_theta` or the columns of X; None if neither.

    Parameters
    ----------
    X : object
    two_theta : array-like of shape (n_points,) or None
    n_points : int

    Returns
    -------
    ndarray of shape (n_points,) or None

    Raises
    ------
    ValueError
        As `grid_in_force`.

    Examples
    --------
    >>> import pandas as pd
    >>> stated_grid(pd.DataFrame([[1.0, 2.0]], columns=[5.0, 5.02]), None, 2)
    array([5.  , 5.02])
    >>> stated_grid([[1.0, 2.0]], None, 2) is None
    True
    """
    angles = angles_in_columns(X)
    if two_theta is None:
        return angles
    grid = check_grid(two_theta, n_points)
    if angles is not None:
        check_same_grid(angles, grid)
    return grid


def grid_in_force(
    X: Any, two_theta: ArrayLike | None, n_points: int, *, asked_by: str | None = None
) -> NDArray[np.float64]:
    """Return the grid that patterns lie on: as given, as columns are named, or the common one.

    Parameters
    ----------
    X : object
        The patterns as the user gave them; the columns of a DataFrame may be angles.
    two_theta : array-like of shape (n_points,) or None
        The user's grid in degrees.
    n_points : int
        Number of points of the patterns.
    asked_by : str, optional
        The name of an estimator that has parameters in degrees, or whose result holds for one grid
        only: where nothing says which angles the points are, and there are not 1950 of them, it
        warns.

    Returns
    -------
    ndarray of shape (n_points,)

    Raises
    ------
    ValueError
        If the grid is not increasing, not finite, has another number of points, or is not that of
        the columns.

    Warns
    -----
    GridWarning
        See `asked_by`.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame([[10, 20]], columns=[5.0, 5.02])
    >>> grid_in_force(frame, None, 2, asked_by="DeGelderSimilarity")
    array([5.  , 5.02])
    """
    stated = stated_grid(X, two_theta, n_points)
    if stated is not None:
        return stated
    grid = default_two_theta(n_points)
    if asked_by is not None and n_points != GRID_POINTS:
        warn_user(
            f"{asked_by} takes the {n_points} points for 3 + 0.02 k degrees 2theta, {grid[0]:g} to "
            f"{grid[-1]:g}: nothing says which angles they are, and the common grid has "
            f"{GRID_POINTS} points. Give two_theta=, one angle a point, or a DataFrame whose "
            f"columns are named by the angles. If they are as taken, "
            f"two_theta=default_two_theta({n_points}) says so",
            GridWarning,
        )
    return grid


def grid_or_default(two_theta: ArrayLike | None) -> NDArray[np.float64]:
    """Return the grid that patterns are to be brought to, checked; by default the common one.

    Parameters
    ----------
    two_theta : array-like of shape (n_points,) or None

    Returns
    -------
    ndarray of shape (n_points,)

    Raises
    ------
    ValueError
        As `check_grid`.

    Examples
    --------
    >>> grid_or_default(None).size
    1950
    """
    if two_theta is None:
        return default_two_theta()
    return check_grid(two_theta, np.size(two_theta))
