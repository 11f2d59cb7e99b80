"""How a parameter varies from one measurement to the next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any, Protocol, TypeGuard, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@runtime_checkable
class Distribution(Protocol):
    """Anything that draws `size` values from a generator."""

    def draw(self, generator: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Return an array of shape (size,)."""
        ...


def is_distribution(value: Any) -> bool:
    """Return whether a value is a distribution; the class of one is none.

    Examples
    --------
    >>> is_distribution(Uniform(0.0, 1.0)), is_distribution(Uniform), is_distribution(0.5)
    (True, False, False)
    """
    return isinstance(value, Distribution) and not isinstance(value, type)


def is_number(value: Any) -> TypeGuard[float]:
    """Return whether a value is a number; True is none.

    Examples
    --------
    >>> is_number(np.float32(0.5)), is_number(True), is_number("0.5")
    (True, False, False)
    """
    return isinstance(value, Real) and not isinstance(value, bool)


def _check_finite(**values: Any) -> None:
    for name, value in values.items():
        if not (is_number(value) and math.isfinite(value)):
            raise ValueError(f"{name}={value!r} must be a finite number")


@dataclass(frozen=True)
class Uniform:
    """Every value from `low` to `high` is equally likely.

    Parameters
    ----------
    low, high : float
        `low` must not be above `high`.

    Examples
    --------
    >>> Uniform(2.0, 3.0).draw(np.random.default_rng(0), 2).round(2)
    array([2.64, 2.27])
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_finite(low=self.low, high=self.high)
        if not self.low <= self.high:
            raise ValueError(f"low={self.low} is above high={self.high}")

    def draw(self, generator: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Return an array of shape (size,)."""
        return generator.uniform(self.low, self.high, size)


@dataclass(frozen=True)
class LogUniform:
    """Every order of magnitude from `low` to `high` is equally likely.

    Parameters
    ----------
    low, high : float
        Above zero.

    Examples
    --------
    >>> LogUniform(1.0, 100.0).draw(np.random.default_rng(0), 2).round(2)
    array([18.79,  3.46])
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        _check_finite(low=self.low, high=self.high)
        if not 0 < self.low <= self.high:
            raise ValueError(f"LogUniform needs 0 < low <= high, got {self.low} and {self.high}")

    def draw(self, generator: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Return an array of shape (size,)."""
        return np.exp(generator.uniform(np.log(self.low), np.log(self.high), size))


@dataclass(frozen=True)
class Normal:
    """A normal distribution.

    Parameters
    ----------
    mean, standard_deviation : float

    Examples
    --------
    >>> Normal(0.0, 0.1).draw(np.random.default_rng(0), 2).round(3)
    array([ 0.013, -0.013])
    """

    mean: float
    standard_deviation: float

    def __post_init__(self) -> None:
        _check_finite(mean=self.mean, standard_deviation=self.standard_deviation)
        if not self.standard_deviation >= 0:
            raise ValueError(f"standard_deviation={self.standard_deviation} is below zero")

    def draw(self, generator: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Return an array of shape (size,)."""
        return generator.normal(self.mean, self.standard_deviation, size)


@dataclass(frozen=True)
class LogNormal:
    """The logarithm is normal, around that of `median`, with standard deviation `sigma`.

    Parameters
    ----------
    median, sigma : float

    Examples
    --------
    >>> LogNormal(1.0, 0.35).draw(np.random.default_rng(0), 2).round(2)
    array([1.04, 0.95])
    """

    median: float
    sigma: float

    def __post_init__(self) -> None:
        _check_finite(median=self.median, sigma=self.sigma)
        if not (self.median > 0 and self.sigma >= 0):
            raise ValueError(
                f"LogNormal needs median > 0 and sigma >= 0, got {self.median} and {self.sigma}"
            )

    def draw(self, generator: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Return an array of shape (size,)."""
        return self.median * np.exp(generator.normal(0.0, self.sigma, size))


@dataclass(frozen=True)
class Beta:
    """A beta distribution, stretched from [0, 1] to [0, `scale`].

    Parameters
    ----------
    a, b : float
        The exponents, above zero; a below b puts most of it near zero.
    scale : float, default=1.0

    Examples
    --------
    >>> Beta(0.6, 3.0).draw(np.random.default_rng(0), 2).round(3)
    array([0.126, 0.178])
    """

    a: float
    b: float
    scale: float = 1.0

    def __post_init__(self) -> None:
        _check_finite(a=self.a, b=self.b, scale=self.scale)
        if not (self.a > 0 and self.b > 0):
            raise ValueError(f"Beta needs a > 0 and b > 0, got {self.a} and {self.b}")

    def draw(self, generator: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Return an array of shape (size,)."""
        return self.scale * generator.beta(self.a, self.b, size)


@dataclass(frozen=True)
class Sometimes:
    """With some probability a draw from a distribution, else one value.

    Parameters
    ----------
    probability : float
    distribution : Distribution
    otherwise : float, default=0.0

    Examples
    --------
    >>> Sometimes(0.5, Uniform(5.0, 6.0)).draw(np.random.default_rng(0), 4).round(2)
    array([0., 0., 0., 0.])
    """

    probability: float
    distribution: Distribution
    otherwise: float = 0.0

    def __post_init__(self) -> None:
        _check_finite(probability=self.probability)
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability={self.probability} lies outside 0 to 1")
        if not is_distribution(self.distribution):
            raise ValueError(
                f"distribution={self.distribution!r} is not a distribution such as "
                "Uniform(0.0, 1.0)"
            )
        if not is_number(self.otherwise):
            raise ValueError(f"otherwise={self.otherwise!r} is not a number")

    def draw(self, generator: np.random.Generator, size: int) -> NDArray[np.float64]:
        """Return an array of shape (size,)."""
        values = draw(self.distribution, generator, size)
        return np.where(generator.random(size) < self.probability, values, self.otherwise)


def draw(
    value: float | Distribution, generator: np.random.Generator, size: int
) -> NDArray[np.float64]:
    """Draw from a distribution, or repeat a number.

    Parameters
    ----------
    value : float or Distribution
        A number is the same for every pattern.
    generator : numpy.random.Generator
    size : int

    Returns
    -------
    ndarray of shape (size,)

    Raises
    ------
    ValueError
        If a distribution returns an array of another shape.

    Examples
    --------
    >>> draw(0.5, np.random.default_rng(0), 3)
    array([0.5, 0.5, 0.5])
    """
    if isinstance(value, Distribution):
        values = np.asarray(value.draw(generator, size))
        if values.shape != (size,):
            raise ValueError(
                f"{type(value).__name__}.draw(generator, {size}) returned an array of shape "
                f"{values.shape}; it must return ({size},), a value for each pattern"
            )
        return values
    return np.full(size, float(value))
