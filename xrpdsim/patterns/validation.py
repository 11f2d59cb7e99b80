"""What every estimator does with the patterns that it is given."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import get_tags
from sklearn.utils.validation import validate_data

from .grid import angles_in_columns, check_same_grid

FROM_WEIGHTS = "_from_weights"
"""Attribute of estimators that were fitted by somebody else, to arrays: until `fit` is called."""


def validate_patterns(
    estimator: Any,
    X: Any,
    y: Any = "no_validation",
    *,
    reset: bool,
    empty: str = "refuse",
    **check_params: Any,
) -> Any:
    """Check patterns as `sklearn.utils.validation.validate_data` does; NaN means not measured.

    The mask of a masked array counts as not measured. Where the estimator knows its grid
    (``two_theta_``) and the columns of a DataFrame are angles, these are checked against it. Those
    of a pairwise matrix are samples, whatever they are called.

    Parameters
    ----------
    estimator : estimator
    X : array-like of shape (n_patterns, n_points)
    y : object, optional
        Labels, to be checked as well.
    reset : bool
        Whether this is `fit`, which sets the number of points.
    empty : {"refuse", "keep"}, default="refuse"
        What becomes of patterns of which nothing was measured.
    **check_params
        For `validate_data`; by default float64 or float32 is kept, and NaN is allowed.

    Returns
    -------
    X : ndarray of shape (n_patterns, n_points)
    y : ndarray
        Only where it was given.

    Raises
    ------
    TypeError
        If X is a path, or an object that holds patterns.
    ValueError
        If X is no array of patterns, holds infinity or a pattern all NaN, or its columns are other
        angles.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim import EuclideanSimilarity
    >>> masked = np.ma.masked_array([[1.0, 2.0]], mask=[[False, True]])
    >>> validate_patterns(EuclideanSimilarity(), masked, reset=True)
    array([[ 1., nan]])
    """
    _refuse_other_things(X)
    pairwise = get_tags(estimator).input_tags.pairwise
    angles = None if pairwise else angles_in_columns(X)
    grid = getattr(estimator, "two_theta_", None)
    if reset:
        vars(estimator).pop(FROM_WEIGHTS, None)
    elif angles is not None and grid is not None:
        check_same_grid(angles, grid)
    known = (angles is not None and grid is not None) or hasattr(estimator, FROM_WEIGHTS)
    named = hasattr(X, "columns") and not hasattr(estimator, "feature_names_in_")
    if named and known and not reset:
        # angles are checked, and what came with weights has seen no names: these do not matter
        X = np.asarray(X)
    check_params = {
        "dtype": [np.float64, np.float32],
        "ensure_all_finite": "allow-nan",
        **check_params,
    }
    checked = validate_data(estimator, _missing_where_masked(X), y, reset=reset, **check_params)
    if empty == "keep":
        return checked
    refuse_unmeasured(checked[0] if isinstance(checked, tuple) else checked)
    return checked


def refuse_unmeasured(patterns: NDArray[np.floating], name: str = "X") -> None:
    """Refuse patterns of which nothing was measured.

    Parameters
    ----------
    patterns : ndarray of shape (n_patterns, n_points)
    name : str, default="X"
        Of the argument, for the message.

    Raises
    ------
    ValueError
        Naming the first such row.

    Examples
    --------
    >>> refuse_unmeasured(np.array([[1.0, np.nan], [np.nan, np.nan]]))
    Traceback (most recent call last):
    ...
    ValueError: the pattern in row 1 of X is all NaN: nothing of it was measured on this grid; ...
    """
    rows = np.flatnonzero(np.isnan(patterns).all(axis=1))
    if rows.size:
        raise ValueError(
            f"the pattern in row {rows[0]} of {name} is all NaN: nothing of it was measured on "
            "this grid; leave it out"
        )


def as_patterns(X: Any, grid: NDArray[np.float64] | None = None) -> NDArray[Any]:
    """Return patterns as an array, where no estimator sees them as they were given.

    Parameters
    ----------
    X : array-like of shape (n_patterns, n_points)
        The mask of a masked array counts as not measured.
    grid : ndarray of shape (n_points,), optional
        Degrees 2theta, which the columns of a DataFrame are checked against if they are angles.

    Returns
    -------
    ndarray of shape (n_patterns, n_points)

    Raises
    ------
    TypeError
        If X is a path, or an object that holds patterns.
    ValueError
        If the columns of X are other angles.

    Examples
    --------
    >>> as_patterns(np.ma.masked_array([[1.0, 2.0]], mask=[[False, True]]))
    array([[ 1., nan]])
    """
    _refuse_other_things(X)
    angles = angles_in_columns(X)
    if angles is not None and grid is not None:
        check_same_grid(angles, grid)
    return np.asarray(_missing_where_masked(X))


def _refuse_other_things(X: Any) -> None:
    """Refuse what is read into patterns, or holds them."""
    if isinstance(X, str | os.PathLike):
        raise TypeError(
            f"X is {str(X)!r}, not an array of patterns; read the files first, with read_screen or "
            "read_pattern"
        )
    if hasattr(X, "X") and hasattr(X, "two_theta"):
        raise TypeError(
            f"X is a {type(X).__name__}, not an array of patterns; give its attribute X"
        )


def _missing_where_masked(X: Any) -> Any:
    if not isinstance(X, np.ma.MaskedArray):
        return X
    as_floats: NDArray[np.floating] = X if X.dtype.kind == "f" else X.astype(np.float64)
    return np.ma.filled(as_floats, np.nan)
