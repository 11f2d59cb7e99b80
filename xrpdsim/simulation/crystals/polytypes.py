"""Polymorphs that stack the same layers in another way."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..._support._sklearn import check_random_state
from ._factor_pair import FactorPair, draw_strain
from ._geometry import images
from .lines import Lines

_CORRELATION = 0.3
_STRAIN = 0.003


def polytype(
    lines: Lines,
    *,
    stacking: ArrayLike | None = None,
    correlation: float = _CORRELATION,
    strain: float = _STRAIN,
    extinct: float = 0.0,
    random_state: Any = None,
) -> Lines:
    r"""Draw a polymorph that shares its layers with a crystal and stacks them by another vector.

    Let two stackings of one layer differ by a shift :math:`s` from each layer to the next, in
    fractions of the cell. A plane's structure factor is a sum over layers in which each is
    multiplied by :math:`\exp(2 \pi i\, hkl \cdot s)` once more than the one before: where
    :math:`hkl \cdot s` is whole, nothing changes, and both forms have the same intensity (the
    family reflections of order-disorder theory, Dornberger-Schiff 1956). The other planes of the
    new form get structure factors of their own, in part the same.

    Parameters
    ----------
    lines : Lines
        Of a real or a virtual crystal.
    stacking : array-like of shape (3,), optional
        The shift s, in fractions of the cell: (0, 0.5, 0.5) keeps the planes with k + l even, half
        of all; (0, 1 / 3, 0) those with k divisible by 3. It must fit the symmetry, so that
        equivalent planes are kept or changed together. By default one of halves is drawn.
    correlation : float, default=0.3
        Correlation of the other structure factors, from 0 to 1. That of their intensities is about
        its square.
    strain : float, default=0.003
        Root mean square of the three principal strains between the cells.
    extinct : float, default=0.0
        Share of the other planes that are extinct in the new form.
    random_state : int, RandomState instance or None, default=None

    Returns
    -------
    Lines
        Up to the angle at which `lines` end.

    Raises
    ------
    ValueError
        If a parameter is out of range, or `stacking` keeps all planes or does not fit the symmetry.

    See Also
    --------
    near_relative : Another crystal of the same packing, with all intensities changed a little.

    Examples
    --------
    >>> from xrpdsim.simulation import virtual_crystal
    >>> lines = virtual_crystal(random_state=0)
    >>> other = polytype(lines, stacking=(0, 0.5, 0.5), strain=0.0, random_state=0)
    >>> even = (other.hkl[:, 1] + other.hkl[:, 2]) % 2 == 0
    >>> round(float(even.mean()), 2)
    0.49
    """
    for name, value in (("correlation", correlation), ("extinct", extinct)):
        if not 0 <= value <= 1:
            raise ValueError(f"{name}={value} must lie between 0 and 1")
    if not len(lines):
        raise ValueError("lines is empty: a crystal without lines has no polytypes")
    rng = check_random_state(random_state)
    if stacking is None:
        shift = _draw_stacking(lines, rng)
    else:
        shift = np.asarray(stacking, dtype=np.float64)
        _check_stacking(shift, lines)
    pair = FactorPair.draw(lines, draw_strain(lines, strain, 0.0, rng), rng)
    kept = common_planes(pair.hkl, shift)
    r = np.where(kept, 1.0, correlation)
    factors = r * pair.own + np.sqrt(1 - r**2) * pair.unrelated
    gone = ~kept & (rng.random_sample(len(kept)) < extinct)
    return pair.lines_of(np.where(gone, 0.0, factors))


def common_planes(hkl: ArrayLike, stacking: ArrayLike) -> NDArray[np.bool_]:
    """Return which planes have the same structure factor in two stackings of one layer.

    Parameters
    ----------
    hkl : array-like of shape (..., 3)
    stacking : array-like of shape (3,)
        As the parameter of `polytype`.

    Returns
    -------
    ndarray of shape (...), bool

    Examples
    --------
    >>> common_planes([[1, 1, 1], [1, 1, 0]], (0, 0.5, 0.5))
    array([ True, False])
    """
    phase = np.asarray(hkl) @ np.asarray(stacking, dtype=np.float64)
    return np.asarray(np.abs(phase - np.round(phase)) < 1e-6)


def _fits(shift: NDArray[np.float64], lines: Lines) -> bool:
    equivalent = common_planes(images(lines.hkl, lines.space_group), shift)
    return bool((equivalent == equivalent[:, :1]).all())


def _check_stacking(shift: NDArray[np.float64], lines: Lines) -> None:
    if shift.shape != (3,):
        raise ValueError(f"stacking has shape {shift.shape}, expected (3,)")
    if common_planes(lines.hkl, shift).all():
        raise ValueError(f"stacking={shift.tolist()} keeps all planes: it is the same crystal")
    if not _fits(shift, lines):
        raise ValueError(
            f"stacking={shift.tolist()} does not fit {lines.space_group}: it would keep some of "
            "a set of equivalent planes and change others"
        )


def _draw_stacking(lines: Lines, rng: np.random.RandomState) -> NDArray[np.float64]:
    """Draw one of the shifts by halves that the symmetry allows and that keep some lines."""
    halves = [np.array(shift) for shift in product((0.0, 0.5), repeat=3)]
    shares = [common_planes(lines.hkl, shift).mean() for shift in halves]
    possible = [
        shift
        for shift, share in zip(halves, shares, strict=True)
        if 0.2 < share < 0.8 and _fits(shift, lines)
    ]
    if not possible:
        raise ValueError(
            f"no shift by half a cell changes some lines of {lines.space_group} and keeps others; "
            "give stacking"
        )
    return possible[rng.randint(len(possible))]
