import re

import numpy as np
from scipy.cluster.hierarchy import average
from scipy.cluster.hierarchy import dendrogram as scipys

from xrpdsim.inspection.page.drawing import dendrogram


def test_a_tree_is_drawn_as_scipy_draws_it():
    names = [str(k) for k in range(12)]
    linkage = average(np.random.default_rng(0).uniform(0, 1, 66))
    drawn = dendrogram(linkage, names, list(range(100, 112)), 0.5)
    paths = [
        re.fullmatch(r"M([\d.]+) ([\d.]+)V([\d.]+)H([\d.]+)V([\d.]+)", branch).groups()
        for branch in drawn.branches
    ]
    ours = sorted((float(x1), float(x2), float(y)) for x1, _, y, x2, _ in paths)
    theirs = scipys(linkage, no_plot=True)
    expected = sorted(
        (xs[0] / 120 * 520, xs[2] / 120 * 520, 120 - 115 * ys[1])
        for xs, ys in zip(theirs["icoord"], theirs["dcoord"], strict=True)
    )
    # coordinates are written with one decimal
    np.testing.assert_allclose(ours, expected, atol=0.06)
    assert drawn.cut == 120 - 115 * 0.5
    assert [(title, row) for _, _, title, row in drawn.strips] == list(
        zip(names, range(100, 112), strict=True)
    )
    # branches meet where their paths turn
    meet = sorted(((x1 + x2) / 2, y) for x1, x2, y in ours)
    np.testing.assert_allclose(sorted(drawn.nodes), meet, atol=0.11)


def test_a_tree_may_be_as_deep_as_it_has_leaves():
    n = 1500
    chain = [[k - 1 + n if k else 0, k + 1, (k + 1) / n, k + 2] for k in range(n - 1)]
    assert len(dendrogram(np.array(chain), [""] * n, list(range(n)), 0.5).branches) == n - 1
