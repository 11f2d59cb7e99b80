"""What every step of the room has in common."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from xrpdsim import preprocessing

STEPS = [getattr(preprocessing, name)() for name in preprocessing.__all__]
every_step = pytest.mark.parametrize("step", STEPS, ids=preprocessing.__all__)


@pytest.fixture
def scans():
    """Twelve patterns on the common grid, cut at both ends and with gaps."""
    rng = np.random.default_rng(0)
    X = rng.gamma(1.0, 50.0, size=(12, 1950))
    for row, (start, end) in enumerate(zip(range(0, 240, 20), range(1950, 1350, -50), strict=True)):
        X[row, :start] = np.nan
        X[row, end:] = np.nan
    X[3, 700:790] = np.nan
    return X


@every_step
def test_not_measured_stays_not_measured(step, scans):
    given = scans.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        treated = step.fit_transform(scans)
    np.testing.assert_array_equal(np.isnan(treated), np.isnan(scans))
    np.testing.assert_array_equal(scans, given)


@every_step
def test_a_cut_scan_is_treated_like_a_scan_of_that_range(step, scans):
    row = scans[5]
    measured = np.flatnonzero(np.isfinite(row))
    alone = row[measured[0] : measured[-1] + 1]
    expected = clone(step).fit_transform(alone[None])[0]
    treated = step.fit_transform(row[None])[0]
    np.testing.assert_allclose(treated[measured], expected, rtol=1e-9, atol=1e-9)


@every_step
def test_float32_stays_and_says_the_same(step, scans):
    single = step.fit_transform(scans.astype(np.float32))
    assert single.dtype == np.float32
    double = step.fit_transform(scans)
    assert double.dtype == np.float64
    scale = np.nanmax(np.abs(double))
    np.testing.assert_allclose(single / scale, double / scale, atol=2e-5)


@every_step
def test_each_pattern_by_itself(step, scans):
    together = step.fit_transform(scans)
    for row in range(len(scans)):
        alone = step.fit_transform(scans[row : row + 1])
        np.testing.assert_allclose(together[row : row + 1], alone, rtol=1e-12)


@every_step
def test_flat_and_empty_patterns(step):
    X = np.vstack([np.full(1950, 7.3), np.zeros(1950), np.full(1950, np.nan)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        treated = step.fit_transform(X)
    assert np.isfinite(treated[:2]).all()
    assert (treated[1] == 0).all()
    assert np.isnan(treated[2]).all()


@every_step
def test_needs_no_fit_but_checks_points_after_one(step, scans):
    np.testing.assert_array_equal(clone(step).transform(scans), clone(step).fit_transform(scans))
    fitted = clone(step).fit(scans)
    with pytest.raises(ValueError, match="expecting 1950 features"):
        fitted.transform(scans[:, :-1])
    with pytest.raises(ValueError, match="infinity"):
        fitted.transform(np.full((1, 1950), np.inf))


@every_step
def test_names_pandas_and_pickle(step, scans):
    frame = pd.DataFrame(scans, columns=[f"{angle:.2f}" for angle in 3 + 0.02 * np.arange(1950)])
    fitted = clone(step).set_output(transform="pandas").fit(frame)
    assert fitted.get_feature_names_out().tolist() == frame.columns.tolist()
    assert fitted.transform(frame).columns.tolist() == frame.columns.tolist()
    again = pickle.loads(pickle.dumps(clone(step).fit(scans)))
    np.testing.assert_array_equal(again.transform(scans), step.fit_transform(scans))


def test_in_a_row(scans):
    pipeline = make_pipeline(
        preprocessing.BaselineRemover(),
        preprocessing.PatternNormalizer(),
        preprocessing.SquareRootScaler(),
    )
    treated = pipeline.fit_transform(scans)
    np.testing.assert_array_equal(np.nanmin(treated, axis=1), 0)
    np.testing.assert_array_equal(np.nanmax(treated, axis=1), 1)


@every_step
@pytest.mark.parametrize("exponent", [-996, -500, 500, 996])  # of two: 1e-300 to 1e300
def test_any_scale_is_treated_alike(step, scans, exponent):
    scale = 2.0**exponent
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        treated = step.fit_transform(scans * scale)
    expected = step.fit_transform(scans)
    if isinstance(step, preprocessing.SquareRootScaler):
        expected = expected * np.sqrt(scale)
    elif isinstance(step, preprocessing.BaselineRemover):
        expected = expected * scale
    np.testing.assert_array_equal(treated, expected)  # a power of two changes no digit
