"""Named kinds of measurement."""

from __future__ import annotations

from .conditions import MeasurementConditions
from .distributions import Beta, LogNormal, LogUniform, Normal, Sometimes, Uniform

SCANS_END = 42.0
"""Degrees 2theta at Cu K-alpha1, where scans end at the latest, but for "ideal"."""

PRESETS: dict[str, MeasurementConditions] = {
    "ideal": MeasurementConditions(poisson=False),
    "transmission": MeasurementConditions(
        geometry="transmission",
        fixed_omega=True,
        radius=290.0,
        habit_constancy=0.8,
        march_r=LogNormal(1.0, 0.35),
        grains=LogUniform(10, 1000),
        polarisation=Uniform(0.79, 0.89),
        absorption=Uniform(0.1, 0.5),
        displacement=Normal(0.0, 0.1),
        unevenness=Sometimes(0.3, Uniform(0.0, 0.2)),
        zero_error=Uniform(-0.03, 0.03),
        cell_strain=LogUniform(0.0005, 0.004),
        instrument_fwhm=LogUniform(0.05, 0.25),
        caglioti_u=Uniform(0.5, 2.0),
        caglioti_v=Uniform(-0.5, 0.0),
        instrument_lorentzian=Uniform(0.0, 0.3),
        size=LogUniform(50, 1000),
        microstrain=Beta(1.0, 5.0, 0.003),
        axial_sample=Uniform(0.005, 0.03),
        axial_detector=Uniform(0.005, 0.03),
        amorphous=Beta(0.6, 3.0),
        amorphous_scale=Normal(1.0, 0.03),
        amorphous_tilt=Normal(0.0, 0.5),
        impurity=Sometimes(0.2, Uniform(0.0, 0.15)),
        kapton=Sometimes(0.3, LogUniform(0.005, 0.15)),
        cellulose_acetate=Sometimes(0.6, LogUniform(0.005, 0.15)),
        air_scatter=LogUniform(0.005, 0.2),
        background=LogUniform(0.003, 0.1),
        background_slope=Uniform(-0.6, 0.3),
        step=Uniform(0.01, 0.03),
        counts=LogUniform(150, 50_000),
        stitching=Sometimes(0.7, Uniform(0.0, 0.02)),
        start=3.0,
        end=SCANS_END,
    ),
    "bragg-brentano": MeasurementConditions(
        geometry="reflection",
        radius=217.5,
        habit_constancy=0.8,
        march_r=LogNormal(1.0, 0.35),
        grains=LogUniform(10, 2000),
        polarisation=Uniform(0.8, 1.0),
        overflow=Uniform(0.0, 8.0),
        displacement=Normal(0.0, 0.12),
        unevenness=Sometimes(0.3, Uniform(0.0, 0.25)),
        zero_error=Uniform(-0.03, 0.03),
        cell_strain=LogUniform(0.0005, 0.004),
        instrument_fwhm=LogUniform(0.045, 0.18),
        caglioti_u=Uniform(0.5, 2.0),
        caglioti_v=Uniform(-0.5, 0.0),
        instrument_lorentzian=Uniform(0.1, 0.5),
        size=LogUniform(100, 1000),
        microstrain=Beta(1.0, 6.0, 0.003),
        axial_sample=Uniform(0.005, 0.03),
        axial_detector=Uniform(0.005, 0.03),
        kalpha2=0.5,
        amorphous=Beta(0.6, 3.0),
        amorphous_scale=Normal(1.0, 0.03),
        amorphous_tilt=Normal(0.0, 0.5),
        impurity=Sometimes(0.2, Uniform(0.0, 0.15)),
        glass=Sometimes(0.3, LogUniform(0.005, 0.2)),
        air_scatter=LogUniform(0.005, 0.4),
        background=LogUniform(0.003, 0.24),
        background_slope=Uniform(-0.6, 0.3),
        step=LogUniform(0.004, 0.03),
        counts=LogUniform(1000, 200_000),
        start=Sometimes(0.7, Uniform(3.0, 8.0), otherwise=3.0),
        end=Sometimes(0.3, Uniform(30.0, SCANS_END), otherwise=SCANS_END),
    ),
    "synchrotron": MeasurementConditions(
        geometry="transmission",
        radius=730.0,
        habit_constancy=0.8,
        march_r=LogNormal(1.0, 0.1),
        grains=LogUniform(50, 5000),
        polarisation=Uniform(0.0, 0.1),
        absorption=Uniform(0.0, 0.3),
        displacement=Normal(0.0, 0.05),
        zero_error=Normal(0.0, 0.004),
        cell_strain=LogUniform(0.0005, 0.004),
        instrument_fwhm=LogUniform(0.02, 0.04),
        caglioti_u=Uniform(0.5, 2.0),
        caglioti_v=Uniform(-0.5, 0.0),
        instrument_lorentzian=Uniform(0.3, 1.0),
        size=LogUniform(500, 5000),
        microstrain=Beta(1.0, 8.0, 0.002),
        axial_sample=LogUniform(0.008, 0.03),
        axial_detector=LogUniform(0.008, 0.03),
        amorphous=Beta(0.4, 8.0),
        amorphous_scale=Normal(1.0, 0.03),
        amorphous_tilt=Normal(0.0, 0.5),
        impurity=Sometimes(0.1, Uniform(0.0, 0.1)),
        air_scatter=LogUniform(0.001, 0.05),
        background=LogUniform(0.002, 0.08),
        background_slope=Uniform(-0.6, 0.3),
        step=LogUniform(0.004, 0.03),
        counts=LogUniform(2000, 300_000),
        start=Uniform(3.0, 8.0),
        end=Sometimes(0.5, Uniform(30.0, SCANS_END), otherwise=SCANS_END),
    ),
    "well-plate": MeasurementConditions(
        geometry="transmission",
        fixed_omega=True,
        radius=200.0,
        habit_constancy=0.7,
        march_r=LogNormal(1.0, 0.6),
        grains=LogUniform(1, 50),
        polarisation=Uniform(0.79, 1.0),
        absorption=Uniform(0.0, 0.3),
        displacement=Normal(0.0, 0.3),
        unevenness=Sometimes(0.5, Uniform(0.0, 0.4)),
        zero_error=Uniform(-0.05, 0.05),
        cell_strain=LogUniform(0.0005, 0.004),
        instrument_fwhm=LogUniform(0.12, 0.3),
        caglioti_u=Uniform(0.5, 2.0),
        caglioti_v=Uniform(-0.5, 0.0),
        instrument_lorentzian=Uniform(0.0, 0.3),
        size=LogUniform(30, 500),
        microstrain=Beta(1.0, 3.0, 0.003),
        axial_sample=Uniform(0.005, 0.03),
        axial_detector=Uniform(0.005, 0.03),
        amorphous=Beta(0.6, 1.5),
        amorphous_scale=Normal(1.0, 0.03),
        amorphous_tilt=Normal(0.0, 0.5),
        impurity=Sometimes(0.3, Uniform(0.0, 0.15)),
        kapton=Sometimes(0.5, LogUniform(0.01, 0.3)),
        glass=Sometimes(0.3, LogUniform(0.01, 0.3)),
        air_scatter=LogUniform(0.02, 0.6),
        background=LogUniform(0.01, 0.24),
        background_slope=Uniform(-0.6, 0.3),
        step=Uniform(0.01, 0.03),
        counts=LogUniform(100, 3000),
        start=Uniform(3.0, 6.0),
        end=Uniform(30.0, SCANS_END),
    ),
}

PRESETS["film"] = PRESETS["bragg-brentano"].replace(
    habit_constancy=0.95,
    march_r=LogUniform(0.08, 0.35),
    grains=LogUniform(500, 50_000),
    cell_strain=LogUniform(0.001, 0.006),
    size=LogUniform(20, 300),
    amorphous=Beta(0.6, 2.0),
    glass=Sometimes(0.7, LogUniform(0.01, 0.5)),
    counts=LogUniform(500, 50_000),
)
"""Named conditions. "transmission" is the set-up of Lange et al., appendix D: curved Ge(111)
monochromator, Cu K-alpha1, 1 to 5 mg between films, across the beam, a moving detector, every scan
from 3 to 42 degrees. "film" is a layer of plates on a flat support in reflection: they lie flat, so
that few lines are seen beside those of one plane."""


def get_conditions(preset: str | MeasurementConditions) -> MeasurementConditions:
    """Return the conditions of a name; conditions themselves are returned as they are.

    Parameters
    ----------
    preset : str or MeasurementConditions
        One of "ideal", "transmission", "bragg-brentano", "synchrotron", "well-plate", "film".

    Returns
    -------
    MeasurementConditions

    Raises
    ------
    ValueError
        If no preset has this name.

    Examples
    --------
    >>> get_conditions("bragg-brentano").kalpha2
    0.5
    """
    if isinstance(preset, MeasurementConditions):
        return preset
    if preset not in PRESETS:
        raise ValueError(f"preset={preset!r} is not one of {', '.join(PRESETS)}")
    return PRESETS[preset]
