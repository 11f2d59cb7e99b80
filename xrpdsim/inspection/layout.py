"""Where things go in pictures: patterns scaled, maps in two dimensions, orders of rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.cluster.hierarchy import leaves_list
from threadpoolctl import threadpool_limits


def scaled(X: ArrayLike) -> NDArray[np.float64]:
    """Return patterns scaled to [0, 1] over what was measured; NaN stays.

    Examples
    --------
    >>> scaled([[1.0, 3.0, np.nan]])
    array([[ 0.,  1., nan]])
    """
    X = np.asarray(X, dtype=np.float64)
    low = np.nanmin(X, axis=1, keepdims=True)
    span = np.nanmax(X, axis=1, keepdims=True) - low
    return (X - low) / np.where(span > 0, span, 1)


def square(matrix: ArrayLike, name: str) -> NDArray[Any]:
    """Return a matrix over pairs of patterns as an array.

    Raises
    ------
    ValueError
        If it is not square.

    Examples
    --------
    >>> square([[1.0, 0.5]], "probability")
    Traceback (most recent call last):
    ...
    ValueError: probability has shape (1, 2), but must be square: a row and a column a pattern
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(
            f"{name} has shape {matrix.shape}, but must be square: a row and a column a pattern"
        )
    return matrix


def one_each(values: ArrayLike, name: str, n: int, what: str = "pattern") -> NDArray[Any]:
    """Return values as an array, one for each pattern.

    Raises
    ------
    ValueError
        If there are more or fewer.

    Examples
    --------
    >>> one_each(["a"], "labels", 2)
    Traceback (most recent call last):
    ...
    ValueError: labels has shape (1,), but must be (2,), one for each pattern
    """
    values = np.asarray(values)
    if values.shape != (n,):
        raise ValueError(
            f"{name} has shape {values.shape}, but must be ({n},), one for each {what}"
        )
    return values


def map_in_two_dimensions(similarity: ArrayLike) -> NDArray[np.float64]:
    """Place patterns in a plane so that distances follow 1 - similarity.

    Classical scaling [1]_: the two leading eigenvectors of the doubly centred squared distances.

    Parameters
    ----------
    similarity : array-like of shape (n_patterns, n_patterns)
        Symmetric, between 0 and 1.

    Returns
    -------
    ndarray of shape (n_patterns, 2)

    Raises
    ------
    ValueError
        If the matrix is not square.

    References
    ----------
    .. [1] Torgerson, W. S. (1952). Multidimensional scaling: I. Theory and method. Psychometrika
       17, 401-419.

    Examples
    --------
    >>> place = map_in_two_dimensions([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])
    >>> bool(np.abs(place[0] - place[1]).max() < np.abs(place[0] - place[2]).max())
    True
    """
    similarity = square(similarity, "similarity").astype(np.float64)
    squares = (1 - similarity) ** 2
    squares = (squares + squares.T) / 2
    np.fill_diagonal(squares, 0)
    inner = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    # with several threads it takes longer, and many times the processor time
    with threadpool_limits(limits=1, user_api="blas"):
        values, vectors = np.linalg.eigh(-inner / 2)
    place = np.zeros((len(similarity), 2))
    n_axes = min(2, len(values))
    leading = np.argsort(-values)[:n_axes]
    place[:, :n_axes] = vectors[:, leading] * np.sqrt(np.maximum(values[leading], 0))
    # the sign of an eigenvector is arbitrary: let the largest coordinate be positive
    place *= np.where(place[np.abs(place).argmax(axis=0), [0, 1]] < 0, -1, 1)
    return place


def order_of_map(
    n_patterns: int,
    linkage: NDArray[np.float64] | None = None,
    sorted_rows: NDArray[np.intp] | None = None,
) -> NDArray[np.intp]:
    """Return rows as the leaves of a tree follow each other, then those outside the tree.

    Parameters
    ----------
    n_patterns : int
    linkage : ndarray of shape (n_leaves - 1, 4), optional
    sorted_rows : ndarray of shape (n_leaves,), optional
        Rows of the leaves; by default all.

    Returns
    -------
    ndarray of shape (n_patterns,)

    Examples
    --------
    >>> order_of_map(3)
    array([0, 1, 2])
    """
    if linkage is None or not len(linkage):
        return np.arange(n_patterns)
    rows = np.arange(n_patterns) if sorted_rows is None else sorted_rows
    inside = rows[leaves_list(linkage)]
    return np.concatenate([inside, np.setdiff1d(np.arange(n_patterns), inside)]).astype(np.intp)


def prune_tree(linkage: NDArray[np.float64], leaves: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the tree that is left of a tree when only some of its leaves are shown.

    Branches meet as high as in the whole tree, so that a cut gives the same groups.

    Parameters
    ----------
    linkage : ndarray of shape (n_patterns - 1, 4)
        As SciPy's `linkage` returns it.
    leaves : ndarray of shape (n_shown,)
        Numbers of the leaves that stay; they are numbered in this order.

    Returns
    -------
    ndarray of shape (n_shown - 1, 4)

    Examples
    --------
    >>> tree = np.array([[0, 1, 0.1, 2], [2, 3, 0.2, 2], [4, 5, 0.9, 4]])
    >>> prune_tree(tree, np.array([0, 2, 3]))
    array([[1. , 2. , 0.2, 2. ],
           [0. , 3. , 0.9, 3. ]])
    """
    n_patterns = len(linkage) + 1
    place = np.full(n_patterns + len(linkage), -1, dtype=np.intp)
    place[leaves] = np.arange(len(leaves))
    size = [1] * len(leaves)
    kept: list[tuple[float, ...]] = []
    for node, (first, second, distance, _) in enumerate(linkage, start=n_patterns):
        one, other = sorted((int(place[int(first)]), int(place[int(second)])))
        if one < 0:
            place[node] = other
            continue
        place[node] = len(size)
        size.append(size[one] + size[other])
        kept.append((one, other, distance, size[-1]))
    return np.array(kept, dtype=np.float64).reshape(-1, 4)
