"""Patterns stacked by group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..patterns import grid_in_force
from ._colours import colour_of
from ._matplotlib import TWO_THETA, axes_or_new, literal
from .layout import one_each, scaled


class PatternStackDisplay:
    """Patterns of each group over each other, the typical pattern in front, groups stacked.

    Make one with `from_estimator` or `from_predictions`.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points)
        Intensities, NaN where not measured; each pattern is scaled to the same height.
    labels : ndarray of shape (n_patterns,)
        Group of each pattern; those labelled -1 are left out.
    two_theta : ndarray of shape (n_points,)
        Degrees 2theta at Cu K-alpha1.
    medoid_indices : ndarray of shape (n_groups,)
        Row of the typical pattern of each group.
    group_names : list of str

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    See Also
    --------
    xrpdsim.inspection.SimilarityMapDisplay : all pairs as a map.

    Examples
    --------
    >>> X = [[0.0, 1.0, 0.0], [0.1, 1.0, 0.0], [0.0, 0.0, 1.0]]
    >>> display = PatternStackDisplay.from_predictions(X, [0, 0, -1], two_theta=[10, 20, 30])
    >>> display.group_names
    ['0']
    """

    def __init__(
        self,
        X: NDArray[np.floating],
        labels: NDArray[Any],
        two_theta: NDArray[np.float64],
        medoid_indices: NDArray[np.intp],
        group_names: list[str],
    ) -> None:
        self.X = X
        self.labels = labels
        self.two_theta = two_theta
        self.medoid_indices = medoid_indices
        self.group_names = group_names

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: ArrayLike, *, two_theta: ArrayLike | None = None, ax: Any = None
    ) -> Self:
        """Draw the groups of a fitted `FormClusterer`.

        Parameters
        ----------
        estimator : FormClusterer
            Fitted to `X`.
        X : array-like of shape (n_patterns, n_points)
        two_theta : array-like of shape (n_points,), optional
            By default that of the estimator.
        ax : matplotlib Axes, optional

        Returns
        -------
        PatternStackDisplay
        """
        if two_theta is None:
            two_theta = getattr(estimator, "two_theta_", None)
        return cls.from_predictions(
            X,
            estimator.labels_,
            medoid_indices=estimator.typical_indices_,
            two_theta=two_theta,
            ax=ax,
        )

    @classmethod
    def from_predictions(
        cls,
        X: ArrayLike,
        labels: ArrayLike,
        *,
        medoid_indices: ArrayLike | None = None,
        group_names: Sequence[str] | None = None,
        two_theta: ArrayLike | None = None,
        ax: Any = None,
    ) -> Self:
        """Draw groups of patterns.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
        labels : array-like of shape (n_patterns,)
            Group of each pattern; those labelled -1 are left out.
        medoid_indices : array-like of shape (n_groups,), optional
            Row of the pattern in front of each group, in the order of sorted labels; by default the
            first of the group.
        group_names : sequence of str, optional
        two_theta : array-like of shape (n_points,), optional
            By default the angles in the columns of a DataFrame, or else 3, 3.02, 3.04 and so on.
        ax : matplotlib Axes, optional

        Returns
        -------
        PatternStackDisplay

        Raises
        ------
        ValueError
            If there are more or fewer labels than patterns, or typical patterns or names than
            groups; or `X` does not lie on the grid.
        """
        shape = np.shape(X)
        if len(shape) != 2:
            raise ValueError(f"X has shape {shape}, but must be (n_patterns, n_points)")
        grid = grid_in_force(X, two_theta, shape[1])
        X, labels = np.asarray(X), one_each(labels, "labels", len(X))
        groups = [label for label in np.unique(labels) if label != -1]
        if medoid_indices is None:
            medoid_indices = [int((labels == group).argmax()) for group in groups]
        medoids = one_each(medoid_indices, "medoid_indices", len(groups), "group").astype(np.intp)
        if np.any((medoids < 0) | (medoids >= len(X))):
            raise ValueError(f"medoid_indices must lie within 0 to {len(X) - 1}, the rows of X")
        names = [str(group) for group in (groups if group_names is None else group_names)]
        one_each(names, "group_names", len(groups), "group")
        display = cls(X, labels, grid, medoids, names)
        return display.plot(ax=ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes, optional

        Returns
        -------
        PatternStackDisplay
        """
        groups = [label for label in np.unique(self.labels) if label != -1]
        ax = axes_or_new(ax, figsize=(8, 1 + 1.1 * max(len(groups), 1)))
        heights = scaled(self.X)
        for position, (group, medoid) in enumerate(zip(groups, self.medoid_indices, strict=True)):
            base = len(groups) - 1 - position
            members = np.flatnonzero(self.labels == group)
            colour = colour_of(position)
            ax.plot(
                self.two_theta, base + 0.9 * heights[members].T, color=colour, alpha=0.15, lw=0.5
            )
            ax.plot(self.two_theta, base + 0.9 * heights[medoid], color=colour, lw=1)
            ax.annotate(
                f"{literal(self.group_names[position])} (n = {len(members)})",
                (1, base + 0.75),
                xycoords=("axes fraction", "data"),
                ha="right",
                color=colour,
            )
        ax.set(xlabel=TWO_THETA, ylabel="intensity, scaled", yticks=[])
        ax.set_xlim(self.two_theta[0], self.two_theta[-1])
        self.ax_, self.figure_ = ax, ax.figure
        return self
