"""How probable it is that a pattern of a sorted screen is the mixture that it looks like."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from ..._sums_of_forms import Sum

# Log odds by the terms of `Evidence`, where one pattern in ten is a mixture; set by
# benchmarks/calibrate_mixtures_in_screens.py.
INTERCEPT = 14.0
SLOPES = np.array([6.03, 0.97, -14.36, -0.52, 0.06, -0.05, 1.49, -0.62])
LEAST = 0.2
"""Probability from which a pattern is called a mixture."""

_TINY = 1e-3


class Evidence(NamedTuple):
    """What is known of a pattern that two forms explain.

    Texture takes lines of one form from a pattern, which a second form may then seem to explain.
    Such a pattern fits its own group all the same, and a mixture fits the groups of both its forms.

    Parameters
    ----------
    gain, unexplained, share : float
        Of the sum; the share is that of the minor form.
    own, other : float
        Mean probability of being the same form as the other members of the own group, and as those
        of the group that fits best after it.
    is_own, is_other : bool
        Whether these groups are among the two forms.
    is_alone : bool
        Whether it is in no group, or in one of mixtures.
    """

    gain: float
    unexplained: float
    share: float
    own: float
    other: float
    is_own: bool
    is_other: bool
    is_alone: bool

    def terms(self) -> NDArray[np.float64]:
        """Return what the log odds are linear in."""
        explained = np.log(np.maximum([self.gain, self.unexplained], _TINY))
        fits = logit(np.clip([self.own, self.other], _TINY, 1 - _TINY))
        return np.array([*explained, self.share, *fits, self.is_own, self.is_other, self.is_alone])


def evidence_of(found: Sum, own: int, fit: float, other: int, other_fit: float) -> Evidence:
    """Return what is known of a pattern, with the parameters of `with_evidence`."""
    return Evidence(
        gain=found.gain,
        unexplained=found.unexplained,
        share=min(found.shares),
        own=fit if own >= 0 else 0.0,
        other=other_fit,
        is_own=own in found.forms,
        is_other=other in found.forms,
        is_alone=own < 0,
    )


def with_evidence(found: Sum, own: int, fit: float, other: int, other_fit: float) -> Sum:
    """Return what two forms explain with its probability, or as one form if that is too low.

    Parameters
    ----------
    found : Sum
        One form stays as it is.
    own, other : int
        The group of the pattern, and the one that fits best after it; -1 for none.
    fit, other_fit : float
        Mean probability of being the same form as their members.

    Returns
    -------
    Sum
    """
    if len(found.forms) < 2:
        return found
    terms = evidence_of(found, own, fit, other, other_fit).terms()
    probability = float(expit(INTERCEPT + SLOPES @ terms))
    if probability >= LEAST:
        return found._replace(probability=probability)
    unexplained = found.unexplained / (1 - found.gain)
    return Sum((found.alone,), (1.0,), unexplained, found.gain, probability, 0.0, found.alone)
