"""Sums of forms by the text book, pattern by pattern, against those made many at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls
from threadpoolctl import threadpool_info, threadpool_limits

from xrpdsim.sorting import _sums_of_forms
from xrpdsim.sorting._sums_of_forms import Limits, sums_of_forms

STEP = 0.05  # references move by up to four points
CALL_EVERYTHING_MIXED = Limits(0.0, 0.0, 1.0)


def moved(reference, shift):
    found = np.full_like(reference, np.nan)
    n = len(reference)
    start, end = max(0, shift), n - max(0, -shift)
    found[start:end] = reference[start - shift : end - shift]
    return found


def best_shift(reference, profile):
    shifts = range(-4, 5)
    products = [np.nansum(moved(reference, shift) * profile) for shift in shifts]
    return shifts[int(np.argmax(products))]


def unexplained(profile, references):
    """Weighted least squares of one pattern by some references, without any short cut."""
    common = ~np.isnan(profile) & ~np.isnan(references).any(axis=0)
    if common.sum() < 0.25 * (~np.isnan(profile)).sum():
        common = ~np.isnan(profile)
    target = profile[common]
    weight = 1 / np.sqrt(target + 0.02 * max(target.max(), 1e-12))
    columns = np.nan_to_num(references)[:, common]

    def left_by(chosen):
        amounts, residual = nnls((columns[chosen] * weight).T, target * weight)
        areas = amounts * columns[chosen].sum(axis=1)
        return residual**2 / ((target * weight) ** 2).sum(), areas

    return left_by


def patterns(rng, n, n_points=120, cut=True):
    """Sums of a few lines, some with a part missing."""
    x = np.arange(n_points)
    made = []
    for _ in range(n):
        lines = [
            rng.uniform(0.1, 1) * np.exp(-(((x - rng.uniform(5, 115)) / 2) ** 2)) for _ in range(6)
        ]
        made.append(sum(lines))
        if cut and rng.uniform() < 0.3:
            made[-1][: rng.integers(1, 40)] = np.nan
    return np.array(made)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_best_sums_are_those_of_least_squares_pattern_by_pattern(seed):
    rng = np.random.default_rng(seed)
    references, form_of = patterns(rng, 5), np.array([0, 0, 1, 2, 2])
    profiles = np.concatenate(
        [patterns(rng, 9), 0.6 * references[[0]] + 0.4 * np.nan_to_num(references[[2]])]
    )
    found = sums_of_forms(profiles, references, form_of, STEP, CALL_EVERYTHING_MIXED)
    for profile, each in zip(profiles, found, strict=True):
        at_best = np.array([moved(r, best_shift(r, profile)) for r in references])
        left_by = unexplained(profile, at_best)
        alone = {form: left_by(np.flatnonzero(form_of == form))[0] for form in range(3)}
        best = min(alone, key=alone.get)
        together = {}
        for pair in [(0, 1), (0, 2), (1, 2)]:
            together[pair] = left_by(np.flatnonzero(np.isin(form_of, pair)))
        least = min(together.values(), key=lambda fit: fit[0])[0]
        # residuals of unit total lose no more than some thousand roundings
        assert each.unexplained == pytest.approx(min(alone[best], least), abs=1e-12)
        if len(each.forms) == 2:
            left, areas = together[tuple(sorted(each.forms))]
            assert left == pytest.approx(each.unexplained, abs=1e-12)
            members = form_of[np.isin(form_of, each.forms)]
            amounts = [areas[members == form].sum() for form in each.forms]
            np.testing.assert_allclose(each.shares, np.array(amounts) / sum(amounts), atol=1e-8)
            assert each.gain == pytest.approx(1 - left / alone[best], abs=1e-8)


def test_it_does_not_matter_which_patterns_come_together():
    rng = np.random.default_rng(0)
    references, profiles = patterns(rng, 4), patterns(rng, 19)
    form_of = np.arange(4)
    together = sums_of_forms(profiles, references, form_of, STEP, CALL_EVERYTHING_MIXED)
    for profile, expected in zip(profiles, together, strict=True):
        alone = sums_of_forms(profile[None], references, form_of, STEP, CALL_EVERYTHING_MIXED)[0]
        assert alone.forms == expected.forms
        np.testing.assert_allclose(alone.shares, expected.shares, atol=1e-10)
        assert alone.unexplained == pytest.approx(expected.unexplained, abs=1e-12)


def test_a_moved_reference_is_found_where_it_is():
    reference = patterns(np.random.default_rng(1), 1, cut=False)
    for shift in (-4, -1, 0, 3, 4):
        profile = moved(reference[0], shift)[None]
        found = sums_of_forms(profile, reference, np.array([0]), STEP, CALL_EVERYTHING_MIXED)[0]
        assert found.unexplained < 1e-12


def test_fewer_points_than_references_are_fitted_too():
    rng = np.random.default_rng(2)
    found = sums_of_forms(
        rng.uniform(size=(3, 4)),
        rng.uniform(size=(6, 4)),
        np.arange(6),
        STEP,
        CALL_EVERYTHING_MIXED,
    )
    assert all(0 <= each.unexplained <= 1 for each in found)


def test_small_matrices_get_one_thread_and_others_keep_theirs(monkeypatch):
    """Several threads take many times the processor time, and longer."""
    during = []
    best_sum = _sums_of_forms._best_sum

    def watched(*given):
        during.extend(_threads())
        return best_sum(*given)

    monkeypatch.setattr(_sums_of_forms, "_best_sum", watched)
    rng = np.random.default_rng(3)
    with threadpool_limits(2, user_api="blas"):
        before = _threads()
        sums_of_forms(patterns(rng, 2), patterns(rng, 2), np.arange(2), STEP, CALL_EVERYTHING_MIXED)
        assert _threads() == before
    assert set(during) == {1}
    if max(before) == 1:
        pytest.skip("this BLAS has one thread only")


def _threads():
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]
