import numpy as np
import pytest
from scipy.optimize import nnls

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.sorting import MixtureExplainer
from xrpdsim.sorting.mixtures import _at_best_shift, _System

TWO_THETA = 3 + 0.02 * np.arange(1950)


def lines(*angles):
    return sum(1000 * np.exp(-(((TWO_THETA - angle) / 0.1) ** 2)) for angle in angles)


FIRST, SECOND, THIRD = lines(8, 15, 22, 27), lines(10, 13, 24, 31), lines(9, 18, 26, 35)


@pytest.fixture(scope="module")
def explainer():
    return MixtureExplainer().fit([FIRST, SECOND, THIRD], ["I", "II", "III"])


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_shares_of_a_sum_are_found(explainer, share):
    found = explainer.explain([share * FIRST + (1 - share) * THIRD])[0]
    assert set(found.forms) == {"I", "III"}
    assert dict(zip(found.forms, found.shares, strict=True))["I"] == pytest.approx(share, abs=0.02)
    assert found.shares == tuple(sorted(found.shares, reverse=True))


def test_a_shifted_pure_pattern_is_not_mixed(explainer):
    found = explainer.explain([np.roll(SECOND, 7)])[0]
    assert (found.forms, found.shares, found.mixed) == (("II",), (1.0,), False)


def test_an_unknown_form_is_explained_by_nothing(explainer):
    found = explainer.explain([lines(7, 12, 20, 29)])[0]
    assert not found.mixed
    assert found.unexplained > 0.5


def test_the_reduced_system_is_the_weighted_least_squares_problem():
    rng = np.random.default_rng(1)
    columns, target = rng.uniform(size=(4, 50)), rng.uniform(size=50)
    weight = rng.uniform(0.5, 2, 50)
    chosen = np.array([True, False, True, True])
    amounts, residual = nnls((columns[chosen] * weight).T, target * weight)
    fit = _System(columns, target, weight).fit(chosen)
    assert fit.unexplained == pytest.approx(residual**2 / ((target * weight) ** 2).sum())
    np.testing.assert_allclose(fit.areas[chosen], amounts * columns[chosen].sum(axis=1))


def test_references_move_to_where_they_fit():
    moved = _at_best_shift(np.array([FIRST]), np.roll(FIRST, -6), 10)[0]
    assert np.isnan(moved[-6:]).all()
    np.testing.assert_allclose(moved[:-6], FIRST[6:])


def test_a_single_form_explains_without_mixing():
    found = MixtureExplainer().fit([FIRST], ["I"]).explain([FIRST])[0]
    assert found.forms == ("I",)


@pytest.mark.slow
def test_simulated_mixtures_are_named_and_pure_patterns_left_alone():
    named, called = [], []
    for seed in range(3000, 3010):
        screen = make_screening_campaign(
            1, 4, 56, preset="bragg-brentano", mixture_share=0.3, mixture_range=(0.2, 0.8),
            random_state=seed,
        )  # fmt: skip
        form = screen.form.astype(str)
        pure = np.array(["+" not in name for name in form])
        references = np.concatenate(
            [np.flatnonzero(form == name)[:2] for name in np.unique(form[pure])]
        )
        explainer = MixtureExplainer().fit(screen.X[references], form[references])
        others = np.setdiff1d(np.arange(len(form)), references)
        for row, found in zip(others, explainer.explain(screen.X[others]), strict=True):
            if pure[row]:
                called.append(found.mixed)
            else:
                named.append(found.mixed and set(found.forms) == set(form[row].split(" + ")))
    assert np.mean(named) >= 0.8
    assert np.mean(called) <= 0.05
