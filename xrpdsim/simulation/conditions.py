"""How strong each artefact is: the one configuration object of the simulator."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .distributions import Distribution, is_distribution, is_number

GEOMETRIES = ("transmission", "reflection")


class _Interval(NamedTuple):
    low: float
    high: float = sys.float_info.max
    with_low: bool = True

    def holds(self, values: ArrayLike) -> NDArray[np.bool_]:
        values = np.asarray(values, dtype=np.float64)
        above = values >= self.low if self.with_low else values > self.low
        return np.asarray(above & (values <= self.high))

    def __str__(self) -> str:
        if self == _FINITE:
            return "finite"
        if self.high < sys.float_info.max:
            return f"from {self.low:g} to {self.high:g}"
        finite = "" if np.isinf(self.high) else " and finite"
        return f"{'at least' if self.with_low else 'above'} {self.low:g}{finite}"


_FINITE = _Interval(-sys.float_info.max)
_NOT_NEGATIVE = _Interval(0.0)
_POSITIVE = _Interval(0.0, with_low=False)
_POSITIVE_OR_INFINITE = _Interval(0.0, float("inf"), with_low=False)
_SHARE = _Interval(0.0, 1.0)

_ALLOWED = {
    "march_r": _POSITIVE,
    "grains": _POSITIVE_OR_INFINITE,
    "polarisation": _NOT_NEGATIVE,
    "absorption": _NOT_NEGATIVE,
    "overflow": _Interval(0.0, 180.0),
    "displacement": _FINITE,
    "unevenness": _NOT_NEGATIVE,
    "zero_error": _FINITE,
    "cell_strain": _Interval(0.0, 0.1),
    # the points that lines are calculated on lie a fraction of it apart
    "instrument_fwhm": _Interval(1e-3),
    "caglioti_u": _FINITE,  # whether the width is real depends on both and on the angle
    "caglioti_v": _FINITE,
    "instrument_lorentzian": _NOT_NEGATIVE,
    "size": _POSITIVE_OR_INFINITE,
    "microstrain": _Interval(0.0, 0.1),
    "axial_sample": _SHARE,
    "axial_detector": _SHARE,
    "kalpha2": _SHARE,
    "amorphous": _SHARE,
    "amorphous_scale": _POSITIVE,
    "amorphous_tilt": _FINITE,
    "impurity": _SHARE,
    "kapton": _NOT_NEGATIVE,
    "cellulose_acetate": _NOT_NEGATIVE,
    "glass": _NOT_NEGATIVE,
    "air_scatter": _NOT_NEGATIVE,
    "background": _NOT_NEGATIVE,
    "background_slope": _Interval(-1.0, 1.0),
    "counts": _POSITIVE,
    "step": _NOT_NEGATIVE,
    "stitching": _NOT_NEGATIVE,
    "start": _Interval(0.0, 180.0),
    "end": _Interval(0.0, 180.0),
}
"""What each field may be, as a number and in every draw."""

_SWITCHES = ("fixed_omega", "poisson")
_NUMBERS = {"radius": _POSITIVE, "habit_constancy": _SHARE}
"""What is the same for all patterns."""


def check_artefacts(values: Mapping[str, ArrayLike]) -> None:
    """Raise unless all values of artefacts are possible.

    Parameters
    ----------
    values : mapping of str to array-like of shape () or (n_patterns,)
        By field, or by field and the suffix of a component; other names are left alone.

    Raises
    ------
    ValueError
        Names the field and the value.

    Examples
    --------
    >>> check_artefacts({"kalpha2": [0.5, -0.1]})
    Traceback (most recent call last):
    ...
    ValueError: kalpha2=-0.1 must be from 0 to 1 (pattern 1)
    """
    for name, given in values.items():
        allowed = _ALLOWED.get("march_r" if name.startswith("march_r_") else name)
        if allowed is not None:
            _refuse(name, given, ~allowed.holds(given), f"must be {allowed}")
    if "start" in values and "end" in values:
        start, end = np.broadcast_arrays(values["start"], values["end"])
        _refuse("start", start, ~(start < end), "must be below end, the last angle of the scan")


def _refuse(name: str, values: ArrayLike, wrong: NDArray[np.bool_], rule: str) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        where = f" (pattern {row})" if wrong.ndim else ""
        raise ValueError(f"{name}={np.ravel(values)[row]:g} {rule}{where}")


@dataclass(frozen=True)
class MeasurementConditions:
    """What can happen between a crystal and its measured pattern, and how strongly.

    Every artefact is a number, the same for each pattern, or a distribution that is drawn from for
    each pattern (`Uniform`, `LogUniform`, `Normal`, `LogNormal`, `Beta`, `Sometimes`, or anything
    with a method ``draw(generator, size)``). The defaults are an ideal measurement, with every
    artefact off. The name of a field is the name of the drawn parameter.

    Parameters
    ----------
    geometry : {"transmission", "reflection"}, default="reflection"
        A flat sample that the beam passes through, or is reflected by (Bragg-Brentano).
    fixed_omega : bool, default=False
        In transmission, the sample stands across the beam; otherwise it turns by theta.
    radius : float, default=217.5
        Of the goniometer, millimetre.
    habit_constancy : float, default=1.0
        Probability that a sample shows the usual habit of its form (the plane of its plates, the
        axis of its needles) and not another.
    march_r : float or distribution, default=1.0
        Preferred orientation, see `march_dollase`; organics are log-normal about 1 with sigma 0.35.
    grains : float or distribution, default=inf
        Crystallites a plane, see `few_grains`; 10 to 1000 for 1 to 5 mg.
    polarisation : float or distribution, default=1.0
        See `polarisation`; 0.79 to 0.89 with Ge(111).
    absorption : float or distribution, default=0.0
        mu t of the sample in transmission, 0.1 to 0.5.
    overflow : float or distribution, default=0.0
        In reflection, degrees 2theta below which the beam is longer than the sample; up to 8.
    displacement : float or distribution, default=0.0
        Of the sample, millimetre: towards the source in transmission, too low in reflection.
    unevenness : float or distribution, default=0.0
        Half the range of heights at which parts of the sample lie, millimetre; see `levels`.
    zero_error : float or distribution, default=0.0
        Added to every angle, degrees; within 0.03.
    cell_strain : float or distribution, default=0.0
        Standard deviation of the components of the random strain by which the cell of this sample
        differs; 0.0005 to 0.004.
    instrument_fwhm : float or distribution, default=0.1
        Gaussian width of the instrument at low angles, degrees, at least 0.001; 0.05 to 0.25.
    caglioti_u, caglioti_v : float or distribution, default=0.0
        Caglioti's u and v over w, see `LineWidths`; v must stay above -2 sqrt(u).
    instrument_lorentzian : float or distribution, default=0.0
        Lorentzian width of the instrument over `instrument_fwhm`.
    size : float or distribution, default=inf
        Of the crystallites, nanometre; 30 to 1000.
    microstrain : float or distribution, default=0.0
        0 to 0.003.
    axial_sample, axial_detector : float or distribution, default=0.0
        S/L and H/L of `axial_divergence`, 0.005 to 0.03.
    kalpha2 : float or distribution, default=0.0
        Intensity of K-alpha2 over that of K-alpha1, 0.5 without monochromator.
    amorphous : float or distribution, default=0.0
        Amorphous share of what the sample scatters, 0 to 1.
    amorphous_scale, amorphous_tilt : float or distribution, default=1.0, 0.0
        See `amorphous_bands`.
    impurity : float or distribution, default=0.0
        Share of an impurity, where one is given, in what the crystals scatter; 0 to 0.15.
    kapton, cellulose_acetate, glass : float or distribution, default=0.0
        Height of the halo of film or holder over that of the strongest line.
    air_scatter : float or distribution, default=0.0
        Height of the scattering by air at 5 degrees over that of the strongest line.
    background : float or distribution, default=0.0
        Height of the constant background over that of the strongest line.
    background_slope : float or distribution, default=0.0
        See `sloped`.
    counts : float or distribution, default=10000.0
        Expected counts at the top of the strongest line; 150 to 50,000.
    poisson : bool, default=True
        Draw counts; otherwise give the expected ones.
    step : float or distribution, default=0.0
        Of the scan in degrees, see `count`; 0.005 to 0.05, or 0 to count on the grid itself.
    stitching : float or distribution, default=0.0
        Standard deviation of the gain between the frames of a moving detector, up to 0.02.
    start, end : float or distribution, default=0.0, 180.0
        First and last angle of the scan, degrees; the rest of the grid is NaN.

    Raises
    ------
    ValueError
        If the geometry is not known, or a field is neither a number nor a distribution, or a
        number that cannot be. Draws of distributions are checked when patterns are simulated.

    See Also
    --------
    xrpdsim.simulation.get_conditions : those of a preset.
    xrpdsim.simulation.simulate_patterns : takes them as `preset`.

    Examples
    --------
    >>> from xrpdsim.simulation import LogNormal
    >>> conditions = MeasurementConditions(march_r=LogNormal(1.0, 0.35), counts=5000.0)
    >>> conditions.replace(march_r=0.5).march_r
    0.5
    """

    geometry: str = "reflection"
    fixed_omega: bool = False
    radius: float = 217.5
    habit_constancy: float = 1.0
    poisson: bool = True
    march_r: float | Distribution = 1.0
    grains: float | Distribution = float("inf")
    polarisation: float | Distribution = 1.0
    absorption: float | Distribution = 0.0
    overflow: float | Distribution = 0.0
    displacement: float | Distribution = 0.0
    unevenness: float | Distribution = 0.0
    zero_error: float | Distribution = 0.0
    cell_strain: float | Distribution = 0.0
    instrument_fwhm: float | Distribution = 0.1
    caglioti_u: float | Distribution = 0.0
    caglioti_v: float | Distribution = 0.0
    instrument_lorentzian: float | Distribution = 0.0
    size: float | Distribution = float("inf")
    microstrain: float | Distribution = 0.0
    axial_sample: float | Distribution = 0.0
    axial_detector: float | Distribution = 0.0
    kalpha2: float | Distribution = 0.0
    amorphous: float | Distribution = 0.0
    amorphous_scale: float | Distribution = 1.0
    amorphous_tilt: float | Distribution = 0.0
    impurity: float | Distribution = 0.0
    kapton: float | Distribution = 0.0
    cellulose_acetate: float | Distribution = 0.0
    glass: float | Distribution = 0.0
    air_scatter: float | Distribution = 0.0
    background: float | Distribution = 0.0
    background_slope: float | Distribution = 0.0
    counts: float | Distribution = 10_000.0
    step: float | Distribution = 0.0
    stitching: float | Distribution = 0.0
    start: float | Distribution = 0.0
    end: float | Distribution = 180.0

    def __post_init__(self) -> None:
        if self.geometry not in GEOMETRIES:
            raise ValueError(f"geometry={self.geometry!r} is not one of {', '.join(GEOMETRIES)}")
        for name in _SWITCHES:
            if not isinstance(getattr(self, name), bool | np.bool_):
                raise ValueError(f"{name}={getattr(self, name)!r} must be True or False")
        for name, allowed in _NUMBERS.items():
            value = getattr(self, name)
            if not (is_number(value) and allowed.holds(value)):
                raise ValueError(f"{name}={value!r} must be a number {allowed}")
        for name, value in self.artefacts().items():
            if not (is_number(value) or is_distribution(value)):
                raise ValueError(
                    f"{name}={value!r} is neither a number nor a distribution such as "
                    "Uniform(0.0, 1.0)"
                )
        check_artefacts(
            {name: value for name, value in self.artefacts().items() if is_number(value)}
        )

    def replace(self, **changes: Any) -> MeasurementConditions:
        """Return the same conditions with some fields changed."""
        unknown = sorted(set(changes) - {field.name for field in fields(self)})
        if unknown:
            raise ValueError(
                f"no field is named {', '.join(unknown)}; there are "
                f"{', '.join(field.name for field in fields(self))}"
            )
        return replace(self, **changes)

    def artefacts(self) -> dict[str, float | Distribution]:
        """Return the fields that are drawn for each pattern, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)[5:]}
