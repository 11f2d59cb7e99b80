import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import simulate_patterns, virtual_crystal
from xrpdsim.sorting import FormClusterer, flag_patterns
from xrpdsim.sorting.grouping import GroupLines, faint_lines, heed_faint_lines

GRID = default_two_theta()
N_FORMS, N_MEMBERS, N_FAINT = 3, 6, 8
GROUPS = np.repeat(np.arange(N_FORMS), N_MEMBERS)
FAINT_GROUPS = np.repeat(np.arange(N_FORMS), N_FAINT)


@pytest.fixture(scope="module")
def forms():
    return [virtual_crystal(random_state=seed) for seed in range(N_FORMS)]


@pytest.fixture(scope="module")
def members(forms):
    return np.concatenate([simulate_patterns(f, N_MEMBERS, random_state=0) for f in forms])


def faint_patterns(forms, amorphous):
    # counts of the highest point: the lines of 0.7 % crystals are lost in the noise
    parameters = {"amorphous": amorphous, "counts": 3000.0}
    return np.concatenate(
        [simulate_patterns(f, N_FAINT, parameters=parameters, random_state=1) for f in forms]
    )


@pytest.fixture(scope="module")
def faint(forms):
    return faint_patterns(forms, 0.993)


@pytest.fixture(scope="module")
def amorphous(forms):
    return faint_patterns(forms, 1.0)


def test_lines_lost_in_the_halo_are_found(members, faint):
    assert flag_patterns(faint).amorphous.mean() > 0.9
    found = GroupLines(members, GROUPS, GRID).found_in(faint)
    assert (found == FAINT_GROUPS).mean() > 0.5
    assert ((found == FAINT_GROUPS) | (found < 0)).all()


@pytest.mark.parametrize("smoothing", [0, 1, 3], ids="smoothed by {}".format)
def test_what_is_amorphous_shows_no_group(members, amorphous, smoothing):
    # files with wide steps are interpolated, and some programs smooth: neighbours agree too well
    patterns = amorphous
    if smoothing:
        patterns = gaussian_filter1d(np.nan_to_num(patterns), smoothing, axis=1)
    assert (GroupLines(members, GROUPS, GRID).found_in(patterns) == -1).all()


def test_lines_of_a_form_that_is_no_group_are_rarely_taken_for_another(members, faint):
    known = GROUPS > 0
    found = GroupLines(members[known], GROUPS[known], GRID).found_in(faint[FAINT_GROUPS == 0])
    assert (found >= 0).mean() <= 0.25


def test_the_filter_is_the_sum_that_it_stands_for(members, faint):
    lines = GroupLines(members, GROUPS, GRID)
    pattern = faint[:1].astype(np.float64)
    weight, signal = lines._weights(pattern)[0], lines._without_halo(pattern)[0]
    template = lines._without_halo(faint_lines._mean_lines(members[GROUPS == 0], GRID)[None])[0]
    shifts = range(-10, 11)
    expected = []
    for shift in shifts:
        moved = np.zeros_like(template)
        here = slice(max(shift, 0), len(template) + min(shift, 0))
        there = slice(max(-shift, 0), len(template) + min(-shift, 0))
        moved[here] = template[there]
        expected.append(np.sum(weight * signal * moved) / np.sqrt(np.sum(weight * moved**2)))
    best, _ = lines.deviations(pattern)
    assert best[0, 0] == pytest.approx(max(expected), rel=1e-9)


def test_scale_does_not_matter_and_missing_ranges_are_left_out(members, faint):
    lines = GroupLines(members, GROUPS, GRID)
    found = lines.found_in(faint)
    np.testing.assert_array_equal(lines.found_in(1e-3 * faint), found)
    cut = faint.copy()
    cut[:, :100] = np.nan
    cut[:, 1700:] = np.nan
    right = lines.found_in(cut) == FAINT_GROUPS
    assert right.sum() >= 0.7 * (found == FAINT_GROUPS).sum()
    nothing = np.full((3, len(GRID)), np.nan)
    nothing[1] = 0
    nothing[2, 50:60] = 1
    assert lines.found_in(nothing).tolist() == [-1, -1, -1]


def test_nothing_is_found_where_groups_or_grids_show_too_little(members, faint):
    few = np.array([0, 1, N_MEMBERS, N_MEMBERS + 1])
    assert (GroupLines(members[few], GROUPS[few], GRID).found_in(faint) == -1).all()
    for grid in (np.linspace(3, 8, len(GRID)), GRID + 0.02 * np.sin(GRID)):
        assert (GroupLines(members, GROUPS, grid).found_in(faint) == -1).all()
    nobody = np.empty(0, dtype=np.intp)
    assert (GroupLines(members[nobody], nobody, GRID).found_in(faint) == -1).all()
    assert GroupLines(members, GROUPS, GRID).found_in(faint[nobody]).tolist() == []


def test_pairs_with_the_group_become_probable_and_no_others(members, faint):
    X = np.concatenate([members, faint[:1]])
    labels = np.append(GROUPS, -1)
    is_amorphous = labels < 0
    before = np.full((len(X), len(X)), 0.1)
    after = heed_faint_lines(before, labels, is_amorphous, X, GRID, 0.5)
    np.testing.assert_allclose(after[-1, :N_MEMBERS], 0.75)
    np.testing.assert_array_equal(after, after.T)
    after[-1, :N_MEMBERS] = after[:N_MEMBERS, -1] = 0.1
    np.testing.assert_array_equal(after, before)
    assert heed_faint_lines(before, labels, ~is_amorphous, X, GRID, 0.5) is before
    sure = np.full_like(before, 0.9)
    np.testing.assert_array_equal(heed_faint_lines(sure, labels, is_amorphous, X, GRID, 0.5), sure)


def test_the_clusterer_puts_faint_patterns_into_their_groups(members, faint, amorphous):
    # by a measure to which a halo hides everything
    X = np.concatenate([members, faint[::4], amorphous[::4]])
    clusterer = FormClusterer("screening").fit(X)
    n = len(members)
    assert (clusterer.labels_[:n] >= 0).all()
    form_of_group = [GROUPS[clusterer.labels_[:n] == k][0] for k in range(N_FORMS)]
    now, nothing = np.split(clusterer.labels_[n:], 2)
    assert (np.take(form_of_group, now[now >= 0]) == FAINT_GROUPS[::4][now >= 0]).all()
    assert (now >= 0).any()
    assert (nothing == -1).all()
    later = clusterer.predict(np.concatenate([faint[1::4], amorphous[1::4]]))
    now, nothing = np.split(later, 2)
    assert (np.take(form_of_group, now[now >= 0]) == FAINT_GROUPS[1::4][now >= 0]).all()
    assert (now >= 0).any()
    assert (nothing == -1).all()
