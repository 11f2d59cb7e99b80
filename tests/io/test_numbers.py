"""Numbers from text: what Python forgives is refused."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xrpdsim.io import PatternFileError
from xrpdsim.io._numbers import (
    floats,
    integer,
    is_number,
    last_digit,
    number,
    number_list,
    numbers,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_that_python_writes_is_read_bit_for_bit(value):
    assert number(repr(value), "it") == value
    assert floats([repr(value)])[0][0] == value


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="0123456789.+-eE_ naif", max_size=8))
def test_a_number_is_what_python_takes_too(text):
    if is_number(text):
        assert math.isfinite(float(text)) or "e" in text.lower()
    else:
        with pytest.raises(PatternFileError):
            number_list([text], "it")


@pytest.mark.parametrize(
    "text", ["1_000", "nan", "inf", "0x10", "1e", "", "e5", "1 2", "\u0663", "1" * 500]
)
def test_what_is_no_number(text):
    with pytest.raises(PatternFileError, match=r"the step is '.*', which is not a number"):
        number(text, "the step")


def test_beyond_all_numbers():
    with pytest.raises(PatternFileError, match="beyond all numbers"):
        number("1e1234", "it")
    with pytest.raises(PatternFileError, match="not a whole number"):
        integer("1.5", "it")
    assert integer("61.0", "it") == 61


def test_lists_are_separated_by_blanks_and_commas():
    np.testing.assert_array_equal(numbers("1, 2 3,4\n5", "they"), [1, 2, 3, 4, 5])
    assert floats(["1", "x", "y"])[1] == 1


@pytest.mark.parametrize(("text", "digit"), [("8.00", 0.01), ("8", 1), ("1.5e2", 10), ("-.5", 0.1)])
def test_the_last_digit(text, digit):
    assert last_digit(text) == pytest.approx(digit)
