import warnings
from itertools import combinations

import numpy as np
import pytest

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.patterns.pairs import encode_phases, same_phase
from xrpdsim.simulation import PRESETS, simulate_patterns

GRID = np.arange(5.0, 30.0, 0.1)


def small(**arguments):
    arguments = {
        "n_compounds": 4,
        "n_forms": 7,
        "n_patterns": 90,
        "two_theta": GRID,
        "random_state": 0,
        **arguments,
    }
    return make_screening_campaign(**arguments)


@pytest.fixture(scope="module")
def everything():
    return small(
        n_patterns=200, amorphous_share=0.1, mixture_share=0.15, mislabelled_share=0.05,
        preset=["transmission", "bragg-brentano"],
    )  # fmt: skip


def test_shapes_and_labels():
    campaign = small()
    assert campaign.X.shape == (90, GRID.size)
    assert campaign.y.shape == (90, 2)
    assert campaign.y.dtype == object
    np.testing.assert_array_equal(campaign.y[:, 0], campaign.compound)
    np.testing.assert_array_equal(campaign.y[:, 1], campaign.form)
    np.testing.assert_array_equal(campaign.two_theta, GRID)
    assert len(set(campaign.compound)) == 4
    assert len({tuple(row) for row in campaign.y}) == 7
    assert set(campaign.lines) == {tuple(row) for row in campaign.y}
    assert sum(campaign.forms["n_patterns"]) == 90
    assert min(campaign.forms["n_patterns"]) >= 2
    assert all(len(values) == 90 for values in campaign.parameters.values())
    assert "90 powder patterns" in campaign.DESCR
    assert campaign.frame is None
    phases, compounds = encode_phases(campaign.y)
    assert len(set(phases)) == 7
    assert len(set(compounds)) == 4


def test_x_and_y_alone():
    X, y = small(return_X_y=True)
    campaign = small()
    np.testing.assert_array_equal(X, campaign.X)
    np.testing.assert_array_equal(y, campaign.y)


def test_frames():
    pytest.importorskip("pandas")
    campaign = small(as_frame=True)
    assert campaign.y.columns.tolist() == ["compound", "form"]
    assert campaign.X.shape == (90, GRID.size)
    assert campaign.frame.shape == (90, GRID.size + 2)


def test_same_seed_same_bits_whatever_the_number_of_processes():
    one, again, two, other = small(), small(), small(n_jobs=2), small(random_state=1)
    assert one.X.tobytes() == again.X.tobytes() == two.X.tobytes()
    assert (one.y == two.y).all()
    assert one.X.tobytes() != other.X.tobytes()


def test_global_generator_is_untouched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    small()
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_forms_differ_more_than_measurements_of_one_form():
    campaign = small(preset=PRESETS["synchrotron"].replace(start=5.0, end=30.0))
    X = campaign.X - campaign.X.mean(axis=1, keepdims=True)
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    alike = (X @ X.T)[np.triu_indices(len(X), 1)]
    same = same_phase(encode_phases(campaign.y)[0])
    assert np.median(alike[same]) > np.quantile(alike[~same], 0.9)


@pytest.mark.parametrize("seed", range(3))
def test_every_pair_of_compounds_has_equal_and_different_pairs(seed):
    campaign = small(n_patterns=14, random_state=seed)
    phases, compounds = encode_phases(campaign.y)
    for first, second in combinations(set(compounds), 2):
        same = same_phase(phases[(compounds == first) | (compounds == second)])
        assert same.any()
        assert not same.all()


def test_equal_pairs_are_about_as_rare_as_in_the_paper():
    campaign = make_screening_campaign(n_patterns=400, two_theta=GRID, random_state=0)
    same = same_phase(encode_phases(campaign.y)[0])
    assert (1 - same.mean()) / same.mean() == pytest.approx(9.8, abs=0.3)


@pytest.mark.slow
def test_the_paper_sized_campaign():
    campaign = make_screening_campaign(random_state=0)
    assert campaign.X.shape == (3750, 1950)
    same = same_phase(encode_phases(campaign.y)[0])
    assert (1 - same.mean()) / same.mean() == pytest.approx(9.5, abs=0.3)
    assert len(set(campaign.compound)) == 16
    assert len({tuple(row) for row in campaign.y}) == 24


def test_by_default_nothing_is_amorphous_mixed_or_mislabelled():
    parameters = small().parameters
    assert not parameters["mislabelled"].any()
    assert not parameters["second_share"].any()
    assert set(parameters["second_form"]) == {""}
    assert "amorphous" not in set(parameters["true_form"])


def test_amorphous_samples_are_amorphous(everything):
    amorphous = everything.parameters["true_form"] == "amorphous"
    assert amorphous.sum() == 20
    assert (everything.parameters["amorphous"][amorphous] == 1).all()
    assert (everything.parameters["amorphous"][~amorphous] < 1).all()


def test_mixtures_name_both_forms_and_their_share(everything):
    parameters = everything.parameters
    mixed = parameters["second_form"] != ""
    assert mixed.sum() == 30
    share = parameters["second_share"]
    assert (share[~mixed] == 0).all()
    assert ((share[mixed] >= 0.1) & (share[mixed] <= 0.5)).all()
    known = {(compound, form) for compound, form in everything.lines}
    for compound, label, second in zip(
        everything.compound[mixed], parameters["true_form"][mixed],
        parameters["second_form"][mixed], strict=True,
    ):  # fmt: skip
        first, named = label.split(" + ")
        assert named == second
        assert {(compound, first), (compound, second)} <= known


def test_mislabelled_patterns_carry_another_form_of_their_compound(everything):
    wrong = everything.parameters["mislabelled"]
    assert wrong.sum() == 10
    np.testing.assert_array_equal(everything.form != everything.parameters["true_form"], wrong)
    for compound, form in everything.y[wrong]:
        assert (compound, form) in everything.lines


def test_several_presets_are_named(everything):
    names, counts = np.unique(everything.parameters["preset"].astype(str), return_counts=True)
    assert names.tolist() == ["bragg-brentano", "transmission"]
    assert counts.min() > 60
    reflected = everything.parameters["preset"] == "bragg-brentano"
    assert (everything.parameters["kalpha2"][reflected] == 0.5).all()
    assert (everything.parameters["kalpha2"][~reflected] == 0).all()


def test_parameters_make_the_same_pattern_again():
    conditions = PRESETS["transmission"].replace(poisson=False)
    campaign = small(preset=conditions)
    form = ("compound 1", "I")
    rows = np.flatnonzero((campaign.compound == form[0]) & (campaign.form == form[1]))
    drawn = {name: values[rows] for name, values in campaign.parameters.items()}
    for name in ("true_form", "second_form", "second_share", "preset", "mislabelled"):
        del drawn[name]
    drawn = {name: drawn[name] for name in drawn if not name.endswith("_impurity")}
    again = simulate_patterns(
        campaign.lines[form],
        len(rows),
        preset=conditions,
        parameters={**drawn, "impurity": 0.0},
        two_theta=GRID,
    )
    pure = drawn["impurity"] == 0
    assert pure.sum() >= 2
    # What is rendered together shares its width anchors, so rendering agrees to its accuracy.
    strongest = np.nanmax(campaign.X[rows][pure])
    np.testing.assert_allclose(again[pure], campaign.X[rows][pure], atol=1e-3 * strongest)


def test_a_grid_beyond_the_end_of_the_scans_is_warned_of():
    long = np.arange(5.0, 60.0, 0.1)
    with pytest.warns(
        UserWarning, match=r"reaches 59\.9 degrees, but scans of transmission end at 42"
    ):
        campaign = small(two_theta=long)
    assert np.isnan(campaign.X[:, -1]).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        small()
        small(two_theta=long, preset="ideal")
        conditions = PRESETS["transmission"].replace(end=60.0)
        whole = small(two_theta=long, preset=conditions).X
    assert not np.isnan(whole).any()


def test_an_ideal_campaign_has_impurities_nowhere():
    assert not small(preset="ideal").parameters["impurity"].any()


def test_solvates_are_near_relatives():
    none = small(n_compounds=2, n_forms=12, n_patterns=24, solvate_share=0.0)
    every = small(n_compounds=2, n_forms=12, n_patterns=24, solvate_share=1.0)
    assert set(none.forms["kind"]) == {"polymorph"}
    assert every.forms["kind"].count("polymorph") == 2
    assert set(every.forms["kind"]) == {"polymorph", "hydrate", "solvate"}
    groups = {}
    for compound, group in zip(every.forms["compound"], every.forms["space_group"], strict=True):
        groups.setdefault(compound, set()).add(group)
    assert all(len(found) == 1 for found in groups.values())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_forms": 3}, "n_forms=3 must be at least n_compounds=4"),
        ({"n_compounds": 0, "n_forms": 0}, "n_compounds=0 must be a whole number, 1 or more"),
        ({"n_patterns": 90.0}, r"n_patterns=90\.0 must be a whole number"),
        ({"n_patterns": True}, "n_patterns=True must be a whole number"),
        ({"n_forms": "7"}, "n_forms='7' must be a whole number"),
        ({"n_patterns": 13}, "n_patterns=13 leaves 13 .* at least 14"),
        ({"n_patterns": 20, "amorphous_share": 0.5}, "leaves 10 patterns"),
        ({"mixture_share": 1.5}, r"mixture_share=1\.5 must lie between"),
        ({"solvate_share": -0.1}, r"solvate_share=-0\.1 must lie between"),
        ({"mixture_range": (0.5, 0.1)}, r"mixture_range=\(0\.5, 0\.1\)"),
        ({"n_forms": 4, "mixture_share": 0.1}, "need a compound with two forms"),
        ({"n_forms": 4, "mislabelled_share": 0.1}, "need a compound with two forms"),
        ({"mislabelled_share": 1.0}, "patterns are of compounds with two forms"),
        ({"preset": "neutrons"}, "neutrons"),
        ({"preset": []}, "preset is empty"),
        ({"two_theta": [5.0, 4.0]}, "strictly increasing"),
    ],
)
def test_impossible_requests(arguments, message):
    with pytest.raises(ValueError, match=message):
        small(**arguments)
