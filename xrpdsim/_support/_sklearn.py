"""scikit-learn's private names that are used here, in one place, and what is done otherwise here.

Its public interface has no validation of parameters by their constraints, no check of weights, no
count or choice of the rows of any container, and no way to ask what `set_output` was told. These
may move with any release: then this file is the one to change.
"""

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing as rows_of
from sklearn.utils import check_random_state as _check_random_state
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils._set_output import _get_output_config
from sklearn.utils.validation import _check_sample_weight as check_sample_weight
from sklearn.utils.validation import _num_samples as num_samples

__all__ = [
    "HasMethods",
    "Interval",
    "StrOptions",
    "check_random_state",
    "check_sample_weight",
    "check_whole",
    "dense_output",
    "generator_of",
    "num_samples",
    "rows_of",
]


def dense_output(transformer: Any) -> str:
    """Return "default" where `transform` gives arrays, else the container that it gives."""
    return str(_get_output_config("transform", transformer)["dense"])


def check_random_state(random_state: Any) -> np.random.RandomState:
    """Return a generator as scikit-learn does, but for None a new one, not NumPy's global one."""
    if random_state is None:
        return np.random.RandomState()
    found: np.random.RandomState = _check_random_state(random_state)
    return found


def generator_of(random_state: Any) -> np.random.Generator:
    """Return a generator of NumPy's newer kind, seeded from what `check_random_state` takes."""
    return np.random.default_rng(check_random_state(random_state).randint(2**31 - 1))


def check_whole(value: Any, name: str, least: int = 1) -> None:
    """Raise ValueError unless a number is a whole one, `least` or more; True is none.

    Examples
    --------
    >>> check_whole(1.5, "n_patterns")
    Traceback (most recent call last):
    ...
    ValueError: n_patterns=1.5 must be a whole number, 1 or more
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name}={value!r} must be a whole number, {least} or more")
