"""Patterns as an instrument would write them, from the lines of crystals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from numbers import Real
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._support._sklearn import check_random_state, check_whole
from ..patterns import CU_KALPHA1, default_two_theta
from ._measurement import measure
from ._parameters import IMPURITY, Parameters, component_suffixes, draw_parameters
from .conditions import MeasurementConditions
from .crystals.lines import Lines
from .presets import get_conditions

_PATTERNS_AT_ONCE = 16


@overload
def simulate_patterns(
    lines: Lines | Sequence[Lines],
    n_patterns: int = ...,
    *,
    preset: str | MeasurementConditions = ...,
    shares: ArrayLike | None = ...,
    impurity: Lines | None = ...,
    two_theta: ArrayLike | None = ...,
    parameters: Mapping[str, ArrayLike] | None = ...,
    random_state: Any = ...,
    return_parameters: Literal[False] = ...,
) -> NDArray[np.float64]: ...


@overload
def simulate_patterns(
    lines: Lines | Sequence[Lines],
    n_patterns: int = ...,
    *,
    preset: str | MeasurementConditions = ...,
    shares: ArrayLike | None = ...,
    impurity: Lines | None = ...,
    two_theta: ArrayLike | None = ...,
    parameters: Mapping[str, ArrayLike] | None = ...,
    random_state: Any = ...,
    return_parameters: Literal[True],
) -> tuple[NDArray[np.float64], Parameters]: ...


def simulate_patterns(
    lines: Lines | Sequence[Lines],
    n_patterns: int = 1,
    *,
    preset: str | MeasurementConditions = "transmission",
    shares: ArrayLike | None = None,
    impurity: Lines | None = None,
    two_theta: ArrayLike | None = None,
    parameters: Mapping[str, ArrayLike] | None = None,
    random_state: Any = None,
    return_parameters: bool = False,
) -> NDArray[np.float64] | tuple[NDArray[np.float64], Parameters]:
    """Simulate repeated measurements of one solid form, or of a mixture.

    Parameters
    ----------
    lines : Lines or sequence of Lines
        The lines of a crystal; several for a mixture.
    n_patterns : int, default=1
    preset : str or MeasurementConditions, default="transmission"
        How strong each artefact is: "ideal", "transmission", "bragg-brentano", "synchrotron",
        "well-plate", "film", or conditions of your own. Scans end at 42 degrees or before, but for
        "ideal"; the rest of a longer grid is NaN. `MeasurementConditions.replace` gives another
        end.
    shares : array-like of shape (n_components,) or (n_patterns, n_components), optional
        How much of the crystals' scattered intensity each component of a mixture gives; for forms
        of one compound about its share by weight. They add up to 1; by default they are equal.
    impurity : Lines, optional
        Another crystal that is there in the share that the conditions draw (`impurity`).
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees at Cu K-alpha1; by default `default_two_theta`. The lines of each
        crystal must have been computed as far.
    parameters : mapping of str to array-like, optional
        Values to use instead of drawn ones, by the names that `return_parameters` gives: a number,
        or one a pattern.
    random_state : int, RandomState, Generator or None
    return_parameters : bool, default=False
        Return the parameters of each pattern, too.

    Returns
    -------
    X : ndarray of shape (n_patterns, n_points)
        Counts; NaN where the scan did not measure.
    parameters : dict of str to ndarray of shape (n_patterns,)
        Every drawn parameter. Given back as `parameters`, the same patterns come again; with one
        of them changed, only that one changes.

    Raises
    ------
    ValueError
        If `n_patterns` is no whole number, no crystal is given, the lines of one end before the
        grid, the shares do not fit, a parameter does not exist or cannot be, an impurity is given
        whose share is 0, or nothing scatters on the grid.

    See Also
    --------
    xrpdsim.simulation.MeasurementConditions : how strong each artefact is.
    xrpdsim.simulation.lines_from_cif : the lines of a known structure.
    xrpdsim.simulation.virtual_crystal : the lines of a crystal that does not exist.

    Examples
    --------
    >>> lines = Lines.from_structure_factors(
    ...     [[0, 0, 1], [1, 1, 0], [0, 2, 0]], [40, 100, 60], cell=[7, 9, 11, 90, 100, 90],
    ...     space_group="P 1 21/c 1",
    ... )
    >>> X, drawn = simulate_patterns(lines, 3, random_state=0, return_parameters=True)
    >>> X.shape
    (3, 1950)

    The same three measurements, had the samples been free of texture:

    >>> flat = simulate_patterns(lines, 3, parameters={**drawn, "march_r": 1.0})

    One part of one form in four parts of another:

    >>> mixed = simulate_patterns([lines, lines], 3, shares=[0.8, 0.2], random_state=0)
    """
    check_whole(n_patterns, "n_patterns", 0)
    conditions = get_conditions(preset)
    crystals = [lines] if isinstance(lines, Lines) else list(lines)
    if not crystals:
        raise ValueError("lines is empty; give the lines of at least one crystal")
    if impurity is not None:
        stated = (parameters or {}).get("impurity")
        if stated is None and isinstance(conditions.impurity, Real) and not conditions.impurity:
            raise ValueError(
                "an impurity is given, but the conditions put its share at 0; give it, as in "
                "preset=get_conditions('ideal').replace(impurity=0.05)"
            )
        crystals.append(impurity)
    suffixes = component_suffixes(len(crystals) - (impurity is not None), impurity is not None)
    components = {
        suffix: _at_copper(crystal) for suffix, crystal in zip(suffixes, crystals, strict=True)
    }
    grid = default_two_theta() if two_theta is None else np.asarray(two_theta, dtype=np.float64)
    _check(grid, components, conditions)
    drawn = draw_parameters(conditions, components, n_patterns, random_state, parameters)
    own = [suffix for suffix in suffixes if suffix != IMPURITY]
    share = _component_shares(shares, own, drawn["impurity"])

    patterns = np.empty((n_patterns, grid.size))
    for first in range(0, n_patterns, _PATTERNS_AT_ONCE):
        rows = slice(first, first + _PATTERNS_AT_ONCE)
        patterns[rows] = measure(
            components,
            {suffix: values[rows] for suffix, values in share.items()},
            {name: values[rows] for name, values in drawn.items()},
            conditions,
            grid,
        )
    return (patterns, drawn) if return_parameters else patterns


def pattern_batches(
    forms: Sequence[Lines],
    *,
    forms_per_batch: int = 64,
    patterns_per_form: int = 6,
    preset: str | MeasurementConditions | Sequence[str | MeasurementConditions] = "transmission",
    two_theta: ArrayLike | None = None,
    random_state: Any = None,
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.int_]]]:
    """Draw batches of patterns without end; no more than one is held in memory.

    Parameters
    ----------
    forms : sequence of Lines
    forms_per_batch : int, default=64
        Different forms in a batch, drawn without replacement; at most ``len(forms)``.
    patterns_per_form : int, default=6
    preset : str, MeasurementConditions or sequence of them, default="transmission"
        Of several, one is drawn for each form of a batch; half of its patterns follow another one,
        so that instruments are compared, too.
    two_theta : array-like of shape (n_points,), optional
        As for `simulate_patterns`.
    random_state : int, RandomState, Generator or None

    Yields
    ------
    X : ndarray of shape (forms_per_batch * patterns_per_form, n_points)
    form : ndarray of shape (forms_per_batch * patterns_per_form,)
        Index into `forms`.

    Examples
    --------
    >>> forms = [
    ...     Lines.from_structure_factors(
    ...         [[0, 0, 1], [1, 1, 0]], [40, 100], cell=[7, 9, c, 90, 100, 90],
    ...         space_group="P 1 21/c 1",
    ...     )
    ...     for c in (10.0, 11.0, 12.0)
    ... ]
    >>> batches = pattern_batches(forms, forms_per_batch=2, patterns_per_form=3, random_state=0)
    >>> X, form = next(batches)
    >>> X.shape, form.shape
    ((6, 1950), (6,))
    """
    check_whole(forms_per_batch, "forms_per_batch")
    check_whole(patterns_per_form, "patterns_per_form")
    if forms_per_batch > len(forms):
        raise ValueError(f"forms_per_batch={forms_per_batch} lies outside 1 to {len(forms)} forms")
    presets = [preset] if isinstance(preset, (str, MeasurementConditions)) else list(preset)
    if isinstance(random_state, np.random.Generator):
        generator = random_state
    else:
        seed = check_random_state(random_state).randint(2**32, dtype=np.uint32)
        generator = np.random.default_rng(int(seed))
    while True:
        chosen = generator.choice(len(forms), forms_per_batch, replace=False)
        blocks = []
        for index in chosen:
            parts = [patterns_per_form]
            if len(presets) > 1:
                parts = [patterns_per_form - patterns_per_form // 2, patterns_per_form // 2]
            order = generator.permutation(len(presets))
            blocks += [
                simulate_patterns(
                    forms[index],
                    n_patterns,
                    preset=presets[number],
                    two_theta=two_theta,
                    random_state=generator,
                )
                for n_patterns, number in zip(parts, order, strict=False)
            ]
        yield np.concatenate(blocks), np.repeat(chosen, patterns_per_form)


def _at_copper(lines: Lines) -> Lines:
    return lines if lines.wavelength == CU_KALPHA1 else lines.with_wavelength(CU_KALPHA1)


def _last_angle(lines: Lines) -> float:
    """Return up to where no line of a crystal is missing, degrees at Cu K-alpha1."""
    if 2 * lines.d_min <= CU_KALPHA1:
        return 180.0
    return float(np.degrees(2 * np.arcsin(CU_KALPHA1 / (2 * lines.d_min))))


def _check(
    grid: NDArray[np.float64],
    components: Mapping[str, Lines],
    conditions: MeasurementConditions,
) -> None:
    if grid.ndim != 1 or grid.size < 2 or not (np.diff(grid) > 0).all() or grid[0] <= 0:
        raise ValueError("two_theta must be one-dimensional, above zero and strictly increasing")
    for suffix, lines in components.items():
        which = f"component {suffix.strip('_')}" if suffix else "the crystal"
        if not lines.intensity.any():
            raise ValueError(f"{which} has no line of any intensity: nothing scatters")
        end = _last_angle(lines)
        if end < grid[-1] - 1e-6:
            raise ValueError(
                f"the lines of {which} were computed up to {end:.2f} degrees (Cu K-alpha1), but "
                f"two_theta reaches {grid[-1]:g}; compute them with a larger two_theta_max, or end "
                "two_theta before"
            )
    highest = max([grid[-1], *(lines.two_theta.max(initial=0.0) for lines in components.values())])
    if conditions.geometry == "transmission" and conditions.fixed_omega and highest >= 85:
        raise ValueError(
            f"lines or two_theta reach {highest:g} degrees (Cu K-alpha1), where a plate across the "
            "beam is in the way: end two_theta and the lines below 85, "
            "lines.with_wavelength(1.5406).up_to(80), or choose another preset, such as "
            "'synchrotron'"
        )


def _component_shares(
    shares: ArrayLike | None, suffixes: Sequence[str], impurity: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    shape = (len(impurity), len(suffixes))
    wanted = np.full(shape, 1 / shape[1]) if shares is None else np.asarray(shares, dtype=float)
    if wanted.shape not in (shape, shape[1:]):
        raise ValueError(
            f"shares has shape {wanted.shape}; give {shape[1]} of them, one for each of the "
            f"crystals, or an array of shape {shape}"
        )
    if not (wanted >= 0).all() or not np.allclose(wanted.sum(axis=-1), 1):
        raise ValueError("shares must be at least 0 and add up to 1 for each pattern")
    columns = np.broadcast_to(wanted, shape).T
    share = {
        suffix: column * (1 - impurity) for suffix, column in zip(suffixes, columns, strict=True)
    }
    return {**share, IMPURITY: impurity}
