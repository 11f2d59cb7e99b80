"""The files were written by R (data/make_rda.R)."""

import bz2
import contextlib
import gzip
import lzma
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("rdata")

from xrpdsim.datasets.public import _rdata
from xrpdsim.datasets.public._rdata import read_rda

DATA = Path(__file__).parent / "data"
PLAIN = gzip.decompress((DATA / "kinds.rda").read_bytes())


def test_kinds_of_vector():
    x = read_rda((DATA / "kinds.rda").read_bytes())["x"]
    np.testing.assert_array_equal(x["integers"], [1, 2, 3, 4, 5])
    np.testing.assert_array_equal(x["reals"], [2, 3, 4])
    np.testing.assert_array_equal(x["sorted"], [1, 2, 3])
    np.testing.assert_array_equal(x["logical"], [1, np.nan, 0])
    np.testing.assert_array_equal(x["missing"], [np.nan, np.nan, np.inf])
    assert x["text"] == ["11", "12", "13"]
    assert x["strings"] == ["a", None, "é"]
    assert x["latin"] == ["café"]
    assert x["none"] is None
    assert x["symbol"] == x["again"] == "abc"
    np.testing.assert_array_equal(x["nested"][0], [1])
    assert x["nested"][1] == [["b"]]


def test_factors_are_strings():
    library = read_rda((DATA / "rockjock_factors.rda").read_bytes())["rockjock"]
    assert library["phases"]["phase_id"] == ["QUARTZ", "CHERT_8_4_NMA2", "CHERT_13_1_A5"] + [
        "CHERT_15_1_NM_A10"
    ]
    assert library["phases"]["phase_name"] == ["quartz"] * 4
    np.testing.assert_array_equal(library["tth"], np.arange(5, 31))
    assert {len(column) for column in library["xrd"].values()} == {26}


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_compressions(compress):
    assert list(read_rda(compress(PLAIN))["x"]) == list(read_rda(PLAIN)["x"])


def test_saved_as_text():
    text = read_rda((DATA / "text.rda").read_bytes())["x"]
    assert text["strings"] == ["a", None, "é"]
    np.testing.assert_array_equal(text["missing"], [np.nan, np.nan, np.inf])


def test_functions_are_refused():
    with pytest.raises(ValueError, match=r"function.rda cannot be read .* holds functions"):
        read_rda((DATA / "function.rda").read_bytes(), source="function.rda")


def test_without_rdata(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdata.parser", None)
    with pytest.raises(ImportError, match=r"xrpdsim\[data\]"):
        read_rda(PLAIN)


def test_cut_off_anywhere():
    whole = (DATA / "kinds.rda").read_bytes()
    for content in (whole, PLAIN):
        for n in range(len(content)):
            with pytest.raises(ValueError, match="cannot be read"):
                read_rda(content[:n])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(7, len(PLAIN) - 1), st.integers(0, 255)), max_size=6))
def test_damaged_files_give_a_value_error_or_data(changes):
    content = bytearray(PLAIN)
    for position, value in changes:
        content[position] = value
    with contextlib.suppress(ValueError):
        assert isinstance(read_rda(bytes(content)), dict)


def test_bounds(monkeypatch):
    a_list, numbers = 19, 14  # as R Internals, section 1.1, counts types
    deep = struct.pack(">2i", a_list, 1)
    with pytest.raises(ValueError, match="RecursionError"):
        read_rda(PLAIN[:7] + struct.pack(">3i", 2, 0, 0) + deep * 100_000)
    huge = struct.pack(">2i", numbers, 2**31 - 1)
    with pytest.raises(ValueError, match=r"cannot be read|have no names"):
        read_rda(PLAIN[:7] + struct.pack(">3i", 2, 0, 0) + huge)
    monkeypatch.setattr(_rdata, "MAX_BYTES", 1 << 20)
    for compress in (gzip.compress, bz2.compress, lzma.compress):
        with pytest.raises(ValueError, match=r"more than 1 MB|[Mm]emory"):
            read_rda(compress(bytes(1 << 21)))
