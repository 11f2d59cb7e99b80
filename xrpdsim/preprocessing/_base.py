"""What all per-pattern steps share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin, clone

from .._support._documentation import DocumentedMixin
from .._support._sklearn import dense_output
from .._support._warnings import warn_user
from ..patterns import GridWarning, angles_in_columns, default_two_theta, validate_patterns


class PatternTransformer(
    DocumentedMixin, OneToOneFeatureMixin, TransformerMixin, BaseEstimator, ABC
):
    """Base of the steps that turn each pattern into another on the same grid.

    Nothing is learnt: `fit` only checks, and `transform` works without it. Where the columns of a
    DataFrame are angles, `fit` keeps them as `two_theta_`.
    """

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Check the patterns and the parameters.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            NaN where not measured.
        y : object
            Ignored.

        Returns
        -------
        self
        """
        patterns = self._validated(X, reset=True)
        self._learn_grid(X, patterns.shape[1])
        self._check_parameters(patterns.shape[1])
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.floating]:
        """Return the treated patterns.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            NaN where not measured.

        Returns
        -------
        ndarray of shape (n_patterns, n_points)
            float32 for float32, otherwise float64; NaN where X is NaN.
        """
        ready, patterns = self._ready(X)
        return ready._treat(patterns)

    def _ready(self, X: ArrayLike) -> tuple[Self, NDArray[np.floating]]:
        """Return this step, or a copy fitted to X where it is not fitted, and the patterns."""
        patterns = self._validated(X, reset=False)
        ready = self if hasattr(self, "n_features_in_") else clone(self).fit(X)
        ready._check_parameters(patterns.shape[1])
        return ready, patterns

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> NDArray[Any]:
        """Return the names of the columns: the angles, where these are known.

        Parameters
        ----------
        input_features : array-like of str, optional
            As scikit-learn hands them on.

        Returns
        -------
        ndarray of shape (n_points,), dtype object
        """
        angles_without_names = hasattr(self, "two_theta_") and not hasattr(
            self, "feature_names_in_"
        )
        if input_features is None and angles_without_names:
            return np.array([repr(float(angle)) for angle in self.two_theta_], dtype=object)
        return super().get_feature_names_out(input_features)

    def _learn_grid(self, X: Any, n_points: int) -> None:
        """Keep the angles that the columns are named by, if they are."""
        self.__dict__.pop("two_theta_", None)
        angles = angles_in_columns(X)
        if angles is None:
            return
        self.two_theta_ = angles
        common = default_two_theta()
        # At other numbers of points the steps that need angles ask for them themselves.
        off_grid = angles.size == common.size and np.abs(angles - common).max() > 1e-6
        if off_grid and dense_output(self) == "default":
            warn_user(
                f"the columns of X are {angles[0]:g} to {angles[-1]:g} degrees 2theta, not the "
                f"common grid of as many points, and {type(self).__name__} returns an array "
                'without them. Call set_output(transform="pandas") on the Pipeline, or give '
                "two_theta= to the steps that follow",
                GridWarning,
            )

    @abstractmethod
    def _treat(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the treated patterns in an array of their own."""

    def _check_parameters(self, n_points: int) -> None:
        """Raise if a parameter is wrong, or wrong for patterns of `n_points`."""

    def _validated(self, X: ArrayLike, *, reset: bool) -> NDArray[np.floating]:
        return validate_patterns(self, X, reset=reset, empty="keep")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def lowest(X: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the lowest measured value of each pattern as a column; NaN if there is none."""
    return np.fmin.reduce(X, axis=1, keepdims=True)


def highest(X: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the highest measured value of each pattern as a column; NaN if there is none."""
    return np.fmax.reduce(X, axis=1, keepdims=True)


def divide_or_zero(
    numerator: NDArray[np.floating], denominator: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Divide patterns by a column; zero, not NaN, for patterns where that is not positive."""
    usable = denominator > 0
    ratio = (numerator / np.where(usable, denominator, 1)).astype(numerator.dtype, copy=False)
    rest = np.flatnonzero(~usable)
    ratio[rest] = np.where(np.isnan(ratio[rest]), np.nan, 0)
    return ratio
