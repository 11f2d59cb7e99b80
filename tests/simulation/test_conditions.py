import numpy as np
import pytest

from xrpdsim.simulation import (
    PRESETS,
    LogNormal,
    MeasurementConditions,
    Uniform,
    get_conditions,
    simulate_patterns,
    virtual_crystal,
)
from xrpdsim.simulation.conditions import _ALLOWED
from xrpdsim.simulation.distributions import Distribution, draw


class Always:
    def __init__(self, value):
        self.value = value

    def draw(self, generator, size):
        return np.full(size, self.value)


def test_the_defaults_switch_every_artefact_off():
    assert not any(
        isinstance(value, Distribution) for value in MeasurementConditions().artefacts().values()
    )


def test_replace_changes_one_thing():
    conditions = PRESETS["transmission"].replace(march_r=0.5)
    assert conditions.march_r == 0.5
    assert conditions.displacement == PRESETS["transmission"].displacement


def test_presets_stay_within_what_is_physical():
    for conditions in PRESETS.values():
        drawn = {
            name: draw(value, np.random.default_rng(0), 2000)
            for name, value in conditions.artefacts().items()
        }
        assert (drawn["march_r"] > 0).all()
        assert ((drawn["amorphous"] >= 0) & (drawn["amorphous"] <= 1)).all()
        assert (drawn["impurity"] <= 0.15).all()
        # Caglioti's width must be real at every angle.
        assert (drawn["caglioti_v"] > -2 * np.sqrt(drawn["caglioti_u"]) - 1e-12).all()
        assert (np.abs(drawn["background_slope"]) < 1).all()
        assert (drawn["end"] - drawn["start"] > 20).all()


def test_the_paper_s_instrument():
    conditions = get_conditions("transmission")
    assert conditions.geometry == "transmission"
    assert conditions.fixed_omega
    assert conditions.kalpha2 == 0
    assert (conditions.polarisation.low, conditions.polarisation.high) == (0.79, 0.89)


IMPOSSIBLE = {
    "kalpha2": -0.5,
    "impurity": 1.5,
    "absorption": -0.1,
    "cell_strain": 1.0,
    "counts": 0.0,
    "size": 0.0,
    "grains": -1.0,
    "march_r": 0.0,
    "amorphous": 1.2,
    "background": -0.1,
    "background_slope": -1.5,
    "step": -0.01,
    "instrument_fwhm": 0.0,
    "displacement": float("inf"),
    "zero_error": float("nan"),
    "end": 200.0,
}


@pytest.mark.parametrize(("name", "value"), IMPOSSIBLE.items())
def test_what_cannot_be_is_refused_as_a_number_as_a_draw_and_as_a_parameter(name, value):
    message = f"^{name}={value:g} must be "
    with pytest.raises(ValueError, match=message):
        MeasurementConditions(**{name: value})
    lines = virtual_crystal(0)
    drawn = MeasurementConditions(**{name: Always(value)})
    other = virtual_crystal(1) if name == "impurity" else None
    with pytest.raises(ValueError, match=message + r".* \(pattern 0\)"):
        simulate_patterns(lines, 2, preset=drawn, impurity=other)
    with pytest.raises(ValueError, match=message):
        simulate_patterns(
            lines, 2, preset="ideal", impurity=other, parameters={name: [value, value]}
        )


def test_a_scan_starts_before_it_ends():
    with pytest.raises(ValueError, match="start=40 must be below end"):
        MeasurementConditions(start=40.0, end=30.0)
    with pytest.raises(ValueError, match=r"start=40 must be below end.* \(pattern 1\)"):
        simulate_patterns(
            virtual_crystal(0),
            2,
            preset=MeasurementConditions(start=Always(40.0)),
            parameters={"end": [41.0, 30.0]},
        )


@pytest.mark.parametrize("number", [np.float32(100), np.int64(100), np.float64(100), 100])
def test_numbers_of_numpy_are_numbers(number):
    conditions = MeasurementConditions(counts=number, poisson=False)
    assert simulate_patterns(virtual_crystal(0), preset=conditions).max() == pytest.approx(100)


@pytest.mark.parametrize("value", [True, np.bool_(True), None, [1.0]])
def test_other_things_are_not(value):
    with pytest.raises(ValueError, match="is neither a number nor a distribution"):
        MeasurementConditions(counts=value)


def test_every_artefact_has_limits():
    assert set(_ALLOWED) == set(MeasurementConditions().artefacts())


def test_a_class_is_no_distribution():
    with pytest.raises(ValueError, match="is neither a number nor a distribution"):
        MeasurementConditions(counts=Uniform)


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("poisson", "no", "True or False"),
        ("poisson", 1, "True or False"),
        ("fixed_omega", None, "True or False"),
        ("radius", "a", "a number above 0 and finite"),
        ("radius", 0.0, "a number above 0 and finite"),
        ("radius", True, "a number above 0 and finite"),
        ("habit_constancy", None, "a number from 0 to 1"),
        ("habit_constancy", 2.0, "a number from 0 to 1"),
    ],
)
def test_what_is_the_same_for_all_patterns_is_checked(name, value, rule):
    with pytest.raises(ValueError, match=f"^{name}={value!r} must be {rule}"):
        MeasurementConditions(**{name: value})


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("counts", float("inf"), "above 0 and finite"),
        ("absorption", float("inf"), "at least 0 and finite"),
        ("grains", -1.0, "above 0$"),
        ("instrument_fwhm", 3e-5, r"at least 0\.001 and finite"),
    ],
)
def test_limits_are_named_in_full(name, value, rule):
    with pytest.raises(ValueError, match=f"^{name}={value:g} must be {rule}"):
        MeasurementConditions(**{name: value})


def test_bad_conditions():
    with pytest.raises(ValueError, match="'neutron' is not one of ideal, transmission"):
        get_conditions("neutron")
    with pytest.raises(ValueError, match="geometry='capillary'"):
        MeasurementConditions(geometry="capillary")
    with pytest.raises(ValueError, match="no field is named texture"):
        MeasurementConditions().replace(texture=1.0)
    with pytest.raises(ValueError, match="march_r='strong' is neither"):
        MeasurementConditions(march_r="strong")
    with pytest.raises(ValueError, match="habit_constancy"):
        MeasurementConditions(habit_constancy=2.0, march_r=LogNormal(1.0, 0.1))
