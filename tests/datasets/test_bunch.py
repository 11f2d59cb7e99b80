import copy
import pickle

import numpy as np
import pytest

from xrpdsim.datasets import load_campaign, make_screening_campaign, save_campaign


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
