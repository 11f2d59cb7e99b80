"""Structure factors of a crystal beside unrelated ones in a nearby cell, to draw relatives from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._geometry import orbit_keys
from ._structure_factors import centric_planes, draw_factors, mean_f_squared, possible_planes
from .environment import DISPLACEMENT
from .lines import Lines

LARGEST_STRAIN = 0.2
"""Between crystals that are relatives."""


@dataclass(frozen=True)
class FactorPair:
    """Structure factors of a crystal in a strained cell, beside those of an unrelated one there.

    Parameters
    ----------
    moved : Lines
        The crystal in the strained cell.
    hkl : ndarray of shape (n_planes, 3)
        All planes that the space group allows down to the last line.
    own, unrelated : ndarray of shape (n_planes,), complex
        Where |F|^2 of the crystal is known, `own` has it; phases are drawn.
    """

    moved: Lines
    hkl: NDArray[np.int_]
    own: NDArray[np.complex128]
    unrelated: NDArray[np.complex128]

    @classmethod
    def draw(
        cls, lines: Lines, strain: NDArray[np.float64], rng: np.random.RandomState
    ) -> FactorPair:
        """Draw what is not known: phases, and another crystal in the same cell."""
        group = lines.space_group
        d_min = float(lines.d_spacing[-1]) * (1 - 1e-9)  # the last line itself is in
        moved = lines.strained(strain)
        hkl = possible_planes(moved.cell, group, d_min)
        shared, where = _shared_planes(hkl, lines)
        centric = centric_planes(hkl, group)
        mean = mean_f_squared(hkl, moved.axes, group, DISPLACEMENT)
        if shared.any():
            mean *= lines.f_squared[where].sum() / mean[shared].sum()
        unrelated = draw_factors(mean, centric, rng)
        own = draw_factors(mean, centric, rng)
        size = np.abs(own[shared])
        phase = own[shared] / np.where(size > 0, size, 1.0)
        own[shared] = phase * np.sqrt(lines.f_squared[where])
        return cls(moved, hkl, own, unrelated)

    def mixed(self, correlation: ArrayLike) -> Lines:
        """Return the lines of F' = r F + sqrt(1 - r^2) G, with r one number or one a plane."""
        r = np.asarray(correlation, dtype=np.float64)
        return self.lines_of(r * self.own + np.sqrt(1 - r**2) * self.unrelated)

    def lines_of(self, factors: NDArray[np.complex128]) -> Lines:
        """Return the lines of structure factors of these planes."""
        return Lines.from_structure_factors(
            self.hkl,
            np.abs(factors) ** 2,
            cell=self.moved.cell,
            space_group=self.moved.space_group,
            wavelength=self.moved.wavelength,
            d_min=self.moved.d_min,
        )


def draw_strain(
    lines: Lines, strain: float, growth: float, rng: np.random.RandomState
) -> NDArray[np.float64]:
    """Return a strain of the crystal's symmetry with this root mean square and trace.

    A cubic crystal has one number for both: a third of the growth, or, without growth, the strain.

    Raises
    ------
    ValueError
        If the strain is out of range, or too small for the growth of the volume.
    """
    if not 0 <= strain < LARGEST_STRAIN:
        raise ValueError(f"strain={strain} must be at least 0 and below {LARGEST_STRAIN}")
    if abs(growth) > 3 * strain + 1e-12:
        raise ValueError(f"growth={growth} of the volume needs a strain of at least a third of it")
    raw = rng.standard_normal((3, 3))
    shape = lines.symmetric_strain(raw + raw.T)
    shape -= np.eye(3) * shape.trace() / 3
    if np.linalg.norm(shape) < 1e-9:  # a cubic cell can only swell or shrink
        each = growth / 3 if growth else np.copysign(strain, raw[0, 0])
        return np.asarray(np.eye(3) * each)
    # Principal strains: growth / 3 each, and a part without trace that makes up the rest.
    rest = np.sqrt(max(3 * strain**2 - growth**2 / 3, 0.0))
    return np.asarray(np.eye(3) * growth / 3 + shape * (rest / np.linalg.norm(shape)))


def _shared_planes(
    hkl: NDArray[np.int_], lines: Lines
) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Return which of `hkl` are among the lines, and the rows of the lines that these are."""
    keys = orbit_keys(lines.hkl, lines.space_group)
    order = np.argsort(keys)
    wanted = orbit_keys(hkl, lines.space_group)
    rank = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    rows = order[rank]
    shared = keys[rows] == wanted
    return shared, rows[shared]
