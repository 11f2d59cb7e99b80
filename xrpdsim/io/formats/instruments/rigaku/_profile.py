"""What RAS and RASX share: rows of angle, counts and attenuation, and the line that was used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...._numbers import number, number_list
from ....errors import PatternFileError


def profile(rows: list[list[str]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return angles and intensities; the third column is the factor of the attenuator."""
    if {len(row) for row in rows} != {3}:
        raise PatternFileError("a profile has rows that are not angle, intensity and attenuation")
    angles, counts, factors = (
        number_list([row[position] for row in rows], "the profile") for position in range(3)
    )
    return angles, counts * factors


def lines_used(kind: str, alpha1: str, alpha2: str, beta: str) -> tuple[float | None, float | None]:
    """Return the wavelength of the line that was used and, for K-alpha1, of K-alpha2.

    None stands where the file leaves it open.
    """
    if kind.lower().startswith("kb"):
        return _positive(beta), None
    return _positive(alpha1), _positive(alpha2)


def _positive(text: str) -> float | None:
    value = number(text, "the wavelength") if text else 0.0
    return value if value > 0 else None
