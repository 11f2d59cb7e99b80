"""What RAS and RASX share: rows of angle, counts and attenuation, the line, the counting time."""

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


def time_per_step(step: str, speed: str, speed_unit: str, intensity_unit: str) -> float | None:
    """Return for how many seconds each point was counted in a continuous scan.

    None stands where the file leaves it open, and for rates.
    """
    if (speed_unit.lower(), intensity_unit.lower()) != ("deg/min", "counts"):
        return None
    width, per_minute = _positive(step, "the step"), _positive(speed, "the speed")
    return None if width is None or per_minute is None else 60 * width / per_minute


def _positive(text: str, what: str = "the wavelength") -> float | None:
    value = number(text, what) if text else 0.0
    return value if value > 0 else None
