import dataclasses

import numpy as np

from xrpdsim.sorting.results import form_peaks, typical_pattern


def test_the_typical_pattern_is_the_row_that_was_sorted(found):
    for group, row in enumerate(found.typical_rows):
        pattern = typical_pattern(found, group)
        measured = ~np.isnan(found.screen.X[row])
        np.testing.assert_array_equal(pattern.intensity, found.screen.X[row][measured])
        np.testing.assert_array_equal(pattern.two_theta, found.screen.two_theta[measured])
        assert pattern.source == found.screen.files[row]
        assert pattern.sample == found.group_names[group]


def test_what_was_not_measured_is_a_gap(found):
    row = found.typical_rows[0]
    X = found.screen.X.copy()
    X[row, 900:1000] = np.nan
    gap = dataclasses.replace(found, screen=dataclasses.replace(found.screen, X=X))
    ranges = typical_pattern(gap, 0).ranges
    assert len(ranges) == 2
    assert ranges[0][1] == found.screen.two_theta[899]
    assert ranges[1][0] == found.screen.two_theta[1000]


def test_the_step_that_a_scan_was_measured_with_is_heeded(found):
    coarse = 3 + 0.05 * np.arange(780)
    screen = found.screen
    rng = np.random.default_rng(0)
    X = np.array([np.interp(screen.two_theta, coarse, row) for row in rng.poisson(100, (20, 780))])
    X = np.resize(X, screen.X.shape)
    steps = [0.05] * len(X)
    noise = dataclasses.replace(found, screen=dataclasses.replace(screen, X=X, steps=steps))
    assert max(map(len, form_peaks(noise))) <= 3
    unknown = dataclasses.replace(found, screen=dataclasses.replace(screen, X=X))
    assert min(map(len, form_peaks(unknown))) > 30


def test_groups_of_different_forms_have_different_peaks(found):
    one, other = form_peaks(found)[:2]
    near = np.abs(one.two_theta[:, None] - other.two_theta).min(axis=1) < 0.02
    assert near.mean() < 0.5
    assert one.wavelength == 1.5406
    assert len(form_peaks(found, min_intensity=30)[0]) < len(one)
