"""Draw the parameters of each pattern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._support._sklearn import check_random_state
from .artefacts.texture import draw_axes
from .conditions import MeasurementConditions, check_artefacts
from .crystals.lines import Lines
from .distributions import draw

Parameters = dict[str, NDArray[Any]]

STRAIN_COMPONENTS = ("xx", "yy", "zz", "yz", "xz", "xy")
IMPURITY = "_impurity"


def component_suffixes(n_components: int, with_impurity: bool = False) -> list[str]:
    """Return what is added to the names of the parameters that each component has for itself.

    Examples
    --------
    >>> component_suffixes(2, with_impurity=True)
    ['', '_2', '_impurity']
    """
    own = ["", *(f"_{number}" for number in range(2, n_components + 1))]
    return own + [IMPURITY] if with_impurity else own


def draw_parameters(
    conditions: MeasurementConditions,
    components: Mapping[str, Lines],
    n_patterns: int,
    random_state: Any = None,
    given: Mapping[str, ArrayLike] | None = None,
) -> Parameters:
    """Draw every random number of the patterns but those of single lines and points.

    Each parameter has a random stream of its own, so that changing or switching off one leaves the
    others as they were. Single lines and points (few grains, gain of the frames, counts) follow
    from the column ``seed``.

    Parameters
    ----------
    conditions : MeasurementConditions
    components : mapping of str to Lines
        By the suffix of their own parameters (texture and strain of the cell): "" for the first,
        "_2" and so on for others, "_impurity".
    n_patterns : int
    random_state : int, RandomState, Generator or None
    given : mapping of str to array-like, optional
        Values to use instead of drawn ones: a number, or one a pattern.

    Returns
    -------
    dict of str to ndarray of shape (n_patterns,)

    Raises
    ------
    ValueError
        If a given parameter does not exist or has the wrong length, or a value cannot be.
    """
    entropy = _entropy(random_state)

    def stream(name: str) -> np.random.Generator:
        return np.random.default_rng([crc32(name.encode()), entropy])

    drawn: Parameters = {
        name: draw(value, stream(name), n_patterns)
        for name, value in conditions.artefacts().items()
    }
    if IMPURITY not in components:
        drawn["impurity"] = np.zeros(n_patterns)
    drawn["seed"] = stream("seed").integers(2**32, size=n_patterns)
    _override(drawn, {k: v for k, v in (given or {}).items() if k in drawn})

    for suffix, lines in components.items():
        if suffix:
            name = "march_r" + suffix
            drawn[name] = draw(conditions.march_r, stream(name), n_patterns)
        axes = draw_axes(lines, n_patterns, conditions.habit_constancy, stream("axis" + suffix))
        for index, letter in enumerate("hkl"):
            drawn[f"axis_{letter}{suffix}"] = axes[:, index]
        strain = stream("strain" + suffix).standard_normal((n_patterns, 6))
        for index, component in enumerate(STRAIN_COMPONENTS):
            drawn[f"strain_{component}{suffix}"] = strain[:, index] * drawn["cell_strain"]
    _override(drawn, given or {})
    check_artefacts(drawn)
    return drawn


def strain_tensor(parameters: Parameters, suffix: str = "") -> NDArray[np.float64]:
    """Return the drawn strain of the cell as tensors of shape (n_patterns, 3, 3)."""
    xx, yy, zz, yz, xz, xy = (parameters[f"strain_{c}{suffix}"] for c in STRAIN_COMPONENTS)
    rows = [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]]
    return np.moveaxis(np.array(rows), -1, 0)


def texture_axis(parameters: Parameters, suffix: str = "") -> NDArray[np.int_]:
    """Return the drawn axis of plates or needles as hkl, shape (n_patterns, 3)."""
    return np.stack([parameters[f"axis_{letter}{suffix}"] for letter in "hkl"], axis=1)


def _entropy(random_state: Any) -> int:
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**32))
    return int(check_random_state(random_state).randint(2**32, dtype=np.uint32))


def _override(drawn: Parameters, given: Mapping[str, ArrayLike]) -> None:
    unknown: Sequence[str] = sorted(set(given) - set(drawn))
    if unknown:
        raise ValueError(
            f"no parameter is named {', '.join(unknown)}; there are {', '.join(drawn)}"
        )
    for name, value in given.items():
        values = np.asarray(value, dtype=drawn[name].dtype)
        if values.shape not in ((), drawn[name].shape):
            raise ValueError(
                f"parameter {name} has shape {values.shape}; give a number, or one for each of the "
                f"{len(drawn[name])} patterns"
            )
        drawn[name] = np.broadcast_to(values, drawn[name].shape).copy()
