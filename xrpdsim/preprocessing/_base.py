"""What all per-pattern steps share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import validate_data


class PatternTransformer(OneToOneFeatureMixin, TransformerMixin, BaseEstimator, ABC):
    """Base of the steps that turn each pattern into another on the same grid.

    Nothing is learnt: `fit` only checks, and `transform` works without it.
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
        X = self._validated(X, reset=True)
        self._check_parameters(X.shape[1])
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
        X = self._validated(X, reset=False)
        self._check_parameters(X.shape[1])
        return self._treat(X)

    @abstractmethod
    def _treat(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the treated patterns in an array of their own."""

    def _check_parameters(self, n_points: int) -> None:
        """Raise if a parameter is wrong, or wrong for patterns of `n_points`."""

    def _validated(self, X: ArrayLike, *, reset: bool) -> NDArray[np.floating]:
        return validate_data(
            self, X, reset=reset, dtype=[np.float64, np.float32], ensure_all_finite="allow-nan"
        )

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
