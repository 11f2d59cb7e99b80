import numpy as np
import pytest
from scipy.cluster.hierarchy import cophenet, fcluster
from scipy.spatial.distance import squareform

from xrpdsim.inspection import PageLimits, render_report
from xrpdsim.inspection.page._page_data import page_data
from xrpdsim.inspection.page._shown_screen import ShownScreen
from xrpdsim.inspection.page.sections.answer import answer
from xrpdsim.inspection.page.sections.plates import plates
from xrpdsim.inspection.page.sections.what_was_run import what_was_run
from xrpdsim.sorting import Corrections, Screen, sort_screen

NO_PAIRS = np.empty((0, 2), dtype=np.intp)


@pytest.fixture(scope="module")
def corrected(campaign, found):
    """The screen, with its largest group divided in two and an amorphous pattern corrected."""
    largest = np.flatnonzero(found.clusterer.labels_ == 0)
    amorphous = np.flatnonzero(found.clusterer.amorphous_)
    different = np.array([[largest[0], largest[-1]], [largest[0], amorphous[0]]])
    files = [f"{row}.xy" for row in range(len(campaign.X))]
    return sort_screen(
        Screen(campaign.X, campaign.two_theta, files, "screen"),
        corrections=Corrections(NO_PAIRS, different, {}),
    )


@pytest.mark.parametrize("at_most", [1000, 30, 5])
def test_the_tree_is_the_one_that_made_the_groups_corrections_included(corrected, at_most):
    clusterer = corrected.clusterer
    shown = ShownScreen(corrected, PageLimits(mapped_patterns=at_most), {})
    assert len(shown.rows) == min(at_most, len(clusterer.linked_indices_))
    inside = np.searchsorted(clusterer.linked_indices_, shown.rows)
    heights = squareform(cophenet(clusterer.linkage_))[np.ix_(inside, inside)]
    np.testing.assert_array_equal(squareform(cophenet(shown.linkage)), heights)


def test_patterns_that_a_person_keeps_apart_are_apart_in_the_tree_shown(corrected):
    clusterer = corrected.clusterer
    first, last = corrected.corrections.different[0]
    assert clusterer.labels_[first] != clusterer.labels_[last]
    shown = ShownScreen(corrected, PageLimits(mapped_patterns=36), {})
    assert len(shown.rows) < len(clusterer.linked_indices_)
    cut = fcluster(shown.linkage, 1 - clusterer.min_probability, criterion="distance")
    group_of = dict(zip(shown.rows.tolist(), cut.tolist(), strict=True))
    sides = {int(clusterer.labels_[row]): set() for row in (first, last)}
    for row, group in group_of.items():
        sides.get(int(clusterer.labels_[row]), set()).add(group)
    one, other = sides.values()
    assert one
    assert other
    assert not one & other


def test_rows_and_probabilities_belong_together(found):
    shown = ShownScreen(found, PageLimits(mapped_patterns=12), {})
    assert len(shown.rows) == 12
    assert set(found.typical_rows) <= set(shown.rows.tolist())
    expected = found.clusterer.pair_probabilities_[np.ix_(shown.rows, shown.rows)]
    np.testing.assert_array_equal(shown.probability, expected)


def test_a_screen_without_crystalline_patterns_has_a_page(campaign):
    halo = np.exp(-(((campaign.two_theta - 20) / 8) ** 2))
    noise = np.random.default_rng(0).normal(0, 0.01, (3, halo.size))
    X = 1000 * (halo + noise + 0.1)
    found = sort_screen(Screen(X, campaign.two_theta, ["a.xy", "b.xy", "c.xy"], "screen"))
    assert found.clusterer.amorphous_.all()
    page = render_report(found)
    assert "3 patterns: 3 amorphous." in page
    assert "Similarity map" not in page


def test_what_a_person_calls_a_mixture_is_counted_as_one(campaign, found):
    halo = np.exp(-(((campaign.two_theta - 20) / 8) ** 2))
    mixture = int(found.typical_rows[0])
    rows = np.flatnonzero(~found.clusterer.amorphous_)
    X = np.vstack([campaign.X[rows], campaign.X[mixture], 1000 * (halo + 0.1)])
    marked, copy, glass = int(np.flatnonzero(rows == mixture)[0]), len(rows), len(rows) + 1
    wells = [f"{chr(65 + k // 12)}{k % 12 + 1}" for k in range(len(X))]
    files = [f"{well}.xy" for well in wells]
    sorted_ = sort_screen(
        Screen(X, campaign.two_theta, files, "screen", wells=wells),
        similarity="pearson",
        corrections=Corrections(NO_PAIRS, NO_PAIRS, {}, mixtures={marked: "I + II"}),
    )
    assert [sorted_.group_of(row) for row in (marked, copy, glass)] == [
        "mixture",
        "mixture",
        "amorphous",
    ]
    shown = ShownScreen(sorted_, PageLimits(), {})
    assert [page_data(shown)["labels"][row] for row in (marked, copy, glass)] == [-3, -3, -2]
    facts = dict(what_was_run(shown)["facts"].rows)
    assert facts["corrections"] == "mixture: 1"
    parts = answer(shown)["parts"]
    assert "2 mixtures" in parts
    assert "1 amorphous" in parts
    drawn = {well["row"]: well for well in plates(shown)["plates"][0]["wells"]}
    assert [drawn[row]["mark"] for row in (marked, copy, glass)] == ["+", "+", "a"]
