import sys

import numpy as np
import pandas as pd
import pytest

from xrpdsim import CorrelationSimilarity
from xrpdsim.inspection import EmbeddingMapDisplay
from xrpdsim.sorting import FormClusterer


def test_a_map_of_the_screen_keeps_members_together(clusterer, pyplot):
    display = EmbeddingMapDisplay.from_estimator(clusterer)
    places, labels = display.places, display.labels
    middle = places[labels == 0].mean(axis=0)
    inside = np.linalg.norm(places[labels == 0] - middle, axis=1).mean()
    assert inside < np.linalg.norm(places[labels == 1] - middle, axis=1).mean()


def test_labels_of_ones_own_are_those_of_the_patterns_shown(campaign, pyplot):
    clusterer = FormClusterer(portion=10).fit(campaign.X)
    labels = np.arange(len(campaign.X))
    display = EmbeddingMapDisplay.from_estimator(clusterer, labels=labels)
    assert (display.labels == clusterer.mapped_indices_).all()


def test_axes_of_the_caller_are_used(pyplot):
    _, ax = pyplot.subplots()
    display = EmbeddingMapDisplay.from_predictions(np.eye(4), labels=[0, 0, 1, -1], ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure


@pytest.mark.parametrize("n_groups", [20, 21])
def test_every_group_is_named(pyplot, n_groups):
    display = EmbeddingMapDisplay.from_predictions(np.eye(n_groups), labels=range(n_groups))
    legend = display.ax_.get_legend()
    named = display.ax_.texts if legend is None else legend.get_texts()
    assert [text.get_text() for text in named] == [str(k) for k in range(n_groups)]
    styles = {(line.get_color(), line.get_marker()) for line in display.ax_.lines}
    assert len(styles) == n_groups


def test_names_that_begin_with_an_underscore_are_in_the_legend(pyplot):
    display = EmbeddingMapDisplay.from_predictions(np.eye(3), labels=["_old", "_old", "b"])
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == [" _old", "b"]


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"xrpdsim\[plots\]"):
        EmbeddingMapDisplay.from_predictions(np.eye(3))


def test_a_map_heeds_columns_that_are_angles_and_masks(pyplot):
    X = np.random.default_rng(0).uniform(size=(4, 300))
    measure = CorrelationSimilarity(min_overlap=0.5).fit(X, ["a", "a", "b", "b"])
    with pytest.raises(ValueError, match=r"are 20 to .* the grid in force is 3 to"):
        EmbeddingMapDisplay.from_estimator(
            measure, pd.DataFrame(X, columns=20 + 0.02 * np.arange(300))
        )
    masked = np.ma.masked_array(X, mask=np.tile(np.arange(300) < 100, (4, 1)))
    with_nan = np.where(masked.mask, np.nan, X)
    found, expected = (
        EmbeddingMapDisplay.from_estimator(measure, given) for given in (masked, with_nan)
    )
    np.testing.assert_array_equal(found.places, expected.places)
    with pytest.raises(TypeError, match="read the files first"):
        EmbeddingMapDisplay.from_estimator(measure, "screen.csv")


def test_labels_are_as_many_as_patterns(clusterer):
    with pytest.raises(ValueError, match=r"labels has shape \(2,\), but must be \(8,\)"):
        EmbeddingMapDisplay.from_predictions(np.eye(8), labels=["a", "b"])
    with pytest.raises(ValueError, match=r"labels has shape \(2,\), but must be \(40,\)"):
        EmbeddingMapDisplay.from_estimator(clusterer, labels=["a", "b"])
    with pytest.raises(ValueError, match=r"similarity has shape \(2, 3\), but must be square"):
        EmbeddingMapDisplay.from_predictions(np.ones((2, 3)))
