"""A screen as a map in two dimensions."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._colours import MARKERS, colour_of, shape_of
from ._matplotlib import axes_or_new, literal
from .layout import map_in_two_dimensions, one_each
from .similarity_map import probabilities_to_map

# Groups that a legend names; more are named beside one of their points.
_MOST_IN_LEGEND = 20


class EmbeddingMapDisplay:
    """Patterns as points in a plane: close where they are probably the same form.

    Make one with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    places : ndarray of shape (n_patterns, 2)
        Coordinates, without unit.
    labels : ndarray of shape (n_patterns,)
        Groups or forms, shown by colour and shape; -1 for patterns in no group.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    map_in_two_dimensions : The coordinates.

    Examples
    --------
    >>> similarity = [[1.0, 0.9, 0.0], [0.9, 1.0, 0.1], [0.0, 0.1, 1.0]]
    >>> display = EmbeddingMapDisplay.from_predictions(similarity, labels=[0, 0, -1])
    >>> display.places.shape
    (3, 2)
    """

    def __init__(self, places: NDArray[np.float64], labels: NDArray[Any]) -> None:
        self.places = places
        self.labels = labels

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: ArrayLike | None = None, *, labels: Any = None, ax: Any = None
    ) -> Self:
        """Draw the map of a fitted `FormClusterer`, or of a fitted pair estimator.

        Parameters
        ----------
        estimator : FormClusterer, or pair estimator
            Of a large screen a clusterer shows a sample.
        X : array-like of shape (n_patterns, n_points), optional
            Needed for pair estimators.
        labels : array-like of shape (n_patterns,), optional
            By default the groups of a clusterer.
        ax : matplotlib Axes, optional

        Returns
        -------
        EmbeddingMapDisplay

        Raises
        ------
        ValueError
            If a pair estimator comes without `X`, the columns of `X` are angles of another grid, or
            there are more or fewer labels than patterns.
        """
        if hasattr(estimator, "pair_probabilities_"):
            similarity = estimator.pair_probabilities_
            labels = estimator.labels_ if labels is None else labels
            labels = one_each(labels, "labels", len(estimator.labels_))
            labels = labels[estimator.mapped_indices_]
        else:
            similarity = probabilities_to_map(estimator, X)
        return cls.from_predictions(similarity, labels=labels, ax=ax)

    @classmethod
    def from_predictions(
        cls, similarity: ArrayLike, *, labels: ArrayLike | None = None, ax: Any = None
    ) -> Self:
        """Draw the map of a matrix of similarities.

        Parameters
        ----------
        similarity : array-like of shape (n_patterns, n_patterns)
            Between 0 and 1, probabilities for example; see `map_in_two_dimensions`.
        labels : array-like of shape (n_patterns,), optional
        ax : matplotlib Axes, optional

        Returns
        -------
        EmbeddingMapDisplay

        Raises
        ------
        ValueError
            If the matrix is not square, or there are more or fewer labels than patterns.
        """
        places = map_in_two_dimensions(similarity)
        labels = np.zeros(len(places), dtype=int) if labels is None else labels
        labels = one_each(labels, "labels", len(places))
        return cls(places, labels).plot(ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes, optional

        Returns
        -------
        EmbeddingMapDisplay
        """
        ax = axes_or_new(ax, figsize=(6, 5))
        groups = [label for label in np.unique(self.labels) if label != -1]
        for position, group in enumerate(groups):
            members = self.places[self.labels == group]
            ax.plot(
                *members.T,
                MARKERS[shape_of(position)],
                color=colour_of(position),
                label=literal(group),
                alpha=0.8,
            )
            if len(groups) > _MOST_IN_LEGEND:
                ax.annotate(literal(group), _middle_of(members), fontsize=7)
        if np.any(self.labels == -1):
            ax.plot(
                *self.places[self.labels == -1].T, "x", color=colour_of(-1), label="none", mew=2
            )
        ax.set(xlabel="first coordinate of the map", ylabel="second coordinate of the map")
        ax.set_aspect("equal", adjustable="datalim")
        if len(groups) <= _MOST_IN_LEGEND:
            ax.legend(title="group")
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _middle_of(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the place nearest to the mean of all."""
    nearest = np.linalg.norm(places - places.mean(axis=0), axis=1).argmin()
    place: NDArray[np.float64] = places[nearest]
    return place
