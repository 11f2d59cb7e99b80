import numpy as np
import pytest

from xrpdsim.sorting._sums_of_forms import Sum
from xrpdsim.sorting.screens.searches import _mixture_evidence
from xrpdsim.sorting.screens.searches._mixture_evidence import evidence_of, with_evidence

TWO = Sum(
    (0, 1), (0.7, 0.3), unexplained=0.05, gain=0.5, probability=0.4, share_error=0.05, alone=0
)


def test_one_form_stays_as_it_is():
    one = Sum((2,), (1.0,), 0.1, 0.05, 0.01, 0.0, 2)
    assert with_evidence(one, 0, 0.9, 1, 0.1) is one


def test_what_fits_its_own_group_and_no_other_is_less_probably_a_mixture():
    pure = with_evidence(TWO, 0, 0.98, 2, 0.001)
    mixed = with_evidence(TWO, 0, 0.4, 1, 0.3)
    assert pure.probability < mixed.probability
    assert mixed.forms == (0, 1)
    assert mixed == TWO._replace(probability=mixed.probability)


def test_more_gain_makes_a_mixture_more_probable():
    found = [with_evidence(TWO._replace(gain=gain), 0, 0.5, 1, 0.2) for gain in (0.2, 0.5, 0.9)]
    assert np.all(np.diff([each.probability for each in found]) > 0)


def test_what_is_not_believed_is_the_form_that_explains_most_by_itself(monkeypatch):
    monkeypatch.setattr(_mixture_evidence, "LEAST", 1.1)
    single = with_evidence(TWO._replace(alone=1), 0, 0.4, 1, 0.3)
    assert single.forms == (1,)
    assert single.shares == (1.0,)
    assert single.unexplained == pytest.approx(0.1)
    assert single.gain == 0.5
    assert single.share_error == 0


def test_a_pattern_of_no_group_fits_none():
    evidence = evidence_of(TWO, -1, 0.9, 1, 0.3)
    assert evidence.own == 0
    assert evidence.is_alone
    assert evidence.is_other
    assert not evidence.is_own
    assert np.isfinite(evidence.terms()).all()


def test_terms_are_finite_at_the_ends():
    for fit in (0.0, 1.0):
        perfect = TWO._replace(unexplained=0.0, gain=1.0)
        assert np.isfinite(evidence_of(perfect, 0, fit, 1, fit).terms()).all()
