"""The matrix of pair probabilities as a picture."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..patterns.validation import as_patterns
from ..similarity.probability import PatternProbabilities
from ._matplotlib import axes_or_new
from .layout import one_each, order_of_map, square


class SimilarityMapDisplay:
    """Probabilities that pairs of patterns are the same form, sorted by group.

    Make one with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    probability : ndarray of shape (n_patterns, n_patterns)
    order : ndarray of shape (n_patterns,)
        Row numbers as they are shown.
    labels : ndarray of shape (n_patterns,) or None
        Groups; lines are drawn where they change.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    xrpdsim.inspection.PatternStackDisplay : the patterns themselves.
    xrpdsim.inspection.EmbeddingMapDisplay : patterns as points.

    Examples
    --------
    >>> probability = [[1.0, 0.1, 0.9], [0.1, 1.0, 0.0], [0.9, 0.0, 1.0]]
    >>> display = SimilarityMapDisplay.from_predictions(probability, labels=[0, 1, 0])
    >>> display.order
    array([0, 2, 1])
    """

    def __init__(
        self,
        probability: NDArray[np.floating],
        order: NDArray[np.intp],
        labels: NDArray[Any] | None,
    ) -> None:
        self.probability = probability
        self.order = order
        self.labels = labels

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: ArrayLike | None = None, *, labels: Any = None, ax: Any = None
    ) -> Self:
        """Draw the map of a fitted `FormClusterer`, or of a fitted pair estimator.

        Parameters
        ----------
        estimator : FormClusterer, or pair estimator
            A clusterer brings matrix, tree and groups, of a large screen those of a sample; a pair
            estimator is applied to `X`.
        X : array-like of shape (n_patterns, n_points), optional
            Needed for pair estimators.
        labels : array-like of shape (n_patterns,), optional
            Groups or known forms, for pair estimators.
        ax : matplotlib Axes, optional

        Returns
        -------
        SimilarityMapDisplay

        Raises
        ------
        ValueError
            If a pair estimator comes without `X`, or the columns of `X` are angles of another grid.
        """
        if hasattr(estimator, "labels_"):
            mapped = estimator.mapped_indices_
            probability, labels = estimator.pair_probabilities_, estimator.labels_[mapped]
            tree = getattr(estimator, "linkage_", None)
            linked = np.searchsorted(mapped, estimator.linked_indices_)
            order = order_of_map(len(labels), tree, linked)
            return cls(probability, order, labels).plot(ax=ax)
        return cls.from_predictions(probabilities_to_map(estimator, X), labels=labels, ax=ax)

    @classmethod
    def from_predictions(
        cls, probability: ArrayLike, *, labels: ArrayLike | None = None, ax: Any = None
    ) -> Self:
        """Draw a matrix of pair probabilities.

        Parameters
        ----------
        probability : array-like of shape (n_patterns, n_patterns)
        labels : array-like of shape (n_patterns,), optional
            Groups, to sort by.
        ax : matplotlib Axes, optional

        Returns
        -------
        SimilarityMapDisplay

        Raises
        ------
        ValueError
            If the matrix is not square, or there are more or fewer labels than patterns.
        """
        probability = square(probability, "probability")
        order = np.arange(len(probability))
        if labels is not None:
            labels = one_each(labels, "labels", len(probability))
            order = np.argsort(labels, kind="stable")
        return cls(probability, order, labels).plot(ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes, optional

        Returns
        -------
        SimilarityMapDisplay
        """
        ax = axes_or_new(ax, figsize=(6.5, 5.5), layout="compressed")
        shown = self.probability[np.ix_(self.order, self.order)]
        image = ax.imshow(shown, cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
        ax.figure.colorbar(image, ax=ax, label="probability of the same form")
        if self.labels is not None:
            ordered = self.labels[self.order]
            for edge in np.flatnonzero(ordered[1:] != ordered[:-1]) + 0.5:
                ax.axhline(edge, color="white", lw=0.5)
                ax.axvline(edge, color="white", lw=0.5)
        ax.set(xlabel="pattern, sorted", ylabel="pattern, sorted")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def probabilities_to_map(estimator: Any, X: Any) -> NDArray[np.float64]:
    """Return the pair probabilities of patterns by an estimator that keeps none.

    Parameters
    ----------
    estimator : pair estimator
    X : array-like of shape (n_patterns, n_points) or None

    Returns
    -------
    ndarray of shape (n_patterns, n_patterns)

    Raises
    ------
    ValueError
        If X is None, or its columns are angles of another grid.
    """
    if X is None:
        raise ValueError("X is needed: this estimator keeps no matrix of probabilities")
    patterns = as_patterns(X, getattr(estimator, "two_theta_", None))
    return PatternProbabilities(estimator, patterns)(patterns)
