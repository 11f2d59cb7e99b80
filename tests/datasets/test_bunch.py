import copy
import pickle

import numpy as np
import pytest

from xrpdsim.datasets import load_campaign, make_screening_campaign, save_campaign
from xrpdsim.patterns import default_two_theta


@pytest.fixture(scope="module")
def campaign():
    return make_screening_campaign(3, 4, 20, random_state=0)


def test_printed_it_says_what_is_in_it(campaign):
    lines = repr(campaign).splitlines()
    first = "20 patterns of 3 compounds in 4 forms, 1950 points from 3 to 41.98 degrees 2theta"
    assert lines[0] == str(campaign).splitlines()[0] == first
    assert [line.split()[0] for line in lines[1:]] == list(campaign)
    assert "  X           array (20, 1950), float64" in lines
    assert any("table, 4 rows: compound, form, kind" in line for line in lines)
    # no line of raw numbers or of text
    assert max(map(len, lines)) < 120


def test_in_a_notebook_it_is_the_same(campaign):
    assert campaign._repr_html_().startswith("<pre>20 patterns of 3 compounds")


def test_it_is_a_bunch_as_before(campaign):
    assert campaign.X is campaign["X"]
    for again in (copy.copy(campaign), pickle.loads(pickle.dumps(campaign))):
        assert repr(again) == repr(campaign)
        assert (again.X == campaign.X).all()


def test_as_frames():
    pytest.importorskip("pandas")
    shown = repr(make_screening_campaign(3, 4, 20, random_state=0, as_frame=True))
    assert "X           DataFrame (20, 1950)" in shown
    assert "frame       DataFrame (20, 1952)" in shown


@pytest.mark.parametrize(
    ("grid", "names"),
    [
        (default_two_theta(), ["3.00", "3.02", "3.04"]),
        (5 + 0.1 * np.arange(300), ["5.00", "5.10", "5.20"]),
        (5 + 0.005 * np.arange(4000), ["5.000", "5.005", "5.010"]),
        (np.linspace(3, 42, 1234), ["3.000000000", "3.031630170", "3.063260341"]),
    ],
)
def test_columns_of_a_frame_are_the_angles(grid, names):
    pytest.importorskip("pandas")
    X = make_screening_campaign(1, 1, 2, two_theta=grid, as_frame=True, random_state=0).X
    assert X.columns[:3].tolist() == names
    np.testing.assert_allclose(X.columns.astype(float), grid, rtol=0, atol=1e-9)


def test_labels_that_are_not_known(campaign):
    other = copy.copy(campaign)
    other.y = campaign.y.copy()
    other.y[:, 1] = None
    assert repr(other).startswith("20 patterns of 3 compounds in 0 forms")
    other.y = np.full((20, 2), None, dtype=object)
    assert repr(other).startswith("20 patterns of 0 compounds in 0 forms")


def test_a_campaign_from_a_folder(campaign, tmp_path):
    save_campaign(campaign, tmp_path)
    lines = repr(load_campaign(tmp_path)).splitlines()
    assert lines[0].startswith("20 patterns of 3 compounds in 4 forms, 1950 points")
    assert max(map(len, lines)) < 120
