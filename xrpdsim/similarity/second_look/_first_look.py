"""Which first looks a `SecondLook` takes, and what it tells them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from ..._support._estimators import inner_steps, last_step, set_where_none
from ._asking import AskingMixin


def check_first_look(first_look: Any) -> None:
    """Refuse a first look that is no pair estimator, or asks a second look itself.

    Only its vectors and their comparison are used here, so that its own second look would be left
    out without a word.

    Raises
    ------
    TypeError, ValueError
    """
    measure = last_step(first_look)
    # a search that is not fitted is judged by what it searches over
    compares = last_step(getattr(measure, "estimator", measure))
    if not hasattr(compares, "_compare"):
        raise TypeError(
            f"first_look={type(compares).__name__} is no pair estimator; give one, such as "
            "DeGelderSimilarity(), or a Pipeline that ends in one"
        )
    if not isinstance(measure, AskingMixin):
        return
    looks = (getattr(measure, name, None) for name in ("second_look", "second_look_", "first_look"))
    if any(look is not None for look in looks):
        raise ValueError(
            f"first_look is a {type(measure).__name__} that asks a second look itself, which would "
            "be left out; give one without: PairwisePhaseClassifier.from_pretrained('organic-2', "
            "second_look=False), 'organic-1', or the first_look of the other SecondLook"
        )


def clone_of(
    first_look: Any, two_theta: NDArray[np.float64] | None, *, min_overlap: float, overlap: str
) -> Any:
    """Return an unfitted clone that knows what holds for both looks; frozen parts stay as they are.

    Parameters
    ----------
    first_look : pair estimator, or Pipeline that ends in one
    two_theta : ndarray of shape (n_points,) or None
        For all steps that know none; None leaves them alone.
    min_overlap : float
    overlap : str
        Both of the last step, if it has these parameters.

    Returns
    -------
    estimator
    """
    cloned = clone(first_look)
    if two_theta is not None:
        set_where_none(cloned, "two_theta", two_theta)
    last = list(inner_steps(cloned))[-1]
    if not last.frozen:
        shared = {"min_overlap": min_overlap, "overlap": overlap}
        taken = last.estimator.get_params(deep=False).keys() & shared.keys()
        last.estimator.set_params(**{name: shared[name] for name in taken})
    return cloned
