import numpy as np
import pytest

from xrpdsim.simulation import PRESETS, LogNormal, MeasurementConditions, get_conditions
from xrpdsim.simulation.distributions import Distribution, draw


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
