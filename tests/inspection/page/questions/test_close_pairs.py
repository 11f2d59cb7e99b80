from itertools import combinations

import numpy as np

from xrpdsim.inspection import PageLimits
from xrpdsim.inspection.page._shown_screen import ShownScreen
from xrpdsim.inspection.page.questions import closest_across_groups, farthest_within_groups


def by_brute_force(found, within):
    labels, probability = found.clusterer.labels_, found.clusterer.pair_probabilities_
    rows = np.flatnonzero(~found.clusterer.amorphous_ & (found.clusterer.copy_of_ < 0))
    pairs = [
        (float(probability[i, j]), i, j)
        for i, j in combinations(rows.tolist(), 2)
        if (labels[i] == labels[j] and labels[i] >= 0) == within
    ]
    return sorted(pairs, key=lambda pair: pair[0] if within else -pair[0])[:10]


def test_pairs_are_the_closest_across_and_the_farthest_within(found):
    shown = ShownScreen(found, PageLimits(), {})
    for question, within in ((closest_across_groups, False), (farthest_within_groups, True)):
        rows = question(shown).table.rows
        expected = by_brute_force(found, within)
        assert [row[4] for row in rows] == [f"{p:.3f}" for p, _, _ in expected]
        for first, group, second, other, _ in rows:
            i, j = found.screen.files.index(first), found.screen.files.index(second)
            assert (group, other) == (found.group_of(i), found.group_of(j))
            assert (group == other) == within


def test_as_many_pairs_are_listed_as_asked_for(found):
    shown = ShownScreen(found, PageLimits(close_pairs=3), {})
    assert len(closest_across_groups(shown).table.rows) == 3
