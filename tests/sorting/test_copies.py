import numpy as np
import pytest

from xrpdsim.simulation import simulate_patterns, virtual_crystal
from xrpdsim.sorting import FormClusterer, find_copies


@pytest.fixture(scope="module")
def repeats():
    """Eight measurements of one sample that differ in their counts only."""
    lines = virtual_crystal(random_state=0)
    shape = simulate_patterns(lines, 1, preset="ideal", random_state=0)[0]
    shape = 20 + 3000 * np.nan_to_num(shape) / np.nanmax(shape)
    return np.random.default_rng(0).poisson(shape, (8, shape.size)).astype(float)


def test_repeats_of_a_measurement_are_no_copies(repeats):
    assert (find_copies(repeats) == -1).all()


def test_copies_are_found_however_they_were_written(repeats):
    per_second = repeats[2] / 0.37
    rounded = np.round(repeats[3] / repeats[3].max() * 100, 2)
    X = np.vstack([repeats, repeats[:1], per_second, rounded, repeats[:1] * 3])
    assert find_copies(X).tolist() == [-1] * 8 + [0, 2, 3, 0]


def test_a_copy_is_of_the_first(repeats):
    X = np.tile(repeats[:2], (500, 1))
    assert find_copies(X).tolist() == [-1, -1, *([0, 1] * 499)]


def test_a_shorter_scan_is_no_copy_and_short_or_empty_patterns_have_none(repeats):
    cut = repeats[:1].copy()
    cut[0, :300] = np.nan
    assert (find_copies(np.vstack([repeats[:1], cut])) == -1).all()
    assert (find_copies(np.ones((3, 50))) == -1).all()
    assert (find_copies(np.full((3, 500), np.nan)) == -1).all()
    assert (find_copies(np.zeros((3, 500))) == -1).all()


def test_equal_patterns_without_noise_are_copies():
    X = np.tile(np.exp(-(((np.arange(300) - 100) / 5.0) ** 2)), (3, 1))
    X[2] = np.roll(X[2], 1)
    assert find_copies(X).tolist() == [-1, 0, -1]


def test_copies_do_not_make_a_form(mixed_screen):
    X, form = mixed_screen.X, mixed_screen.form.astype(str)
    single = np.flatnonzero(form == "II")[0]
    X = np.vstack([X[form == "I"][:8], X[[single, single, single]] * [[1], [2], [0.3]]])
    for portion in (2000, 5):
        found = FormClusterer(portion=portion).fit(X)
        assert found.copy_of_.tolist() == [-1] * 9 + [8, 8]
        assert (found.labels_[8:] == -1).all()
        # a person may say what copies cannot
        told = FormClusterer(portion=portion).fit(X, same=[[8, 9]])
        assert told.labels_[8] == told.labels_[9] >= 0


def test_copies_get_what_their_original_gets(mixed_screen):
    X = mixed_screen.X[:30]
    plain = FormClusterer().fit(X)
    found = FormClusterer().fit(np.vstack([X, X[:10] * 5]))
    np.testing.assert_array_equal(found.labels_[: len(X)], plain.labels_)
    np.testing.assert_array_equal(found.labels_[len(X) :], plain.labels_[:10])
    np.testing.assert_array_equal(found.amorphous_[len(X) :], plain.amorphous_[:10])
    assert (found.probabilities_[len(X) :] == found.probabilities_[:10]).all()


def test_masked_points_are_not_measured(repeats):
    cut = repeats[:2].copy()
    cut[:, :300] = np.nan
    X = np.vstack([cut, cut[:1] / 7])
    masked = np.ma.masked_array(np.nan_to_num(X, nan=5.0), np.isnan(X))
    masked.data[2, :300] = 1e6
    assert find_copies(X).tolist() == [-1, -1, 0]
    assert find_copies(masked).tolist() == [-1, -1, 0]
