import numpy as np
import pytest

from xrpdsim.simulation import Lines, get_conditions
from xrpdsim.simulation._parameters import (
    component_suffixes,
    draw_parameters,
    strain_tensor,
    texture_axis,
)


def components(*suffixes):
    lines = Lines.from_structure_factors(
        [[0, 0, 2], [1, 1, 0], [0, 2, 1]],
        [1.0, 2.0, 3.0],
        cell=[7, 9, 11, 90, 100, 90],
        space_group="P 1 21/c 1",
    )
    return dict.fromkeys(suffixes, lines)


def drawn(random_state=0, preset="transmission", n_patterns=400, given=None, suffixes=("",)):
    return draw_parameters(
        get_conditions(preset), components(*suffixes), n_patterns, random_state, given
    )


def test_every_field_and_every_component_is_drawn():
    parameters = drawn(suffixes=component_suffixes(2, with_impurity=True))
    assert set(get_conditions("transmission").artefacts()) <= set(parameters)
    assert {"march_r_2", "axis_k_impurity", "strain_xy_2", "seed"} <= set(parameters)
    assert {values.shape for values in parameters.values()} == {(400,)}


def test_no_two_parameters_share_a_stream():
    parameters = drawn()
    names = [n for n, v in parameters.items() if np.unique(v).size > 300]
    ranks = np.array([np.argsort(np.argsort(parameters[n])) for n in names])
    alike = np.corrcoef(ranks) - np.eye(len(names))
    # The six components of one strain share their size, not their sign.
    assert np.abs(alike).max() < 0.25


def test_any_kind_of_random_state():
    for make in (lambda: 5, lambda: np.random.RandomState(5), lambda: np.random.default_rng(5)):
        first, again = drawn(make()), drawn(make())
        assert all(np.array_equal(first[name], again[name]) for name in first)
    generator = np.random.default_rng(5)
    assert not np.array_equal(drawn(generator)["seed"], drawn(generator)["seed"])


def test_given_values_reach_what_depends_on_them():
    parameters = drawn(given={"cell_strain": 0.0, "axis_h": 1, "march_r": 0.5})
    assert not strain_tensor(parameters).any()
    assert (texture_axis(parameters)[:, 0] == 1).all()
    assert (parameters["march_r"] == 0.5).all()


def test_strain_tensors_are_symmetric_and_of_the_size_asked_for():
    tensor = strain_tensor(drawn(given={"cell_strain": 0.002}))
    np.testing.assert_array_equal(tensor, np.swapaxes(tensor, 1, 2))
    assert tensor.std() == pytest.approx(0.002, rel=0.05)


def test_no_impurity_without_one():
    assert not drawn()["impurity"].any()
    assert drawn(suffixes=("", "_impurity"))["impurity"].any()
