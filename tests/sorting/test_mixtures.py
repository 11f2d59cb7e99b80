import numpy as np
import pytest

from xrpdsim.datasets import make_screening_campaign
from xrpdsim.sorting import MixtureExplainer
from xrpdsim.sorting._sums_of_forms import _probability_of_two

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


def test_a_single_form_explains_without_mixing():
    found = MixtureExplainer().fit([FIRST], ["I"]).explain([FIRST])[0]
    assert found.forms == ("I",)


def test_what_a_form_explains_up_to_rounding_has_no_gain(explainer):
    for found in explainer.explain([FIRST, SECOND, 3 * THIRD]):
        assert not found.mixed
        assert found.gain == 0


def test_a_pattern_is_explained_only_by_what_is_allowed(explainer):
    mixture = 0.6 * FIRST + 0.4 * SECOND
    allowed = [[True, True, True], [True, False, True]]
    both, without = explainer.explain([mixture, mixture], allowed=allowed)
    assert set(both.forms) == {"I", "II"}
    assert "II" not in without.forms
    with pytest.raises(ValueError, match=r"allowed must have the shape \(1, 3\)"):
        explainer.explain([mixture], allowed=[[True, True]])
    with pytest.raises(ValueError, match="leave at least one reference"):
        explainer.explain([mixture], allowed=[[False, False, False]])


def test_names_of_forms_may_hold_anything():
    names = ["I (anhydrous)", 'a "b", c\nd']
    explainer = MixtureExplainer().fit([FIRST, SECOND], names)
    found = explainer.explain([0.7 * FIRST + 0.3 * SECOND])[0]
    assert found.forms == tuple(names)
    assert found.text() == f"70% {names[0]} + 30% {names[1]}"


@pytest.mark.parametrize("name", ["min_gain", "min_share", "max_unexplained"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), "0.2", None])
def test_parameters_out_of_range_are_named(name, value):
    with pytest.raises(ValueError, match=f"'{name}' parameter of MixtureExplainer"):
        MixtureExplainer(**{name: value}).fit([FIRST, SECOND], ["I", "II"])


def test_a_grid_of_uneven_steps_is_refused():
    grid = np.append(TWO_THETA[:-1], TWO_THETA[-1] + 0.01)
    with pytest.raises(ValueError, match="evenly spaced"):
        MixtureExplainer(two_theta=grid).fit([FIRST, SECOND], ["I", "II"])


def test_a_clear_mixture_is_sure_and_a_pure_pattern_is_none(explainer):
    noise = np.random.default_rng(0).normal(0, 5, (2, TWO_THETA.size))
    mixed, pure = explainer.explain([0.6 * FIRST + 0.4 * SECOND + 50, THIRD + 50] + noise)
    assert mixed.probability > 0.95
    assert pure.probability < 0.1
    assert pure.share_error == 0


def test_shares_are_less_sure_where_the_forms_are_alike():
    near = MixtureExplainer().fit([FIRST, FIRST + SECOND], ["I", "II"])
    far = MixtureExplainer().fit([FIRST, SECOND], ["I", "II"])
    mixture = [FIRST + 0.5 * SECOND + np.random.default_rng(0).normal(0, 20, TWO_THETA.size)]
    one, other = near.explain(mixture)[0], far.explain(mixture)[0]
    assert one.mixed
    assert other.mixed
    assert 0.02 <= other.share_error < one.share_error


def test_more_gain_is_more_probable():
    found = [_probability_of_two(gain, 0.1) for gain in (0.0, 0.15, 0.5, 0.9, 1.0)]
    assert found == sorted(found)
    assert found[0] < 0.01
    assert found[-1] > 0.95


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


@pytest.mark.parametrize("value", [np.nan, 0.0, 100.0, -3.7])
def test_a_pattern_without_lines_is_explained_by_nothing(explainer, value):
    flat, pure = explainer.explain([np.full(1950, value), FIRST])
    assert flat.unexplained == 1
    assert (flat.mixed, flat.gain, flat.probability) == (False, 0, 0)
    assert pure.unexplained < 0.01


@pytest.mark.parametrize("missing", [None, np.nan, "", " "])
def test_every_reference_needs_a_form(missing):
    with pytest.raises(ValueError, match=r"y has (no|an empty) label in row 1"):
        MixtureExplainer().fit([FIRST, SECOND, THIRD], ["I", missing, "III"])


def test_forms_as_objects_and_of_two_kinds():
    X = [FIRST, SECOND, THIRD]
    explainer = MixtureExplainer().fit(X, np.array([1, 2, 3], dtype=object))
    assert explainer.explain([FIRST])[0].forms == (1,)
    with pytest.raises(ValueError, match="y has text and numbers for forms"):
        MixtureExplainer().fit(X, [1, "I", "II"])
