import numpy as np
import pandas as pd
import pytest

from xrpdsim.inspection import PatternStackDisplay
from xrpdsim.sorting import FormClusterer


def test_a_stack_shows_every_member_and_each_typical_pattern_once_more(clusterer, campaign, pyplot):
    display = PatternStackDisplay.from_estimator(clusterer, campaign.X)
    n_members = (clusterer.labels_ >= 0).sum()
    assert len(display.ax_.lines) == n_members + len(clusterer.typical_indices_)
    assert "degrees" in display.ax_.get_xlabel()


def test_names_of_groups_are_no_formulas(pyplot):
    X = np.random.default_rng(0).uniform(size=(4, 50))
    names = ["cost $5 and $7", r"$\frac{"]
    display = PatternStackDisplay.from_predictions(X, [0, 0, 1, 1], group_names=names)
    display.figure_.canvas.draw()
    shown = [text.get_text().replace(r"\$", "$") for text in display.ax_.texts]
    assert shown == [f"{name} (n = 2)" for name in names]


def test_a_stack_lies_on_the_grid_of_the_clusterer(pyplot):
    X = np.random.default_rng(0).uniform(size=(4, 300))
    grid = 10 + 0.1 * np.arange(300)
    clusterer = FormClusterer("screening", two_theta=grid, set_amorphous_aside=False).fit(X)
    np.testing.assert_array_equal(PatternStackDisplay.from_estimator(clusterer, X).two_theta, grid)
    other = PatternStackDisplay.from_estimator(clusterer, X, two_theta=grid + 1)
    np.testing.assert_array_equal(other.two_theta, grid + 1)
    frame = pd.DataFrame(X, columns=grid)
    named = PatternStackDisplay.from_predictions(frame, [0, 0, 1, 1])
    np.testing.assert_array_equal(named.two_theta, grid)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"labels": [0, 0]}, r"labels has shape \(2,\), but must be \(4,\), one for each pattern"),
        ({"group_names": ["a"]}, r"group_names has shape \(1,\), .* one for each group"),
        ({"medoid_indices": [0]}, r"medoid_indices has shape \(1,\), .* one for each group"),
        ({"medoid_indices": [0, 4]}, "medoid_indices must lie within 0 to 3"),
        ({"X": [1.0, 2.0]}, r"X has shape \(2,\), but must be \(n_patterns, n_points\)"),
    ],
)
def test_patterns_groups_and_names_belong_together(given, message):
    X = np.random.default_rng(0).uniform(size=(4, 50))
    with pytest.raises(ValueError, match=message):
        PatternStackDisplay.from_predictions(**({"X": X, "labels": [0, 0, 1, 1]} | given))
