import numpy as np
import pytest
from scipy.signal import find_peaks

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import (
    PRESETS,
    Lines,
    MeasurementConditions,
    get_conditions,
    pattern_batches,
    simulate_patterns,
    virtual_crystal,
)

GRID = default_two_theta()
IDEAL = get_conditions("ideal")


def crystal(c=11.0, space_group="P 21 21 21", seed=0):
    hkl = [[0, 0, 2], [1, 1, 0], [0, 2, 1], [1, 0, 3], [2, 1, 1], [1, 2, 3], [3, 0, 1], [0, 0, 4]]
    strength = np.random.default_rng(seed).uniform(20, 100, len(hkl))
    cell = [7.0, 9.0, c, 90.0, 90.0, 90.0]
    return Lines.from_structure_factors(hkl, strength, cell=cell, space_group=space_group)


def centres(pattern, lines, half_width=0.4):
    """Return the centre of mass near each line."""
    found = []
    for angle in lines.two_theta:
        near = np.abs(GRID - angle) < half_width
        found.append(np.average(GRID[near], weights=pattern[near]))
    return np.array(found)


def areas(pattern, lines, half_width=0.4):
    return np.array([pattern[np.abs(GRID - angle) < half_width].sum() for angle in lines.two_theta])


def isolated():
    """Return lines at least three degrees apart."""
    hkl = [[1, 0, 0], [0, 0, 2], [0, 2, 0], [2, 0, 0], [0, 0, 4], [2, 2, 2]]
    strength = [30.0, 80.0, 100.0, 60.0, 90.0, 50.0]
    cell = [7.0, 9.0, 11.0, 90.0, 90.0, 90.0]
    return Lines.from_structure_factors(hkl, strength, cell=cell, space_group="P 21 21 21")


def test_an_ideal_measurement_shows_lines_where_and_as_strong_as_they_are():
    lines = isolated()
    pattern = simulate_patterns(lines, preset=IDEAL.replace(instrument_fwhm=0.06))[0]
    np.testing.assert_allclose(centres(pattern, lines), lines.two_theta, atol=2e-3)
    share = areas(pattern, lines)
    np.testing.assert_allclose(share / share.max(), lines.intensity / 100, atol=2e-3)
    assert pattern.max() == pytest.approx(10_000)
    assert not np.isnan(pattern).any()


def test_a_film_shows_few_lines():
    clean = {"amorphous": 0.0, "background": 0.0, "air_scatter": 0.0, "glass": 0.0, "impurity": 0.0}
    clean |= {"start": 3.0, "end": 42.0}
    seen = {}
    for preset in ("bragg-brentano", "film"):
        conditions = PRESETS[preset].replace(poisson=False, **clean)
        seen[preset] = [
            len(find_peaks(pattern, prominence=0.03 * pattern.max())[0])
            for seed in range(20)
            for pattern in simulate_patterns(
                virtual_crystal(seed), preset=conditions, random_state=seed
            )
        ]
    # 3 and 26 in the median of forty other crystals
    assert np.median(seen["film"]) < 8 < 16 < np.median(seen["bragg-brentano"])


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_same_seed_same_bits(preset):
    first, drawn = simulate_patterns(
        crystal(), 5, preset=preset, random_state=3, return_parameters=True
    )
    again = simulate_patterns(crystal(), 5, preset=preset, random_state=3)
    given = simulate_patterns(crystal(), 5, preset=preset, random_state=9, parameters=drawn)
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, given)
    other = simulate_patterns(crystal(), 5, preset=preset, random_state=4)
    assert np.array_equal(first, other, equal_nan=True) == (preset == "ideal")


def test_the_global_generator_is_left_alone():
    np.random.seed(0)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    simulate_patterns(crystal(), 2, random_state=0)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_switching_one_artefact_off_leaves_the_others():
    conditions = get_conditions("transmission")
    drawn = [
        simulate_patterns(crystal(), 4, preset=c, random_state=0, return_parameters=True)[1]
        for c in (conditions, conditions.replace(displacement=0.0))
    ]
    for name in drawn[0]:
        assert (name == "displacement") != np.array_equal(drawn[0][name], drawn[1][name]), name


def test_only_the_texture_differs():
    lines = isolated()
    _, drawn = simulate_patterns(lines, 1, preset="ideal", random_state=0, return_parameters=True)
    r = np.array([1.0, 0.8, 0.6, 0.4])
    stack = {name: np.repeat(values, 4) for name, values in drawn.items()}
    axis = lines.hkl[0]
    stack |= {"march_r": r} | {f"axis_{n}": np.full(4, i) for n, i in zip("hkl", axis, strict=True)}
    for geometry, sign in (("reflection", 1), ("transmission", -1)):
        X = simulate_patterns(
            lines, 4, preset=IDEAL.replace(geometry=geometry), parameters=stack, random_state=0
        )
        share = np.array([areas(x, lines)[0] / areas(x, lines).sum() for x in X])
        assert (sign * np.diff(share) > 0).all()


@pytest.mark.parametrize(
    ("geometry", "fixed_omega", "shift"),
    [
        ("reflection", False, lambda t: -2 * 0.2 * np.cos(t / 2) / 217.5),
        ("transmission", False, lambda t: 2 * 0.2 * np.sin(t / 2) / 217.5),
        ("transmission", True, lambda t: 0.2 * np.sin(t) / 217.5),
    ],
)
def test_displacement_follows_its_geometry(geometry, fixed_omega, shift):
    lines = isolated()
    conditions = IDEAL.replace(geometry=geometry, fixed_omega=fixed_omega, displacement=0.2)
    pattern = simulate_patterns(lines, preset=conditions.replace(zero_error=0.01))[0]
    expected = lines.two_theta + np.degrees(shift(np.radians(lines.two_theta))) + 0.01
    np.testing.assert_allclose(centres(pattern, lines, 0.5), expected, atol=4e-3)


@pytest.mark.parametrize(
    "change",
    [
        {"axial_sample": 0.02, "axial_detector": 0.02},
        {"kalpha2": 0.5},
        {"unevenness": 0.2},
        {"cell_strain": 0.002},
        {"size": 60.0},
    ],
)
def test_intensity_is_conserved(change):
    lines = isolated().up_to(30.0)
    plain = IDEAL.replace(counts=1.0)
    X = [
        simulate_patterns(lines, preset=c, random_state=0)[0]
        for c in (plain, plain.replace(**change))
    ]
    # The strongest point is set to one count, so compare shares of the lines.
    share = [areas(x, lines, 0.7) / x.sum() for x in X]
    lost = 0.06 if "size" in change else 0.01
    np.testing.assert_allclose(share[0], share[1], atol=lost)


def test_second_wavelength_adds_half_as_much():
    lines = isolated()
    pattern = simulate_patterns(
        lines, preset=IDEAL.replace(kalpha2=0.5, instrument_fwhm=0.05, counts=1.0)
    )[0]
    last = lines.two_theta[-1]
    first = pattern[np.abs(GRID - last) < 0.011].max()
    second = 2 * np.degrees(np.arcsin(np.sin(np.radians(last / 2)) * 1.544390 / 1.540593))
    assert pattern[np.abs(GRID - second) < 0.011].max() == pytest.approx(first / 2, rel=0.1)


def test_strained_cells_move_lines_as_strained_lines_do():
    lines = isolated()
    conditions = IDEAL.replace(cell_strain=0.003)
    X, drawn = simulate_patterns(
        lines, 1, preset=conditions, random_state=1, return_parameters=True
    )
    tensor = np.diag([drawn[f"strain_{c}"][0] for c in ("xx", "yy", "zz")])
    expected = lines.strained(tensor)
    np.testing.assert_array_equal(expected.hkl, lines.hkl)
    np.testing.assert_allclose(centres(X[0], lines, 0.5), expected.two_theta, atol=4e-3)
    assert np.abs(expected.two_theta - lines.two_theta).max() > 0.02


def test_amorphous_share_is_the_share_of_the_scattering():
    lines = isolated()
    for share in (0.2, 0.8, 1.0):
        pattern = simulate_patterns(lines, preset=IDEAL.replace(amorphous=share))[0]
        glass = simulate_patterns(lines, preset=IDEAL.replace(amorphous=1.0))[0]
        away = np.min(np.abs(GRID[:, None] - lines.two_theta), axis=1) > 1.0
        level = (pattern[away] / pattern.sum()).sum() / (glass[away] / glass.sum()).sum()
        assert level == pytest.approx(share, abs=0.02)


def test_mixtures_and_impurities_add_up():
    a, b = crystal(11.0, seed=1), crystal(12.7, seed=2)
    plain = IDEAL.replace(counts=1.0)
    alone = [simulate_patterns(x, preset=plain)[0] for x in (a, b)]
    per_area = [x / x.sum() for x in alone]
    mixed = simulate_patterns([a, b], preset=plain, shares=[0.7, 0.3])[0]
    expected = 0.7 * per_area[0] + 0.3 * per_area[1]
    np.testing.assert_allclose(mixed / mixed.sum(), expected / expected.sum(), atol=2e-5)
    dirty = simulate_patterns(a, preset=plain.replace(impurity=0.3), impurity=b)[0]
    np.testing.assert_allclose(dirty, mixed, atol=1e-9)
    each = simulate_patterns([a, b], 2, preset=plain, shares=[[1.0, 0.0], [0.0, 1.0]])
    np.testing.assert_allclose(each, alone, atol=1e-9)


def test_components_have_texture_and_strain_of_their_own():
    _, drawn = simulate_patterns(
        [crystal(), crystal(12.0)],
        3,
        impurity=crystal(13.0),
        random_state=0,
        return_parameters=True,
    )
    for name in ("march_r", "strain_xx", "axis_h"):
        assert {name, f"{name}_2", f"{name}_impurity"} <= set(drawn)
    assert not np.array_equal(drawn["march_r"], drawn["march_r_2"])


def test_what_was_not_measured_is_missing():
    conditions = IDEAL.replace(start=5.0, end=36.0)
    pattern = simulate_patterns(crystal(), preset=conditions)[0]
    np.testing.assert_array_equal(np.isnan(pattern), (GRID < 5 - 1e-9) | (GRID > 36 + 1e-9))


def test_counts_scatter_as_poisson_around_what_is_expected():
    lines = crystal()
    expected = simulate_patterns(lines, preset=IDEAL.replace(counts=400.0, background=0.1))[0]
    counted = simulate_patterns(
        lines, 200, preset=IDEAL.replace(counts=400.0, background=0.1, poisson=True), random_state=0
    )
    np.testing.assert_allclose(counted.mean(axis=0), expected, atol=5 * np.sqrt(440 / 200))
    assert (counted.var(axis=0) / expected).mean() == pytest.approx(1, rel=0.02)


def test_counts_without_any_background():
    counted = simulate_patterns(crystal(), 3, preset=IDEAL.replace(poisson=True), random_state=0)
    assert counted.min() == 0


def test_other_grids_and_wavelengths():
    lines = crystal()
    grid = np.arange(4.0, 35.0, 0.05)
    pattern = simulate_patterns(lines, preset="ideal", two_theta=grid)[0]
    fine = simulate_patterns(lines, preset="ideal", two_theta=np.arange(4.0, 35.0, 0.01))[0]
    np.testing.assert_allclose(pattern / pattern.sum(), fine[::5] / fine[::5].sum(), atol=1e-3)
    short = simulate_patterns(lines.with_wavelength(0.8), preset="ideal")
    np.testing.assert_allclose(short, simulate_patterns(lines, preset="ideal"), atol=1e-6)


def test_lines_that_end_before_the_grid_are_refused():
    grid = np.arange(5.0, 80.0, 0.02)
    with pytest.raises(
        ValueError, match=r"up to 42\.00 degrees .* reaches 79\.98; .*two_theta_max"
    ):
        simulate_patterns(virtual_crystal(0), preset="ideal", two_theta=grid)
    far = virtual_crystal(0, two_theta_max=81)
    assert simulate_patterns(far, preset="ideal", two_theta=grid)[0, -300:].max() > 0
    cobalt = virtual_crystal(0, wavelength=1.789)
    with pytest.raises(ValueError, match=r"of the crystal were computed up to 35\.95 degrees"):
        simulate_patterns(cobalt, preset="ideal")
    with pytest.raises(ValueError, match=r"of component impurity were computed up to 35\.95"):
        simulate_patterns(far, preset=IDEAL.replace(impurity=0.1), impurity=cobalt)
    # cut on purpose
    simulate_patterns(virtual_crystal(0).up_to(30.0), preset="ideal")


def test_what_to_do_with_lines_of_a_short_wavelength_helps():
    short = virtual_crystal(0, wavelength=0.7093)
    with pytest.raises(ValueError, match=r"lines\.with_wavelength\(1\.5406\)\.up_to\(80\)"):
        simulate_patterns(short)
    simulate_patterns(short.with_wavelength(1.5406).up_to(80))
    simulate_patterns(short, preset="synchrotron")


def test_an_impurity_without_a_share_is_refused():
    with pytest.raises(ValueError, match="an impurity is given, but the conditions put its share"):
        simulate_patterns(crystal(), preset="ideal", impurity=crystal(12.0))
    # said outright
    simulate_patterns(
        crystal(), preset="ideal", impurity=crystal(12.0), parameters={"impurity": 0.0}
    )
    simulate_patterns(crystal(), preset=IDEAL.replace(impurity=0.1), impurity=crystal(12.0))


def test_no_crystal_at_all_is_refused():
    with pytest.raises(ValueError, match="lines is empty; give the lines of at least one crystal"):
        simulate_patterns([])


def test_batches_are_endless_and_repeatable():
    forms = [crystal(c) for c in (10.0, 11.0, 12.0, 13.0)]

    def first_two():
        batches = pattern_batches(
            forms,
            forms_per_batch=3,
            patterns_per_form=4,
            preset=["transmission", "bragg-brentano"],
            random_state=0,
        )
        return [next(batches) for _ in range(2)]

    (X, form), (other, _) = first_two()
    assert X.shape == (12, 1950)
    assert sorted(set(np.bincount(form))) in ([0, 4], [4])
    assert not np.array_equal(X, other, equal_nan=True)
    np.testing.assert_array_equal(X, first_two()[0][0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shares": [0.5, 0.2]}, "add up to 1"),
        ({"shares": [1.0]}, r"give 2 of them"),
        ({"parameters": {"colour": 1.0}}, "no parameter is named colour"),
        ({"parameters": {"march_r": [1.0, 2.0]}}, "march_r has shape"),
        ({"preset": "tem"}, "preset='tem'"),
        ({"two_theta": [5.0, 4.0]}, "strictly increasing"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        simulate_patterns([crystal(), crystal(12.0)], 3, **arguments)


def test_nothing_to_see_is_an_error():
    with pytest.raises(ValueError, match="the crystal has no line"):
        simulate_patterns(isolated().up_to(0.0), preset="ideal")
    far = Lines.from_structure_factors(
        [[1, 0, 0]], [1.0], cell=[1.7, 9, 11, 90, 90, 90], space_group="P 21 21 21"
    )
    with pytest.raises(ValueError, match="nothing scatters from 3 to 4"):
        simulate_patterns(far, preset="ideal", two_theta=np.arange(3.0, 4.01, 0.02))
    with pytest.raises(ValueError, match="a plate across the beam is in the way"):
        simulate_patterns(crystal(), preset="transmission", two_theta=np.arange(3.0, 100.0, 0.02))
    with pytest.raises(ValueError, match="lies outside 1 to 1 forms"):
        next(pattern_batches([crystal()]))


def test_caglioti_without_a_real_width_is_an_error():
    with pytest.raises(ValueError, match="no such instrument"):
        simulate_patterns(crystal(), preset=MeasurementConditions(caglioti_v=-9.0))


@pytest.mark.parametrize("n_patterns", [-1, 2.5, True, "2", None])
def test_the_number_of_patterns_is_whole(n_patterns):
    message = f"n_patterns={n_patterns!r} must be a whole number, 0 or more"
    with pytest.raises(ValueError, match=message):
        simulate_patterns(virtual_crystal(0), n_patterns)


@pytest.mark.parametrize("name", ["forms_per_batch", "patterns_per_form"])
@pytest.mark.parametrize("number", [0, 1.5, True])
def test_batches_are_of_whole_numbers(name, number):
    with pytest.raises(ValueError, match=f"{name}={number} must be a whole number, 1 or more"):
        next(pattern_batches([virtual_crystal(0)], **({"forms_per_batch": 1} | {name: number})))
